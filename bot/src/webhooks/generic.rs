//! What anybody says who posts JSON of Tawny's own form.

use super::event::{AlertSaid, Deployment, Fields, Said, severity};
use config::settings::DeployEvent;
use engine::told::Phase;
use guard::alert::AlertStatus;
use jiff::Timestamp;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Document {
    Deployment(Deployed),
    Alert(Alerted),
}

#[derive(Deserialize)]
struct Deployed {
    id: String,
    service: String,
    environment: Option<String>,
    version: String,
    state: State,
    by: Option<String>,
    reason: Option<String>,
    #[serde(default)]
    labels: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Started,
    Succeeded,
    Failed,
}

#[derive(Deserialize)]
struct Alerted {
    id: String,
    name: String,
    service: String,
    environment: Option<String>,
    status: Status,
    severity: Option<String>,
    starts_at: Timestamp,
    summary: Option<String>,
    group: Option<String>,
    #[serde(default)]
    labels: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    Firing,
    Resolved,
}

/// What a body says; an error where it is of another form.
pub(super) fn read(body: &str) -> Result<Vec<Said>, serde_json::Error> {
    Ok(vec![match serde_json::from_str(body)? {
        Document::Deployment(said) => Said::Deployment(deployment(said)),
        Document::Alert(said) => Said::Alert(alert(said)),
    }])
}

fn fields(labels: BTreeMap<String, String>, service: &str, environment: Option<&str>) -> Fields {
    let mut fields = labels;
    fields.insert("service".to_owned(), service.to_owned());
    if let Some(environment) = environment {
        fields.insert("environment".to_owned(), environment.to_owned());
    }
    fields
}

fn deployment(said: Deployed) -> Deployment {
    Deployment {
        fields: fields(said.labels, &said.service, said.environment.as_deref()),
        event: DeployEvent::Deployment,
        service: said.service,
        environment: said.environment,
        versions: vec![said.version],
        id: said.id,
        phase: match said.state {
            State::Started => Phase::UnderWay,
            State::Succeeded => Phase::Succeeded,
            State::Failed => Phase::Failed,
        },
        by: said.by,
        reason: said.reason,
        page: None,
    }
}

fn alert(said: Alerted) -> AlertSaid {
    AlertSaid {
        fields: fields(said.labels, &said.service, said.environment.as_deref()),
        name: said.name,
        fingerprint: said.id,
        severity: severity(said.severity.as_deref()),
        services: vec![said.service],
        environment: said.environment,
        summary: said.summary,
        starts_at: said.starts_at,
        group: said.group,
        status: match said.status {
            Status::Firing => AlertStatus::Firing,
            Status::Resolved => AlertStatus::Over,
        },
    }
}
