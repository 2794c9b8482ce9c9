//! One request on its way through the shop.

use std::sync::Arc;

use axum::http::{Method, StatusCode};
use tokio::time::Instant;

use super::{Metrics, RequestLabels, RouteLabels};

/// What a proxy writes when the client has gone before the answer.
const CLIENT_GONE: u16 = 499;

/// Counts one request when it ends, however it ends: a ticket that is dropped
/// unfinished belongs to a client that hung up.
pub(crate) struct Ticket {
    metrics: Arc<Metrics>,
    method: &'static str,
    route: &'static str,
    since: Instant,
    code: u16,
}

impl Ticket {
    pub(crate) fn open(metrics: &Arc<Metrics>, method: &Method, route: &'static str) -> Self {
        metrics.in_flight.inc();
        Self {
            metrics: Arc::clone(metrics),
            method: method_label(method),
            route,
            since: Instant::now(),
            code: CLIENT_GONE,
        }
    }

    pub(crate) fn close(mut self, status: StatusCode) {
        self.code = status.as_u16();
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.metrics.in_flight.dec();
        let (method, route, code) = (self.method, self.route, self.code);
        let labels = RequestLabels {
            method,
            route,
            code,
        };
        self.metrics.requests.get_or_create(&labels).inc();
        let seconds = self.since.elapsed().as_secs_f64();
        let by_route = self.metrics.seconds.get_or_create(&RouteLabels { route });
        by_route.observe(seconds);
    }
}

/// A label must not be the caller's to invent.
fn method_label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        _ => "OTHER",
    }
}
