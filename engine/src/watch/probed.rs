//! What probes found, as samples.

use super::fetch::Fetched;
use crate::services::WatchedProbe;
use guard::detect::Use;
use guard::ids::InstanceId;
use sources::probes::{Checked, Outcome, Probe};
use std::collections::BTreeMap;

/// One probe, and how far it was read.
pub(super) struct Probed {
    probe: Probe,
    instance: Option<InstanceId>,
    signal: String,
    time: Option<String>,
    place: usize,
    read_to: i64,
}

impl Probed {
    pub(super) fn new(watched: &WatchedProbe, place: usize, since_ms: i64) -> Self {
        Self {
            probe: watched.probe.clone(),
            instance: watched.instance.clone(),
            signal: watched.signal.to_string(),
            time: watched.time.as_ref().map(ToString::to_string),
            place,
            read_to: since_ms,
        }
    }

    /// What it found since the last look: whether it was good, or its number; and how long it took.
    pub(super) fn look(&mut self) -> Vec<Fetched> {
        let checks = self.probe.after(self.read_to);
        let Some(last) = checks.last() else {
            return Vec::new();
        };
        self.read_to = last.at_ms;
        let used = match last.outcome {
            Outcome::Good | Outcome::Bad(_) => Use::Up,
            Outcome::Number(_) | Outcome::NoNumber(_) => Use::Gauge,
        };
        let found = self.fetched(&self.signal, used, checks.iter().map(value));
        let time = self.time.as_ref().map(|time| {
            // How fast it failed says nothing about how fast it answers.
            let good = checks.iter().filter(|c| c.outcome == Outcome::Good);
            self.fetched(
                time,
                Use::Gauge,
                good.map(|c| (at(c), c.took.as_secs_f64())),
            )
        });
        std::iter::once(found).chain(time).collect()
    }

    fn fetched(
        &self,
        signal: &str,
        used: Use,
        samples: impl Iterator<Item = (f64, f64)>,
    ) -> Fetched {
        Fetched {
            id: (
                self.place,
                BTreeMap::from([("signal".to_owned(), signal.to_owned())]),
            ),
            instance: self.instance.clone(),
            uses: vec![(signal.to_owned(), used)],
            samples: samples.collect(),
        }
    }
}

fn at(checked: &Checked) -> f64 {
    checked.at_ms as f64 / 1000.0
}

fn value(checked: &Checked) -> (f64, f64) {
    let value = match checked.outcome {
        Outcome::Good => 1.0,
        Outcome::Bad(_) => 0.0,
        Outcome::Number(number) => number,
        Outcome::NoNumber(_) => f64::NAN,
    };
    (at(checked), value)
}
