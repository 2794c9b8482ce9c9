//! What the same comparison shows although nothing has changed yet: a rehearsal of the last minutes before the change.

use super::fetch::{Fetched, Heard};
use super::judges::Judges;
use super::roles::Roles;
use super::speak::{at, seconds};
use crate::services::Service;
use guard::finding::{Budget, Finding};
use guard::ids::SignalKey;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// How long before the change it is supposed to have happened, at most and at least, in seconds.
const SUPPOSED_S: (f64, f64) = (300.0, 30.0);
/// Looks during that time; more would change little.
const LOOKS: f64 = 40.0;

/// The last minutes before the change.
#[derive(Debug, Default)]
pub(super) struct Before {
    /// What was found.
    pub(super) findings: Vec<Finding>,
    /// What was normal for the control at their end, in the signal's unit.
    pub(super) control: BTreeMap<SignalKey, f64>,
}

/// Supposes that the instances changed some minutes earlier than they did, and judges up to the change. Nothing
/// where the past is too short.
pub(super) async fn before(
    service: &Service,
    roles: &Roles,
    whole: &BTreeSet<String>,
    heard: &Heard,
) -> Before {
    let Some(change) = roles.since.map(seconds) else {
        return Before::default();
    };
    let past = until(heard, change);
    let firsts = past
        .series
        .iter()
        .filter_map(|series| series.samples.first());
    let first = firsts.map(|(t, _)| *t).fold(change, f64::min);
    // Half of it is for what is held against.
    let supposed_s = ((change - first) / 2.0).min(SUPPOSED_S.0);
    if supposed_s < SUPPOSED_S.1 {
        return Before::default();
    }
    let began = change - supposed_s;
    let roles = Roles {
        since: Some(at(began)),
        began: BTreeMap::new(),
        ..roles.clone()
    };
    let mut judges = Judges::new(service, &roles, whole.clone(), began, None);
    judges.suppose_started(began);
    let pause = Duration::from_secs_f64(supposed_s / LOOKS).max(service.watch.interval);
    judges
        .catch_up(&past, change, pause.as_secs_f64(), None)
        .await;
    let Some(assessment) = judges.look(service, at(change)) else {
        return Before::default();
    };
    let sure = |finding: &Finding| finding.budget >= Budget::Pause;
    Before {
        findings: assessment.findings.into_iter().filter(sure).collect(),
        control: judges.baselines(),
    }
}

/// What was heard of the time before `end`.
fn until(heard: &Heard, end: f64) -> Heard {
    let series = heard.series.iter().map(|series| Fetched {
        samples: series
            .samples
            .iter()
            .take_while(|(t, _)| *t < end)
            .copied()
            .collect(),
        ..series.clone()
    });
    Heard {
        series: series.filter(|series| !series.samples.is_empty()).collect(),
        ..Heard::default()
    }
}
