//! The detector said something new.

use super::{actions, questions};
use crate::action::Basis;
use crate::approval::Question;
use crate::event::{Event, PauseReason};
use crate::finding::{Assessment, Budget, Finding, FindingKey, Need};
use crate::input::{Ids, Input};
use crate::policy::{Circumstances, allowed_tier, deserved_tier};
use crate::state::{FindingRecord, State, Status};
use crate::timer::after;
use crate::verdict::{Tier, Verdict};
use jiff::Timestamp;

/// Good news waits twice as long after each flap, up to this many seconds; bad news never waits.
const LONGEST_WAIT_S: f64 = 7200.0;
/// How long a comparison that begins anew may be without anything in hand, in seconds.
const SETTLING_S: f64 = 60.0;
/// What is blamed now on this and now on that is in doubt, and not news each time.
const MOST_REATTRIBUTED: u32 = 3;

pub(super) fn assessed(
    state: &State,
    input: &Input,
    assessment: &Assessment,
    ids: &mut Ids<'_>,
) -> Vec<Event> {
    if state.ended() || state.watch_over || state.rolling_back() || !state.touched() {
        return Vec::new();
    }
    let mut events = moved(state, &assessment.findings);
    let ended = came_back(state, input.at, assessment);
    let stands = state.open_findings().count() > ended.len();
    events.extend(ended);
    events.extend(verdict(state, input.at, assessment, stands));
    events.extend(answer(state, input, assessment, ids));
    events
}

fn moved(state: &State, findings: &[Finding]) -> Vec<Event> {
    let moved = |finding: &Finding| {
        let finding = finding.clone();
        match state.findings.get(&finding.key()) {
            Some(record) if record.ended_at.is_none() => {
                if worse(&record.finding, &finding) {
                    Some(Event::FindingWorsened { finding })
                } else if blamed_on_another(record, &finding) {
                    Some(Event::FindingReattributed { finding })
                } else {
                    None
                }
            }
            _ => Some(Event::FindingOpened { finding }),
        }
    };
    findings.iter().filter_map(moved).collect()
}

fn blamed_on_another(record: &FindingRecord, now: &Finding) -> bool {
    record.finding.attribution != now.attribution && record.reattributed < MOST_REATTRIBUTED
}

fn worse(before: &Finding, now: &Finding) -> bool {
    now.budget > before.budget
        || (now.hard_limit_crossed && !before.hard_limit_crossed)
        || (now.severe && !before.severe)
}

fn came_back(state: &State, at: Timestamp, assessment: &Assessment) -> Vec<Event> {
    // Silence is not a recovery: with no answer from the metrics, or half of one, what was found stands.
    if assessment.verdict == Verdict::Unmeasured || state.metrics_incomplete.is_some() {
        return Vec::new();
    }
    state
        .open_findings()
        .filter(|record| {
            !assessment
                .findings
                .iter()
                .any(|finding| finding.key() == record.finding.key())
        })
        .filter(|record| waited(at, record.changed_at, record.changes))
        .map(|record| Event::FindingEnded {
            key: record.finding.key(),
        })
        .collect()
}

/// Whether good news has waited long enough: at once for the first changes, then 2, 4, 8… minutes.
pub(super) fn waited(at: Timestamp, since: Timestamp, changes: u32) -> bool {
    if changes < 4 {
        return true;
    }
    let wait = (60.0 * f64::from(2_u32.saturating_pow((changes - 3).min(12)))).min(LONGEST_WAIT_S);
    at.duration_since(since).as_secs_f64() >= wait
}

fn verdict(
    state: &State,
    at: Timestamp,
    assessment: &Assessment,
    finding_stands: bool,
) -> Vec<Event> {
    let now = match assessment.verdict {
        _ if finding_stands => Verdict::Degraded,
        // What a source leaves out may be what hurts.
        Verdict::Healthy if state.metrics_incomplete.is_some() => Verdict::Inconclusive,
        said => said,
    };
    if now == Verdict::Unmeasured && settling(state, at) {
        return Vec::new();
    }
    // With the new version everywhere there is no control any more. That weaker comparison can bring bad
    // news, but as long as it measures anything it does not take back what was shown against a control.
    let shown = now == Verdict::Inconclusive && state.everywhere() && state.shown_healthy;
    let (now, needs) = if shown {
        (Verdict::Healthy, &[][..])
    } else {
        (now, &assessment.needs[..])
    };
    let told = if state.verdict == Some(now) {
        needs_changed(&state.needs, needs)
            && waited(at, state.needs_changed_at, state.needs_changes)
    } else {
        now == Verdict::Degraded || waited(at, state.verdict_changed_at, state.verdict_changes)
    };
    if !told {
        return Vec::new();
    }
    vec![Event::VerdictChanged {
        verdict: now,
        needs: needs.to_vec(),
    }]
}

/// Whether the comparison has only just begun anew, because the last instances have changed: it has
/// nothing in hand yet, and that is no news. What counts is whether it is measured soon, and at the end.
fn settling(state: &State, at: Timestamp) -> bool {
    let settled = SETTLING_S.min(state.plan.policy.bake_s / 2.0);
    state.verdict == Some(Verdict::Healthy)
        && state
            .everywhere_since
            .is_some_and(|since| at.duration_since(since).as_secs_f64() < settled)
}

// The numbers of a need change with every request; only what is needed is news.
fn needs_changed(before: &[Need], now: &[Need]) -> bool {
    before.len() != now.len() || before.iter().zip(now).any(|(a, b)| a.signal != b.signal)
}

fn answer(state: &State, input: &Input, assessment: &Assessment, ids: &mut Ids<'_>) -> Vec<Event> {
    let circumstances = Circumstances {
        history_s: assessment.history_s,
        target_known_good: state.plan.from.is_some() && state.plan.from_known_good,
        reversible: state.plan.reversible,
    };
    let weigh = |finding: &Finding| {
        (
            weight(finding, state.findings.get(&finding.key()), &circumstances),
            finding.key(),
        )
    };
    let weighed: Vec<(Tier, FindingKey)> = assessment.findings.iter().map(weigh).collect();
    let deserved = weighed
        .iter()
        .map(|(tier, _)| *tier)
        .max()
        .unwrap_or(Tier::Quiet);
    let allowed = allowed_tier(deserved, state.plan.policy.autonomy);
    if allowed <= state.tier {
        return Vec::new();
    }
    let because: Vec<FindingKey> = weighed
        .into_iter()
        .filter(|(tier, _)| *tier == deserved)
        .map(|(_, key)| key)
        .collect();
    let mut events = vec![Event::TierRaised {
        tier: allowed,
        deserved,
        because: because.clone(),
    }];
    match allowed {
        Tier::Quiet | Tier::Warn => {}
        Tier::Pause => {
            let grows = assessment.findings.iter().find(|finding| {
                because.contains(&finding.key()) && may_grow(state, finding, &circumstances)
            });
            let ask_at = grows.map(|finding| after(input.at, patience_s(finding)));
            let paused = pause_and_ask(state, input, because, ask_at, &events, ids);
            events.extend(paused);
        }
        Tier::RollBack => {
            events.extend(questions::withdraw(state));
            events.extend(actions::roll_back(state, input, Basis::Policy, ids));
        }
    }
    events
}

fn weight(
    finding: &Finding,
    record: Option<&FindingRecord>,
    circumstances: &Circumstances,
) -> Tier {
    let tier = deserved_tier(finding, circumstances);
    let accepted = record.is_some_and(|record| record.accepted && !worse(&record.finding, finding));
    if accepted { Tier::Quiet } else { tier }
}

/// Whether this finding would roll back by itself, were its evidence only a little stronger. Then the
/// question waits: one that is asked and taken back two seconds later is noise.
fn may_grow(state: &State, finding: &Finding, circumstances: &Circumstances) -> bool {
    let grown = Finding {
        budget: Budget::RollBack,
        ..finding.clone()
    };
    let deserved = deserved_tier(&grown, circumstances);
    allowed_tier(deserved, state.plan.policy.autonomy) == Tier::RollBack
}

/// How long the question waits, in seconds: some more windows of the length that showed the finding.
fn patience_s(finding: &Finding) -> f64 {
    (3.0 * finding.window_s).clamp(10.0, 60.0)
}

pub(super) fn pause_and_ask(
    state: &State,
    input: &Input,
    keys: Vec<FindingKey>,
    ask_at: Option<Timestamp>,
    before: &[Event],
    ids: &mut Ids<'_>,
) -> Vec<Event> {
    let mut events = Vec::new();
    match state.status {
        Status::Progressing => {
            events.push(Event::Paused {
                reason: PauseReason::Findings { keys },
                ask_at,
            });
            if ask_at.is_some() {
                return events;
            }
        }
        Status::Paused | Status::Promoted => {}
        Status::Pending | Status::RolledBack | Status::Failed | Status::Superseded => {
            return events;
        }
    }
    let before = [before, &events].concat();
    let asked = questions::ask(state, input, Question::Degraded, &before, ids);
    events.extend(asked);
    events
}
