//! The door: who calls, by the token that the request bears.

use super::challenge::{Challenge, Problem};
use super::jwt;
use super::keys::{self, Known};
use super::wanted::Wanted;
use super::{Door, origin};
use axum::body::Body;
use axum::extract::{Request, State as Shared};
use axum::http::header::{AUTHORIZATION, HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderName};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use config::Settings;
use mcp_server::http::LONGEST_REQUEST;
use std::time::Instant;

/// Lets a request through with its caller, or says why not.
pub(super) async fn verified(Shared(door): Shared<Door>, request: Request, next: Next) -> Response {
    match let_in(&door, request).await {
        Ok(request) => next.run(request).await,
        Err(problem) => problem.at(&door.base_url).into_response(),
    }
}

async fn let_in(door: &Door, request: Request) -> Result<Request, Problem> {
    let (mut parts, body) = request.into_parts();
    from_here(door, &parts.headers)?;
    let presented = one(&parts.headers, &AUTHORIZATION);
    let settings = door.settings.get();
    let Some(known) = known(door, &settings, presented).await else {
        return Err(Challenge::unauthorised(presented.is_some()).into());
    };
    let client = &known.caller.client;
    if let Err(wait) = door.limits.take(client, known.rate.get(), Instant::now()) {
        return Err(Problem::TooMany {
            wait,
            rate: known.rate.get(),
        });
    }
    let read = axum::body::to_bytes(body, LONGEST_REQUEST).await;
    let bytes = read.map_err(|_| Problem::TooLong(LONGEST_REQUEST))?;
    if !known.caller.scopes.ask && parts.uri.path() == mcp_server::http::PATH {
        let wanted = Wanted::of(&bytes);
        if wanted.is_some_and(|wanted| wanted.asks()) {
            return Err(Challenge::insufficient().into());
        }
    }
    parts.extensions.insert(known.caller);
    Ok(Request::from_parts(parts, Body::from(bytes)))
}

/// Whose token it is: one of the configuration, or one of the identity provider.
async fn known(door: &Door, settings: &Settings, presented: Option<&str>) -> Option<Known> {
    if let Some(known) = keys::known(settings, &door.tokens.get(), presented) {
        return Some(known);
    }
    let token = presented?.strip_prefix("Bearer ")?.trim();
    let oauth = settings.mcp.oauth.as_ref()?;
    let here = format!("{}{}", door.base_url.as_str(), mcp_server::http::PATH);
    jwt::known(&door.provider, settings, oauth, &here, token).await
}

/// A name that somebody else points here, or a page of somebody else, must not reach what a browser's user may.
fn from_here(door: &Door, headers: &HeaderMap) -> Result<(), Problem> {
    if !door.hosts.knows(one(headers, &HOST).unwrap_or_default()) {
        return Err(Problem::Host);
    }
    let Some(from) = headers.get(ORIGIN) else {
        return Ok(());
    };
    let from = from.to_str().ok().and_then(origin);
    match from {
        Some(from) if door.origins().contains(&from) => Ok(()),
        _ => Err(Problem::Origin),
    }
}

/// The value of a header that is there once; two of them are as good as none.
fn one<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}
