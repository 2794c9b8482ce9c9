//! A watch without a deployment: what would have been seen, had one begun a while ago.

use super::fetch::{Fetcher, Heard};
use super::judge::Judge;
use super::record::Recorder;
use super::roles::Roles;
use super::speak;
use crate::services::{Signal, Watch};
use guard::detect::{Role, SignalState};
use guard::ids::{InstanceId, SignalKey};
use std::collections::{BTreeMap, BTreeSet};

/// Looks during the supposed watch; more would change little.
const LOOKS: f64 = 40.0;
/// Shortest past that a rehearsal compares with, in seconds.
const LEAST_PAST_S: f64 = 60.0;
/// The name under which the service as a whole is judged.
const WHOLE: &str = "service";

/// What a watch could see of one signal.
#[derive(Debug, Clone, PartialEq)]
pub struct Power {
    /// The signal.
    pub signal: SignalKey,
    /// What is normal, in the signal's unit.
    pub baseline: Option<f64>,
    /// The smallest effect that matters, in the signal's unit.
    pub tolerance: Option<f64>,
    /// For each span: the smallest effect that would have paused the deployment, in the signal's unit. None
    /// where the past is too short, or there is no data.
    pub visible: Vec<Option<f64>>,
    /// Why it could not be judged, in the words of the journal.
    pub no_data: Option<String>,
}

/// A rehearsal.
#[derive(Debug, Clone, PartialEq)]
pub struct Rehearsal {
    /// Seconds of past that the source has, up to an hour beyond the longest span.
    pub past_s: f64,
    /// Each signal, in the order of the watch.
    pub signals: Vec<Power>,
}

/// Supposes that all of these instances changed so many seconds ago, for each span, and says what the
/// detector could have seen since. Nothing is written.
///
/// # Errors
/// The source does not answer.
pub async fn rehearse(
    watch: &Watch,
    instances: &[InstanceId],
    spans_s: &[f64],
    now_ms: i64,
) -> Result<Rehearsal, String> {
    let longest_s = spans_s.iter().copied().fold(0.0, f64::max);
    let back_ms = watch.baseline.as_millis() as i64 + (longest_s * 1000.0) as i64;
    let heard = fetch(watch, now_ms - back_ms, now_ms).await?;
    let now = now_ms as f64 / 1000.0;
    let first = heard
        .series
        .iter()
        .filter_map(|series| series.samples.first().map(|(t, _)| *t))
        .fold(now, f64::min);
    let mut signals: Vec<Power> = watch
        .signals
        .iter()
        .map(|signal| Power {
            signal: signal.key.clone(),
            baseline: None,
            tolerance: None,
            visible: Vec::new(),
            no_data: None,
        })
        .collect();
    for span_s in spans_s {
        let began = now - span_s;
        let enough = began - first >= LEAST_PAST_S;
        let seen = if enough {
            suppose(watch, instances, &heard, began, now).await
        } else {
            Vec::new()
        };
        for power in &mut signals {
            let state = seen.iter().find(|state| state.key == power.signal.as_str());
            power
                .visible
                .push(state.and_then(|state| state.smallest_visible));
            let Some(state) = state else { continue };
            power.baseline = state.baseline.or(power.baseline);
            power.no_data = state.no_data.as_ref().map(speak::why);
            let spec = speak::signal(watch, &state.key).map(|signal| &signal.spec);
            power.tolerance = spec
                .zip(power.baseline)
                .map(|(spec, baseline)| spec.tolerance.at(baseline));
        }
    }
    Ok(Rehearsal {
        past_s: now - first,
        signals,
    })
}

/// What the judges of the instances and of the service as a whole would know by now.
async fn suppose(
    watch: &Watch,
    instances: &[InstanceId],
    heard: &Heard,
    began: f64,
    now: f64,
) -> Vec<SignalState> {
    let changed: BTreeSet<InstanceId> = instances.iter().cloned().collect();
    let roles = Roles {
        of: changed.iter().map(|id| (id.clone(), Role::All)).collect(),
        began: BTreeMap::new(),
        since: Some(speak::at(began)),
        changed,
    };
    let interval_s = watch.interval.as_secs_f64().max((now - began) / LOOKS);
    let whole = heard.whole();
    let mut states = Vec::new();
    for as_one in [None, InstanceId::new(WHOLE).ok()] {
        let signals: Vec<&Signal> = watch
            .signals
            .iter()
            .filter(|signal| whole.contains(signal.key.as_str()) == as_one.is_some())
            .collect();
        if signals.is_empty() {
            continue;
        }
        let mut judge = Judge::new(
            watch,
            signals.into_iter(),
            roles.clone(),
            as_one,
            began,
            |_| Recorder::default(),
        );
        judge.suppose_started(began);
        judge.queried(&heard.failed);
        judge
            .catch_up(heard.series.clone(), now, interval_s, None)
            .await;
        states.extend(judge.tick(now).signals);
    }
    states
}

async fn fetch(watch: &Watch, since_ms: i64, now_ms: i64) -> Result<Heard, String> {
    let mut fetcher = Fetcher::new(watch, since_ms);
    let mut all = fetcher.look(watch, now_ms).await;
    let mut caught_up = all.caught_up;
    while !caught_up {
        let more = fetcher.look(watch, now_ms).await;
        caught_up = more.caught_up;
        all.join(more);
    }
    match all.silent.first_key_value() {
        Some((_, error)) if !all.anything() => Err(error.clone()),
        _ => Ok(all),
    }
}
