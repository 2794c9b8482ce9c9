//! What would make the next deployment safer, each with its reason.

use super::earlier::went_back;
use super::signals::{SignalRow, SignalVerdict};
use super::times::GOAL_DETECT_S;
use super::{QuestionEnd, Report};
use crate::judgement::Judgement;
use crate::plan::Plan;
use crate::policy::{Autonomy, MIN_HISTORY_FOR_ROLLBACK_S};
use crate::verdict::{Attribution, Comparison, Tier};
use serde::Serialize;

/// Evidence of this part of a warning's was close.
const NEARLY: f64 = 0.85;
/// A value at this part of its limit was close.
const NEAR_LIMIT: f64 = 0.8;
/// A decision that took longer cost more than the finding, in seconds.
const SLOW_DECISION_S: f64 = 180.0;
/// A step of more than this part of all instances is large.
const LARGE_STEP: f64 = 0.5;

/// One suggestion, with the facts behind it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum Suggestion {
    /// The evidence came close to a warning: look at what it was.
    NearlyWarned {
        /// Of which signal.
        signal: String,
        /// The part of a warning's evidence, 0 to 1.
        part: f64,
    },
    /// The value is close to its limit, though it did not move: the next step may cross it.
    NearLimit {
        /// Of which signal.
        signal: String,
        /// What was measured.
        value: f64,
        /// The limit.
        limit: f64,
        /// The unit of both.
        unit: String,
    },
    /// The value lies beyond its limit, and did so before.
    BeyondLimitBefore {
        /// Of which signal.
        signal: String,
        /// What was measured before.
        value: f64,
        /// The limit.
        limit: f64,
        /// The unit of both.
        unit: String,
    },
    /// A signal had no data: have it exported, or take it out.
    MendBlind {
        /// Which.
        signal: String,
        /// Why it had none.
        why: String,
    },
    /// A signal could not be judged in the time: watch the first instance for so long.
    WatchLonger {
        /// Of which signal.
        signal: String,
        /// How long the first instance was watched, in seconds.
        was_s: f64,
        /// How long it would take, in seconds.
        needs_s: f64,
    },
    /// What moved was found only after more instances had changed: watch the first one longer.
    FoundLate {
        /// Of which signal.
        signal: String,
        /// Instances that ran the new version by then.
        instances: usize,
    },
    /// It took long until it was found.
    SlowToFind {
        /// Seconds it took.
        seconds: f64,
        /// Seconds it should take.
        goal: f64,
    },
    /// It took long until people decided.
    SlowToDecide {
        /// Seconds it took.
        seconds: f64,
    },
    /// Nobody answered in time.
    NobodyAnswered {
        /// How long the question was open, in seconds.
        seconds: f64,
    },
    /// The evidence would have sufficed to roll back at once, and the policy did not allow it.
    LetRollBack,
    /// The way back was never gone: try it when nothing depends on it.
    TestRollback {
        /// Of how many deployments that can be said.
        deployments: usize,
    },
    /// There was no known good version to go back to.
    DeclareKnownGood,
    /// Many instances change at once: smaller steps hurt fewer.
    SmallerSteps {
        /// In the largest step.
        instances: usize,
        /// Of all.
        of: usize,
    },
    /// Nothing unchanged ran beside it: change one instance first.
    ChangeOneFirst,
    /// There was little history.
    MoreHistory {
        /// How much there was, in seconds.
        seconds: f64,
    },
    /// A dependency moved: its own owners have to look.
    TellDependency {
        /// By which signal that shows.
        signal: String,
    },
    /// It gets a little worse with each release, within the tolerance each time.
    StopDrift {
        /// Of which signal.
        signal: String,
        /// From the first release shown to this one, as a part of the first.
        drift: Option<f64>,
        /// Over how many releases.
        releases: usize,
    },
    /// People called it a false alarm: the tolerance of what raised it may be too narrow.
    WidenTolerance {
        /// Of which signal.
        signal: String,
    },
}

pub(super) fn suggestions(plan: &Plan, report: &Report) -> Vec<Suggestion> {
    let mut all = of_the_answer(plan, report);
    all.extend(of_the_finding(plan, report));
    all.extend(of_signals(plan, report));
    all.extend(of_the_plan(plan, report));
    all
}

fn of_the_answer(plan: &Plan, report: &Report) -> Vec<Suggestion> {
    let mut all = Vec::new();
    let times = &report.times;
    for question in &report.questions {
        if let (QuestionEnd::Expired { .. }, Some(seconds)) = (&question.end, question.seconds) {
            all.push(Suggestion::NobodyAnswered { seconds });
        }
    }
    let by_people = times.decided_by_people == Some(true);
    let slow = times.to_decide_s.filter(|s| *s > SLOW_DECISION_S);
    if let Some(seconds) = slow.filter(|_| by_people) {
        all.push(Suggestion::SlowToDecide { seconds });
    }
    let grave = report.findings.iter().any(|finding| {
        (finding.severe || finding.hard_limit_crossed)
            && finding.comparison == Comparison::CanaryVsStable
            && finding.attribution == Attribution::Change
    });
    let held_back = plan.policy.autonomy != Autonomy::Rollback;
    let could = plan.from.is_some() && plan.from_known_good && plan.reversible;
    let real = report.judged.as_deref() != Some(Judgement::FalseAlarm.as_str());
    if grave && held_back && could && real {
        all.push(Suggestion::LetRollBack);
    }
    all
}

fn of_the_finding(plan: &Plan, report: &Report) -> Vec<Suggestion> {
    let mut all = Vec::new();
    if report.judged.as_deref() == Some(Judgement::FalseAlarm.as_str())
        && let Some(first) = report.findings.first()
    {
        all.push(Suggestion::WidenTolerance {
            signal: first.signal.clone(),
        });
    }
    let slow = report.times.to_detect_s.filter(|s| *s > GOAL_DETECT_S);
    if let Some(seconds) = slow {
        all.push(Suggestion::SlowToFind {
            seconds,
            goal: GOAL_DETECT_S,
        });
    }
    let first = plan.steps.first().map_or(1, |step| step.instances.len());
    if let Some(finding) = report.findings.first() {
        let changed = changed_by(report, finding.opened_at);
        if report.tier >= Tier::Pause && changed > first {
            all.push(Suggestion::FoundLate {
                signal: finding.signal.clone(),
                instances: changed,
            });
        }
    }
    let others = report
        .findings
        .iter()
        .find(|finding| finding.attribution == Attribution::Dependency);
    if let Some(finding) = others {
        all.push(Suggestion::TellDependency {
            signal: finding.signal.clone(),
        });
    }
    all
}

/// Instances that had been given the new version by then.
fn changed_by(report: &Report, at: crate::at::At) -> usize {
    let forth = report.deeds.iter().filter(|deed| {
        deed.action != crate::action::ActionKind::RollBack && deed.at < at && deed.done > 0
    });
    forth.map(|deed| deed.done).sum()
}

fn of_signals(plan: &Plan, report: &Report) -> Vec<Suggestion> {
    let mut all = Vec::new();
    let was_s = plan.steps.first().map_or(0.0, |step| step.bake_s);
    for row in &report.signals {
        if matches!(
            row.verdict,
            SignalVerdict::Healthy | SignalVerdict::Inconclusive
        ) {
            if row.nearness >= NEARLY {
                all.push(Suggestion::NearlyWarned {
                    signal: row.signal.clone(),
                    part: row.nearness.min(1.0),
                });
            }
            all.extend(near_limit(row));
        }
        if row.verdict == SignalVerdict::Inconclusive
            && let Some(needs_s) = needs(row).filter(|needs| *needs > was_s)
        {
            all.push(Suggestion::WatchLonger {
                signal: row.signal.clone(),
                was_s,
                needs_s,
            });
        }
    }
    for blind in report.blind.iter().filter(|blind| blind.surprises()) {
        all.push(Suggestion::MendBlind {
            signal: blind.signal.clone(),
            why: blind.why.clone(),
        });
    }
    for trend in report.trends.iter().filter(|trend| trend.worsening) {
        all.push(Suggestion::StopDrift {
            signal: trend.signal.clone(),
            drift: trend.drift,
            releases: trend.points.len(),
        });
    }
    all
}

/// Seconds until what matters could be seen: uncertainty falls with the root of the data.
fn needs(row: &SignalRow) -> Option<f64> {
    let wanted = crate::detect::VISIBLE_TOLERANCES * row.tolerated?;
    let ratio = row.smallest_visible? / wanted.max(1e-12);
    let seconds = row.window_s? * ratio * ratio;
    // What would take a week is not in sight.
    (seconds.is_finite() && seconds < 7.0 * 86_400.0).then_some(seconds)
}

fn near_limit(row: &SignalRow) -> Option<Suggestion> {
    let (after, before) = (row.after?, row.before?);
    let (signal, unit) = (row.signal.clone(), row.unit.clone());
    for limit in [row.hard_limit, row.warn_limit].into_iter().flatten() {
        if row.beyond(after, limit) {
            return row
                .beyond(before, limit)
                .then_some(Suggestion::BeyondLimitBefore {
                    signal,
                    value: before,
                    limit,
                    unit,
                });
        }
        if row.direction == crate::detect::Direction::Up && after >= NEAR_LIMIT * limit {
            return Some(Suggestion::NearLimit {
                signal,
                value: after,
                limit,
                unit,
            });
        }
    }
    None
}

fn of_the_plan(plan: &Plan, report: &Report) -> Vec<Suggestion> {
    let mut all = Vec::new();
    let earlier = &report.earlier;
    let ever = earlier.iter().any(|one| one.rolled_back) || went_back(report);
    if !ever && plan.from.is_some() {
        all.push(Suggestion::TestRollback {
            deployments: earlier.len() + 1,
        });
    }
    if plan.from.is_some() && !plan.from_known_good {
        all.push(Suggestion::DeclareKnownGood);
    }
    let (instances, of) = (plan.batch(), plan.instances().count());
    if of > 2 && instances as f64 > LARGE_STEP * of as f64 {
        all.push(Suggestion::SmallerSteps { instances, of });
    }
    if plan.comparison == Comparison::BeforeVsAfter && of > 1 {
        all.push(Suggestion::ChangeOneFirst);
    }
    let little = report.history_s.filter(|s| *s < MIN_HISTORY_FOR_ROLLBACK_S);
    if let Some(seconds) = little.filter(|_| plan.comparison == Comparison::BeforeVsAfter) {
        all.push(Suggestion::MoreHistory { seconds });
    }
    all
}
