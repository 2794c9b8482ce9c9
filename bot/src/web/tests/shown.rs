//! What the page shows.

use super::story::{asked, finding, mei, paused, plan, start};
use super::world::{PAUSED, World};
use crate::web::instances::instances;
use engine::Observed;
use guard::event::{Event, PauseReason, Recorded};
use guard::ids::{DeploymentId, InstanceId, Version};
use guard::state::State;
use jiff::SignedDuration;
use messages::{Context, Locale};
use platforms::hosts::{InstanceState, InstanceView, Observation};
use std::collections::BTreeMap;

fn context() -> Context {
    Context {
        locale: Locale::En,
        now: start() + SignedDuration::from_mins(2),
        base_url: None,
    }
}

#[tokio::test]
async fn the_list_shows_what_where_versions_status_verdict_and_age() {
    let world = World::new().await;
    let page = world.login("mei").await.read("/").await;
    for wanted in [
        "<bdi>shop</bdi>",
        "<bdi>prod</bdi>",
        "<bdi>v1</bdi> → <bdi>v2</bdi>",
        "paused",
        "degraded",
        "2 min ago",
        PAUSED,
    ] {
        assert!(page.contains(wanted), "{wanted} is not in {page}");
    }
}

#[tokio::test]
async fn a_deployments_page_has_the_question_the_thread_the_query_and_the_timeline() {
    let world = World::new().await;
    let page = world.login("mei").await.read(PAUSED).await;
    for wanted in [
        "PAUSED on 1 of 3 instances",
        "0.2 % → 31 %",
        "+30.8 points (95 %: +25 to +36 points)",
        "<code>sum by (instance) (rate(http_requests_total{code=~&quot;5..&quot;}[1m]))</code>",
        "a decision by <time datetime=\"2026-11-21T03:42:12Z\">",
        "What was said",
        "Decision needed",
        "Timeline",
        "Baseline taken from 40 s of history",
        "shop-2",
    ] {
        assert!(page.contains(wanted), "{wanted} is not in {page}");
    }
    for choice in ["rollback", "resume", "hold"] {
        assert!(super::world::fields(&page, choice).is_some(), "{choice}");
    }
}

#[tokio::test]
async fn a_deployments_page_begins_with_how_it_stands_and_leads_to_its_service() {
    let world = World::new().await;
    let page = world.login("mei").await.read(PAUSED).await;
    assert!(
        page.contains("<title>paused: shop · prod · v2 · Tawny</title>"),
        "{page}"
    );
    let up = page.find("<a href=\"/services/shop\"").unwrap();
    let headline = page.find("PAUSED on 1 of 3").unwrap();
    let decide = page.find("class=\"decide\"").unwrap();
    let since = page.find("id=\"since\"").unwrap();
    assert!(
        up < headline && headline < decide && decide < since,
        "{page}"
    );
}

#[tokio::test]
async fn a_deployment_that_does_not_exist_is_not_found() {
    let world = World::new().await;
    let visit = world.login("mei").await;
    for path in [
        "/deployments/dep_9",
        "/deployments/%3Cscript%3E",
        "/deployments/a%2Fb",
    ] {
        assert_eq!(
            visit.get(path).send().await.unwrap().status(),
            404,
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_browser_at_an_address_where_nothing_is_reads_what_to_do_and_others_get_the_bare_status()
{
    let world = World::new().await;
    let asked = |accept: &str| world.get("/nonsense?lang=en").header("accept", accept);
    let browser = asked("text/html,*/*").send().await.unwrap();
    assert_eq!(browser.status(), 404);
    assert!(browser.headers().contains_key("content-security-policy"));
    let text = browser.text().await.unwrap();
    assert!(
        text.contains("There is no such page") && text.contains("href=\"/search\""),
        "{text}"
    );
    let other = asked("application/json").send().await.unwrap();
    assert_eq!(other.status(), 404);
    assert_eq!(other.text().await.unwrap(), "");
    let url = format!("{}/nonsense", world.url);
    let posted = world.http.post(url).header("accept", "text/html");
    assert_eq!(posted.send().await.unwrap().text().await.unwrap(), "");
}

#[tokio::test]
async fn hostile_text_stays_text_on_the_page() {
    let world = World::new().await;
    let hostile = "</code></article><script>alert(1)</script>\u{202E}\u{1b}[31m\"><img src=x onerror=alert(1)>";
    let mut plan = plan();
    plan.deployment = DeploymentId::new("dep_2").unwrap();
    let mut events = asked();
    events[0].event = Event::DeploymentRequested { plan, by: mei() };
    for event in [
        Event::FindingOpened {
            finding: finding(hostile),
        },
        Event::MetricsLost {
            source: hostile.to_owned(),
            error: hostile.to_owned(),
        },
        Event::Paused {
            reason: PauseReason::Person {
                by: hostile.to_owned(),
                reason: Some(hostile.to_owned()),
            },
            ask_at: None,
        },
    ] {
        events.push(Recorded {
            revision: events.len() as u64 + 1,
            at: start(),
            event,
        });
    }
    world.add("dep_2", &events).await;
    let visit = world.login("mei").await;
    for path in ["/", "/deployments/dep_2"] {
        let page = visit.read(path).await;
        assert!(
            !page.contains("<script>") && !page.contains("<img"),
            "{page}"
        );
        assert!(!page.contains(['\u{202E}', '\u{1b}']));
    }
    assert!(
        visit
            .read("/deployments/dep_2")
            .await
            .contains("&lt;script&gt;")
    );
}

#[tokio::test]
async fn one_stream_that_cannot_be_read_does_not_hide_the_others() {
    let world = World::new().await;
    let mut events = asked();
    events[0].event = Event::MetricsBack {
        source: "x".to_owned(),
    };
    world.add("dep_2", &events[..1]).await;
    let visit = world.login("mei").await;
    assert!(visit.read("/").await.contains(PAUSED));
    assert_eq!(
        visit
            .get("/deployments/dep_2")
            .send()
            .await
            .unwrap()
            .status(),
        500
    );
}

#[test]
fn instances_are_counted_and_the_alerting_ones_marked() {
    let state = State::fold(&paused()).unwrap().unwrap();
    let view = |version: &str, state, error: Option<&str>| InstanceView {
        version: Some(Version::new(version).unwrap()),
        pid: Some(4711),
        started_at: Some(start()),
        state,
        error: error.map(ToOwned::to_owned),
    };
    let seen = [
        ("shop-1", view("v2", InstanceState::Running, None)),
        ("shop-2", view("v1", InstanceState::Running, None)),
        (
            "shop-3",
            view("v1", InstanceState::Unhealthy, Some("/healthz <b>503</b>")),
        ),
    ];
    let named = seen.map(|(name, view)| (InstanceId::new(name).unwrap(), view));
    let observed = Observed {
        observation: Observation {
            rollout: guard::action::Rollout::default(),
            instances: BTreeMap::from(named),
            machine_count: 3,
            health_count: 2,
            error_count: 1,
        },
        at: start() + SignedDuration::from_secs(118),
    };
    let shown = instances(&state, &observed, &context()).into_string();
    assert!(
        shown.contains("3 instances: 2 healthy, 1 with errors, 1 alerting. Looked at 2 s ago."),
        "{shown}"
    );
    assert_eq!(shown.matches("running, alerting").count(), 1);
    assert!(shown.contains("/healthz &lt;b&gt;503&lt;/b&gt;"));
}
