//! What else was going on, and what a pipeline is told, in both languages.

use crate::every_event::every_event;
use crate::measured::measured;
use crate::story::{Story, assessed, context, errors, plan, start};
use guard::event::Event;
use guard::finding::{Circumstance, Finding, Neighbour};
use guard::gate::{Outcome, Until, gate};
use guard::ids::{DeploymentId, ServiceName, SignalKey, Version};
use guard::policy::Autonomy;
use guard::verdict::{Attribution, Verdict};
use jiff::SignedDuration;
use messages::layout::plain;
use messages::{Locale, parent, reply, timeline};

fn blamed() -> Story {
    let at = |seconds| start() + SignedDuration::from_secs(seconds);
    let finding = Finding {
        attribution: Attribution::Unknown,
        circumstances: vec![
            Circumstance::Older {
                since: at(-420),
                level: 0.25,
            },
            Circumstance::MoreTraffic {
                before: 40.0,
                now: 88.0,
                since: at(-10),
            },
            Circumstance::Neighbour(Neighbour {
                service: ServiceName::new("catalog").unwrap(),
                deployment: DeploymentId::new("dep_9").unwrap(),
                version: Version::new("v7").unwrap(),
                called: true,
                at: at(-60),
            }),
            Circumstance::Neighbour(Neighbour {
                service: ServiceName::new("front").unwrap(),
                deployment: DeploymentId::new("dep_8").unwrap(),
                version: Version::new("v3").unwrap(),
                called: false,
                at: at(-30),
            }),
        ],
        ..errors()
    };
    let mut story = Story::gray(Autonomy::Observe);
    story
        .wait(9)
        .tell(assessed(Verdict::Degraded, vec![finding]));
    story
}

#[test]
fn a_finding_says_what_else_was_going_on() {
    let story = blamed();
    let said = |locale| {
        let lines = timeline(&story.records, &context(locale));
        let lines: Vec<String> = lines.iter().map(|line| plain::text(&line.text)).collect();
        lines
            .into_iter()
            .find(|line| line.contains("dep_9"))
            .unwrap()
    };
    let english = said(Locale::En);
    for part in [
        "blamed on: not known; meanwhile: it was so before the change: 25 % since 03:05:00",
        "traffic has grown from 40/s to 88/s since 03:11:50",
        "it calls catalog, where v7 has been coming out since 03:11:00 (dep_9)",
        "front calls it, and v3 has been coming out there since 03:11:30 (dep_8)",
    ] {
        assert!(english.contains(part), "{part}: {english}");
    }
    let chinese = said(Locale::ZhCn);
    for part in [
        "变更之前就已如此",
        "流量由 40/秒 增至 88/秒",
        "所调用的 catalog",
        "调用方 front",
    ] {
        assert!(chinese.contains(part), "{part}: {chinese}");
    }
    let shown = plain::message(&parent(story.state(), &context(Locale::En)));
    assert!(shown.contains("it was so before the change"), "{shown}");
}

#[test]
fn the_gates_word_is_a_sentence_in_both_languages_for_every_outcome() {
    use Outcome::{
        Abandoned, Accepted, Asking, Degraded, Expired, Failed, Healthy, Held, Inconclusive,
        RolledBack, RollingBack, Superseded, Unblamed, UnderWay, Unmeasured,
    };
    let outcomes = [
        Healthy,
        Accepted,
        Unblamed,
        Degraded,
        RolledBack,
        RollingBack,
        Failed,
        Abandoned,
        Superseded,
        Held,
        Expired,
        Inconclusive,
        Unmeasured,
        Asking,
        UnderWay,
    ];
    let story = Story::requested(plan(Autonomy::Rollback));
    for locale in Locale::ALL {
        let mut seen = std::collections::BTreeSet::new();
        for outcome in outcomes {
            let mut said = gate(&story.records, story.state(), Until::Promoted);
            said.outcome = outcome;
            let text = messages::gate::sentence(&said, story.state(), &context(locale));
            let text = plain::text(&text);
            assert!(text.contains("shop"), "{outcome:?}: {text}");
            assert!(!text.contains(['⟦', '{']), "{outcome:?}: {text}");
            assert!(seen.insert(text.clone()), "twice: {text}");
        }
    }
    let found = blamed();
    let said = gate(&found.records, found.state(), Until::Promoted);
    let text = messages::gate::sentence(&said, found.state(), &context(Locale::En));
    assert_eq!(
        plain::text(&text),
        "shop · prod · v2 is still under way — errors 0.2 % → 31 % since 03:12:07"
    );
}

#[test]
fn the_answer_in_the_thread_draws_what_it_explains() {
    let mut story = blamed();
    story.record(Event::SignalsMeasured {
        signals: vec![measured("errors"), measured("throughput")],
    });
    let ranked = every_event("x")
        .into_iter()
        .find(|event| event.name() == "cause_ranked")
        .unwrap();
    let Event::CauseRanked { mut cause } = ranked else {
        panic!("{ranked:?}");
    };
    cause.signals = [SignalKey::new("errors").unwrap()].into();
    let record = story.record(Event::CauseRanked { cause });
    let said = reply(story.state(), &record, &context(Locale::En)).unwrap();
    let drawn: Vec<String> = said
        .facts
        .iter()
        .filter(|fact| plain::text(&fact.label) == "errors")
        .map(|fact| plain::text(&fact.value))
        .collect();
    assert!(drawn[0].contains('┃'), "{drawn:?}");
    assert!(
        drawn.iter().filter(|line| line.contains('┃')).count() == 1,
        "{drawn:?}"
    );
}
