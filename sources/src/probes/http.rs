//! Asking a web address for a status.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Url};
use secrecy::{ExposeSecret, SecretString};

use super::Found;
use super::probe::ProbeError;
use super::record::Outcome;
use crate::metrics::error::without_userinfo;
use crate::metrics::transport::{causes, direct_client};

/// Most of a body that is read, in bytes: a download is no health check.
const LONGEST_BODY: usize = 1024 * 1024;

/// Asks an address by GET. `Debug` prints no header value.
#[derive(Clone)]
pub struct HttpCheck {
    url: Url,
    expected: u16,
    headers: HeaderMap,
    client: Client,
}

impl HttpCheck {
    /// A check of `url`, good when it answers with the status `expected`. Header values are secrets.
    ///
    /// # Errors
    /// [`ProbeError`]: the URL or a header cannot be used.
    pub fn new(
        url: &str,
        expected: u16,
        headers: &[(String, SecretString)],
    ) -> Result<Self, ProbeError> {
        let parsed = Url::parse(url)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https") && url.host().is_some());
        let parsed = parsed.ok_or_else(|| {
            ProbeError::new(format!("url `{url}`: expected an http or https address"))
        })?;
        let client = direct_client().map_err(ProbeError::new)?;
        Ok(Self {
            url: parsed,
            expected,
            headers: header_map(headers)?,
            client,
        })
    }

    pub(super) async fn attempt(&self) -> Found {
        let request = self.client.get(self.url.clone());
        let answer = request.headers(self.headers.clone()).send().await;
        let mut answer = answer.map_err(reason)?;
        let status = answer.status().as_u16();
        if status != self.expected {
            return Err(format!("status {status}, expected {}", self.expected));
        }
        // A server that hangs in the middle of its answer is not well.
        let mut read = 0;
        while read < LONGEST_BODY
            && let Some(chunk) = answer.chunk().await.map_err(reason)?
        {
            read += chunk.len();
        }
        Ok(Outcome::Good)
    }
}

impl std::fmt::Debug for HttpCheck {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpCheck")
            .field("url", &without_userinfo(self.url.as_str()))
            .field("expected", &self.expected)
            .finish_non_exhaustive()
    }
}

fn header_map(headers: &[(String, SecretString)]) -> Result<HeaderMap, ProbeError> {
    let mut all = HeaderMap::new();
    for (name, value) in headers {
        let header = HeaderName::try_from(name.as_str())
            .map_err(|_| ProbeError::new(format!("headers: `{name}` is not a header name")))?;
        let mut value = HeaderValue::try_from(value.expose_secret()).map_err(|_| {
            ProbeError::new(format!(
                "headers: the value of `{name}` has characters a header cannot carry"
            ))
        })?;
        value.set_sensitive(true);
        all.append(header, value);
    }
    Ok(all)
}

/// The causes of a client error, without the URL, which may hold a token.
fn reason(error: reqwest::Error) -> String {
    causes(&error.without_url())
}
