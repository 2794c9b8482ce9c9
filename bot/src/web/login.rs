//! Coming and going.

use super::denied::{Denied, DeniedPage};
use super::frame::{self, Frame};
use super::language::Language;
use super::session::Pressed;
use super::{Page, SESSION_LASTS};
use axum::extract::{Path, State as Shared};
use axum::http::Method;
use axum::http::header::{REFRESH, SET_COOKIE};
use axum::response::{AppendHeaders, Html, IntoResponse, Redirect, Response};
use journal::TokenKind;
use messages::layout::html;
use messages::{Foreign, say};
use serde::Deserialize;

/// `GET /login/{token}`: redeems a one-time link.
pub(super) async fn login(
    Shared(page): Shared<Page>,
    language: Language,
    method: Method,
    Path(token): Path<String>,
) -> Result<Response, DeniedPage> {
    let session = redeem(&page, &method, &token).await;
    let (person, session) = session.map_err(|denied| denied.page(&page, language))?;
    Ok(greeting(&page, language, &person, &session, "/"))
}

/// Begins a session, and leads on.
pub(super) fn greeting(
    page: &Page,
    language: Language,
    person: &str,
    session: &str,
    then: &str,
) -> Response {
    let greeting = say!(language, "page-logged-in", name = Foreign::from(person));
    // A page and no redirect: the browser keeps a strict cookie back from a redirect that began on
    // another site, and links are often clicked in a chat. What this page asks for next is its own.
    let body = maud::html! {
        article.message.good {
            h2 { (html::text(&greeting)) }
            p { a href=(then) { (html::text(&say!(language, "page-to-deployments"))) } }
        }
    };
    let headers = AppendHeaders([
        (SET_COOKIE, page.cookie.begin(session)),
        (REFRESH, format!("1; url={then}")),
    ]);
    let markup = frame::frame(&Frame::bare(language), &body);
    (headers, Html(markup.into_string())).into_response()
}

/// The person of a link, and the token of their new session.
async fn redeem(page: &Page, method: &Method, token: &str) -> Result<(String, String), Denied> {
    // Who only asks for the headers is not a person about to log in, and must not use the link up.
    if *method != Method::GET {
        return Err(Denied::Link);
    }
    let link = page.writer.redeem_link(token, page.now()).await?;
    let link = link.ok_or(Denied::Link)?;
    let session = page
        .put_token(TokenKind::Session, &link.person, SESSION_LASTS)
        .await?;
    tracing::info!(person = link.person, "logged in on the page");
    Ok((link.person, session))
}

/// A form without fields of its own.
#[derive(Debug, Deserialize)]
pub(super) struct Nothing {}

/// `POST /logout`: ends the session.
pub(super) async fn logout(
    Shared(page): Shared<Page>,
    language: Language,
    pressed: Pressed<Nothing>,
) -> Result<Response, DeniedPage> {
    let Nothing {} = pressed.form;
    let ended = page.writer.end_session(pressed.visitor.token()).await;
    ended.map_err(|error| Denied::from(error).page(&page, language))?;
    let cookie = AppendHeaders([(SET_COOKIE, page.cookie.end())]);
    Ok((cookie, Redirect::to("/")).into_response())
}
