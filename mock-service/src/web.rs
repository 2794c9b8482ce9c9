//! The HTTP client of downstream calls and of the traffic.

use std::time::Duration;

use crate::MockServiceError;

/// A pooled client that keeps connections alive and follows nothing.
///
/// # Errors
/// [`MockServiceError::Client`] if the system's TLS roots cannot be read.
pub(crate) fn client(timeout: Duration) -> Result<reqwest::Client, MockServiceError> {
    // The client panics without a provider; a second installation is refused and harmless.
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    reqwest::Client::builder()
        .timeout(timeout)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .map_err(MockServiceError::Client)
}
