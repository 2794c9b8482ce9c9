//! Counting what is asked of the server.

use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use std::time::Instant;

/// Upper bounds in seconds.
const BUCKETS: [f64; 11] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct Asked {
    method: &'static str,
    route: String,
    code: u16,
}

#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct Route {
    route: String,
}

#[derive(Clone, Debug)]
pub(crate) struct HttpMeters {
    requests: Family<Asked, Counter>,
    seconds: Family<Route, Histogram, fn() -> Histogram>,
}

impl Default for HttpMeters {
    fn default() -> Self {
        Self {
            requests: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(BUCKETS)),
        }
    }
}

impl HttpMeters {
    pub(super) fn register(&self, r: &mut Registry) {
        r.register(
            "http_requests",
            "Requests answered, by route and status",
            self.requests.clone(),
        );
        r.register(
            "http_request_duration_seconds",
            "Time until the answer began, by route",
            self.seconds.clone(),
        );
    }
}

/// Counts a request under its route's pattern: what is in a path has no bound.
pub(crate) async fn counted(
    State(meters): State<HttpMeters>,
    request: Request,
    next: Next,
) -> Response {
    let begun = Instant::now();
    let method = word(request.method());
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "unknown".to_owned(), |path| path.as_str().to_owned());
    let response = next.run(request).await;
    let asked = Asked {
        method,
        route: route.clone(),
        code: response.status().as_u16(),
    };
    meters.requests.get_or_create(&asked).inc();
    let seconds = meters.seconds.get_or_create(&Route { route });
    seconds.observe(begun.elapsed().as_secs_f64());
    response
}

/// A method is foreign text: only the known ones are labels.
fn word(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}
