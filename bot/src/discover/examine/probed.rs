//! A signal that Tawny measures itself: its probes are made once.

use super::{SignalReport, State};
use engine::services::{Signal, Watch, WatchedProbe};
use futures_util::StreamExt;
use guard::ids::SignalKey;
use sources::probes::{Checked as Found, Outcome};
use std::collections::BTreeMap;

/// The word for such a signal.
pub(super) const KIND: &str = "probe";
/// Probes that are made at once.
const AT_ONCE: usize = 8;

/// What probes found, by the signal that they feed. Each is made once, though it may feed two signals.
#[derive(Default)]
pub(super) struct Checked(BTreeMap<SignalKey, Vec<Found>>);

impl Checked {
    /// What is to be said of a signal that probes feed; none of others.
    pub(super) async fn report(&mut self, watch: &Watch, signal: &Signal) -> Option<SignalReport> {
        let feeds = |probe: &&WatchedProbe| {
            probe.signal == signal.key || probe.time.as_ref() == Some(&signal.key)
        };
        let probes: Vec<&WatchedProbe> = watch.probes.iter().filter(feeds).collect();
        let elsewhere = !signal.series.is_empty() || signal.expression.is_some();
        if probes.is_empty() && elsewhere {
            return None;
        }
        let mut report = SignalReport::of(signal);
        report.kind = KIND.to_owned();
        let Some(first) = probes.first() else {
            report.state = State::Blind;
            report.why = Some("no instance is configured that it could ask".to_owned());
            return Some(report);
        };
        report.series = probes.len();
        report.instances = probes.iter().filter(|one| one.instance.is_some()).count();
        report.resolution_s = Some(first.probe.interval().as_secs_f64());
        if first.probe.runs_a_command() {
            // A file that is only looked at makes nothing run.
            report.why = Some("its command is run by `tawny serve`, and was not now".to_owned());
            return Some(report);
        }
        if !self.0.contains_key(&first.signal) {
            let made = futures_util::stream::iter(&probes)
                .map(|one| one.probe.check())
                .buffered(AT_ONCE);
            let found = made.collect().await;
            self.0.insert(first.signal.clone(), found);
        }
        let found = self.0.get(&first.signal)?;
        let times = first.time.as_ref() == Some(&signal.key);
        report.baseline = mean(found.iter().filter_map(|one| value(one, times)));
        let wrong = found.iter().find_map(|one| match &one.outcome {
            Outcome::Bad(reason) | Outcome::NoNumber(reason) => Some(reason),
            Outcome::Good | Outcome::Number(_) => None,
        });
        if let Some(reason) = wrong.filter(|_| !times) {
            report.state = State::Doubtful;
            report.why = Some(format!("it fails now: {reason}"));
        }
        Some(report)
    }
}

/// In the signal's unit: the share of good checks, a number, or seconds.
fn value(found: &Found, times: bool) -> Option<f64> {
    match (&found.outcome, times) {
        (Outcome::Good, true) => Some(found.took.as_secs_f64()),
        (_, true) | (Outcome::NoNumber(_), _) => None,
        (Outcome::Good, false) => Some(1.0),
        (Outcome::Bad(_), false) => Some(0.0),
        (Outcome::Number(number), false) => Some(*number),
    }
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), one| (sum + one, count + 1.0));
    (count > 0.0).then(|| sum / count)
}
