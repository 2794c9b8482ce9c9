//! All instruments of one server, on one page.

use super::gauges::Gauges;
use super::http::HttpMeters;
use super::process::ProcessCollector;
use crate::agent::AgentMeters;
use crate::webhooks::HookMeters;
use engine::Meters as EngineMeters;
use journal::JournalMeters;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;
use sources::metrics::SourceMeters;
use std::sync::Arc;

/// The prefix of everything that is Tawny's own.
const PREFIX: &str = "tawny";

#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct Result_ {
    result: &'static str,
}

/// The instruments of one server. Clones share them.
#[derive(Clone)]
pub struct Meters {
    /// The engine's.
    pub engine: EngineMeters,
    /// The journal's.
    pub journal: JournalMeters,
    /// Those of all sources.
    pub sources: SourceMeters,
    pub(crate) http: HttpMeters,
    pub(crate) hooks: HookMeters,
    pub(crate) agent: AgentMeters,
    pub(super) gauges: Gauges,
    reloads: Family<Result_, Counter>,
    loaded_at: Gauge<f64, std::sync::atomic::AtomicU64>,
    pub(super) registry: Arc<Registry>,
}

impl Default for Meters {
    fn default() -> Self {
        Self::of(
            EngineMeters::default(),
            JournalMeters::default(),
            SourceMeters::default(),
        )
    }
}

impl Meters {
    fn of(engine: EngineMeters, journal: JournalMeters, sources: SourceMeters) -> Self {
        let mut registry = Registry::default();
        registry.register_collector(Box::new(ProcessCollector));
        let own = registry.sub_registry_with_prefix(PREFIX);
        let build = Info::new(vec![("version", env!("CARGO_PKG_VERSION"))]);
        own.register("build", "The build that runs", build);
        engine.register(own);
        journal.register(own);
        sources.register(own);
        let http = HttpMeters::default();
        http.register(own);
        let hooks = HookMeters::default();
        hooks.register(own);
        let agent = AgentMeters::default();
        agent.register(own);
        let gauges = Gauges::default();
        gauges.register(own);
        let reloads = Family::default();
        for result in ["applied", "refused"] {
            drop(reloads.get_or_create(&Result_ { result }));
        }
        own.register(
            "config_reloads",
            "Times that the configuration was read again, by result",
            reloads.clone(),
        );
        let loaded_at = Gauge::default();
        own.register(
            "config_loaded_timestamp_seconds",
            "When the configuration that is in use was loaded",
            loaded_at.clone(),
        );
        Self {
            engine,
            journal,
            sources,
            http,
            hooks,
            agent,
            gauges,
            reloads,
            loaded_at,
            registry: Arc::new(registry),
        }
    }

    /// The configuration is in use from now on.
    pub(crate) fn config_loaded(&self) {
        let now = jiff::Timestamp::now().as_millisecond() as f64 / 1000.0;
        self.loaded_at.set(now);
    }

    /// The configuration was read again; and taken, or not.
    pub fn config_reloaded(&self, applied: bool) {
        let result = if applied { "applied" } else { "refused" };
        self.reloads.get_or_create(&Result_ { result }).inc();
        if applied {
            self.config_loaded();
        }
    }
}
