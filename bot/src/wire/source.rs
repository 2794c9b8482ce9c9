//! The metric sources.

use super::WireError;
use super::prometheus::prometheus;
use config::Settings;
use config::settings::MetricsSource;
use engine::services::Source;
use sources::metrics::{Gathering, SourceMeters};
use std::collections::BTreeMap;

/// The sources, by name.
#[derive(Clone)]
pub(super) struct Sources(BTreeMap<String, Source>);

impl Sources {
    /// One of them.
    pub(super) fn of(&self, name: &str) -> Result<Source, WireError> {
        self.0.get(name).cloned().ok_or_else(|| WireError::Source {
            source_name: name.to_owned(),
            error: "there is no such metric source: add it below `metrics`".to_owned(),
        })
    }
}

/// All that are configured.
pub(super) fn sources(settings: &Settings, meters: &SourceMeters) -> Result<Sources, WireError> {
    let mut all = BTreeMap::new();
    for (name, source) in &settings.metrics {
        let MetricsSource::Prometheus(source) = source;
        let client = prometheus(name.as_str(), source, meters)?;
        let name = name.as_str().to_owned();
        let gathering = Gathering::new(client);
        all.insert(name.clone(), Source { name, gathering });
    }
    Ok(Sources(all))
}
