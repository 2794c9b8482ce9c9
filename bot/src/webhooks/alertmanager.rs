//! What Prometheus Alertmanager says: version 4 of its webhook. Fields that are not known are none of our business.

use super::event::{AlertSaid, Said, severity};
use guard::alert::AlertStatus;
use jiff::Timestamp;
use serde::Deserialize;
use serde::de::Error as _;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Group {
    version: String,
    #[serde(default)]
    group_key: String,
    #[serde(default)]
    truncated_alerts: u64,
    alerts: Vec<One>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct One {
    status: Status,
    labels: BTreeMap<String, String>,
    #[serde(default)]
    annotations: BTreeMap<String, String>,
    starts_at: Timestamp,
    fingerprint: String,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum Status {
    Firing,
    Resolved,
}

/// Labels that usually name a service, the likeliest first.
const SERVICE: [&str; 3] = ["service", "app", "job"];
/// And an environment.
const ENVIRONMENT: [&str; 2] = ["environment", "env"];

/// What a body says; an error where it is of another version or form.
pub(super) fn read(body: &str) -> Result<Vec<Said>, serde_json::Error> {
    let group: Group = serde_json::from_str(body)?;
    if group.version != "4" {
        return Err(serde_json::Error::custom(
            "version of the webhook: expected \"4\"",
        ));
    }
    let key = Some(group.group_key).filter(|key| !key.is_empty());
    let alerts = group.alerts.into_iter();
    let mut said: Vec<Said> = alerts.map(|one| alert(one, key.clone())).collect();
    if group.truncated_alerts > 0 {
        let more = group.truncated_alerts;
        said.push(Said::Nothing(format!(
            "{more} more alerts that the sender left out (`max_alerts`)"
        )));
    }
    Ok(said)
}

fn alert(one: One, group: Option<String>) -> Said {
    let first = |names: &[&str]| names.iter().find_map(|name| one.labels.get(*name)).cloned();
    let services = SERVICE.iter().filter_map(|name| one.labels.get(*name));
    let summary = ["summary", "description", "message"];
    Said::Alert(AlertSaid {
        name: first(&["alertname"]).unwrap_or_else(|| "alert".to_owned()),
        severity: severity(one.labels.get("severity").map(String::as_str)),
        services: services.cloned().collect(),
        environment: first(&ENVIRONMENT),
        summary: summary
            .iter()
            .find_map(|name| one.annotations.get(*name))
            .cloned(),
        starts_at: one.starts_at,
        status: match one.status {
            Status::Firing => AlertStatus::Firing,
            Status::Resolved => AlertStatus::Over,
        },
        fingerprint: one.fingerprint,
        group,
        fields: one.labels,
    })
}

/// The same for the same alerts in the same state, whenever they are sent; none where it is no group of alerts.
pub(super) fn key(body: &[u8]) -> Option<String> {
    let group: Group = serde_json::from_slice(body).ok()?;
    let mut alerts: Vec<String> = group
        .alerts
        .iter()
        .map(|one| {
            let status = matches!(one.status, Status::Firing);
            format!("{}\0{status}\0{}", one.fingerprint, one.starts_at)
        })
        .collect();
    alerts.sort();
    let mut digest = Sha256::new().chain_update(&group.group_key);
    for alert in alerts {
        digest.update([0, 0]);
        digest.update(alert);
    }
    Some(hex::encode(digest.finalize()))
}
