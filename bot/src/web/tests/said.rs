//! What people say in words, on the page.

use super::world::{PAUSED, Visit, World};

async fn say(visit: &Visit<'_>, fields: &[(&str, &str)]) -> (u16, String) {
    let mut form = visit.button("rollback", &[]).await;
    form.retain(|(name, _)| name == "form_token");
    let more = fields.iter();
    form.extend(more.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let answer = visit.post("/say", &form).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test]
async fn a_line_on_a_deployments_page_is_about_that_deployment() {
    let world = World::new().await;
    let visit = world.login("mei").await;
    let page = visit.read(PAUSED).await;
    assert!(page.contains("Say what you want"), "{page}");
    let id = PAUSED.rsplit('/').next().unwrap();
    let (status, shown) = say(&visit, &[("text", "why"), ("deployment", id)]).await;
    assert_eq!(status, 200, "{shown}");
    assert!(shown.contains(&format!("href=\"{PAUSED}\"")), "{shown}");
    let (_, asked) = say(&visit, &[("text", "rollback")]).await;
    assert!(asked.contains("Which deployment?"), "{asked}");
    let (_, done) = say(
        &visit,
        &[
            ("text", "rollback because <b>errors</b>"),
            ("deployment", id),
        ],
    )
    .await;
    assert!(done.contains("Done"), "{done}");
    let page = visit.read(PAUSED).await;
    assert!(page.contains("&lt;b&gt;errors&lt;/b&gt;"), "{page}");
    assert_eq!(world.count("approval_answered").await, 1);
}

#[tokio::test]
async fn what_stays_paused_after_an_answer_can_still_be_ended_by_two_presses() {
    let world = World::new().await;
    let visit = world.login("mei").await;
    let order = "name=\"text\" value=\"rollback\"";
    assert!(!visit.read(PAUSED).await.contains(order), "it is asked");
    let hold = visit.button("hold", &[("confirmed", "yes")]).await;
    let answer = visit.post(&format!("{PAUSED}/answer"), &hold).send();
    assert_eq!(answer.await.unwrap().status(), 303);
    let page = visit.read(PAUSED).await;
    assert!(page.contains(order), "{page}");
    assert!(page.contains("<details id=\"order-rollback\">"), "{page}");
    let token = page.split("name=\"form_token\" value=\"").nth(1).unwrap();
    let token = token.split('"').next().unwrap();
    let id = PAUSED.rsplit('/').next().unwrap();
    let pressed = [
        ("form_token".to_owned(), token.to_owned()),
        ("deployment".to_owned(), id.to_owned()),
        ("text".to_owned(), "rollback".to_owned()),
    ];
    let done = visit.post("/say", &pressed).send().await.unwrap();
    let done = done.text().await.unwrap();
    assert!(done.contains("Done"), "{done}");
    let page = visit.read(PAUSED).await;
    assert!(
        !page.contains(order) && page.contains("ROLLING BACK"),
        "{page}"
    );
}

#[tokio::test]
async fn a_forged_line_does_nothing_and_a_hostile_one_is_only_shown() {
    let world = World::new().await;
    let visit = world.login("sam").await;
    let id = PAUSED.rsplit('/').next().unwrap();
    let forged = [
        ("text".to_owned(), "rollback".to_owned()),
        ("deployment".to_owned(), id.to_owned()),
    ];
    let answer = visit.post("/say", &forged).send().await;
    assert!(answer.unwrap().status().is_client_error());
    assert_eq!(world.count("approval_answered").await, 0);
    let (_, shown) = say(&visit, &[("text", "<script>alert(1)</script>")]).await;
    assert!(
        shown.contains("&lt;script&gt;") && !shown.contains("<script>alert"),
        "{shown}"
    );
}
