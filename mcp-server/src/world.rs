//! What tools see. Nothing here can act: there is no engine, no platform and no journal's writer.

use config::{Live, Settings};
use futures_util::future::BoxFuture;
use guard::detect::SignalSpec;
use guard::ids::{Environment, ServiceName};
use jiff::Timestamp;
use journal::{Histories, Inbox, Reader};
use messages::BaseUrl;
use sources::code::Repository;
use sources::logs::{Bounds, LogReader};
use sources::metrics::Prometheus;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// What tools see. Cheap to clone.
#[derive(Clone)]
pub struct World {
    /// The record.
    pub reader: Reader,
    /// Where requests, evidence and the record of calls go; none beside no server, where nobody would read them.
    pub inbox: Option<Inbox>,
    /// The settings of the moment.
    pub settings: Live<Settings>,
    /// What can be read outside, at the moment.
    pub outside: Live<Outside>,
    /// Where people see the page.
    pub page: Option<BaseUrl>,
    /// The time.
    pub clock: Clock,
    /// The deployments that were last asked about.
    pub histories: Arc<Histories>,
}

/// What can be read outside. Replaced as a whole when the configuration changes.
#[derive(Clone, Default)]
pub struct Outside {
    /// The metric sources by name, for guests: the budget of queries is shared with the watches, the slots are not.
    pub metrics: BTreeMap<String, Prometheus>,
    /// Where the services are read.
    pub services: BTreeMap<(ServiceName, Environment), Place>,
}

/// Where one service in one environment is read.
#[derive(Clone)]
pub struct Place {
    /// The name of its metric source.
    pub source: String,
    /// How often that scrapes.
    pub interval: Duration,
    /// Where its code is, if that is known.
    pub code: Option<Repository>,
    /// Where its errors are read.
    pub logs: Vec<LogPlace>,
    /// Finds out what is measured of it.
    pub measures: Measures,
}

/// Asks what is measured of a service: under which names its series are there decides its source.
pub type Measures = Arc<dyn Fn() -> BoxFuture<'static, Measured> + Send + Sync>;

/// What is measured of a service.
#[derive(Debug, Clone, Default)]
pub struct Measured {
    /// Signal by signal.
    pub signals: Vec<SignalMeasured>,
    /// A query of its requests a second, if those are counted.
    pub load: Option<String>,
}

/// A signal, and how it is shown.
#[derive(Debug, Clone)]
pub struct SignalMeasured {
    /// Its kind, unit, limits and tolerance.
    pub spec: SignalSpec,
    /// PromQL that shows it by instance.
    pub query: String,
    /// Whether it measures what the service calls.
    pub of_dependency: bool,
}

/// A place where errors are read.
#[derive(Clone)]
pub struct LogPlace {
    /// Makes a reader for a deployment of this version.
    pub open: Arc<dyn Fn(&guard::ids::Version) -> LogReader + Send + Sync>,
    /// How much is read at once.
    pub bounds: Bounds,
}

/// Where the time comes from.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// A clock that asks this.
    pub fn new(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new(Timestamp::now)
    }
}

impl World {
    /// The same, with its clock stopped at this moment.
    #[must_use]
    pub fn at(&self, now: Timestamp) -> Self {
        Self {
            clock: Clock::new(move || now),
            ..self.clone()
        }
    }

    /// How texts about deployments are said.
    #[must_use]
    pub fn context(&self, locale: messages::Locale) -> messages::Context {
        messages::Context {
            locale,
            now: self.clock.now(),
            base_url: self.page.clone(),
        }
    }
}
