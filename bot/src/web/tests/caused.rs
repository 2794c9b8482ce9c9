//! Which change did it, as people say it on the page.

use super::world::{PAUSED, Visit, World};

async fn press(visit: &Visit<'_>, fields: &[(&str, &str)]) -> (u16, String) {
    let mut form = visit.button("rollback", &[]).await;
    form.retain(|(name, _)| name == "form_token");
    let more = fields.iter();
    form.extend(more.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let answer = visit.post(&format!("{PAUSED}/cause"), &form).send();
    let answer = answer.await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test]
async fn that_it_was_not_the_change_is_said_on_the_page_and_shown_in_the_thread() {
    let world = World::new().await;
    let visit = world.login("sam").await;
    let page = visit.read(PAUSED).await;
    assert!(page.contains("It was not this deployment"), "{page}");
    let note = [("none", "1"), ("note", "the network was cut")];
    assert_eq!(press(&visit, &note).await.0, 303);
    assert_eq!(press(&visit, &note).await.0, 303, "twice is once");
    assert_eq!(world.count("cause_named").await, 1);
    let page = visit.read(PAUSED).await;
    let said = page.matches("<bdi>sam</bdi> says: it was not this deployment");
    assert!(said.count() >= 2, "{page}");
    assert!(page.contains("the network was cut"), "{page}");
}

#[tokio::test]
async fn whether_the_root_cause_report_was_of_use_is_said_in_one_press_and_the_last_word_counts() {
    let world = World::new().await;
    let visit = world.login("sam").await;
    let rate = async |useful: &str| {
        let mut form = visit.button("rollback", &[]).await;
        form.retain(|(name, _)| name == "form_token");
        form.push(("useful".to_owned(), useful.to_owned()));
        let path = format!("{PAUSED}/root-cause/rating");
        let answer = visit.post(&path, &form).send().await.unwrap();
        answer.status().as_u16()
    };
    assert_eq!(rate("yes").await, 303);
    assert_eq!(rate("yes").await, 303, "twice is once");
    assert_eq!(world.count("root_cause_rated").await, 1);
    let page = visit.read(PAUSED).await;
    let chosen = "<button class=\"chosen\" type=\"submit\" name=\"useful\" value=\"yes\">";
    assert!(page.contains(chosen), "{page}");
    assert_eq!(rate("no").await, 303);
    assert_eq!(rate("perhaps").await, 400);
    assert_eq!(world.count("root_cause_rated").await, 2);
    let page = visit.read(PAUSED).await;
    assert!(
        !page.contains(chosen) && page.contains("did not find the root-cause report useful"),
        "{page}"
    );
}

#[tokio::test]
async fn a_commit_that_nobody_knows_is_refused_with_the_reason_and_a_forged_form_changes_nothing() {
    let world = World::new().await;
    let visit = world.login("sam").await;
    let (status, page) = press(&visit, &[("typed", "0123456")]).await;
    assert_eq!(status, 409, "{page}");
    assert!(page.contains("is not known"), "{page}");
    assert_eq!(press(&visit, &[("typed", "  ")]).await.0, 400);
    let forged = [("none".to_owned(), "1".to_owned())];
    let answer = visit.post(&format!("{PAUSED}/cause"), &forged).send().await;
    assert!(answer.unwrap().status().is_client_error());
    assert_eq!(world.count("cause_named").await, 0);
}
