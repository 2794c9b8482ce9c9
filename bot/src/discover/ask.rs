//! Questions to a source, at one time.

use sources::metrics::{Labels, MetricsError, Prometheus, QueryValue};

/// Asks one source about one moment, so that all answers belong together.
#[derive(Debug, Clone)]
pub(crate) struct Asker {
    pub(crate) prometheus: Prometheus,
    /// Unix milliseconds.
    pub(crate) now_ms: i64,
}

impl Asker {
    /// Each series of an answer with its value; native histograms count as they are, without one.
    pub(crate) async fn rows(&self, query: &str) -> Result<Vec<(Labels, f64)>, MetricsError> {
        let answer = self.prometheus.instant(query, self.now_ms).await?;
        Ok(match answer.value {
            QueryValue::Vector(series) => series
                .into_iter()
                .map(|one| {
                    let value = one.sample.map_or(f64::NAN, |(_, value)| value);
                    (one.labels, value)
                })
                .collect(),
            QueryValue::Scalar((_, value)) => vec![(Labels::new(), value)],
            QueryValue::Matrix(_) | QueryValue::String(_) => Vec::new(),
        })
    }

    /// The value of the first series.
    pub(crate) async fn value(&self, query: &str) -> Result<Option<f64>, MetricsError> {
        let rows = self.rows(query).await?;
        Ok(rows.first().map(|(_, value)| *value))
    }

    /// The values of a label, each once, in their order; without the empty one.
    pub(crate) async fn values(
        &self,
        label: &str,
        series: &str,
    ) -> Result<Vec<String>, MetricsError> {
        let rows = self.rows(&format!("count by ({label}) ({series})")).await?;
        let mut values: Vec<String> = rows
            .into_iter()
            .filter_map(|(mut labels, _)| labels.remove(label))
            .filter(|value| !value.is_empty())
            .collect();
        values.sort();
        values.dedup();
        Ok(values)
    }
}

/// A matcher for exactly this value, as PromQL writes it.
pub(crate) fn equals(label: &str, value: &str) -> String {
    let quoted = value
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n");
    format!("{label}=\"{quoted}\"")
}

/// A matcher for any of these beginnings.
pub(crate) fn begins_with(label: &str, beginning: &str) -> String {
    let mut quoted = String::new();
    for c in beginning.chars() {
        if !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | '/' | ' ' | ':') {
            quoted.push_str("\\\\");
        }
        quoted.push(c);
    }
    format!("{label}=~\"{quoted}.*\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_with_quotes_stays_inside_its_quotes() {
        assert_eq!(
            equals("job", "a\"} or vector(1) #"),
            "job=\"a\\\"} or vector(1) #\""
        );
        assert_eq!(equals("job", "a\\\"b"), "job=\"a\\\\\\\"b\"");
        assert_eq!(begins_with("pod", "shop.v1-"), "pod=~\"shop\\\\.v1-.*\"");
    }
}
