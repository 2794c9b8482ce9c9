//! What speaks for another cause than this deployment, and what for it.

use super::case::{Case, Control, Dependency};
use crate::blame::SAME_TIME;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Onsets that lie this much before the first changed instance are no mistake of measuring.
const CLEARLY: SignedDuration = SignedDuration::from_secs(60);
/// What the two together add, in logits, to what each is worth.
const ALONE: f64 = 0.8;
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

/// What speaks for this deployment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "because", rename_all = "snake_case")]
pub enum Supports {
    /// It began when, or after, the first instance changed.
    After {
        /// When it began.
        onset: Timestamp,
        /// When the first instance changed.
        changed: Timestamp,
    },
    /// What the change cannot have touched did not move.
    ControlsStayed {
        /// How many were compared.
        count: usize,
    },
    /// Nothing that the service calls moved before it.
    DependenciesStayed {
        /// How many were looked at.
        count: usize,
    },
    /// The traffic does not explain it.
    TrafficDoesNot,
    /// The same hour of other days does not show it.
    OtherDaysDoNot,
}

/// What the context says.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// Reasons that acquit.
    pub(super) acquits: Vec<Elsewhere>,
    /// Reasons that only raise a doubt.
    pub(super) doubts: Vec<Elsewhere>,
    /// What speaks for the deployment.
    pub(super) supports: Vec<Supports>,
    /// The same, in logits.
    pub(super) live: f64,
}

pub(super) fn told(case: &Case) -> Told {
    let onset = onset(case);
    let mut told = Told::default();
    time(case, onset, &mut told);
    controls(&case.context.controls, onset, &mut told);
    dependencies(case, onset, &mut told);
    match case.context.traffic {
        Some(traffic) if traffic.moved && traffic.explains => told.acquits.push(Elsewhere::Traffic),
        Some(_) => told.supports.push(Supports::TrafficDoesNot),
        None => {}
    }
    match case.context.same_hour_before {
        Some(hour) if hour.seen => told.acquits.push(Elsewhere::SameHour),
        Some(_) => {
            told.supports.push(Supports::OtherDaysDoNot);
            told.live += 0.5;
        }
        None => {}
    }
    neighbours(case, onset, &mut told);
    told.live += alone(&told);
    told
}

/// What moved with the change and without its control, and nothing else moved first, is its work: that is an
/// experiment, and worth more than its parts.
fn alone(told: &Told) -> f64 {
    let has = |what: fn(&Supports) -> bool| told.supports.iter().any(what);
    let after = has(|why| matches!(why, Supports::After { .. }));
    let stayed = has(|why| matches!(why, Supports::ControlsStayed { .. }));
    if after && stayed && told.acquits.is_empty() && told.doubts.is_empty() {
        ALONE
    } else {
        0.0
    }
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
        told.supports.push(Supports::After { onset, changed });
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
        if !controls.is_empty() {
            told.live += 1.5;
            let count = controls.len();
            told.supports.push(Supports::ControlsStayed { count });
        }
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
    let acquitted_before = told.acquits.len();
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
    let count = case.context.dependencies.len();
    if count > 0 && told.acquits.len() == acquitted_before {
        told.supports.push(Supports::DependenciesStayed { count });
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
