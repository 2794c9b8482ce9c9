//! A story for each situation in which a deployment can be.

use crate::story::{Story, assessed, errors, latency, mei, need, plan};
use guard::approval::Choice;
use guard::duty::Duty;
use guard::finding::{Assessment, Budget, Cured, Finding, Need};
use guard::ids::{DeploymentId, SignalKey, Version};
use guard::input::{Command, Happened, Outcome};
use guard::policy::{Autonomy, WhenUnsure};
use guard::queue::{Behind, Ending, TurnLost};
use guard::timer::TimerName;
use guard::verdict::Verdict;

pub(crate) fn severe() -> Finding {
    Finding {
        budget: Budget::RollBack,
        severe: true,
        hard_limit_crossed: true,
        ..errors()
    }
}

pub(crate) fn cured() -> Happened {
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

pub(crate) fn pending() -> Story {
    Story::requested(plan(Autonomy::Rollback))
}

pub(crate) fn behind() -> Behind {
    Behind {
        deployment: DeploymentId::new("dep_0").unwrap(),
        version: Version::new("v1").unwrap(),
    }
}

pub(crate) fn queued() -> Story {
    let mut story = Story::new();
    story.tell(Happened::QueueAsked {
        plan: Box::new(plan(Autonomy::Rollback)),
        by: mei(),
        behind: behind(),
    });
    story
}

pub(crate) fn turn_came() -> Story {
    let mut story = queued();
    story.wait(90).tell(Happened::TurnCame {
        plan: Box::new(plan(Autonomy::Rollback)),
    });
    story
}

pub(crate) fn turn_lost() -> Story {
    let mut story = queued();
    story.wait(90).tell(Happened::TurnLost {
        because: TurnLost {
            before: behind(),
            ending: Ending::RolledBack,
        },
    });
    story
}

pub(crate) fn cannot_begin() -> Story {
    let mut story = queued();
    story.wait(90).tell(Happened::CannotBegin {
        error: "shop in prod: instances run different versions".to_owned(),
    });
    story
}

pub(crate) fn given_up_waiting() -> Story {
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

pub(crate) fn first_release() -> Story {
    let mut plan = plan(Autonomy::Rollback);
    plan.from = None;
    plan.from_known_good = false;
    Story::requested(plan)
}

pub(crate) fn progressing() -> Story {
    let mut story = Story::gray(Autonomy::Rollback);
    story.wait(5).tell(assessed(Verdict::Healthy, Vec::new()));
    story
}

pub(crate) fn warned() -> Story {
    let mut story = Story::gray(Autonomy::Observe);
    story
        .wait(9)
        .tell(assessed(Verdict::Degraded, vec![severe()]));
    story
}

pub(crate) fn unmeasured() -> Story {
    let mut story = Story::gray(Autonomy::Rollback);
    story.wait(9).tell(Happened::MetricsLost {
        source: "prometheus".to_owned(),
        error: "connection refused".to_owned(),
    });
    story
}

pub(crate) fn quiet() -> Story {
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

pub(crate) fn by_person() -> Story {
    let mut story = Story::gray(Autonomy::Rollback);
    story.wait(9).tell(Happened::Commanded {
        by: crate::story::mei(),
        duty: Duty::default(),
        command: Command::Pause,
        reason: Some("waiting for the database".to_owned()),
    });
    story
}

pub(crate) fn rolling_back() -> Story {
    let mut story = Story::paused();
    story.wait(20).answer(Choice::Rollback);
    story
}

pub(crate) fn rolling_back_alone() -> Story {
    let mut story = Story::gray(Autonomy::Rollback);
    story
        .wait(9)
        .tell(assessed(Verdict::Degraded, vec![severe()]));
    story
}

/// Paused by evidence that may still grow: the question waits.
pub(crate) fn looking_longer() -> Story {
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

pub(crate) fn rolled_back() -> Story {
    let mut story = rolling_back_alone();
    story.wait(3).finish_running();
    story
}

pub(crate) fn cured_story() -> Story {
    let mut story = rolled_back();
    story.wait(12).tell(cured());
    story
}

pub(crate) fn not_cured() -> Story {
    let mut story = rolled_back();
    story.cure_is_late();
    story
}

pub(crate) fn rollback_failed() -> Story {
    let mut story = rolling_back();
    story.wait(3).end_running(Outcome::Failed {
        instance: None,
        error: "start command exited with 1".to_owned(),
        restored: false,
    });
    story
}

pub(crate) fn rollback_stale() -> Story {
    let mut story = rolling_back();
    story.wait(700).end_running(Outcome::Stale {
        why: "instance shop-1 runs v3, expected v1 or v2".to_owned(),
    });
    story
}

pub(crate) fn step_failed() -> Story {
    let mut story = progressing();
    story.wait(25).bake(0);
    story.wait(4).end_running(Outcome::Failed {
        instance: Some(guard::ids::InstanceId::new("shop-2").unwrap()),
        error: "md5 of the package is 0c, expected 1d".to_owned(),
        restored: true,
    });
    story
}

pub(crate) fn failed() -> Story {
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

pub(crate) fn held() -> Story {
    let mut story = Story::paused();
    story.wait(20).answer(Choice::Hold);
    story
}

pub(crate) fn resumed() -> Story {
    let mut story = Story::paused();
    story.wait(20).answer(Choice::Resume);
    story
}

pub(crate) fn expired() -> Story {
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

pub(crate) fn promoted_hurting() -> Story {
    let mut story = Story::promoted();
    story
        .wait(60)
        .tell(assessed(Verdict::Degraded, vec![errors(), latency()]));
    story
}

pub(crate) fn known_good() -> Story {
    let mut story = Story::promoted();
    story.wait(1800).tell(Happened::TimerFired {
        timer: TimerName::FinalBake,
    });
    story
}

pub(crate) fn not_known_good() -> Story {
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

pub(crate) fn abandoned() -> Story {
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
