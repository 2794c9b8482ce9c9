//! Pressing, confirming, and being refused.

use super::story::queued;
use super::world::{PAUSED, World, fields};
use guard::approval::Choice;
use guard::event::Event;

fn path() -> String {
    format!("{PAUSED}/answer")
}

#[tokio::test]
async fn a_press_asks_first_and_a_confirmed_press_is_recorded_once() {
    let world = World::new().await;
    let visit = world.login("mei").await;
    let press = visit.button("rollback", &[]).await;
    let asked = visit.post(&path(), &press).send().await.unwrap();
    assert_eq!(asked.status(), 200);
    assert_eq!(world.count("approval_answered").await, 0);
    let asked = asked.text().await.unwrap();
    let headline = "0.2 % → 31 %";
    assert!(asked.contains(headline), "it is seen what for: {asked}");
    assert!(
        asked.contains(" data-still>"),
        "in the reader's own time: {asked}"
    );
    let mut confirm = fields(&asked, "rollback").unwrap();
    let confirmed = confirm
        .iter()
        .any(|(name, value)| name == "confirmed" && value == "yes");
    assert!(confirmed, "{confirm:?}");
    for (_, value) in confirm.iter_mut().filter(|(name, _)| name == "reason") {
        *value = format!("  {}  ", "because ".repeat(100));
    }
    let done = visit.post(&path(), &confirm).send().await.unwrap();
    assert_eq!(
        (done.status().as_u16(), &done.headers()["location"]),
        (303, &PAUSED.parse().unwrap())
    );
    let again = visit.post(&path(), &confirm).send().await.unwrap();
    assert_eq!(again.status(), 409);
    assert!(again.text().await.unwrap().contains("already answered"));
    let events = world.events().await;
    let answers: Vec<_> = events
        .iter()
        .filter_map(|event| match event {
            Event::ApprovalAnswered {
                by, choice, reason, ..
            } => Some((by.as_str(), *choice, reason.clone())),
            _ => None,
        })
        .collect();
    let [(by, choice, Some(reason))] = &answers[..] else {
        panic!("{answers:?}")
    };
    assert_eq!((*by, *choice), ("mei", Choice::Rollback));
    assert!(
        reason.starts_with("because") && reason.len() <= 500,
        "{reason}"
    );
    assert_eq!(world.count("refused").await, 1);
}

#[tokio::test]
async fn two_presses_at_the_same_moment_are_one_answer() {
    let world = World::new().await;
    let visit = world.login("mei").await;
    let form = visit.button("rollback", &[("confirmed", "yes")]).await;
    let press = || async {
        visit
            .post(&path(), &form)
            .send()
            .await
            .unwrap()
            .status()
            .as_u16()
    };
    let (a, b) = tokio::join!(press(), press());
    let mut both = [a, b];
    both.sort_unstable();
    assert_eq!(both, [303, 409]);
    assert_eq!(world.count("approval_answered").await, 1);
}

#[tokio::test]
async fn holding_needs_no_second_question() {
    let world = World::new().await;
    let visit = world.login("sam").await;
    let form = visit.button("hold", &[]).await;
    assert_eq!(
        visit.post(&path(), &form).send().await.unwrap().status(),
        303
    );
    assert_eq!(world.count("approval_answered").await, 1);
    assert!(
        visit.read(PAUSED).await.contains("sam keeps it paused")
            || visit.read(PAUSED).await.contains("keeps it paused")
    );
}

#[tokio::test]
async fn who_lacks_the_role_is_told_before_and_refused_after() {
    let world = World::new().await;
    let visit = world.login("sam").await;
    let page = visit.read(PAUSED).await;
    assert!(
        page.contains("disabled") && page.contains("lacks the role operator"),
        "{page}"
    );
    let form = visit.button("rollback", &[("confirmed", "yes")]).await;
    let answer = visit.post(&path(), &form).send().await.unwrap();
    assert_eq!(answer.status(), 403);
    assert_eq!(
        (
            world.count("approval_answered").await,
            world.count("refused").await
        ),
        (0, 1)
    );
}

#[tokio::test]
async fn a_question_that_ran_out_is_refused_with_the_reason() {
    let world = World::new().await;
    let visit = world.login("mei").await;
    let form = visit.button("rollback", &[("confirmed", "yes")]).await;
    world.wait(jiff::SignedDuration::from_mins(31));
    let answer = visit.post(&path(), &form).send().await.unwrap();
    assert_eq!(answer.status(), 409);
    assert!(answer.text().await.unwrap().contains("expired"));
    assert_eq!(world.count("approval_answered").await, 0);
}

#[tokio::test]
async fn a_made_up_question_a_made_up_choice_or_a_made_up_deployment_is_refused() {
    let world = World::new().await;
    let visit = world.login("mei").await;
    let form = visit.button("hold", &[]).await;
    let changed = |name: &str, to: &str| {
        let mut form = form.clone();
        form.iter_mut()
            .filter(|(field, _)| field == name)
            .for_each(|(_, value)| *value = to.to_owned());
        form
    };
    for (path, form, wanted) in [
        (path(), changed("approval", "apr_0"), 409),
        (path(), changed("approval", "../x"), 400),
        (path(), changed("choice", "explode"), 400),
        (path(), changed("choice", "promote"), 409),
        ("/deployments/dep_9/answer".to_owned(), form.clone(), 404),
        ("/deployments/a%2fb/answer".to_owned(), form.clone(), 404),
    ] {
        let answer = visit.post(&path, &form).send().await.unwrap();
        assert_eq!(answer.status(), wanted, "{path} {form:?}");
    }
    assert_eq!(world.count("approval_answered").await, 0);
}

#[tokio::test]
async fn an_operator_gives_a_release_up_on_the_page_and_then_it_is_no_longer_offered() {
    let world = World::new().await;
    let path = format!("{PAUSED}/abandon");
    let visit = world.login("mei").await;
    let page = visit.read(PAUSED).await;
    assert!(page.contains(&path), "the form is not there");
    let mut form = visit.button("rollback", &[]).await;
    form.retain(|(name, _)| name == "form_token");
    form.push(("reason".to_owned(), "the hot-fix goes first".to_owned()));
    let done = visit.post(&path, &form).send().await.unwrap();
    assert_eq!(done.status(), 303);
    let events = world.events().await;
    assert!(
        events
            .iter()
            .any(|event| matches!(event, Event::Abandoned { by, .. } if by == "mei")),
        "{events:?}"
    );
    assert!(!visit.read(PAUSED).await.contains(&path));
    let again = visit.post(&path, &form).send().await.unwrap();
    assert_eq!(again.status(), 409);
}

#[tokio::test]
async fn what_waits_for_its_turn_is_shown_everywhere_and_can_be_given_up() {
    let world = World::new().await;
    world.add_waiting("dep_2", &queued()).await;
    let visit = world.login("mei").await;
    let (page, path) = ("/deployments/dep_2", "/deployments/dep_2/abandon");
    for place in ["/", "/services/shop", page] {
        let shown = visit.read(place).await;
        assert!(shown.contains("waits behind"), "{place}: {shown}");
        assert!(shown.contains("dep_1"), "{place}: {shown}");
    }
    assert!(visit.read(page).await.contains(path), "no form");
    let mut form = visit.button("rollback", &[]).await;
    form.retain(|(name, _)| name == "form_token");
    let done = visit.post(path, &form).send().await.unwrap();
    assert_eq!(done.status(), 303);
    let shown = visit.read(page).await;
    assert!(!shown.contains(path) && !shown.contains("waits behind"));
    assert_eq!(
        world.count("abandoned").await,
        0,
        "the one before it goes on"
    );
}
