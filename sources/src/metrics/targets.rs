//! What Prometheus scrapes, and how that goes.

use std::time::Duration;

use serde::Deserialize;
use serde::de::Deserializer;

use super::attempt::Request;
use super::client::Prometheus;
use super::envelope::Answer;
use super::error::MetricsError;
use super::value::Labels;

/// One scraped address.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScrapeTarget {
    /// Labels its series get, such as `job` and `instance`.
    pub labels: Labels,
    /// Labels found by discovery, before relabelling.
    #[serde(default)]
    pub discovered_labels: Labels,
    /// Address that is scraped.
    #[serde(default)]
    pub scrape_url: String,
    /// How the last scrape went.
    pub health: ScrapeHealth,
    /// Why the last scrape failed, else empty.
    #[serde(default)]
    pub last_error: String,
    /// Time between scrapes; not told by every imitator.
    #[serde(default, deserialize_with = "duration")]
    pub scrape_interval: Option<Duration>,
}

/// How the last scrape of a target went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ScrapeHealth {
    /// It succeeded.
    Up,
    /// It failed.
    Down,
    /// There was none yet.
    #[serde(other)]
    Unknown,
}

#[derive(Deserialize)]
struct Targets {
    #[serde(rename = "activeTargets")]
    active: Vec<ScrapeTarget>,
}

impl Prometheus {
    /// The targets that are scraped now.
    ///
    /// # Errors
    /// [`MetricsError`]; query front-ends without scraping say 404.
    pub async fn targets(&self) -> Result<Answer<Vec<ScrapeTarget>>, MetricsError> {
        let request = Request::api(&["targets"]).param("state", "active");
        let answer = self.call::<Targets>(request).await?;
        Ok(answer.map(|targets| targets.active))
    }
}

fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(text.as_deref().and_then(prometheus_duration))
}

/// Reads Prometheus' notation, such as `15s` or `1m30s`.
fn prometheus_duration(text: &str) -> Option<Duration> {
    let mut total = 0_u64;
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (count, tail) = rest.split_at(digits);
        let letters = tail
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(letters);
        let unit_ms = match unit {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            "w" => 604_800_000,
            "y" => 31_536_000_000,
            _ => return None,
        };
        total = total.checked_add(count.parse::<u64>().ok()?.checked_mul(unit_ms)?)?;
        rest = tail;
    }
    (total > 0).then(|| Duration::from_millis(total))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_of_prometheus_are_read_and_others_are_unknown() {
        assert_eq!(prometheus_duration("15s"), Some(Duration::from_secs(15)));
        assert_eq!(prometheus_duration("1m30s"), Some(Duration::from_secs(90)));
        assert_eq!(
            prometheus_duration("500ms"),
            Some(Duration::from_millis(500))
        );
        for odd in ["", "15", "s", "1x", "99999999999999999999s", "0s"] {
            assert_eq!(prometheus_duration(odd), None, "{odd}");
        }
    }
}
