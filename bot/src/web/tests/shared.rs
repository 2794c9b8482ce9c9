//! One deployment for whoever has the link, and nothing else.

use super::story::queued;
use super::world::{PAUSED, Visit, World, form_token};
use jiff::SignedDuration;
use reqwest::header::{ACCEPT_LANGUAGE, SET_COOKIE};
use reqwest::{Response, StatusCode};
use scraper::{Html, Selector};
use std::collections::BTreeSet;
use std::time::Duration;

const SHARES: &str = "/deployments/dep_1/shares";

/// The form as the page sends it.
async fn ask(visit: &Visit<'_>, seconds: &str) -> Response {
    let token = form_token(&visit.read(PAUSED).await);
    let fields = [
        ("form_token".to_owned(), token),
        ("seconds".to_owned(), seconds.to_owned()),
    ];
    visit.post(SHARES, &fields).send().await.unwrap()
}

/// Makes a link and returns its path.
async fn share(world: &World, visit: &Visit<'_>, seconds: &str) -> String {
    let answer = ask(visit, seconds).await;
    assert_eq!(answer.status(), 200);
    let page = answer.text().await.unwrap();
    let link = attributes(&page, "#shared-link", "value").pop_first();
    let link = link.unwrap();
    link.strip_prefix(&world.url).unwrap().to_owned()
}

fn attributes(page: &str, selector: &str, name: &str) -> BTreeSet<String> {
    let document = Html::parse_document(page);
    let wanted = Selector::parse(selector).unwrap();
    let found = document.select(&wanted);
    found
        .filter_map(|one| one.attr(name).map(str::to_owned))
        .collect()
}

fn count(page: &str, selector: &str) -> usize {
    let document = Html::parse_document(page);
    document.select(&Selector::parse(selector).unwrap()).count()
}

async fn status(world: &World, path: &str) -> StatusCode {
    world.get(path).send().await.unwrap().status()
}

async fn read(world: &World, path: &str) -> String {
    let answer = world.get(path).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    for (header, wanted) in [
        ("referrer-policy", "no-referrer"),
        ("x-robots-tag", "noindex, nofollow, noarchive"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(answer.headers()[header], wanted, "{path}");
    }
    assert!(answer.headers().get(SET_COOKIE).is_none(), "{path}");
    answer.text().await.unwrap()
}

/// The revocation form of the deployment's page, pressed.
async fn end(visit: &Visit<'_>) {
    let page = visit.read(PAUSED).await;
    let actions = attributes(&page, "#share form", "action");
    let ends = actions.iter().find(|action| action.ends_with("/revoke"));
    let fields = [("form_token".to_owned(), form_token(&page))];
    let ended = visit.post(ends.unwrap(), &fields).send().await.unwrap();
    assert_eq!(ended.status(), 303);
}

#[tokio::test]
async fn whoever_has_a_link_sees_all_of_one_deployment_and_nothing_to_press() {
    let world = World::new().await;
    let mei = world.login("mei").await;
    let link = share(&world, &mei, "3600").await;
    let page = read(&world, &link).await;
    for wanted in [
        "PAUSED on 1 of 3 instances",
        "Shown by <bdi>mei</bdi> to whoever has this link",
        "Timeline",
        "figure class=\"chart\"",
    ] {
        assert!(page.contains(wanted), "{wanted}: {page}");
    }
    assert_eq!(count(&page, "form, button, input, select"), 0, "{page}");

    // Whatever it leads to is under the same link, and opens.
    let mut seen = BTreeSet::from([link.clone()]);
    let mut left = vec![link.clone()];
    while let Some(path) = left.pop() {
        let page = read(&world, &path).await;
        if path.ends_with(".md") {
            continue;
        }
        assert_eq!(count(&page, "form, button, input, select"), 0, "{path}");
        let mut leads = attributes(&page, "[href]", "href");
        leads.extend(attributes(&page, "[data-path]", "data-path"));
        leads.extend(attributes(&page, "[data-live]", "data-live"));
        for lead in leads {
            let own = lead.starts_with('#') || lead.starts_with("/assets/");
            assert!(own || lead.starts_with(&link), "{lead} on {path}");
            let whole = lead.split(['?', '#']).next().unwrap().to_owned();
            let fresh = whole.starts_with(&link) && !whole.ends_with("/live");
            if fresh && seen.insert(whole.clone()) {
                left.push(whole);
            }
        }
    }
    for wanted in [
        "/report",
        "/report.md",
        "/postmortem",
        "/root-cause.md",
        "/signals/errors",
    ] {
        assert!(seen.contains(&format!("{link}{wanted}")), "{seen:?}");
    }

    let chinese = world.get(&link).header(ACCEPT_LANGUAGE, "zh-CN");
    let chinese = chinese.send().await.unwrap().text().await.unwrap();
    assert!(
        chinese.contains("已暂停") && chinese.contains("分享给持有此链接的人"),
        "{chinese}"
    );
    assert_eq!(world.count("share_made").await, 1);
    assert_eq!(world.count("share_opened").await, 1, "the first time");
    let page = mei.read(PAUSED).await;
    assert!(page.contains("last used"), "{page}");
}

#[tokio::test]
async fn a_link_opens_nothing_else_and_whoever_has_it_can_do_nothing() {
    let world = World::new().await;
    world.add_waiting("dep_2", &queued()).await;
    let mei = world.login("mei").await;
    let link = share(&world, &mei, "3600").await;
    read(&world, &link).await;
    let token = link.strip_prefix("/shared/").unwrap();
    let port = world.url.rsplit_once(':').unwrap().1;
    let forged = format!("tawny-{port}={token}");
    for path in [
        "/",
        PAUSED,
        "/deployments/dep_2",
        "/services/shop",
        "/approvals",
        "/live",
    ] {
        assert_eq!(status(&world, path).await, 401, "{path}");
        let asked = world.get(path).header("cookie", &forged).send().await;
        assert_eq!(asked.unwrap().status(), 401, "a link is no session: {path}");
    }
    for path in ["dep_2", "answer", "shares", "signals/none", "report.pdf"] {
        let path = format!("{link}/{path}");
        assert_eq!(status(&world, &path).await, 404, "{path}");
    }
    assert_eq!(status(&world, &format!("/login/{token}")).await, 401);
    let longer = format!("{link}0");
    assert_eq!(status(&world, &longer).await, 404);

    let before = world.events().await.len();
    let form = mei.button("rollback", &[("confirmed", "yes")]).await;
    for path in [
        link.clone(),
        format!("{link}/answer"),
        format!("{PAUSED}/answer"),
        SHARES.to_owned(),
    ] {
        let url = format!("{}{path}", world.url);
        let pressed = world.http.post(url).form(&form);
        let pressed = pressed.header("origin", &world.url).send().await.unwrap();
        assert!(pressed.status().is_client_error(), "{path}: {pressed:?}");
    }
    assert_eq!(world.events().await.len(), before);
}

#[tokio::test]
async fn a_link_that_is_ended_or_too_old_says_so_and_opens_no_more() {
    let world = World::new().await;
    let mei = world.login("mei").await;
    let short = share(&world, &mei, "3600").await;
    world.wait(SignedDuration::from_mins(59));
    read(&world, &short).await;
    world.wait(SignedDuration::from_mins(2));
    let over = world.get(&short).send().await.unwrap();
    assert_eq!(over.status(), 410);
    assert_eq!(over.headers()["referrer-policy"], "no-referrer");
    let text = over.text().await.unwrap();
    assert!(text.contains("The time of this link is over"), "{text}");
    assert!(!text.contains("v2") && !text.contains("href=\"/\""));

    let link = share(&world, &mei, "86400").await;
    let mut live = world.get(&format!("{link}/live")).send().await.unwrap();
    assert_eq!(live.status(), 200);
    assert!(live.chunk().await.unwrap().is_some());
    end(&mei).await;
    for path in ["", "/report.md", "/signals/errors", "/live"] {
        assert_eq!(status(&world, &format!("{link}{path}")).await, 410);
    }
    let chinese = world.get(&link).header(ACCEPT_LANGUAGE, "zh-CN");
    let text = chinese.send().await.unwrap().text().await.unwrap();
    assert!(text.contains("此链接已被部署的负责人停用"), "{text}");
    let shown_out = async { while live.chunk().await.unwrap().is_some() {} };
    let ended = tokio::time::timeout(Duration::from_secs(5), shown_out).await;
    assert!(ended.is_ok(), "who looks on is shown out at once");
    assert_eq!(world.count("share_revoked").await, 1);
}

#[tokio::test]
async fn who_may_not_share_is_refused_on_record_and_is_not_asked() {
    let world = World::new().await;
    let kim = world.login("kim").await;
    assert_eq!(count(&kim.read(PAUSED).await, "#share"), 0);
    assert_eq!(ask(&kim, "3600").await.status(), 403);
    let mei = world.login("mei").await;
    let page = mei.read(PAUSED).await;
    assert_eq!(count(&page, "#share form"), 1, "{page}");
    assert_eq!(count(&page, "#share option[selected][value=\"86400\"]"), 1);
    assert_eq!(ask(&mei, "soon").await.status(), 400);
    let longer_than_configured = ask(&mei, "31536000").await;
    assert_eq!(longer_than_configured.status(), 409);
    let without = [("seconds".to_owned(), "3600".to_owned())];
    let forged = mei.post(SHARES, &without).send().await.unwrap();
    assert_eq!(forged.status(), 403, "no form of the session's own");
    assert_eq!(world.count("share_made").await, 0);
    assert_eq!(world.count("refused").await, 1);
}

#[tokio::test]
async fn where_links_are_switched_off_nobody_makes_one() {
    let world = World::with("  shares: {enabled: false}", "").await;
    let mei = world.login("mei").await;
    let page = mei.read(PAUSED).await;
    assert_eq!(count(&page, "#share form"), 0, "{page}");
    assert!(page.contains("server.shares.enabled"), "{page}");
    assert_eq!(ask(&mei, "3600").await.status(), 409);
    assert_eq!(world.count("share_made").await, 0);
}

#[tokio::test]
async fn who_tries_many_links_is_told_to_wait_and_a_link_that_is_known_opens_all_the_same() {
    let world = World::new().await;
    let mei = world.login("mei").await;
    let link = share(&world, &mei, "3600").await;
    let mut told = BTreeSet::new();
    for guess in 0..80 {
        told.insert(status(&world, &format!("/shared/{guess}")).await.as_u16());
    }
    assert_eq!(told, BTreeSet::from([404, 429]));
    read(&world, &link).await;
}
