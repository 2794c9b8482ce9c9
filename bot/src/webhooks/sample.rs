//! A delivery as a source would send it, signed: to see that it is set up, and what is understood.

use super::verify::{GITHUB_SIGNATURE, github_signature};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use config::Settings;
use config::settings::{DeployEvent, WebhookKind, WebhookSource};
use serde_json::{Map, Value, json};
use standardwebhooks::{
    HEADER_WEBHOOK_ID, HEADER_WEBHOOK_SIGNATURE, HEADER_WEBHOOK_TIMESTAMP, Webhook,
};

/// A delivery that is not sent yet.
pub(crate) struct Sample {
    /// Its headers, secret ones among them.
    pub(crate) headers: Vec<(&'static str, String)>,
    /// Its body.
    pub(crate) body: String,
}

/// What the sample says, by the first entry of the source's list or the first service.
struct About {
    repository: String,
    service: String,
    environment: String,
    event: DeployEvent,
    labels: Map<String, Value>,
}

/// A sample of what this source sends, as of a moment and under an id.
pub(crate) fn sample(
    settings: &Settings,
    source: &WebhookSource,
    id: &str,
    now: jiff::Timestamp,
) -> Option<Sample> {
    let about = about(settings, source);
    let id = id.to_owned();
    let secret = &source.secret;
    Some(match source.kind {
        WebhookKind::Github => {
            let (event, body) = github(&about);
            let body = body.to_string();
            let signature = github_signature(secret, body.as_bytes())?;
            let headers = vec![
                ("x-github-event", event.to_owned()),
                ("x-github-delivery", id),
                (GITHUB_SIGNATURE, signature),
            ];
            Sample { headers, body }
        }
        WebhookKind::Generic => {
            let body = json!({
                "type": "deployment", "id": id, "service": about.service, "environment": about.environment,
                "version": "v2", "state": "started", "by": "ci", "labels": about.labels,
            })
            .to_string();
            let signing = Webhook::new(secret.expose()).ok()?;
            let signature = signing.sign(&id, now.as_second(), body.as_bytes()).ok()?;
            let headers = vec![
                (HEADER_WEBHOOK_ID, id),
                (HEADER_WEBHOOK_TIMESTAMP, now.as_second().to_string()),
                (HEADER_WEBHOOK_SIGNATURE, signature),
            ];
            Sample { headers, body }
        }
        WebhookKind::Alertmanager => {
            let authorization = match &source.username {
                None => format!("Bearer {}", secret.expose()),
                Some(user) => {
                    let pair = BASE64_STANDARD.encode(format!("{user}:{}", secret.expose()));
                    format!("Basic {pair}")
                }
            };
            let headers = vec![("authorization", authorization)];
            Sample {
                headers,
                body: alerts(about, now).to_string(),
            }
        }
    })
}

fn about(settings: &Settings, source: &WebhookSource) -> About {
    let entry = source.services.first();
    let service = entry.map(|entry| entry.service.clone());
    let service = service.or_else(|| settings.services.first().map(|known| known.name.clone()));
    let when = |field: &str| {
        entry
            .and_then(|entry| entry.when.get(field))
            .map(|value| value.replace('*', ""))
    };
    let name = service
        .as_ref()
        .map_or("shop", |name| name.as_str())
        .to_owned();
    let own = entry.and_then(|entry| entry.environment.clone());
    let configured = service.and_then(|service| settings.service(&service));
    let known = configured.and_then(|service| settings.environments_of(service).first().cloned());
    let environment = own.or(known).map(|place| place.to_string());
    let labels = entry.into_iter().flat_map(|entry| &entry.when);
    About {
        repository: when("repository").unwrap_or_else(|| format!("acme/{name}")),
        environment: when("environment")
            .or(environment)
            .unwrap_or_else(|| "production".to_owned()),
        event: entry
            .and_then(|entry| entry.on.first().copied())
            .unwrap_or(DeployEvent::Deployment),
        labels: labels
            .map(|(key, value)| (key.clone(), Value::from(value.replace('*', ""))))
            .collect(),
        service: name,
    }
}

fn github(about: &About) -> (&'static str, Value) {
    let (_, name) = about
        .repository
        .rsplit_once('/')
        .unwrap_or(("", &about.repository));
    let repository =
        json!({ "name": name, "full_name": about.repository, "default_branch": "main" });
    let label = |field: &str| {
        about
            .labels
            .get(field)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let sha = "6dcb09b5b57875f334f61aebed695e2e4193db5e";
    match about.event {
        DeployEvent::Deployment => (
            "deployment",
            json!({ "action": "created", "repository": repository, "deployment": {
                "id": 1, "sha": sha, "ref": "v2", "task": "deploy",
                "environment": about.environment, "payload": {}, "creator": { "login": "octocat" },
            } }),
        ),
        DeployEvent::Release => (
            "release",
            json!({ "action": "published", "repository": repository,
                "release": { "id": 1, "tag_name": "v2", "author": { "login": "octocat" } } }),
        ),
        DeployEvent::Tag => (
            "push",
            json!({ "ref": "refs/tags/v2", "after": sha, "repository": repository, "sender": { "login": "octocat" } }),
        ),
        DeployEvent::WorkflowRun => (
            "workflow_run",
            json!({ "action": "completed", "repository": repository, "workflow_run": {
                "id": 1, "name": label("workflow"), "head_sha": sha, "head_branch": "main",
                "conclusion": "success", "run_attempt": 1, "actor": { "login": "octocat" },
            } }),
        ),
    }
}

fn alerts(about: About, now: jiff::Timestamp) -> Value {
    let mut labels = about.labels;
    labels
        .entry("service")
        .or_insert_with(|| Value::from(about.service));
    labels.insert("alertname".to_owned(), Value::from("TawnyTest"));
    labels.insert("severity".to_owned(), Value::from("info"));
    json!({
        "version": "4", "groupKey": "{}:{alertname=\"TawnyTest\"}", "truncatedAlerts": 0, "status": "firing",
        "receiver": "tawny", "groupLabels": {}, "commonLabels": {}, "commonAnnotations": {}, "externalURL": "",
        "alerts": [{
            "status": "firing", "labels": labels, "annotations": { "summary": "a test" },
            "startsAt": now, "endsAt": "0001-01-01T00:00:00Z", "generatorURL": "", "fingerprint": "7e57",
        }],
    })
}
