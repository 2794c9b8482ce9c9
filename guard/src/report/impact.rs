//! What it cost: requests that failed and would not have, the traffic that met it, and for how long.

use super::measures;
use super::signals::FindingRow;
use super::times::Times;
use crate::at::At;
use crate::detect::SignalKind;
use crate::event::{Event, Recorded};
use crate::excess;
use crate::incident::{Incident, Standing};
use serde::Serialize;

/// The unit of a signal that counts people.
const USERS: &str = "users";

/// One value of a label, and its part of the excess.
pub type Contribution = excess::Contribution;

/// What an incident cost.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Impact {
    /// How long it lasted, in seconds; until the newest event while it lasts.
    pub seconds: f64,
    /// Requests that failed beyond what was normal, on the changed instances.
    pub requests_failed: Option<f64>,
    /// The signal that counts them.
    pub counted_by: Option<String>,
    /// All requests that the changed instances served since the change.
    pub requests: Option<f64>,
    /// The part of the traffic that the changed instances had, 0 to 1.
    pub share_of_traffic: Option<f64>,
    /// Users fewer than normal, where a signal counts users.
    pub users: Option<f64>,
    /// The values of labels that account for the excess.
    pub accounts: Vec<Contribution>,
}

pub(super) fn impact(
    records: &[Recorded],
    findings: &[FindingRow],
    incident: Option<&Incident>,
    times: &Times,
) -> Option<Impact> {
    let incident = incident?;
    let newest = records.last().map(|record| At(record.at));
    // Rolled back, it hurts no more, though the proof comes later; unless it turns out not to have helped.
    let back = times
        .rolled_back_at
        .filter(|_| incident.standing != Standing::Open);
    let over = back.or(incident.ended_at).or(newest)?;
    let worst = excess(records, findings);
    Some(Impact {
        seconds: incident.began_at.until(over).max(0.0),
        requests_failed: worst.as_ref().map(|(failed, _)| failed.max(0.0)),
        counted_by: worst.map(|(_, signal)| signal),
        requests: requests(records),
        share_of_traffic: share_of_traffic(records),
        users: users(findings),
        accounts: located(records),
    })
}

/// Failed requests beyond the normal of the signal that has most of them.
fn excess(records: &[Recorded], findings: &[FindingRow]) -> Option<(f64, String)> {
    let measured = measures::at_the_end(records).iter();
    let counting = measured
        .filter(|measured| measured.measure.kind == SignalKind::Ratio && !measured.of_dependency);
    let of = counting.filter_map(|measured| {
        let signal = measured.signal.as_str();
        let finding = findings.iter().find(|finding| finding.signal == signal)?;
        let counted = measured.measure.counted?;
        // What is stated as good is bad by what is missing.
        let good = measured.measure.direction == crate::detect::Direction::Down;
        let normal = if good {
            1.0 - finding.before
        } else {
            finding.before
        };
        Some((counted.bad - normal * counted.total, signal.to_owned()))
    });
    of.max_by(|a, b| a.0.total_cmp(&b.0))
}

/// All requests of the changed instances: by the throughput, or else by a ratio's own count.
fn requests(records: &[Recorded]) -> Option<f64> {
    let count = |kind: SignalKind| {
        let mut of_kind = measures::at_the_end(records)
            .iter()
            .filter(|m| m.measure.kind == kind && !m.of_dependency);
        of_kind.find_map(|m| m.measure.counted).map(|c| c.total)
    };
    count(SignalKind::Throughput).or_else(|| count(SignalKind::Ratio))
}

fn share_of_traffic(records: &[Recorded]) -> Option<f64> {
    // Before the old version was back: then all that were changed were hurt.
    let measured = measures::of_the_change(records).into_iter();
    let counting = measured.filter(|measured| !measured.of_dependency);
    let mut shares = counting.filter_map(|measured| {
        let changed = measured.measure.counted?.total;
        // Without others beside them, they have all of it.
        let others = measured
            .measure
            .control
            .map_or(0.0, |control| control.total);
        let all = changed + others;
        (all > 0.0).then(|| changed / all)
    });
    shares.next()
}

fn users(findings: &[FindingRow]) -> Option<f64> {
    let counts = findings.iter().find(|finding| finding.unit == USERS)?;
    Some((counts.before - counts.after).abs())
}

fn located(records: &[Recorded]) -> Vec<Contribution> {
    let newest = records.iter().rev().find_map(|record| match &record.event {
        Event::ExcessLocated { accounts, .. } => Some(accounts.clone()),
        _ => None,
    });
    newest.unwrap_or_default()
}
