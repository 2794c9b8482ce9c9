//! One server that answers for a model: what is sent to it, and what of its answers is understood.
//!
//! Servers that speak "OpenAI's API" differ. In what they differ is data in the configuration; nothing here knows a vendor.

mod answer;
mod fault;
mod request;
mod send;
mod stream;

pub use answer::{AskedCall, Finish, Reply, Usage};
pub use fault::Fault;
pub use request::{Function, Request, Said, Wanted, body};

use config::settings::ModelEndpoint;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use sources::metrics::careful_client;
use std::sync::Arc;
use url::Url;

/// A server that answers for a model. Clones share its connections; `Debug` shows no secret.
#[derive(Clone, Debug)]
pub struct Endpoint {
    settings: Arc<ModelEndpoint>,
    url: Url,
    http: reqwest::Client,
    headers: HeaderMap,
}

impl Endpoint {
    /// The server as configured; nothing is sent.
    ///
    /// # Errors
    /// A header or a certificate cannot be used; in words without secrets.
    pub fn new(settings: &ModelEndpoint) -> Result<Self, String> {
        let said = |what: String| format!("agent.endpoints.{}: {what}", settings.name);
        let url = format!("{}/chat/completions", settings.url);
        let url = Url::parse(&url).map_err(|error| said(format!("url: {error}")))?;
        let proxy = crate::wire::proxy(&settings.proxy);
        let http = careful_client(
            &crate::wire::tls(&settings.tls),
            &proxy,
            settings.timeout / 2,
            &url,
        )
        .map_err(said)?;
        let mut headers = HeaderMap::new();
        if let Some(key) = &settings.key {
            let value = format!("Bearer {}", key.expose());
            headers.insert(AUTHORIZATION, secret("key", &value).map_err(said)?);
        }
        for (name, value) in &settings.headers {
            let parsed = HeaderName::from_bytes(name.as_bytes());
            let known = parsed.map_err(|_| said(format!("headers: `{name}` is no name of one")))?;
            headers.insert(known, secret(name, value.expose()).map_err(said)?);
        }
        Ok(Self {
            settings: Arc::new(settings.clone()),
            url,
            http,
            headers,
        })
    }

    /// What it is called in reports and metrics.
    #[must_use]
    pub fn name(&self) -> &str {
        self.settings.name.as_str()
    }

    /// The model, as the server calls it.
    #[must_use]
    pub fn model(&self) -> &str {
        &self.settings.model
    }

    /// As configured.
    #[must_use]
    pub fn settings(&self) -> &ModelEndpoint {
        &self.settings
    }
}

fn secret(name: &str, value: &str) -> Result<HeaderValue, String> {
    let mut value = HeaderValue::from_str(value)
        .map_err(|_| format!("{name}: a value that no header can have"))?;
    value.set_sensitive(true);
    Ok(value)
}
