//! What the server evaluates on its own: recording and alerting rules.

use std::time::Duration;

use serde::Deserialize;

use super::alerts::Alert;
use super::attempt::Request;
use super::client::Prometheus;
use super::envelope::Answer;
use super::error::MetricsError;
use super::value::{Labels, seconds_duration, timestamp};

/// Rules that are evaluated together.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RuleGroup {
    /// Name, unique within its file.
    pub name: String,
    /// File, or namespace (Mimir).
    #[serde(default)]
    pub file: String,
    /// Time between evaluations.
    #[serde(default, deserialize_with = "seconds_duration")]
    pub interval: Duration,
    /// In order of evaluation.
    #[serde(default)]
    pub rules: Vec<Rule>,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Rule {
    /// Alerts while its query has results.
    Alerting(AlertingRule),
    /// Stores the results of its query as a new series.
    Recording(RecordingRule),
}

/// A rule that alerts.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AlertingRule {
    /// Value of the label `alertname`.
    pub name: String,
    /// PromQL.
    pub query: String,
    /// How long the query must have results before it fires (`for`).
    #[serde(default, deserialize_with = "seconds_duration")]
    pub duration: Duration,
    /// How long it goes on firing after the query has no results any more.
    #[serde(default, deserialize_with = "seconds_duration")]
    pub keep_firing_for: Duration,
    /// Labels added to its alerts.
    #[serde(default)]
    pub labels: Labels,
    /// Texts, as templates.
    #[serde(default)]
    pub annotations: Labels,
    /// What is pending or firing now.
    #[serde(default)]
    pub alerts: Vec<Alert>,
    /// The worst state of its alerts: `inactive`, `pending`, `firing`; empty where it is not told.
    #[serde(default)]
    pub state: String,
    /// `ok`, `err` or `unknown`.
    #[serde(default)]
    pub health: String,
    /// Why the last evaluation failed, else empty.
    #[serde(default)]
    pub last_error: String,
    /// Time of the last evaluation, Unix milliseconds; none before the first.
    #[serde(default, deserialize_with = "timestamp", rename = "lastEvaluation")]
    pub last_evaluation_ms: Option<i64>,
}

/// A rule that records.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordingRule {
    /// Name of the new series.
    pub name: String,
    /// PromQL.
    pub query: String,
    /// Labels added to the series.
    #[serde(default)]
    pub labels: Labels,
    /// `ok`, `err` or `unknown`.
    #[serde(default)]
    pub health: String,
    /// Why the last evaluation failed, else empty.
    #[serde(default)]
    pub last_error: String,
    /// Time of the last evaluation, Unix milliseconds; none before the first.
    #[serde(default, deserialize_with = "timestamp", rename = "lastEvaluation")]
    pub last_evaluation_ms: Option<i64>,
}

#[derive(Deserialize)]
struct Groups {
    groups: Vec<RuleGroup>,
}

impl Prometheus {
    /// All rules, in their groups.
    ///
    /// # Errors
    /// [`MetricsError`]; servers without a ruler say 404, or have no groups.
    pub async fn rules(&self) -> Result<Answer<Vec<RuleGroup>>, MetricsError> {
        let answer = self.call::<Groups>(Request::api(&["rules"])).await?;
        Ok(answer.map(|groups| groups.groups))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alerting_and_recording_rules_are_told_apart_and_missing_fields_are_empty() {
        let groups: Groups = serde_json::from_str(
            r#"{"groups":[{"name":"g","file":"f.yml","interval":0.5,"limit":0,"rules":[
                {"type":"recording","name":"job:up:sum","query":"sum(up)","health":"ok",
                 "lastEvaluation":"2026-11-21T09:30:00.5+01:00","evaluationTime":0.001},
                {"type":"alerting","name":"Down","query":"up == 0","duration":90,"state":"inactive",
                 "labels":{"severity":"page"},"annotations":{},"alerts":[],"health":"unknown",
                 "lastEvaluation":"0001-01-01T00:00:00Z","keepFiringFor":0},
                {"type":"alerting","name":"Bare","query":"x"}]}]}"#,
        )
        .unwrap();
        let group = &groups.groups[0];
        assert_eq!(group.interval, Duration::from_millis(500));
        let Rule::Recording(recording) = &group.rules[0] else {
            panic!("{group:?}")
        };
        assert_eq!(recording.last_evaluation_ms, Some(1_795_249_800_500));
        let Rule::Alerting(alerting) = &group.rules[1] else {
            panic!("{group:?}")
        };
        assert_eq!(alerting.duration, Duration::from_secs(90));
        assert_eq!(alerting.last_evaluation_ms, None, "never evaluated");
        assert!(matches!(&group.rules[2], Rule::Alerting(bare) if bare.state.is_empty()));
    }
}
