//! What is said, as people see it. Committed: a changed message is a changed file.

use crate::story::{Story, assessed, context, each_locale, errors, latency, mei, need, plan};
use guard::approval::Choice;
use guard::duty::Duty;
use guard::finding::{Assessment, Budget, Cured, Finding, Need};
use guard::ids::{DeploymentId, SignalKey, Version};
use guard::input::{Command, Happened, Outcome};
use guard::policy::{Autonomy, WhenUnsure};
use guard::queue::{Behind, Ending, TurnLost};
use guard::timer::TimerName;
use guard::verdict::Verdict;
use messages::layout::{html, markdown, plain, terminal};
use messages::{Locale, notice, parent, reply, timeline};
use std::fmt::Write;

fn severe() -> Finding {
    Finding {
        budget: Budget::RollBack,
        severe: true,
        hard_limit_crossed: true,
        ..errors()
    }
}

fn cured() -> Happened {
    Happened::Cured {
        signals: vec![Cured {
            signal: SignalKey::new("errors").unwrap(),
            current: 0.002,
            effect: 0.0003,
            interval: (-0.001, 0.0016),
            unit: "ratio".to_owned(),
            evidence: None,
        }],
    }
}

fn pending() -> Story {
    Story::requested(plan(Autonomy::Rollback))
}

fn behind() -> Behind {
    Behind {
        deployment: DeploymentId::new("dep_0").unwrap(),
        version: Version::new("v1").unwrap(),
    }
}

fn queued() -> Story {
    let mut story = Story::new();
    story.tell(Happened::QueueAsked {
        plan: Box::new(plan(Autonomy::Rollback)),
        by: mei(),
        behind: behind(),
    });
    story
}

fn turn_came() -> Story {
    let mut story = queued();
    story.wait(90).tell(Happened::TurnCame {
        plan: Box::new(plan(Autonomy::Rollback)),
    });
    story
}

fn turn_lost() -> Story {
    let mut story = queued();
    story.wait(90).tell(Happened::TurnLost {
        because: TurnLost {
            before: behind(),
            ending: Ending::RolledBack,
        },
    });
    story
}

fn cannot_begin() -> Story {
    let mut story = queued();
    story.wait(90).tell(Happened::CannotBegin {
        error: "shop in prod: instances run different versions".to_owned(),
    });
    story
}

fn given_up_waiting() -> Story {
    let mut story = queued();
    for command in [Command::Promote, Command::Abandon] {
        story.wait(30).tell(Happened::Commanded {
            by: mei(),
            duty: Duty::default(),
            command,
            reason: None,
        });
    }
    story
}

fn first_release() -> Story {
    let mut plan = plan(Autonomy::Rollback);
    plan.from = None;
    plan.from_known_good = false;
    Story::requested(plan)
}

fn progressing() -> Story {
    let mut story = Story::gray(Autonomy::Rollback);
    story.wait(5).tell(assessed(Verdict::Healthy, Vec::new()));
    story
}

fn warned() -> Story {
    let mut story = Story::gray(Autonomy::Observe);
    story
        .wait(9)
        .tell(assessed(Verdict::Degraded, vec![severe()]));
    story
}

fn unmeasured() -> Story {
    let mut story = Story::gray(Autonomy::Rollback);
    story.wait(9).tell(Happened::MetricsLost {
        source: "prometheus".to_owned(),
        error: "connection refused".to_owned(),
    });
    story
}

fn quiet() -> Story {
    let mut story = Story::gray(Autonomy::Rollback);
    story.wait(9).tell(Happened::Assessed(Assessment {
        verdict: Verdict::Inconclusive,
        findings: Vec::new(),
        needs: vec![
            Need {
                seconds: None,
                ..need()
            },
            Need {
                signal: SignalKey::new("latency").unwrap(),
                smallest_visible: None,
                tolerance: 0.25,
                unit: "seconds".to_owned(),
                seconds: None,
                requests: None,
            },
        ],
        blind: Vec::new(),
        history_s: 40.0,
    }));
    story.wait(30).bake(0);
    story
}

fn by_person() -> Story {
    let mut story = Story::gray(Autonomy::Rollback);
    story.wait(9).tell(Happened::Commanded {
        by: crate::story::mei(),
        duty: Duty::default(),
        command: Command::Pause,
        reason: Some("waiting for the database".to_owned()),
    });
    story
}

fn rolling_back() -> Story {
    let mut story = Story::paused();
    story.wait(20).answer(Choice::Rollback);
    story
}

fn rolling_back_alone() -> Story {
    let mut story = Story::gray(Autonomy::Rollback);
    story
        .wait(9)
        .tell(assessed(Verdict::Degraded, vec![severe()]));
    story
}

/// Paused by evidence that may still grow: the question waits.
fn looking_longer() -> Story {
    let mut story = Story::gray(Autonomy::Rollback);
    let growing = Finding {
        budget: Budget::Pause,
        ..severe()
    };
    story
        .wait(9)
        .tell(assessed(Verdict::Degraded, vec![growing]));
    story
}

fn rolled_back() -> Story {
    let mut story = rolling_back_alone();
    story.wait(3).finish_running();
    story
}

fn cured_story() -> Story {
    let mut story = rolled_back();
    story.wait(12).tell(cured());
    story
}

fn not_cured() -> Story {
    let mut story = rolled_back();
    story.cure_is_late();
    story
}

fn rollback_failed() -> Story {
    let mut story = rolling_back();
    story.wait(3).end_running(Outcome::Failed {
        instance: None,
        error: "start command exited with 1".to_owned(),
        restored: false,
    });
    story
}

fn rollback_stale() -> Story {
    let mut story = rolling_back();
    story.wait(700).end_running(Outcome::Stale {
        why: "instance shop-1 runs v3, expected v1 or v2".to_owned(),
    });
    story
}

fn step_failed() -> Story {
    let mut story = progressing();
    story.wait(25).bake(0);
    story.wait(4).end_running(Outcome::Failed {
        instance: Some(guard::ids::InstanceId::new("shop-2").unwrap()),
        error: "md5 of the package is 0c, expected 1d".to_owned(),
        restored: true,
    });
    story
}

fn failed() -> Story {
    let mut story = Story::requested(plan(Autonomy::Rollback));
    story.wait(1).tell(Happened::BaselineCaptured {
        history_s: 0.0,
        blind: vec![(SignalKey::new("cpu").unwrap(), "no series".to_owned())],
    });
    story.wait(4).end_running(Outcome::Failed {
        instance: None,
        error: "package: 404 not found".to_owned(),
        restored: true,
    });
    story
}

fn held() -> Story {
    let mut story = Story::paused();
    story.wait(20).answer(Choice::Hold);
    story
}

fn resumed() -> Story {
    let mut story = Story::paused();
    story.wait(20).answer(Choice::Resume);
    story
}

fn expired() -> Story {
    let mut story = Story::paused();
    let approval = story.state().open_approval().unwrap().approval.id.clone();
    story.wait(900).tell(Happened::TimerFired {
        timer: TimerName::Reminder {
            approval: approval.clone(),
        },
    });
    story.wait(900).tell(Happened::TimerFired {
        timer: TimerName::Approval { approval },
    });
    story
}

fn promoted_hurting() -> Story {
    let mut story = Story::promoted();
    story
        .wait(60)
        .tell(assessed(Verdict::Degraded, vec![errors(), latency()]));
    story
}

fn known_good() -> Story {
    let mut story = Story::promoted();
    story.wait(1800).tell(Happened::TimerFired {
        timer: TimerName::FinalBake,
    });
    story
}

fn not_known_good() -> Story {
    let mut plan = plan(Autonomy::Rollback);
    plan.policy.when_unsure = WhenUnsure::Promote;
    let mut story = Story::gray_of(plan);
    story
        .wait(9)
        .tell(assessed(Verdict::Inconclusive, Vec::new()));
    story.wait(30).bake(0);
    story.wait(2).finish_running();
    story.wait(10).bake(1);
    story.wait(1800).tell(Happened::TimerFired {
        timer: TimerName::FinalBake,
    });
    story
}

fn abandoned() -> Story {
    let mut story = rollback_failed();
    story.wait(60).answer(Choice::Abandon);
    story
}

pub(crate) fn stories() -> Vec<(&'static str, Story)> {
    vec![
        ("pending", pending()),
        ("queued", queued()),
        ("its turn came", turn_came()),
        ("its turn was lost", turn_lost()),
        ("cannot begin at its turn", cannot_begin()),
        ("given up while it waited", given_up_waiting()),
        ("first release", first_release()),
        ("progressing", progressing()),
        ("warned only, observed", warned()),
        ("metrics lost", unmeasured()),
        ("held, inconclusive", quiet()),
        ("paused by hand", by_person()),
        ("paused, question open", Story::paused()),
        ("paused, looking longer", looking_longer()),
        ("question held", held()),
        ("question expired", expired()),
        ("resumed", resumed()),
        ("rolling back on an answer", rolling_back()),
        ("rolling back alone", rolling_back_alone()),
        ("rolled back", rolled_back()),
        ("cured", cured_story()),
        ("not cured", not_cured()),
        ("rollback failed", rollback_failed()),
        ("rollback stale", rollback_stale()),
        ("step failed", step_failed()),
        ("failed", failed()),
        ("given up", abandoned()),
        ("promoted", Story::promoted()),
        ("promoted and hurting", promoted_hurting()),
        ("known good", known_good()),
        ("not known good", not_known_good()),
    ]
}

#[test]
fn the_parent_of_every_situation() {
    each_locale("parents", |locale| {
        let mut out = String::new();
        for (name, story) in stories() {
            let message = parent(story.state(), &context(locale));
            let _ = writeln!(
                out,
                "=== {name}\n{}",
                terminal::message(&message, terminal::Colour::Off)
            );
        }
        out
    });
}

#[test]
fn the_replies_and_notices_of_every_story() {
    each_locale("thread", |locale| {
        let mut out = String::new();
        for (name, story) in stories() {
            let _ = writeln!(out, "=== {name}");
            let mut so_far = Story::new();
            for record in &story.records {
                so_far.record(record.event.clone());
                let context = context(locale);
                for (kind, message) in [
                    ("reply", reply(so_far.state(), record, &context)),
                    ("notice", notice(so_far.state(), record, &context)),
                ] {
                    if let Some(message) = message {
                        let _ = writeln!(out, "[{kind}] {}", plain::message(&message));
                    }
                }
            }
        }
        out
    });
}

#[test]
fn the_timeline_of_a_question_and_its_answer() {
    each_locale("timeline", |locale| {
        let mut out = String::new();
        for (name, story) in [
            ("its turn came", turn_came()),
            ("its turn was lost", turn_lost()),
            ("given up while it waited", given_up_waiting()),
            ("cured", cured_story()),
            ("looking longer", looking_longer()),
            ("expired", expired()),
            ("failed", failed()),
            ("step failed", step_failed()),
            ("known good", known_good()),
        ] {
            let lines = timeline(&story.records, &context(locale));
            let _ = writeln!(
                out,
                "=== {name}\n{}",
                terminal::timeline(&lines, terminal::Colour::Off)
            );
        }
        out
    });
}

#[test]
fn the_layouts_of_one_message() {
    each_locale("layouts", |locale| {
        let message = parent(Story::paused().state(), &context(locale));
        format!(
            "--- html\n{}\n--- markdown\n{}\n--- terminal\n{}",
            html::message(&message, &maud::html! {})
                .into_string()
                .replace("><", ">\n<"),
            markdown::message(&message),
            terminal::message(&message, terminal::Colour::On).replace('\u{1b}', "␛"),
        )
    });
}

#[test]
fn the_buttons_of_an_open_question() {
    each_locale("buttons", |locale| {
        let mut plan = plan(Autonomy::Pause);
        plan.reversible = false;
        let mut story = Story::gray_of(plan);
        story
            .wait(9)
            .tell(assessed(Verdict::Degraded, vec![errors()]));
        let message = parent(story.state(), &context(locale));
        let mut out = String::new();
        for button in &message.buttons {
            let _ = writeln!(
                out,
                "[{}] {} {:?}",
                plain::text(&button.label),
                button.choice.as_str(),
                button.style
            );
            if let Some(confirm) = &button.confirm {
                let [title, text, yes, no] =
                    [&confirm.title, &confirm.text, &confirm.yes, &confirm.no].map(plain::text);
                let _ = writeln!(out, "  {title}\n  {text}\n  [{yes}] [{no}]");
            }
        }
        out
    });
}

#[test]
fn a_healthy_release_says_one_quiet_thing() {
    let story = known_good();
    let context = context(Locale::En);
    for record in &story.records {
        assert_eq!(reply(story.state(), record, &context), None);
        assert_eq!(notice(story.state(), record, &context), None);
    }
    let message = parent(story.state(), &context);
    assert!(message.table.is_none() && message.body.is_empty() && message.buttons.is_empty());
}

#[test]
fn a_button_disappears_with_its_question() {
    for story in [rolling_back(), held(), expired(), resumed()] {
        assert_eq!(parent(story.state(), &context(Locale::En)).buttons, []);
    }
    let asked = Story::paused().last("approval_asked").clone();
    assert!(
        notice(Story::paused().state(), &asked, &context(Locale::En))
            .is_some_and(|notice| notice.buttons.len() == 3)
    );
    assert!(
        notice(held().state(), &asked, &context(Locale::En))
            .is_some_and(|notice| notice.buttons.is_empty())
    );
}

#[test]
fn the_same_state_gives_the_same_words_all_day_long() {
    let story = Story::paused();
    let early = context(Locale::En);
    let mut late = early.clone();
    late.now += jiff::SignedDuration::from_hours(20);
    assert_eq!(parent(story.state(), &early), parent(story.state(), &late));
}

#[test]
fn of_an_instance_that_others_deploy_nothing_is_said_that_nobody_looked_at() {
    let mut plan = plan(Autonomy::Observe);
    (plan.package, plan.from_package) = (None, None);
    let story = Story::gray_of(plan);
    for (locale, taken, looked) in [
        (Locale::En, "is taken to run", "is healthy"),
        (Locale::ZhCn, "视为已运行", "状态健康"),
    ] {
        let lines = timeline(&story.records, &context(locale));
        let said = terminal::timeline(&lines, terminal::Colour::Off);
        assert!(said.contains(taken) && !said.contains(looked), "{said}");
    }
}
