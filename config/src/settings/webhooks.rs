//! Where Tawny is told of deployments and alerts by others.

use crate::reader::{Reader, Step};
use crate::text::{Name, Secret};
use crate::value::{settings, words};
use crate::yaml::Node;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use guard::ids::{Environment, ServiceName};
use std::collections::BTreeMap;

settings! {
    /// Somebody who tells Tawny of deployments or alerts, at `/hooks/NAME`.
    pub struct WebhookSource check usable {
        /// What it is called in the record, and the end of its address.
        name: Name,
        /// Who sends.
        kind: WebhookKind,
        /// What it proves itself with: the secret of a GitHub webhook; base64 as `openssl rand -base64 24` prints it
        /// for `generic`; the bearer token, or the password of `username`, of Alertmanager.
        secret: Secret,
        /// The secret before, taken as well until everybody has changed to the new one.
        previous_secret: Option<Secret>,
        /// Alertmanager alone: the user name, where it sends one (`basic_auth`).
        username: Option<String>,
        /// Which service an event is about: the first entry that fits counts. Without entries, names must be the same.
        services: Vec<EventMapping> = "[]",
    }

    /// Which events are about a service.
    pub struct EventMapping {
        /// What an event must say, by field, such as `{repository: acme/shop, environment: production}`; `*` stands
        /// for any text. All must fit. The fields of each sender are in `docs/integrations`.
        when: BTreeMap<String, String> = "{}",
        /// The service.
        service: ServiceName,
        /// Where; the environment that the event names, or the only one of the service, when not said.
        environment: Option<Environment>,
        /// GitHub alone: which events begin a deployment.
        on: Vec<DeployEvent> = "[deployment]",
    }
}

/// Who sends webhooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookKind {
    /// GitHub.
    Github,
    /// Anything that can post JSON with a Standard-Webhooks signature.
    Generic,
    /// Prometheus Alertmanager.
    Alertmanager,
}

impl WebhookKind {
    /// The word of the configuration.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Github => "github",
            Self::Generic => "generic",
            Self::Alertmanager => "alertmanager",
        }
    }
}

words!(WebhookKind {
    "github" => WebhookKind::Github, "GitHub: deployments, releases, tags, workflow runs";
    "generic" => WebhookKind::Generic, "anything that posts JSON with a Standard-Webhooks signature: deployments and alerts";
    "alertmanager" => WebhookKind::Alertmanager, "Prometheus Alertmanager: alerts";
});

/// What at GitHub begins a deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeployEvent {
    /// `deployment` and `deployment_status`.
    Deployment,
    /// A published `release`.
    Release,
    /// A `push` of a tag.
    Tag,
    /// A `workflow_run` that succeeded.
    WorkflowRun,
}

words!(DeployEvent {
    "deployment" => DeployEvent::Deployment, "a deployment, and its statuses";
    "release" => DeployEvent::Release, "a release that is published; its tag is the version";
    "tag" => DeployEvent::Tag, "a tag that is pushed; it is the version";
    "workflow_run" => DeployEvent::WorkflowRun, "a workflow run that succeeded; its commit is the version";
});

fn usable(source: &WebhookSource, node: &Node, reader: &mut Reader<'_>) -> Option<()> {
    let secrets = [
        ("secret", Some(&source.secret)),
        ("previous_secret", source.previous_secret.as_ref()),
    ];
    let mut good = Some(());
    for (field, secret) in secrets {
        let Some(wrong) = secret.and_then(|secret| unfit(source.kind, secret)) else {
            continue;
        };
        let at = node.get(field).map_or(node.at, |value| value.at);
        reader.inside(Step::Field(field.to_owned()), |reader| {
            reader.wrong(at, wrong.0, wrong.1);
        });
        good = None;
    }
    if source.username.is_some() && source.kind != WebhookKind::Alertmanager {
        let at = node.get("username").map_or(node.at, |value| value.at);
        reader.inside(Step::Field("username".to_owned()), |reader| {
            reader.wrong(at, "a user name", "none: only Alertmanager sends one");
        });
        good = None;
    }
    good
}

/// Characters below which a secret can be guessed.
const MIN_SECRET: usize = 16;

/// What is wrong with a secret, and what was expected.
fn unfit(kind: WebhookKind, secret: &Secret) -> Option<(&'static str, &'static str)> {
    let secret = secret.expose();
    if kind == WebhookKind::Generic {
        let key = BASE64_STANDARD.decode(secret.strip_prefix("whsec_").unwrap_or(secret));
        let long = key.is_ok_and(|key| key.len() >= MIN_SECRET);
        return (!long).then_some((
            "no signing key",
            "base64 of 16 bytes or more, with or without `whsec_` before it, as `openssl rand -base64 24` prints it",
        ));
    }
    let short = secret.chars().count() < MIN_SECRET;
    short.then_some((
        "a short secret",
        "at least 16 characters, such as `openssl rand -hex 16` gives",
    ))
}
