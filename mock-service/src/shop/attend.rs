//! What happens to every request, whatever it asks.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::Response;

use super::{Refusal, Shop};
use crate::Route;
use crate::diary::Went;
use crate::metrics::Ticket;

#[derive(Clone)]
pub(super) struct At {
    pub(super) shop: Arc<Shop>,
    /// None: no such page.
    pub(super) route: Option<Route>,
}

/// Counts and times the request, and keeps it waiting while the shop hangs.
pub(super) async fn attend(State(at): State<At>, request: Request, next: Next) -> Response {
    let counted = !at.route.is_some_and(Route::is_probe);
    let label = at.route.map_or("other", Route::path);
    let ticket = counted.then(|| Ticket::open(&at.shop.metrics, request.method(), label));
    let (method, since) = (request.method().clone(), Instant::now());
    at.shop.faults.wait_while_hanging().await;
    let mut response = next.run(request).await;
    if let Some(ticket) = ticket {
        ticket.close(response.status());
    }
    let went = Went {
        method: method.as_str(),
        route: at.route,
        status: response.status().as_u16(),
        took: since.elapsed(),
    };
    match response.extensions().get::<Refusal>() {
        Some(why) => at.shop.diary.failed(*why, &went),
        None => at.shop.diary.answered(&went),
    }
    if let Ok(version) = HeaderValue::from_str(&at.shop.options.version) {
        response.headers_mut().insert("x-app-version", version);
    }
    response
}
