//! What comes and goes, and several services at one version, are one line.

use crate::story::{Story, context, plan};
use guard::alert::{Alert, AlertKey, AlertSeverity, Relation};
use guard::event::Event;
use guard::ids::{DeploymentId, ServiceName};
use guard::policy::Autonomy;
use messages::layout::plain;
use messages::{Locale, folded, parent, together};

fn alert(name: &str, fingerprint: &str, story: &Story) -> Event {
    let service = ServiceName::new("shop").unwrap();
    Event::AlertJoined {
        alert: Alert {
            key: AlertKey {
                source: "am".to_owned(),
                fingerprint: fingerprint.to_owned(),
                starts_at: story.state().updated_at(),
            },
            name: name.to_owned(),
            severity: AlertSeverity::Warning,
            service,
            environment: None,
            summary: None,
        },
        relation: Relation::Own,
    }
}

fn headline(story: &Story, locale: Locale) -> Option<(u64, String)> {
    let record = story.records.last().unwrap();
    let folded = folded(story.state(), &story.records, record, &context(locale))?;
    Some((folded.first, plain::text(&folded.message.headline)))
}

#[test]
fn an_alert_that_comes_again_goes_on_with_its_first_line_and_another_one_has_its_own() {
    let mut story = Story::gray(Autonomy::Rollback);
    let first = alert("TooManyErrors", "f1", &story);
    let first = story.wait(60).record(first).revision;
    assert_eq!(headline(&story, Locale::En), None);
    let other = alert("TooSlow", "f2", &story);
    story.wait(60).record(other);
    assert_eq!(headline(&story, Locale::En), None);
    for _ in 0..3 {
        let again = alert("TooManyErrors", "f1", &story);
        story.wait(600).record(again);
    }
    let (of, said) = headline(&story, Locale::En).unwrap();
    assert_eq!(of, first);
    assert!(
        said.contains("TooManyErrors") && said.ends_with("· flapping ×4 since 03:13:03"),
        "{said}"
    );
    let (_, said) = headline(&story, Locale::ZhCn).unwrap();
    assert!(said.ends_with("· 自 03:13:03 起反复抖动 ×4"), "{said}");
    // After an hour of peace it is news.
    let again = alert("TooManyErrors", "f1", &story);
    story.wait(3601).record(again);
    assert_eq!(headline(&story, Locale::En), None);
}

#[test]
fn the_first_of_a_version_says_how_the_others_stand_and_is_otherwise_the_same() {
    let first = Story::gray(Autonomy::Rollback);
    let mut plan = plan(Autonomy::Pause);
    plan.deployment = DeploymentId::new("dep_2").unwrap();
    plan.service = ServiceName::new("cart").unwrap();
    let other = Story::requested(plan);
    for (locale, wanted) in [
        (
            Locale::En,
            "Same version: 2 services in this thread: ⚪ cart pending",
        ),
        (Locale::ZhCn, "同版本：此话题中共 2 个服务：⚪ cart 待开始"),
    ] {
        let context = context(locale);
        let alone = parent(first.state(), &context);
        let others = [other.state().clone()];
        let said = together(alone.clone(), &others, &context);
        let lines = plain::message(&said);
        assert!(lines.contains(wanted), "{lines}");
        assert_eq!(said.headline, alone.headline);
        assert_eq!(said.buttons, alone.buttons);
        assert_eq!(together(alone.clone(), &[], &context), alone);
        let many = vec![other.state().clone(); 100];
        let lines = plain::message(&together(alone, &many, &context));
        assert!(lines.contains("92") && lines.len() < 2000, "{lines}");
    }
}
