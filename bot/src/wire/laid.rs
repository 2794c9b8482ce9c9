//! How the signals of a service are laid out, whenever they are known: at once, or once the sources were asked.

use super::source::Sources;
use super::{WireError, probe, signal};
use config::presets::Present;
use config::settings::{Probe as Configured, Service};
use config::signal::{Place, Signal as Written, SignalKind};
use config::text::Matchers;
use engine::services::{Open, OpenQuery, Settled, Signal, WatchedProbe};
use guard::ids::Environment;
use sources::metrics::Labels;
use std::sync::Arc;
use std::time::Duration;

/// How far back a service is looked for that is down at the moment.
const LATELY: &str = "1h";

/// A service, and what its signals need to be laid out.
#[derive(Clone)]
pub(super) struct Laid {
    pub(super) service: Service,
    pub(super) environment: Matchers,
    pub(super) sources: Sources,
    pub(super) interval: Duration,
}

impl Laid {
    /// These signals, and those of how long probes among them take.
    pub(super) fn out(&self, written: &[Written]) -> Result<Vec<Signal>, WireError> {
        let signals: Result<Vec<Signal>, WireError> =
            written.iter().map(|signal| self.one(signal)).collect();
        Ok(self.with_times(written, signals?))
    }

    fn one(&self, signal: &Written) -> Result<Signal, WireError> {
        let place = signal.place.as_ref();
        let label = place.and_then(|place| place.instance_label.as_deref());
        let label = label.unwrap_or(&self.service.metrics.instance_label);
        let matchers = self.matchers(place);
        signal::signal(
            &self.service,
            &self.sources,
            signal,
            &matchers,
            label,
            self.interval,
        )
    }

    fn matchers(&self, place: Option<&Place>) -> Matchers {
        let own = place.and_then(|place| place.selector.as_ref());
        own.unwrap_or(&self.service.metrics.selector)
            .and(&self.environment)
    }

    fn with_times(&self, written: &[Written], mut signals: Vec<Signal>) -> Vec<Signal> {
        let times: Vec<Signal> = written
            .iter()
            .zip(&signals)
            .filter_map(|(written, signal)| self.time(signal, probe_of(written)?))
            .collect();
        signals.extend(times);
        signals
    }

    /// How long a probe takes, as a signal; a signal of that name that somebody wrote is theirs.
    fn time(&self, of: &Signal, probe: &Configured) -> Option<Signal> {
        let written = self.service.signals();
        probe::time(of, probe).filter(|time| written.iter().all(|one| one.key != time.key))
    }

    /// The probes behind signals.
    pub(super) fn probes(&self, environment: &Environment) -> Result<Vec<WatchedProbe>, WireError> {
        let mut all = Vec::new();
        for written in self.service.signals() {
            let Some(probe) = probe_of(written) else {
                continue;
            };
            let time = self.time(&self.one(written)?, probe).map(|time| time.key);
            let probes = probe::probes(&self.service, environment, &written.key, probe)?;
            all.extend(probes.into_iter().map(|probe| WatchedProbe {
                time: time.clone(),
                ..probe
            }));
        }
        Ok(all)
    }

    /// What the sources are asked, and what becomes of their answers; none where every dialect is named.
    pub(super) fn open(self) -> Result<Option<Open>, WireError> {
        let presets = self.service.open_presets();
        if presets.is_empty() {
            return Ok(None);
        }
        let query = |open: &config::signal::OpenPreset| {
            let matchers = self.matchers(open.place.as_ref());
            let source = open.source.as_ref();
            Ok(OpenQuery {
                now: Present::query(&[open.preset], &matchers, None),
                lately: Present::query(&[open.preset], &matchers, Some(LATELY)),
                source: source
                    .map(|name| self.sources.of(name.as_str()))
                    .transpose()?,
                answer: None,
            })
        };
        let queries: Result<Vec<OpenQuery>, WireError> = presets.iter().map(query).collect();
        Ok(Some(Open {
            queries: queries?,
            settle: Arc::new(move |answers: &[Vec<Labels>]| self.settled(answers)),
        }))
    }

    fn settled(&self, answers: &[Vec<Labels>]) -> Settled {
        let present: Vec<Present> = answers
            .iter()
            .map(|answer| Present::of(answer.iter().cloned()))
            .collect();
        let given = self.service.signals_given(&present);
        // The tables hold only selectors that parse (a test), and a person's own ones were tried before.
        let (written, signals): (Vec<Written>, Vec<Signal>) = given
            .signals
            .into_iter()
            .filter_map(|written| self.one(&written).ok().map(|signal| (written, signal)))
            .unzip();
        Settled {
            signals: self.with_times(&written, signals),
            absent: given.absent,
        }
    }
}

fn probe_of(signal: &Written) -> Option<&Configured> {
    match &signal.kind {
        SignalKind::Probe { probe } => Some(probe),
        _ => None,
    }
}
