//! What findings are blamed on, and what else was going on when they began.
//!
//! Instances that moved against others at the same time moved by the change, unless they did so before it. Against
//! the time before, everything else that changed is a suspect too: what the service calls, the traffic, and the
//! deployments of its neighbours. What is in doubt is never rolled back without asking.

use crate::finding::{Circumstance, Finding, Neighbour};
use crate::ids::SignalKey;
use crate::verdict::{Attribution, Comparison};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// What begins this much before its cause may still have been caused by it: onsets are estimates, and the
/// parts of one scrape are not of the same moment.
pub const SAME_TIME: SignedDuration = SignedDuration::from_secs(5);
/// Traffic that grew by this factor may explain what moves with it.
pub const MORE_TRAFFIC: f64 = 1.5;
/// The traffic's own onset is known to this much.
const TRAFFIC_TIME: SignedDuration = SignedDuration::from_secs(15);
/// Share of the effect by which the control must have moved too, for the traffic to explain it.
const CONTROL_TOO: f64 = 0.5;
/// How long after a neighbour's deployment something may be its work.
const NEIGHBOURLY: SignedDuration = SignedDuration::from_mins(15);

/// What is known beside the findings.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Known {
    /// Signals that measure what the service calls.
    pub of_dependency: BTreeSet<SignalKey>,
    /// Signals that may move with the traffic.
    pub by_traffic: BTreeSet<SignalKey>,
    /// What the same comparison found just before the change, though nothing had changed.
    pub before: Vec<Finding>,
    /// What was normal for the control just before the change, in the signal's unit.
    pub control_before: BTreeMap<SignalKey, f64>,
    /// The traffic, if it is measured.
    pub traffic: Option<Traffic>,
    /// Deployments of services that this one calls, or that call it.
    pub neighbours: Vec<Neighbour>,
}

/// The traffic of the service.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Traffic {
    /// Requests per second before the change.
    pub before: f64,
    /// Requests per second now.
    pub now: f64,
    /// When it had grown half of the way.
    pub since: Timestamp,
}

impl Traffic {
    fn grew(&self) -> bool {
        self.before > 0.0 && self.now >= MORE_TRAFFIC * self.before
    }
}

/// Says of each finding what it is blamed on, and what was going on.
pub fn blame(findings: &mut [Finding], known: &Known) {
    dependency(findings, known);
    for finding in findings {
        finding.traffic = known.traffic.map(|traffic| traffic.now);
        older(finding, known);
        traffic(finding, known);
        neighbours(finding, known);
    }
}

/// Against the time before, a dependency's own signal speaks for itself, and the service's signals that began to
/// move no earlier follow from it. What both versions call moves both.
fn dependency(findings: &mut [Finding], known: &Known) {
    let by_time = |finding: &Finding| finding.comparison == Comparison::BeforeVsAfter;
    let its_own =
        |finding: &Finding| by_time(finding) && known.of_dependency.contains(&finding.signal);
    let moved = findings.iter().filter(|finding| its_own(finding));
    let Some(first) = moved.map(|finding| finding.onset_at).min() else {
        return;
    };
    for finding in findings {
        let follows = by_time(finding) && finding.onset_at + SAME_TIME >= first;
        if its_own(finding) || follows {
            finding.attribution = Attribution::Dependency;
        }
    }
}

/// A fault that was there before the change is not the change's, unless it has become twice as bad.
fn older(finding: &mut Finding, known: &Known) {
    let same = |before: &&Finding| {
        before.signal == finding.signal && before.comparison == finding.comparison
    };
    let as_bad = |before: &&Finding| {
        let more = match finding.comparison {
            Comparison::CanaryVsStable => finding.effect.abs() - before.effect.abs(),
            Comparison::BeforeVsAfter => {
                (finding.current - before.current) * before.effect.signum()
            }
        };
        before.effect.signum() == finding.effect.signum() && more < before.effect.abs()
    };
    let found = known.before.iter().filter(same).filter(as_bad);
    let Some(before) = found.min_by_key(|before| before.onset_at) else {
        return;
    };
    finding.circumstances.push(Circumstance::Older {
        since: before.onset_at,
        level: before.current,
    });
    if finding.attribution == Attribution::Change {
        finding.attribution = Attribution::Unknown;
    }
}

/// More traffic explains what moves with it, where that began no later; in a controlled comparison only if the
/// control moved too.
fn traffic(finding: &mut Finding, known: &Known) {
    let Some(traffic) = known.traffic.filter(Traffic::grew) else {
        return;
    };
    let first = finding.onset_at + TRAFFIC_TIME >= traffic.since;
    if !first || !known.by_traffic.contains(&finding.signal) {
        return;
    }
    finding.circumstances.push(Circumstance::MoreTraffic {
        before: traffic.before,
        now: traffic.now,
        since: traffic.since,
    });
    let control_too = match finding.comparison {
        Comparison::BeforeVsAfter => true,
        Comparison::CanaryVsStable => {
            let before = known.control_before.get(&finding.signal);
            before.is_some_and(|before| {
                (finding.baseline - before) * finding.effect.signum()
                    >= CONTROL_TOO * finding.effect.abs()
            })
        }
    };
    if control_too && finding.attribution == Attribution::Change {
        finding.attribution = Attribution::Load;
    }
}

/// Deployments of neighbours shortly before are named; one of a service that this one calls leaves it open whose
/// fault it is.
fn neighbours(finding: &mut Finding, known: &Known) {
    let shortly_before = |neighbour: &&Neighbour| {
        neighbour.at <= finding.onset_at + SAME_TIME
            && finding.onset_at <= neighbour.at + NEIGHBOURLY
    };
    let near: Vec<&Neighbour> = known.neighbours.iter().filter(shortly_before).collect();
    let called = near.iter().any(|neighbour| neighbour.called);
    let told = near.into_iter().cloned().map(Circumstance::Neighbour);
    finding.circumstances.extend(told);
    let in_doubt = called && finding.comparison == Comparison::BeforeVsAfter;
    if in_doubt && finding.attribution == Attribution::Change {
        finding.attribution = Attribution::Unknown;
    }
}

#[cfg(test)]
mod tests;
