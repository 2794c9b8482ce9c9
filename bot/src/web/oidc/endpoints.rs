//! What the provider says of itself (OpenID Connect Discovery), and the exchange of a code.

use super::attempt::Attempt;
use crate::identity::Keys;
use config::settings::Oidc;
use reqwest::header::ACCEPT;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;
use url::Url;
use url::form_urlencoded::byte_serialize;

/// How long the provider may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long what it says of itself is kept.
const KEPT_FOR: Duration = Duration::from_secs(600);
/// Bytes of an answer.
const MOST: usize = 1 << 18;

/// Where the provider is asked.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Endpoints {
    issuer: String,
    authorization_endpoint: Url,
    token_endpoint: Url,
    pub(super) jwks_uri: String,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
}

/// The provider, as far as it was asked.
pub(crate) struct Provider {
    http: Option<reqwest::Client>,
    pub(super) keys: Keys,
    known: Mutex<Option<(String, Arc<Endpoints>, Instant)>>,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
}

impl Provider {
    /// Nobody has been asked yet.
    pub(crate) fn new() -> Self {
        let http = reqwest::Client::builder()
            .timeout(PATIENCE)
            // What is sent goes to who was configured, and nowhere else.
            .redirect(reqwest::redirect::Policy::none());
        Self {
            http: http.build().ok(),
            keys: Keys::new(),
            known: Mutex::default(),
        }
    }

    /// Where to ask.
    pub(super) async fn endpoints(&self, oidc: &Oidc) -> Result<Arc<Endpoints>, String> {
        let mut known = self.known.lock().await;
        if let Some((issuer, endpoints, at)) = &*known
            && *issuer == oidc.issuer
            && at.elapsed() < KEPT_FOR
        {
            return Ok(Arc::clone(endpoints));
        }
        let url = format!(
            "{}/.well-known/openid-configuration",
            oidc.issuer.trim_end_matches('/')
        );
        let http = self.http.as_ref().ok_or("no http client")?;
        let found: Endpoints = read(http.get(&url), &url).await?;
        if found.issuer != oidc.issuer {
            let said = found.issuer.escape_debug().to_string();
            return Err(format!(
                "{url} is of issuer `{said}`, not `{}`",
                oidc.issuer
            ));
        }
        let jwks =
            Url::parse(&found.jwks_uri).map_err(|error| format!("{url}: jwks_uri: {error}"))?;
        for endpoint in [&found.authorization_endpoint, &found.token_endpoint, &jwks] {
            if !is_private(endpoint) {
                return Err(format!("{url}: `{endpoint}`: expected https"));
            }
        }
        let found = Arc::new(found);
        *known = Some((oidc.issuer.clone(), Arc::clone(&found), Instant::now()));
        Ok(found)
    }

    /// The token for a code.
    pub(super) async fn exchange(
        &self,
        oidc: &Oidc,
        endpoints: &Endpoints,
        code: &str,
        back: &str,
        verifier: &str,
    ) -> Result<String, String> {
        let http = self.http.as_ref().ok_or("no http client")?;
        let secret = oidc.client_secret.expose();
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", back),
            ("code_verifier", verifier),
        ];
        let mut request = http.post(endpoints.token_endpoint.clone());
        if endpoints.takes_basic() {
            // Both are written as in forms before they are joined (RFC 6749, 2.3.1).
            let [id, secret] = [&oidc.client_id, secret]
                .map(|part| byte_serialize(part.as_bytes()).collect::<String>());
            request = request.basic_auth(id, Some(secret));
        } else {
            form.extend([("client_id", &*oidc.client_id), ("client_secret", secret)]);
        }
        let tokens: Tokens = read(request.form(&form), endpoints.token_endpoint.as_str()).await?;
        Ok(tokens.id_token)
    }
}

impl Endpoints {
    /// Where the browser is sent.
    pub(super) fn authorization(&self, oidc: &Oidc, back: &str, attempt: &Attempt) -> Url {
        let mut there = self.authorization_endpoint.clone();
        there
            .query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &oidc.client_id)
            .append_pair("redirect_uri", back)
            .append_pair("scope", &oidc.scopes.join(" "))
            .append_pair("state", &attempt.state())
            .append_pair("nonce", &attempt.nonce())
            .append_pair("code_challenge", &attempt.challenge())
            .append_pair("code_challenge_method", "S256");
        there
    }

    /// The way to prove who we are that is meant where a provider names none.
    fn takes_basic(&self) -> bool {
        let ways = &self.token_endpoint_auth_methods_supported;
        ways.is_empty() || ways.iter().any(|way| way == "client_secret_basic")
    }
}

/// Whether nobody on the way can listen.
fn is_private(url: &Url) -> bool {
    let here = match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && here)
}

async fn read<T: DeserializeOwned>(
    request: reqwest::RequestBuilder,
    url: &str,
) -> Result<T, String> {
    let told = |error: reqwest::Error| format!("{url}: {}", error.without_url());
    let answer = request.header(ACCEPT, "application/json");
    let mut answer = answer.send().await.map_err(told)?;
    let status = answer.status();
    let mut read = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(told)? {
        if read.len() + chunk.len() > MOST {
            return Err(format!("{url}: more than {MOST} bytes"));
        }
        read.extend_from_slice(&chunk);
    }
    if !status.is_success() {
        let said = String::from_utf8_lossy(&read)
            .chars()
            .take(200)
            .collect::<String>();
        let said = guard::redact::redact(&said).escape_debug().to_string();
        return Err(format!("{url} answered {status}: {said}"));
    }
    // What it says may hold tokens: the error names a place and no content.
    serde_json::from_slice(&read).map_err(|error| format!("{url}: {error}"))
}
