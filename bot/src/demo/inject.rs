//! Injecting the fault, through the same API that anybody can use.

use super::error::DemoError;
use super::scenario::Injection;
use super::settings::Place;
use jiff::Timestamp;
use serde::Deserialize;

#[derive(Deserialize)]
struct Started {
    started_at: Timestamp,
}

/// Injects into one instance; returns when the fault began, as its API says.
pub(super) async fn inject(place: &Place, injection: &Injection) -> Result<Timestamp, DemoError> {
    let url = format!("http://{}/faults", place.faults);
    let failed = |error: &dyn std::fmt::Display| DemoError::Injection {
        url: url.clone(),
        error: error.to_string(),
    };
    let response = reqwest::Client::new()
        .post(&url)
        .json(injection)
        .send()
        .await
        .map_err(|e| failed(&e))?;
    let status = response.status();
    if !status.is_success() {
        let text = response.text().await.unwrap_or_default();
        return Err(failed(&format!("http {status}: {text}")));
    }
    let started: Started = response.json().await.map_err(|e| failed(&e))?;
    Ok(started.started_at)
}
