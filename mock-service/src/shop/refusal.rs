//! How a request fails.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Why the shop did not do what was asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Refusal {
    /// A bug: by the fault `errors`.
    Bug,
    /// What goes wrong on any day.
    BadDay,
    NoConnection,
    DownstreamFailed,
    DownstreamTimedOut,
    DiskFull,
    DiskBroken,
    QueueFull,
    NoSuchProduct,
}

impl Refusal {
    fn answer(self) -> (StatusCode, &'static str) {
        match self {
            Self::Bug | Self::BadDay => (StatusCode::INTERNAL_SERVER_ERROR, "something broke"),
            Self::NoConnection => (
                StatusCode::SERVICE_UNAVAILABLE,
                "no database connection within 2 s",
            ),
            Self::DownstreamFailed => (StatusCode::BAD_GATEWAY, "the service below failed"),
            Self::DownstreamTimedOut => (
                StatusCode::GATEWAY_TIMEOUT,
                "the service below did not answer within 2 s",
            ),
            Self::DiskFull => (StatusCode::INSUFFICIENT_STORAGE, "the disk is full"),
            Self::DiskBroken => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "the order could not be written",
            ),
            Self::QueueFull => (StatusCode::SERVICE_UNAVAILABLE, "too many orders wait"),
            Self::NoSuchProduct => (
                StatusCode::NOT_FOUND,
                "no such product, expected a number from 1 to 1000",
            ),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, error) = self.answer();
        let mut response = (status, Json(json!({ "error": error }))).into_response();
        // Whoever attends to the request writes it down.
        response.extensions_mut().insert(self);
        response
    }
}
