//! `POST /api/v1/webhooks/test`

use super::caller::operator;
use super::given::Given;
use super::problem::Problem;
use super::{Api, Caller};
use crate::webhooks;
use axum::Json;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;
use utoipa::ToSchema;

/// How long the own server may take.
const ANSWERS_WITHIN: Duration = Duration::from_secs(10);

/// Which source is tried.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookTestBody {
    /// Its configured name.
    pub source: String,
}

/// What became of a sample that the server sent itself.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct WebhookTestView {
    /// The source.
    pub source: String,
    /// What its address ends with.
    pub path: String,
    /// The status of the answer; 200 when the sample proved itself.
    pub answer: u16,
    /// What was understood, a line for each thing that it says.
    pub understood: Vec<String>,
    /// Why nothing was, where nothing was.
    pub error: Option<String>,
    /// The body that was sent.
    pub sent: String,
}

/// What the server answers itself.
#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    understood: Vec<String>,
    quarantined: Option<String>,
    error: Option<String>,
}

/// Sends a signed sample to the server itself, as the source would, and shows what is understood of it. Nothing follows
/// from the sample. For operators.
#[utoipa::path(post, path = "/api/v1/webhooks/test", request_body = WebhookTestBody, responses(
    (status = 200, body = WebhookTestView),
    (status = 401, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 503, body = Problem),
))]
pub(super) async fn test(
    Shared(api): Shared<Api>,
    Caller(by): Caller,
    Given(body): Given<WebhookTestBody>,
) -> Result<Json<WebhookTestView>, Problem> {
    operator(&by)?;
    let settings = api.settings.get();
    let source = webhooks::source(&settings, &body.source)
        .ok_or_else(|| Problem::unknown("webhook", &body.source))?;
    let id = format!("test-{}", engine::clock::nonce());
    let sample = webhooks::sample(&settings, source, &id, jiff::Timestamp::now())
        .ok_or_else(|| Problem::refused("its secret cannot sign".to_owned()))?;
    let path = format!("/hooks/{}", source.name);
    let (status, said) = send(api.address, &path, &sample).await.map_err(|error| {
        let detail = format!("the server does not answer itself: {error}");
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "try_again", detail)
    })?;
    Ok(Json(WebhookTestView {
        source: body.source,
        path,
        answer: status,
        understood: said.understood,
        error: said.quarantined.or(said.error),
        sent: sample.body,
    }))
}

async fn send(
    address: SocketAddr,
    path: &str,
    sample: &webhooks::Sample,
) -> Result<(u16, Answer), reqwest::Error> {
    let http = reqwest::Client::builder()
        .no_proxy()
        .timeout(ANSWERS_WITHIN)
        .redirect(reqwest::redirect::Policy::none())
        .build()?;
    let url = format!("http://{}{path}", reachable(address));
    let mut request = http.post(url).header(webhooks::TRY_HEADER, "1");
    for (name, value) in &sample.headers {
        request = request.header(*name, value);
    }
    let answer = request.body(sample.body.clone()).send().await?;
    Ok((answer.status().as_u16(), answer.json().await?))
}

/// Where a server that listens everywhere can be reached from the same machine.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}
