//! Coming in by an identity provider (OpenID Connect, authorization code with PKCE): the browser is sent there and comes back
//! with a code, which this server exchanges for a token that says who it is.

mod attempt;
mod endpoints;

use super::denied::{Denied, DeniedPage};
use super::language::Language;
use super::session::cookie_of;
use super::{Page, SESSION_LASTS, login};
use crate::identity::{self, Expected};
use attempt::Attempt;
use axum::extract::{Query, State as Shared};
use axum::http::HeaderMap;
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use config::settings::Oidc;
use endpoints::Endpoints;
use journal::TokenKind;
use serde::Deserialize;
use std::time::Duration;

pub(super) use endpoints::Provider;

/// Where the browser is sent from, and where it comes back to.
pub(super) const BEGIN: &str = "/login/oidc";
pub(super) const BACK: &str = "/login/callback";
/// How long the provider's keys are kept.
const KEYS_FOR: Duration = Duration::from_secs(600);

/// Where somebody wanted to go.
#[derive(Debug, Deserialize)]
pub(super) struct Wanted {
    then: Option<String>,
}

/// `GET /login/oidc`: sends the browser to the provider.
pub(super) async fn begin(
    Shared(page): Shared<Page>,
    language: Language,
    Query(wanted): Query<Wanted>,
) -> Result<Response, DeniedPage> {
    let begun = send(&page, wanted.then.as_deref()).await;
    begun.map_err(|denied| denied.page(&page, language))
}

async fn send(page: &Page, then: Option<&str>) -> Result<Response, Denied> {
    let settings = page.settings.get();
    let oidc = settings.server.oidc.as_ref().ok_or(Denied::NotFound)?;
    let endpoints = page.provider.endpoints(oidc).await.map_err(broken)?;
    let attempt = Attempt::new(then);
    let there = endpoints.authorization(oidc, &back(page), &attempt);
    let cookie = page.cookie.attempt(&attempt.cookie());
    let cookie = AppendHeaders([(SET_COOKIE, cookie)]);
    Ok((cookie, Redirect::to(there.as_str())).into_response())
}

/// With what the browser comes back.
#[derive(Debug, Deserialize)]
pub(super) struct Answer {
    #[serde(default)]
    state: String,
    code: Option<String>,
    error: Option<String>,
}

/// `GET /login/callback`: exchanges the code and begins a session.
pub(super) async fn back_again(
    Shared(page): Shared<Page>,
    language: Language,
    headers: HeaderMap,
    Query(answer): Query<Answer>,
) -> Result<Response, DeniedPage> {
    let session = session(&page, &headers, answer).await;
    let (person, session, then) = session.map_err(|denied| denied.page(&page, language))?;
    let over = AppendHeaders([(SET_COOKIE, page.cookie.attempt_over())]);
    let greeting = login::greeting(&page, language, &person, &session, &then);
    Ok((over, greeting).into_response())
}

/// The person, the token of their new session, and where they wanted to go.
async fn session(
    page: &Page,
    headers: &HeaderMap,
    answer: Answer,
) -> Result<(String, String, String), Denied> {
    let settings = page.settings.get();
    let oidc = settings.server.oidc.as_ref().ok_or(Denied::NotFound)?;
    // Only the browser that was sent comes back: nobody can log somebody else in as themselves.
    let cookie = cookie_of(headers, &page.cookie.attempt_name());
    let attempt = cookie.and_then(Attempt::of_cookie);
    let attempt = attempt.filter(|attempt| attempt.began(&answer.state));
    let attempt = attempt.ok_or(Denied::LoginOver)?;
    let code = answer.code.ok_or_else(|| {
        let why = answer.error.unwrap_or_default();
        broken(format!(
            "the identity provider answered `{}`",
            why.escape_debug()
        ))
    })?;
    let endpoints = page.provider.endpoints(oidc).await.map_err(broken)?;
    let token = page
        .provider
        .exchange(oidc, &endpoints, &code, &back(page), &attempt.verifier())
        .await
        .map_err(broken)?;
    let person = named(page, &settings, oidc, &endpoints, &token, &attempt).await?;
    let token = page
        .put_token(TokenKind::Session, &person, SESSION_LASTS)
        .await?;
    tracing::info!(person, "logged in on the page by the identity provider");
    Ok((person, token, attempt.then().to_owned()))
}

/// Whom the token names.
async fn named(
    page: &Page,
    settings: &config::Settings,
    oidc: &Oidc,
    endpoints: &Endpoints,
    token: &str,
    attempt: &Attempt,
) -> Result<String, Denied> {
    let expected = Expected {
        issuer: &oidc.issuer,
        audience: &oidc.client_id,
        jwks_url: &endpoints.jwks_uri,
        keys_for: KEYS_FOR,
    };
    let claims = page.provider.keys.claims(&expected, token).await;
    let claims = claims.ok_or_else(|| broken("its token does not hold".to_owned()))?;
    let nonce = claims.get("nonce").and_then(serde_json::Value::as_str);
    if !nonce.is_some_and(|nonce| attempt.asked_with(nonce)) {
        return Err(broken("its token answers another request".to_owned()));
    }
    let person = identity::person(settings, &oidc.person_claim, &claims);
    let person = person.ok_or_else(|| {
        tracing::warn!(
            claim = oidc.person_claim,
            "somebody logged in who is not under `people`"
        );
        Denied::Stranger
    })?;
    Ok(person.to_string())
}

fn back(page: &Page) -> String {
    format!("{}{BACK}", page.base_url.as_str())
}

#[allow(clippy::needless_pass_by_value, reason = "for map_err")]
fn broken(why: String) -> Denied {
    tracing::error!(why, "nobody can log in by server.oidc");
    Denied::Provider
}
