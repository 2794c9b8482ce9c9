//! What speaks for another cause than this deployment, and what for it.

use super::case::{Case, Control, Dependency};
use crate::blame::SAME_TIME;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Onsets that lie this much before the first changed instance are no mistake of measuring.
const CLEARLY: SignedDuration = SignedDuration::from_secs(60);
/// How long before the onset a neighbour's deployment may still be its cause.
const NEIGHBOURLY: SignedDuration = SignedDuration::from_mins(30);

/// Why it is not this deployment, or why that is in doubt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "because", rename_all = "snake_case")]
pub enum Elsewhere {
    /// It began before the first instance changed.
    Before {
        /// When it began.
        onset: Timestamp,
        /// When the first instance changed.
        changed: Timestamp,
    },
    /// What the change cannot have touched moved too.
    Control {
        /// Its name.
        name: String,
        /// Since when.
        onset: Option<Timestamp>,
    },
    /// What the service calls moved first.
    Dependency {
        /// Its name.
        service: String,
        /// Since when.
        onset: Timestamp,
    },
    /// The traffic explains it.
    Traffic,
    /// It happens at this hour on other days too.
    SameHour,
    /// Nothing of the deployment runs: documentation, tests, checks.
    NothingRuns,
    /// Hardly anything of what the errors say has to do with any change.
    Silence,
    /// A neighbour was deployed shortly before it began.
    Neighbour {
        /// The service.
        service: String,
        /// Its version.
        version: String,
        /// When.
        at: Timestamp,
    },
}

/// What the context says.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// Reasons that acquit.
    pub(super) acquits: Vec<Elsewhere>,
    /// Reasons that only raise a doubt.
    pub(super) doubts: Vec<Elsewhere>,
    /// What speaks for the deployment, in logits.
    pub(super) live: f64,
}

pub(super) fn told(case: &Case) -> Told {
    let onset = onset(case);
    let mut told = Told::default();
    time(case, onset, &mut told);
    controls(&case.context.controls, onset, &mut told);
    dependencies(case, onset, &mut told);
    if case
        .context
        .traffic
        .is_some_and(|traffic| traffic.moved && traffic.explains)
    {
        told.acquits.push(Elsewhere::Traffic);
    }
    match case.context.same_hour_before {
        Some(hour) if hour.seen => told.acquits.push(Elsewhere::SameHour),
        Some(_) => told.live += 0.5,
        None => {}
    }
    neighbours(case, onset, &mut told);
    told
}

/// When the first signal began to move.
fn onset(case: &Case) -> Option<Timestamp> {
    let findings = case
        .symptoms
        .findings
        .iter()
        .filter_map(|finding| finding.onset);
    findings.min().or(case.deployment.onset)
}

fn time(case: &Case, onset: Option<Timestamp>, told: &mut Told) {
    let (Some(onset), Some(changed)) = (onset, case.context.first_instance_changed_at) else {
        return;
    };
    if onset + SAME_TIME >= changed {
        told.live += 1.0;
        return;
    }
    let before = Elsewhere::Before { onset, changed };
    if onset + CLEARLY < changed {
        told.acquits.push(before);
    } else {
        told.doubts.push(before);
    }
}

/// What moved long after the finding follows from it and explains nothing.
fn controls(controls: &[Control], onset: Option<Timestamp>, told: &mut Told) {
    let with = |at: Option<Timestamp>| match (at, onset) {
        (Some(at), Some(onset)) => at <= onset + CLEARLY,
        _ => true,
    };
    let moved: Vec<&Control> = controls
        .iter()
        .filter(|control| control.moved && with(control.onset))
        .collect();
    if moved.is_empty() {
        told.live += if controls.is_empty() { 0.0 } else { 1.5 };
        return;
    }
    let most = 2 * moved.len() >= controls.len();
    let said = moved.into_iter().map(|control| Elsewhere::Control {
        name: control.name.clone(),
        onset: control.onset,
    });
    if most {
        told.acquits.extend(said);
    } else {
        told.doubts.extend(said);
    }
}

/// A dependency that moved first did it; one that moved after this service was changed may have been moved by it.
fn dependencies(case: &Case, onset: Option<Timestamp>, told: &mut Told) {
    for Dependency {
        service,
        moved,
        onset: first,
    } in &case.context.dependencies
    {
        let (true, Some(first)) = (*moved, *first) else {
            continue;
        };
        if onset.is_some_and(|onset| first > onset + SAME_TIME) {
            continue;
        }
        told.acquits.push(Elsewhere::Dependency {
            service: service.clone(),
            onset: first,
        });
    }
}

fn neighbours(case: &Case, onset: Option<Timestamp>, told: &mut Told) {
    for neighbour in &case.context.neighbours {
        let (Some(at), Some(onset)) = (neighbour.deployed_at, onset) else {
            continue;
        };
        if at <= onset + SAME_TIME && onset <= at + NEIGHBOURLY {
            told.doubts.push(Elsewhere::Neighbour {
                service: neighbour.service.clone(),
                version: neighbour.version.clone(),
                at,
            });
        }
    }
}
