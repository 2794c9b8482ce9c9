//! What the engine knows of the services that it guards.

use guard::detect;
use guard::ids::{Environment, InstanceId, ServiceName, SignalKey, Version};
use guard::plan::{Pacing, Package};
use guard::policy::Policy;
use guard::verdict::Tier;
use platforms::hosts::Hosts;
use sources::code::Repository;
use sources::logs::{Bounds, LogReader};
use sources::metrics::{Gathering, Labels, Selector};
use sources::probes::Probe;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

mod settle;

pub use settle::{Open, OpenQuery, Settle, Settled, Settling};

/// One service in one environment.
#[derive(Clone)]
pub struct Service {
    /// Its name.
    pub name: ServiceName,
    /// Where.
    pub environment: Environment,
    /// The names of its instances, as the platform and the metrics know them.
    pub instances: Vec<InstanceId>,
    /// Where releases are made; none when Tawny only watches.
    pub platform: Option<Arc<Hosts>>,
    /// How strongly findings are answered.
    pub policy: Policy,
    /// The pace of a release.
    pub pacing: Pacing,
    /// Versions that an operator vouches for.
    pub known_good: BTreeSet<Version>,
    /// Versions whose release changes something that going back does not undo.
    pub irreversible: BTreeSet<Version>,
    /// Where the package of a version is, when a deployment does not say.
    pub packages: Option<Packages>,
    /// Services that it calls (true) or that call it (false).
    pub neighbours: Vec<(ServiceName, bool)>,
    /// Where its code is, if that is known.
    pub code: Option<Repository>,
    /// Where its errors are read.
    pub logs: Vec<Logs>,
    /// What is measured.
    pub watch: Watch,
}

/// A place where errors are read.
#[derive(Clone)]
pub struct Logs {
    /// Makes a reader for a deployment of this version.
    pub open: Arc<dyn Fn(&Version) -> LogReader + Send + Sync>,
    /// How much is read at once.
    pub bounds: Bounds,
}

/// Where packages are found.
#[derive(Debug, Clone)]
pub struct Packages {
    /// A URL with `{version}` in it.
    pub template: String,
    /// Versions of which more is known: a place of their own, digests, size.
    pub known: BTreeMap<Version, Package>,
}

impl Packages {
    /// The package of a version.
    #[must_use]
    pub fn of(&self, version: &Version) -> Package {
        self.known.get(version).cloned().unwrap_or_else(|| Package {
            url: self.template.replace("{version}", version.as_str()),
            md5: None,
            sha256: None,
            size: None,
            created_at: None,
        })
    }
}

/// A metric source.
#[derive(Clone)]
pub struct Source {
    /// Its name, for people.
    pub name: String,
    /// Shared by all that read from it: its budget and its connections are one.
    pub gathering: Gathering,
}

/// A probe, and the signals that it feeds.
#[derive(Clone)]
pub struct WatchedProbe {
    /// The signal of what it finds: good or bad, or a number.
    pub signal: SignalKey,
    /// The signal of how long it takes, if that is judged.
    pub time: Option<SignalKey>,
    /// Which instance it asks; none when it asks the service as a whole.
    pub instance: Option<InstanceId>,
    /// The probe.
    pub probe: Probe,
}

/// How a service is measured.
#[derive(Clone)]
pub struct Watch {
    /// The source of all signals that name no other.
    pub source: Source,
    /// How often the source scrapes, and so how often Tawny looks.
    pub interval: Duration,
    /// The label that names an instance.
    pub instance_label: String,
    /// How the label's values map to instances, where they differ: (value, instance).
    pub instance_names: Vec<(String, InstanceId)>,
    /// The signals.
    pub signals: Vec<Signal>,
    /// The probes behind some of them.
    pub probes: Vec<WatchedProbe>,
    /// The key of the signal whose count is the load.
    pub load: Option<SignalKey>,
    /// How far back the baseline is fetched, if there is that much.
    pub baseline: Duration,
    /// How readily the detector speaks.
    pub sensitivity: detect::Sensitivity,
    /// Signals of which a source decides under which names they are read; see [`Watch::settle`].
    pub open: Option<Open>,
    /// Signals that this service is known not to export.
    pub absent: Vec<SignalKey>,
    /// A query that gives one series for each instance, where the instances are known to the metrics alone.
    pub members: Option<String>,
    /// A query that gives one series for each version that runs, where a label carries it.
    pub versions: Option<(String, String)>,
}

impl Watch {
    /// The instance that a series speaks of; none when it speaks of the service as a whole.
    pub(crate) fn instance_of(&self, labels: &Labels, label: &str) -> Option<InstanceId> {
        let value = labels.get(label)?;
        let named = self.instance_names.iter().find(|(known, _)| known == value);
        match named {
            Some((_, instance)) => Some(instance.clone()),
            None => InstanceId::new(value.clone()).ok(),
        }
    }

    /// Where a signal is read.
    #[must_use]
    pub fn source_of<'w>(&'w self, signal: &'w Signal) -> &'w Source {
        signal.source.as_ref().unwrap_or(&self.source)
    }

    /// The label that tells the instances of a signal apart.
    #[must_use]
    pub fn label_of<'w>(&'w self, signal: &'w Signal) -> &'w str {
        let own = signal.instance_label.as_ref();
        own.unwrap_or(&self.instance_label)
    }

    /// Reads on from the sources of the same names as another watch has them.
    pub(crate) fn renew(&mut self, other: &Self) {
        for source in self.sources_mut() {
            if let Some(now) = other.sources().find(|now| now.name == source.name) {
                source.gathering = now.gathering.clone();
            }
        }
    }

    /// Reads everything from there instead.
    pub fn read_all_from(&mut self, gathering: &Gathering) {
        for source in self.sources_mut() {
            source.gathering = gathering.clone();
        }
    }

    pub(crate) fn sources(&self) -> impl Iterator<Item = &Source> {
        let own = self.signals.iter().filter_map(|s| s.source.as_ref());
        let asked = self.open.iter().flat_map(|open| &open.queries);
        let asked = asked.filter_map(|query| query.source.as_ref());
        std::iter::once(&self.source).chain(own).chain(asked)
    }

    fn sources_mut(&mut self) -> impl Iterator<Item = &mut Source> {
        let own = self.signals.iter_mut().filter_map(|s| s.source.as_mut());
        let asked = self.open.iter_mut().flat_map(|open| &mut open.queries);
        let asked = asked.filter_map(|query| query.source.as_mut());
        std::iter::once(&mut self.source).chain(own).chain(asked)
    }
}

/// The signal whose count is the load: the throughput, where there is one.
#[must_use]
pub fn load(signals: &[Signal]) -> Option<SignalKey> {
    let counts = |signal: &&Signal| signal.spec.kind == detect::SignalKind::Throughput;
    signals.iter().find(counts).map(|signal| signal.key.clone())
}

/// One measured thing.
#[derive(Clone)]
pub struct Signal {
    /// Its key.
    pub key: SignalKey,
    /// What the detector is told.
    pub spec: detect::SignalSpec,
    /// The series that make it up, and what each contributes.
    pub series: Vec<(Selector, Part)>,
    /// A query that shows the signal to people, by instance.
    pub query: String,
    /// Its own `action_on_failure`.
    pub on_failure: Option<Tier>,
    /// A PromQL expression that is judged as a gauge, instead of series.
    pub expression: Option<String>,
    /// Where it is read, if not in the watch's own source.
    pub source: Option<Source>,
    /// By what values (and the bounds of buckets) are multiplied to come out in the signal's unit. An
    /// expression comes out in it by itself.
    pub scale: f64,
    /// The label that tells its instances apart, where it is not the watch's.
    pub instance_label: Option<String>,
    /// Whether its series are not of the service's instances, and are taken together.
    pub together: bool,
    /// Whether it measures what the service calls, and not the service.
    pub of_dependency: bool,
}

/// What the series of a selector contribute to a signal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Part {
    /// The same use for each of them.
    Use(detect::Use),
    /// Histogram buckets: the bound is in the label `le`.
    Buckets,
}
