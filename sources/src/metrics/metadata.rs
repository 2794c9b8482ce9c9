//! What exporters say about their metrics.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::attempt::Request;
use super::client::Prometheus;
use super::envelope::Answer;
use super::error::MetricsError;

/// Type, help and unit of a metric, as one or more targets declared it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct MetricMetadata {
    /// `counter`, `gauge`, `histogram`, `summary`, `untyped`, `unknown`, …
    #[serde(rename = "type")]
    pub kind: String,
    /// Help text, written by the service's authors.
    #[serde(default)]
    pub help: String,
    /// Unit, mostly empty.
    #[serde(default)]
    pub unit: String,
}

impl Prometheus {
    /// Metadata by metric family, of one `metric` or of all that are scraped now.
    /// A family has several entries when targets disagree.
    ///
    /// # Errors
    /// [`MetricsError`]; an unknown metric gives an empty map.
    pub async fn metadata(
        &self,
        metric: Option<&str>,
    ) -> Result<Answer<BTreeMap<String, Vec<MetricMetadata>>>, MetricsError> {
        let mut request = Request::api(&["metadata"]);
        if let Some(metric) = metric {
            request = request.param("metric", metric);
        }
        self.call(request).await
    }
}
