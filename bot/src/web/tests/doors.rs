//! Who gets in, from where, and for how long.

use super::world::{PAUSED, World, cookie, with_host};
use jiff::SignedDuration;
use reqwest::header::{ACCEPT_LANGUAGE, CONTENT_SECURITY_POLICY, ORIGIN, SET_COOKIE};

#[tokio::test]
async fn a_link_works_once_and_makes_a_session() {
    let world = World::new().await;
    let link = world.link("mei").await;
    let first = world.get(&link).send().await.unwrap();
    assert_eq!(first.status(), 200);
    let set = first.headers()[SET_COOKIE].to_str().unwrap().to_owned();
    for part in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=43200"] {
        assert!(set.contains(part), "{set}");
    }
    assert!(!set.contains("Secure"), "{set}");
    let again = world.get(&link).send().await.unwrap();
    assert_eq!(again.status(), 401);
    assert!(again.headers().get(SET_COOKIE).is_none());
    let session = cookie(&first);
    let list = world.get("/").header("cookie", session).send().await;
    assert_eq!(list.unwrap().status(), 200);
}

#[tokio::test]
async fn a_preview_that_asks_for_the_headers_does_not_use_the_link_up() {
    let world = World::new().await;
    let link = world.link("mei").await;
    let preview = world.http.head(format!("{}{link}", world.url)).send().await;
    let preview = preview.unwrap();
    assert_eq!(preview.status(), 401);
    assert!(preview.headers().get(SET_COOKIE).is_none());
    assert_eq!(world.get(&link).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_link_ends_after_an_hour_and_a_session_after_twelve() {
    let world = World::new().await;
    let link = world.link("mei").await;
    world.wait(SignedDuration::from_mins(61));
    assert_eq!(world.get(&link).send().await.unwrap().status(), 401);
    let visit = world.login("mei").await;
    world.wait(SignedDuration::from_mins(12 * 60 - 1));
    assert_eq!(visit.get("/").send().await.unwrap().status(), 200);
    world.wait(SignedDuration::from_mins(2));
    assert_eq!(visit.get("/").send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn nobody_sees_anything_without_a_session() {
    let world = World::new().await;
    for path in ["/", PAUSED] {
        let answer = world.get(path).send().await.unwrap();
        assert_eq!(answer.status(), 401, "{path}");
        let text = answer.text().await.unwrap();
        assert!(
            text.contains("not logged in") && !text.contains("shop"),
            "{text}"
        );
    }
    let link = world.link("mei").await;
    let (_, token) = link.rsplit_once('/').unwrap();
    let port = world.url.rsplit_once(':').unwrap().1;
    let forged = world
        .get("/")
        .header("cookie", format!("tawny-{port}={token}"));
    assert_eq!(
        forged.send().await.unwrap().status(),
        401,
        "a link is no session"
    );
}

#[tokio::test]
async fn a_session_of_somebody_who_was_taken_off_the_list_is_over() {
    let world = World::new().await;
    let link = world.link("gone").await;
    let answer = world.get(&link).send().await.unwrap();
    let request = world.get("/").header("cookie", cookie(&answer));
    assert_eq!(request.send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn logging_out_ends_the_session_for_good() {
    let world = World::new().await;
    let visit = world.login("mei").await;
    let form = visit.button("hold", &[]).await;
    let out = visit.post("/logout", &form[..1]).send().await.unwrap();
    assert_eq!(out.status(), 303);
    assert!(
        out.headers()[SET_COOKIE]
            .to_str()
            .unwrap()
            .contains("Max-Age=0")
    );
    assert_eq!(visit.get("/").send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn a_foreign_host_is_misdirected_even_with_a_session() {
    let world = World::with("  allowed_hosts: [tawny.internal]", "").await;
    let visit = world.login("mei").await;
    for foreign in ["evil.example", "127.0.0.1", "127.0.0.1:1"] {
        let answer = with_host(visit.get(PAUSED), foreign).send().await.unwrap();
        assert_eq!(answer.status(), 421, "{foreign}");
        assert!(!answer.text().await.unwrap().contains("shop"));
    }
    let allowed = with_host(visit.get(PAUSED), "tawny.internal").send().await;
    assert_eq!(allowed.unwrap().status(), 200);
    let link = world.link("mei").await;
    let answer = with_host(world.get(&link), "evil.example").send().await;
    assert_eq!(answer.unwrap().status(), 421);
    assert_eq!(world.get(&link).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_form_from_elsewhere_changes_nothing() {
    let world = World::new().await;
    let visit = world.login("mei").await;
    let form = visit.button("rollback", &[("confirmed", "yes")]).await;
    let path = format!("{PAUSED}/answer");
    for origin in ["http://evil.example", "null", "https://127.0.0.1"] {
        let url = format!("{}{path}", world.url);
        let request = world.http.post(url).form(&form);
        let request = request
            .header("cookie", &visit.cookie)
            .header(ORIGIN, origin);
        assert_eq!(request.send().await.unwrap().status(), 403, "{origin}");
    }
    let url = format!("{}{path}", world.url);
    let without = world
        .http
        .post(url)
        .form(&form)
        .header("cookie", &visit.cookie);
    assert_eq!(without.send().await.unwrap().status(), 403, "no origin");
    assert_eq!(world.count("approval_answered").await, 0);
}

#[tokio::test]
async fn a_form_without_its_sessions_token_changes_nothing() {
    let world = World::new().await;
    let (visit, other) = (world.login("mei").await, world.login("mei").await);
    let path = format!("{PAUSED}/answer");
    let mine = visit.button("rollback", &[("confirmed", "yes")]).await;
    let others = other.button("rollback", &[("confirmed", "yes")]).await;
    assert_ne!(mine[0], others[0]);
    let mut garbled = mine.clone();
    garbled[0].1.pop();
    for (form, wanted) in [
        (&others[..], 403),
        (&garbled[..], 403),
        (&mine[1..], 403),
        (&mine[..1], 400),
    ] {
        let answer = visit.post(&path, form).send().await.unwrap();
        assert_eq!(answer.status(), wanted, "{form:?}");
    }
    assert_eq!(world.count("approval_answered").await, 0);
    assert_eq!(visit.post(&path, &mine).send().await.unwrap().status(), 303);
    assert_eq!(world.count("approval_answered").await, 1);
}

#[tokio::test]
async fn over_https_the_cookie_is_kept_to_this_host_and_to_secure_connections() {
    let world = World::with("", "https://tawny.example").await;
    let link = world.link("mei").await;
    let answer = world.get(&link).send().await.unwrap();
    let set = answer.headers()[SET_COOKIE].to_str().unwrap();
    assert!(
        set.starts_with("__Host-tawny=") && set.ends_with("; Secure"),
        "{set}"
    );
}

#[tokio::test]
async fn every_answer_forbids_foreign_code_frames_and_copies() {
    let world = World::new().await;
    let visit = world.login("mei").await;
    for path in [
        "/",
        PAUSED,
        "/deployments/none",
        "/login/x",
        "/assets/style.css",
    ] {
        let answer = visit.get(path).send().await.unwrap();
        let policy = answer.headers()[CONTENT_SECURITY_POLICY]
            .to_str()
            .unwrap()
            .to_owned();
        assert!(
            policy.starts_with("default-src 'none'") && !policy.contains("unsafe"),
            "{path}: {policy}"
        );
        assert_eq!(answer.headers()["x-frame-options"], "DENY");
        let cached = answer.headers()["cache-control"] == "no-store";
        assert_eq!(cached, !path.starts_with("/assets"), "{path}");
        assert!(!answer.text().await.unwrap().contains("<style"));
    }
}

#[tokio::test]
async fn the_page_speaks_the_readers_language_and_remembers_a_choice() {
    let world = World::new().await;
    let visit = world.login("mei").await;
    let asked = visit
        .get("/")
        .header(ACCEPT_LANGUAGE, "zh-CN,zh;q=0.9")
        .send()
        .await;
    assert!(
        asked
            .unwrap()
            .text()
            .await
            .unwrap()
            .contains("lang=\"zh-CN\"")
    );
    let chosen = visit.get("/?lang=zh-CN").send().await.unwrap();
    let remembered = cookie(&chosen);
    assert!(chosen.text().await.unwrap().contains("已暂停"));
    let both = format!("{}; {remembered}", visit.cookie);
    let later = world.get("/").header("cookie", both).send().await.unwrap();
    assert!(later.text().await.unwrap().contains("已暂停"));
    assert!(visit.read("/").await.contains("paused"));
}

#[tokio::test]
async fn a_form_of_a_hundred_kilobytes_is_refused() {
    let world = World::new().await;
    let visit = world.login("mei").await;
    let long = "x".repeat(100_000);
    let form = visit.button("hold", &[("reason", &long)]).await;
    let answer = visit.post(&format!("{PAUSED}/answer"), &form).send().await;
    assert_eq!(answer.unwrap().status(), 400);
    assert_eq!(world.count("approval_answered").await, 0);
}
