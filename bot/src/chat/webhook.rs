//! An outgoing webhook as a channel: each message as one signed JSON document.
//!
//! The signature is Standard Webhooks' (`webhook-id`, `webhook-timestamp`, `webhook-signature`); the id
//! is the same at each try, so that a receiver can drop what it has already heard.

use engine::handler::{Handler, IncidentUtterance, SayError, Utterance};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use guard::effects::Effect;
use messages::layout::{markdown, plain};
use messages::model::Message;
use messages::{BaseUrl, Context, Locale};
use serde_json::{Value, json};
use standardwebhooks::Webhook;
use std::time::Duration;

/// How long a receiver may take. One that takes longer has perhaps heard it, and is told again.
const TIMEOUT: Duration = Duration::from_secs(15);
/// Tries for what belongs to no deployment and so has no place in the outbox, and the time between two of them.
const TRIES: u32 = 3;
const PAUSE: Duration = Duration::from_secs(2);

/// A receiver of messages.
pub struct WebhookChannel {
    name: String,
    url: String,
    signing: Webhook,
    http: reqwest::Client,
    locale: Locale,
    base_url: Option<BaseUrl>,
}

/// Why a receiver cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// The secret is no signing secret.
    #[error("notify.webhooks.{name}.secret: expected base64, with or without `whsec_` before it")]
    Secret {
        /// The receiver.
        name: String,
    },
    /// The client cannot be made.
    #[error("notify.webhooks.{name}: {error}")]
    Client {
        /// The receiver.
        name: String,
        /// Why.
        error: String,
    },
}

impl WebhookChannel {
    /// A receiver at `url`. Redirects are not followed: what is signed goes where it was configured to.
    pub fn new(
        name: &str,
        url: String,
        secret: &str,
        locale: Locale,
        base_url: Option<BaseUrl>,
    ) -> Result<Self, WebhookError> {
        let signing = Webhook::new(secret).map_err(|_| WebhookError::Secret {
            name: name.to_owned(),
        })?;
        let http = reqwest::Client::builder()
            .timeout(TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| WebhookError::Client {
                name: name.to_owned(),
                error: error.to_string(),
            })?;
        Ok(Self {
            name: format!("webhook.{name}"),
            url,
            signing,
            http,
            locale,
            base_url,
        })
    }

    async fn post(&self, utterance: &Utterance<'_>) -> Result<Value, SayError> {
        let Some(body) = self.document(utterance) else {
            return Ok(json!({ "said": "nothing" }));
        };
        self.send(utterance.id, body).await
    }

    /// Tells something that belongs to no deployment.
    ///
    /// # Errors
    /// Why it was not said, after some tries; what was perhaps said is not repeated.
    pub async fn announce(&self, id: &str, message: &Message) -> Result<Value, SayError> {
        let document = json!({
            "schema": "tawny.message/1",
            "kind": "notice",
            "deployment_id": null,
            "severity": message.severity.as_str(),
            "text": plain::message(message),
            "markdown": markdown::message(message),
        });
        let mut tries = 0;
        loop {
            tries += 1;
            match self.send(id, document.to_string()).await {
                Err(SayError::NotSaid(_)) if tries < TRIES => tokio::time::sleep(PAUSE).await,
                said => return said,
            }
        }
    }

    async fn send(&self, id: &str, body: String) -> Result<Value, SayError> {
        let now = jiff::Timestamp::now().as_second();
        let signature = self
            .signing
            .sign(id, now, body.as_bytes())
            .map_err(|error| SayError::NotSaid(format!("cannot be signed: {error}")))?;
        let sent = self
            .http
            .post(&self.url)
            .header("content-type", "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", now.to_string())
            .header("webhook-signature", signature)
            .body(body)
            .send()
            .await;
        match sent {
            Ok(response) if response.status().is_success() => {
                Ok(json!({ "said": "posted", "status": response.status().as_u16() }))
            }
            Ok(response) => Err(SayError::NotSaid(format!(
                "the receiver answered {}",
                response.status()
            ))),
            Err(error) if error.is_connect() || error.is_builder() => {
                Err(SayError::NotSaid(error.without_url().to_string()))
            }
            Err(error) => Err(SayError::PerhapsSaid(error.without_url().to_string())),
        }
    }

    /// An incident that belongs to no deployment: when it opens, is a storm, is over, or opens again.
    fn incident(&self, utterance: &IncidentUtterance<'_>) -> Option<String> {
        let record = utterance.record?;
        let incident = utterance.incident;
        let context = Context {
            locale: self.locale,
            now: incident.updated_at,
            base_url: self.base_url.clone(),
        };
        let message = messages::apart::incident(incident, &context);
        let document = json!({
            "schema": "tawny.message/1",
            "kind": "incident",
            "deployment_id": null,
            "incident_id": incident.id,
            "event": record.event.name(),
            "status": if incident.is_open() { "open" } else { "resolved" },
            "storm": incident.storm,
            "alerts": incident.joined(),
            "firing": incident.firing(),
            "recent": incident.recent,
            "severity": message.severity.as_str(),
            "text": plain::message(&message),
            "markdown": markdown::message(&message),
        });
        Some(document.to_string())
    }

    fn document(&self, utterance: &Utterance<'_>) -> Option<String> {
        let state = utterance.state;
        let context = Context {
            locale: self.locale,
            now: state.updated_at(),
            base_url: self.base_url.clone(),
        };
        let (kind, message) = match (utterance.effect, utterance.record) {
            (Effect::ShowParent, _) => ("parent", messages::parent(state, &context)),
            (Effect::Reply { .. }, Some(record)) => {
                ("reply", messages::reply(state, record, &context)?)
            }
            (Effect::Notice { .. }, Some(record)) => {
                ("notice", messages::notice(state, record, &context)?)
            }
            _ => return None,
        };
        let plan = state.plan();
        let document = json!({
            "schema": "tawny.message/1",
            "kind": kind,
            "deployment_id": plan.deployment,
            "service": plan.service,
            "environment": plan.environment,
            "from": plan.from,
            "to": plan.to,
            "status": state.status().as_str(),
            "verdict": state.verdict(),
            "tier": u8::from(state.highest_tier()),
            "severity": message.severity.as_str(),
            "approval_id": state.open_approval().map(|record| record.approval.id.to_string()),
            "text": plain::message(&message),
            "markdown": markdown::message(&message),
        });
        Some(document.to_string())
    }
}

impl Handler for WebhookChannel {
    fn channel(&self) -> &str {
        &self.name
    }

    fn repeats_safely(&self) -> bool {
        // The `webhook-id` is the same at each try.
        true
    }

    fn say<'a>(&'a self, utterance: Utterance<'a>) -> BoxFuture<'a, Result<Value, SayError>> {
        async move { self.post(&utterance).await }.boxed()
    }

    fn say_incident<'a>(
        &'a self,
        utterance: IncidentUtterance<'a>,
    ) -> BoxFuture<'a, Result<Value, SayError>> {
        async move {
            match self.incident(&utterance) {
                Some(body) => self.send(utterance.id, body).await,
                None => Ok(json!({ "said": "nothing" })),
            }
        }
        .boxed()
    }
}
