//! One exchange with the token endpoint.

use std::sync::Arc;
use std::time::Duration;

use oauth2::basic::BasicClient;
use oauth2::{
    AuthType, ClientId, ClientSecret, HttpRequest, HttpResponse, RequestTokenError, Scope,
    TokenResponse, TokenUrl, http,
};
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use tokio::time::Instant;

use super::cache::Token;
use super::settings::{ClientCredentials, CredentialsIn};
use crate::metrics::config::PrometheusConfig;
use crate::metrics::error::{Problem, shorten, shown_url};
use crate::metrics::transport;

/// Longest answer that is read, in bytes.
const MAX_ANSWER: usize = 256 * 1024;
/// Longest foreign text kept in an error, in characters.
const KEPT_TEXT: usize = 300;

pub(super) struct Asker {
    http: reqwest::Client,
    url: TokenUrl,
    shown: String,
    credentials: ClientCredentials,
    timeout: Duration,
}

/// Why an exchange brought no answer at all.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct NoAnswer(String);

impl Asker {
    pub(super) fn new(
        config: &PrometheusConfig,
        credentials: &ClientCredentials,
    ) -> Result<Self, String> {
        let url = transport::web_url("token_url", &credentials.token_url)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(
                "token_url holds credentials, expected them in client_id and client_secret"
                    .to_owned(),
            );
        }
        Ok(Self {
            http: transport::client(config, credentials.tls.as_ref(), &url)?,
            shown: shown_url(&url),
            url: TokenUrl::from_url(url),
            credentials: credentials.clone(),
            timeout: config.timeout,
        })
    }

    /// Asks for a token.
    pub(super) async fn ask(self: Arc<Self>) -> Result<Token, Problem> {
        let limit = self.timeout;
        let late =
            || Err(self.problem(true, &format!("no answer within {} s", limit.as_secs_f64())));
        tokio::time::timeout(limit, self.clone().exchange())
            .await
            .unwrap_or_else(|_| late())
    }

    async fn exchange(self: Arc<Self>) -> Result<Token, Problem> {
        let asked = Instant::now();
        let own = &self.credentials;
        let client = BasicClient::new(ClientId::new(own.client_id.clone()))
            .set_client_secret(ClientSecret::new(
                own.client_secret.expose_secret().to_owned(),
            ))
            .set_token_uri(self.url.clone())
            .set_auth_type(match own.credentials_in {
                CredentialsIn::Header => AuthType::BasicAuth,
                CredentialsIn::Form => AuthType::RequestBody,
            });
        let mut request = client
            .exchange_client_credentials()
            .add_scopes(own.scopes.iter().cloned().map(Scope::new));
        for (name, value) in &own.params {
            request = request.add_extra_param(name.clone(), value.expose_secret().to_owned());
        }
        let http = self.http.clone();
        let send = move |request| send(http.clone(), request);
        let answer = request.request_async(&send).await;
        let answer = answer.map_err(|error| self.problem_of(error))?;
        if !matches!(answer.token_type(), oauth2::basic::BasicTokenType::Bearer) {
            return Err(self.problem(false, "it gave a token of another type than bearer"));
        }
        if let Some(granted) = answer.scopes() {
            let lacks = |wanted: &&String| !granted.iter().any(|g| g.as_str() == wanted.as_str());
            for scope in own.scopes.iter().filter(lacks) {
                tracing::warn!(
                    scope,
                    token_url = self.shown,
                    "the token lacks a scope that was asked for"
                );
            }
        }
        let secret = SecretString::from(answer.access_token().secret().clone());
        let mut header = HeaderValue::try_from(format!("Bearer {}", secret.expose_secret()))
            .map_err(|_| self.problem(false, "its token has characters a header cannot carry"))?;
        header.set_sensitive(true);
        Ok(Token::new(header, secret, asked, answer.expires_in()))
    }

    fn problem_of(
        &self,
        error: RequestTokenError<NoAnswer, oauth2::basic::BasicErrorResponse>,
    ) -> Problem {
        match error {
            RequestTokenError::Request(NoAnswer(reason)) => self.problem(true, &reason),
            RequestTokenError::ServerResponse(said) => {
                let text = said
                    .error_description()
                    .map_or(String::new(), |d| format!(": {d}"));
                self.problem(false, &format!("refused: {}{text}", said.error().as_ref()))
            }
            // What came may hold a token: only where it ceased to be one is said.
            RequestTokenError::Parse(error, _) => self.problem(
                false,
                &format!("its answer is not a token (at `{}`)", error.path()),
            ),
            RequestTokenError::Other(reason) => self.problem(false, &reason),
        }
    }

    fn problem(&self, transient: bool, reason: &str) -> Problem {
        let mut reason = shorten(&format!("{}: {reason}", self.shown), KEPT_TEXT);
        for secret in self.credentials.secrets() {
            reason = reason.replace(secret.expose_secret(), "[REDACTED]");
        }
        Problem::Token { reason, transient }
    }
}

/// Sends a token request; a busy or unwell server counts as no answer.
async fn send(http: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, NoAnswer> {
    let failed = |error: reqwest::Error| NoAnswer(transport::causes(&error.without_url()));
    let request = reqwest::Request::try_from(request).map_err(failed)?;
    let mut response = http.execute(request).await.map_err(failed)?;
    let status = response.status();
    if status.is_server_error() || status == reqwest::StatusCode::TOO_MANY_REQUESTS {
        return Err(NoAnswer(format!("http {}", status.as_u16())));
    }
    let mut answer = http::Response::builder().status(status);
    for (name, value) in response.headers() {
        answer = answer.header(name, value);
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        if body.len() + chunk.len() > MAX_ANSWER {
            return Err(NoAnswer(format!(
                "its answer is larger than {MAX_ANSWER} bytes"
            )));
        }
        body.extend_from_slice(&chunk);
    }
    answer
        .body(body)
        .map_err(|error| NoAnswer(error.to_string()))
}
