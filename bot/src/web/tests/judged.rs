//! What people say in hindsight, and where it is shown.

use super::story::{asked, measured, mei, plan};
use super::world::{PAUSED, Visit, World};
use guard::event::Event;
use guard::ids::DeploymentId;
use guard::judgement::Judgement;
use guard::verdict::{Tier, Verdict};

const SERVICE: &str = "/services/shop";

fn path() -> String {
    format!("{PAUSED}/judge")
}

/// The form of the page, with a press of this button.
async fn form(visit: &Visit<'_>, judgement: &str, more: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut form = visit.button("rollback", &[]).await;
    form.retain(|(name, _)| name == "form_token");
    form.push(("judgement".to_owned(), judgement.to_owned()));
    let more = more.iter();
    form.extend(more.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    form
}

async fn press(visit: &Visit<'_>, judgement: &str, more: &[(&str, &str)]) -> u16 {
    let form = form(visit, judgement, more).await;
    let answer = visit.post(&path(), &form).send().await.unwrap();
    answer.status().as_u16()
}

#[tokio::test]
async fn an_alarm_is_judged_on_its_page_and_the_last_word_counts_on_the_services_page() {
    let world = World::new().await;
    let visit = world.login("sam").await;
    let page = visit.read(PAUSED).await;
    assert!(page.contains("An alarm was raised here"), "{page}");
    assert!(page.contains("value=\"false_alarm\"") && !page.contains("value=\"fine\""));
    assert!(page.contains(&format!("href=\"{SERVICE}\"")), "{page}");
    let before = visit.read(SERVICE).await;
    assert!(before.contains("No alarm was judged yet"), "{before}");
    assert!(before.contains("not judged") && before.contains(PAUSED));

    assert_eq!(press(&visit, "real", &[]).await, 303);
    assert_eq!(press(&visit, "real", &[]).await, 303, "twice is once");
    assert_eq!(world.count("judged").await, 1);
    let note = [("note", "  the cache was cold "), ("since", "")];
    assert_eq!(press(&visit, "false_alarm", &note).await, 303);
    let page = visit.read(PAUSED).await;
    for wanted in [
        "false alarm — <bdi>sam</bdi>",
        "“<bdi>the cache was cold</bdi>”",
        "<bdi>sam</bdi> judged: false alarm",
    ] {
        assert!(page.contains(wanted), "{wanted} is not in {page}");
    }
    let page = visit.read(SERVICE).await;
    for wanted in [
        "Deployments in 180 days: 1, of which 1 judged. Alarms: 0 real, 1 false.",
        "0 of 1 were real: 0 %, with 95 % confidence 0 to 79 %",
        "not enough was judged yet",
        "\"In hindsight\">false alarm</td>",
        "<code>tawny record --deployment dep_1 | tawny replay --explain --episode -</code>",
    ] {
        assert!(page.contains(wanted), "{wanted} is not in {page}");
    }
    let chinese = visit.read(&format!("{SERVICE}?lang=zh-CN")).await;
    assert!(
        chinese.contains("误报") && !chinese.contains('⟦'),
        "{chinese}"
    );
}

#[tokio::test]
async fn a_deployment_counts_once_though_it_took_its_lane_twice_and_not_after_half_a_year() {
    let world = World::new().await;
    world.takes_lane_again("dep_1").await;
    let visit = world.login("sam").await;
    assert_eq!(press(&visit, "real", &[]).await, 303);
    let page = visit.read(SERVICE).await;
    assert!(page.contains("in 180 days: 1, of which 1 judged"), "{page}");
    let rows = page.split("table class=\"deployments\"").nth(1).unwrap();
    assert_eq!(rows.matches(PAUSED).count(), 1);
    world.wait(jiff::SignedDuration::from_hours(181 * 24));
    let page = world.login("sam").await.read(SERVICE).await;
    assert!(page.contains("in 180 days: 0, of which 0 judged"), "{page}");
    assert!(page.contains(PAUSED), "old ones are shown");
}

#[tokio::test]
async fn who_has_no_role_is_told_so_instead_of_being_asked() {
    let world = World::new().await;
    let form = form(&world.login("mei").await, "real", &[]).await;
    let visit = world.login("kim").await;
    let page = visit.read(PAUSED).await;
    assert!(page.contains("is neither responder nor operator"), "{page}");
    assert!(!page.contains("value=\"real\""));
    let foreign = visit.post(&path(), &form).send().await.unwrap();
    assert_eq!(foreign.status(), 403, "the form of somebody else");
    let token = super::world::form_token(&page);
    let own: Vec<(String, String)> = form
        .into_iter()
        .map(|(name, value)| match name.as_str() {
            "form_token" => (name, token.clone()),
            _ => (name, value),
        })
        .collect();
    let refused = visit.post(&path(), &own).send().await.unwrap();
    assert_eq!(refused.status(), 403);
    assert_eq!(
        (world.count("judged").await, world.count("refused").await),
        (0, 1)
    );
}

#[tokio::test]
async fn what_does_not_fit_or_cannot_be_is_refused() {
    let world = World::new().await;
    let visit = world.login("mei").await;
    let since = |text| [("since", text)];
    for (judgement, more, wanted) in [
        ("fine", vec![], 409),
        ("explode", vec![], 400),
        ("missed", since("yesterday").to_vec(), 400),
        ("missed", since("2026-11-21T03:11").to_vec(), 409),
        ("missed", since("2026-11-21T03:15").to_vec(), 409),
    ] {
        assert_eq!(press(&visit, judgement, &more).await, wanted, "{more:?}");
    }
    assert_eq!(world.count("judged").await, 0);
    assert_eq!(
        press(&visit, "missed", &since("2026-11-21T03:13")).await,
        303
    );
    let page = visit.read(PAUSED).await;
    assert!(
        page.contains("harm since <time datetime=\"2026-11-21T03:13:00Z\">"),
        "{page}"
    );
    let form = form(&visit, "real", &[]).await;
    let nowhere = visit.post("/deployments/dep_9/judge", &form).send();
    assert_eq!(nowhere.await.unwrap().status(), 404);
}

#[tokio::test]
async fn a_service_that_does_not_exist_is_not_found() {
    let world = World::new().await;
    let visit = world.login("mei").await;
    for path in [
        "/services/nobody",
        "/services/%3Cscript%3E",
        "/services/a%2Fb",
    ] {
        let answer = visit.get(path).send().await.unwrap();
        assert_eq!(answer.status(), 404, "{path}");
        assert!(answer.text().await.unwrap().contains("no such service"));
    }
    let stranger = world.get(SERVICE).send().await.unwrap();
    assert_eq!(stranger.status(), 401);
}

#[tokio::test]
async fn a_hostile_note_stays_text_and_silence_is_judged_in_its_own_words() {
    let world = World::new().await;
    let mut other = plan();
    other.deployment = DeploymentId::new("dep_2").unwrap();
    let mut events = asked();
    events[0].event = Event::DeploymentRequested {
        plan: other,
        by: mei(),
    };
    let last = events.last().unwrap().clone();
    for event in [
        Event::VerdictChanged {
            verdict: Verdict::Healthy,
            needs: Vec::new(),
        },
        Event::Judged {
            by: "sam".to_owned(),
            judgement: Judgement::Missed,
            raised: Tier::Quiet,
            note: Some("<script>alert(1)</script>".to_owned()),
            since: None,
        },
    ] {
        events.push(guard::event::Recorded {
            revision: events.len() as u64 + 1,
            at: last.at,
            event,
        });
    }
    world.add("dep_2", &events).await;
    let visit = world.login("mei").await;
    let page = visit.read("/deployments/dep_2").await;
    assert!(page.contains("No alarm was raised here"), "{page}");
    assert!(page.contains("value=\"fine\"") && !page.contains("value=\"real\""));
    assert!(page.contains("&lt;script&gt;") && !page.contains("<script>"));
    let page = visit.read(SERVICE).await;
    assert!(
        page.contains("dep_2") && page.contains(">missed</td>"),
        "{page}"
    );
    assert_eq!(measured().len(), world.events().await.len());
}
