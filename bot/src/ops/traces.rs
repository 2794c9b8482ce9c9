//! Traces to a receiver of OTLP, if one is configured. Sent by the client and the TLS of everything else.

use crate::log::Extra;
use config::settings::Traces as Settings;
use opentelemetry::trace::TracerProvider;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::runtime::Handle;
use tracing::{Level, Metadata};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;

/// Longest time of one export.
const TIMEOUT: Duration = Duration::from_secs(10);
/// The rooms whose spans tell the story.
const ROOMS: [&str; 4] = ["engine", "sources", "platforms", "bot"];

/// Why traces cannot be sent.
#[derive(Debug, thiserror::Error)]
#[error("traces.otlp_url: {0}")]
pub(crate) struct TracesError(String);

/// Traces that are being sent.
pub(crate) struct Traces(SdkTracerProvider);

impl Traces {
    /// Begins to send, if there is a receiver; with the layer that listens to the spans.
    pub(crate) fn begin(settings: &Settings) -> Result<Option<(Self, Extra)>, TracesError> {
        let Some(url) = &settings.otlp_url else {
            return Ok(None);
        };
        let headers: HashMap<String, String> = settings
            .headers
            .iter()
            .map(|(name, value)| (name.clone(), value.expose().to_owned()))
            .collect();
        let failed = |error: String| TracesError(error);
        let http = reqwest::Client::builder()
            .timeout(TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| failed(error.to_string()))?;
        let client = Client {
            http,
            // The exporter works on a thread of its own, outside the runtime.
            runtime: Handle::current(),
            failing: Arc::default(),
        };
        let exporter = SpanExporter::builder()
            .with_http()
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(url.as_str())
            .with_timeout(TIMEOUT)
            .with_headers(headers)
            .with_http_client(client)
            .build()
            .map_err(|error| failed(error.to_string()))?;
        let resource = Resource::builder()
            .with_service_name("tawny")
            .with_attribute(opentelemetry::KeyValue::new(
                "service.version",
                env!("CARGO_PKG_VERSION"),
            ))
            .build();
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource)
            .build();
        let layer = tracing_opentelemetry::layer()
            .with_tracer(provider.tracer("tawny"))
            .with_location(false)
            .with_threads(false)
            .with_filter(filter_fn(of_the_story))
            .boxed();
        Ok(Some((Self(provider), layer)))
    }

    /// Sends what is left.
    pub(crate) async fn end(self) {
        let ended =
            tokio::task::spawn_blocking(move || self.0.shutdown_with_timeout(TIMEOUT)).await;
        if let Ok(Err(error)) = ended {
            tracing::warn!(%error, "the last traces were not sent");
        }
    }
}

/// Spans and warnings of our own rooms: what a library below does is part of the span around it.
fn of_the_story(metadata: &Metadata<'_>) -> bool {
    let room = metadata.target().split("::").next().unwrap_or_default();
    let least = if metadata.is_span() {
        Level::INFO
    } else {
        Level::WARN
    };
    ROOMS.contains(&room) && *metadata.level() <= least
}

struct Client {
    http: reqwest::Client,
    runtime: Handle,
    failing: Arc<AtomicBool>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").finish_non_exhaustive()
    }
}

#[async_trait::async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let http = self.http.clone();
        let sent = self
            .runtime
            .spawn(async move { send(&http, request).await });
        let result = sent.await.map_err(Into::into).and_then(|sent| sent);
        self.note(&result);
        result
    }
}

impl Client {
    /// Says once that traces are lost, and once that they are not any more.
    fn note(&self, result: &Result<Response<Bytes>, HttpError>) {
        let problem = match result {
            Ok(response) if response.status().is_success() => None,
            Ok(response) => Some(format!("http status {}", response.status())),
            Err(error) => Some(error.to_string()),
        };
        let failing = problem.is_some();
        if self.failing.swap(failing, Ordering::Relaxed) == failing {
            return;
        }
        match problem {
            Some(error) => tracing::warn!(error, "traces are not taken and are dropped"),
            None => tracing::info!("traces are taken again"),
        }
    }
}

async fn send(
    http: &reqwest::Client,
    request: Request<Bytes>,
) -> Result<Response<Bytes>, HttpError> {
    let (parts, body) = request.into_parts();
    let response = http
        .request(parts.method, parts.uri.to_string())
        .headers(parts.headers)
        .body(body)
        .send()
        .await
        // The address may hold a token.
        .map_err(reqwest::Error::without_url)?;
    let mut answer = Response::builder().status(response.status());
    for (name, value) in response.headers() {
        answer = answer.header(name, value);
    }
    Ok(answer.body(
        response
            .bytes()
            .await
            .map_err(reqwest::Error::without_url)?,
    )?)
}
