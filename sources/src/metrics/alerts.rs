//! What alerts now.

use serde::Deserialize;

use super::attempt::Request;
use super::client::Prometheus;
use super::envelope::Answer;
use super::error::MetricsError;
use super::value::{Labels, go_number, timestamp};

/// A pending or firing alert.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Alert {
    /// Its labels, `alertname` included.
    pub labels: Labels,
    /// Texts written by the rule's authors, with the values filled in.
    #[serde(default)]
    pub annotations: Labels,
    /// Whether it waits or fires.
    pub state: AlertState,
    /// Since when the query has this result, Unix milliseconds.
    #[serde(default, deserialize_with = "timestamp", rename = "activeAt")]
    pub active_at_ms: Option<i64>,
    /// Value of the query at the last evaluation.
    #[serde(deserialize_with = "go_number")]
    pub value: f64,
}

/// How far an alert has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AlertState {
    /// Its rule's `for` is not over.
    Pending,
    /// It was sent.
    Firing,
    /// Anything else.
    #[serde(other)]
    Unknown,
}

#[derive(Deserialize)]
struct Alerts {
    alerts: Vec<Alert>,
}

impl Prometheus {
    /// The alerts that are pending or firing now.
    ///
    /// # Errors
    /// [`MetricsError`]; servers without a ruler say 404, or have no alerts.
    pub async fn alerts(&self) -> Result<Answer<Vec<Alert>>, MetricsError> {
        let answer = self.call::<Alerts>(Request::api(&["alerts"])).await?;
        Ok(answer.map(|alerts| alerts.alerts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alert_is_read_with_its_time_and_its_value_in_gos_notation() {
        let alerts: Alerts = serde_json::from_str(
            r#"{"alerts":[{"labels":{"alertname":"Down"},"annotations":{"summary":"a is down"},
                "state":"firing","activeAt":"2026-11-21T08:30:00.123456789Z","value":"1.5e+00"},
                {"labels":{},"annotations":{},"state":"odd","value":"NaN"}]}"#,
        )
        .unwrap();
        let first = &alerts.alerts[0];
        assert_eq!(first.state, AlertState::Firing);
        assert_eq!(first.active_at_ms, Some(1_795_249_800_123));
        assert_eq!(first.value, 1.5);
        assert_eq!(alerts.alerts[1].state, AlertState::Unknown);
        assert!(alerts.alerts[1].value.is_nan());
    }
}
