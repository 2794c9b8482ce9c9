//! Asks an instance how it is.

use super::config::{HealthGate, HostInstance};
use guard::ids::Version;
use reqwest::{Client, StatusCode};
use serde::Deserialize;

/// A version needs no more than this.
const MAX_ANSWER: usize = 64 * 1024;

/// What an instance said, each part in its own words if it failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) health: Result<(), String>,
    /// None where it is not asked for its version.
    pub(super) version: Option<Result<Version, String>>,
    /// Whether anything at all answered.
    pub(super) anybody: bool,
}

impl Answer {
    /// Why this is not `wanted` in good health; none when it is.
    pub(super) fn against(&self, wanted: &Version) -> Option<String> {
        if let Err(error) = &self.health {
            return Some(error.clone());
        }
        match &self.version {
            // Taken on trust: what was started is what runs.
            None => None,
            Some(Ok(found)) if found == wanted => None,
            Some(Ok(found)) => Some(format!("it says it is version {found}: expected {wanted}")),
            Some(Err(error)) => Some(error.clone()),
        }
    }
}

pub(super) async fn probe(client: &Client, instance: &HostInstance, gate: &HealthGate) -> Answer {
    let base = instance.base_url.trim_end_matches('/');
    let named = async {
        match &gate.version_path {
            Some(path) => Some((path, get(client, format!("{base}{path}")).await)),
            None => None,
        }
    };
    let (health, version) = tokio::join!(get(client, format!("{base}{}", gate.path)), named);
    let anybody = health.is_ok() || matches!(version, Some((_, Ok(_))));
    Answer {
        health: health.and_then(|(status, _)| good(&gate.path, status, gate.expected_status)),
        version: version.map(|(path, answer)| {
            let (status, body) = answer?;
            good(path, status, 200)?;
            read_version(&body).map_err(|error| format!("{path} names no version: {error}"))
        }),
        anybody,
    }
}

fn good(path: &str, status: StatusCode, expected: u16) -> Result<(), String> {
    if status.as_u16() == expected {
        Ok(())
    } else {
        Err(format!("{path} answers {status}: expected {expected}"))
    }
}

async fn get(client: &Client, url: String) -> Result<(StatusCode, Vec<u8>), String> {
    let failed = |error: reqwest::Error| {
        let what = if error.is_timeout() {
            "it does not answer in time".to_owned()
        } else {
            super::download::chain(&error.without_url())
        };
        format!("{url}: {what}")
    };
    let mut answer = client.get(&url).send().await.map_err(&failed)?;
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(&failed)? {
        body.extend_from_slice(&chunk);
        if body.len() > MAX_ANSWER {
            return Err(format!(
                "{url}: its answer is larger than {MAX_ANSWER} bytes"
            ));
        }
    }
    Ok((answer.status(), body))
}

fn read_version(body: &[u8]) -> Result<Version, String> {
    #[derive(Deserialize)]
    struct Named {
        version: Version,
    }
    if body.trim_ascii_start().starts_with(b"{") {
        return serde_json::from_slice::<Named>(body)
            .map(|named| named.version)
            .map_err(|error| error.to_string());
    }
    let text = std::str::from_utf8(body).map_err(|error| error.to_string())?;
    Version::new(text.trim()).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_from_json_and_from_plain_text() {
        for body in [
            r#"{"version":"v2","commit":"abc"}"#,
            " {\"version\": \"v2\"}",
            "v2\n",
        ] {
            assert_eq!(read_version(body.as_bytes()).unwrap().as_str(), "v2");
        }
        for body in ["", "{}", "<html>not here</html>", "{\"version\":\"../x\"}"] {
            assert!(read_version(body.as_bytes()).is_err(), "{body}");
        }
    }
}
