//! `POST /deployments/{id}/shares`: the forms that make and end links which show a deployment to others.

use super::Page;
use super::denied::{Denied, DeniedPage};
use super::frame::{self, Frame};
use super::language::Language;
use super::login::Nothing;
use super::session::{Pressed, Visitor};
use super::shares::{Listed, NotShared, is_open};
use super::show::read;
use axum::extract::{Path, State as Shared};
use axum::response::{Html, IntoResponse, Redirect, Response};
use config::settings::Shares;
use guard::ids::{DeploymentId, ShareId};
use guard::share::may_share;
use guard::state::State;
use maud::{Markup, html};
use messages::layout::html::text;
use messages::layout::plain;
use messages::words::duration;
use messages::{Context, Foreign, say};
use serde::Deserialize;
use std::time::Duration;

/// Times that are offered, in seconds: an hour, a day, a week, a month.
const OFFERED: [u64; 4] = [3600, 24 * 3600, 7 * 24 * 3600, 30 * 24 * 3600];

/// What the form sends.
#[derive(Debug, Deserialize)]
pub(super) struct Wish {
    #[serde(default)]
    seconds: Option<String>,
}

pub(super) async fn make(
    Shared(page): Shared<Page>,
    language: Language,
    Path(id): Path<String>,
    pressed: Pressed<Wish>,
) -> Result<Response, DeniedPage> {
    let Pressed { visitor, form } = pressed;
    made(&page, language, id, &visitor, form)
        .await
        .map_err(|denied| denied.page(&page, language))
}

async fn made(
    page: &Page,
    language: Language,
    id: String,
    visitor: &Visitor,
    form: Wish,
) -> Result<Response, Denied> {
    let id = DeploymentId::new(id).map_err(|_| Denied::NotFound)?;
    let lasts = form.seconds.map(|seconds| seconds.parse()).transpose();
    let lasts = lasts.map_err(|_| Denied::BadForm)?;
    let context = page.context(language.0);
    let made = page.share(&id, &visitor.actor, lasts.map(Duration::from_secs));
    let made = made.await.map_err(|error| denied(error, &context))?;
    let history = read(page, id.to_string()).await?;
    let until = history.state.share(&made.share).map(|share| share.until);
    let path = format!("/deployments/{id}");
    // Shown in this answer alone: a redirect would need the link in an address.
    let body = html! {
        p.crumbs { a href=(path) { (text(&say!(context, "page-to-deployment"))) } }
        article.message.good {
            h1 { (text(&say!(context, "page-share-made"))) }
            @if let Some(until) = until {
                p { (text(&say!(context, "page-share-once", until = context.time(until)))) }
            }
            label {
                (text(&say!(context, "page-share-copy")))
                input #shared-link type="text" readonly value=(made.link);
            }
            p { a href=(made.link) rel="noreferrer" { (text(&say!(context, "page-share-look"))) } }
            p { (text(&say!(context, "page-share-what"))) }
        }
    };
    let frame = Frame {
        title: Some(say!(language, "page-share")),
        visitor: Some(visitor),
        path,
        ..Frame::bare(language)
    };
    Ok(Html(frame::frame(&frame, &body).into_string()).into_response())
}

/// `POST /deployments/{id}/shares/{share}/revoke`
pub(super) async fn revoke(
    Shared(page): Shared<Page>,
    language: Language,
    Path((id, share)): Path<(String, String)>,
    pressed: Pressed<Nothing>,
) -> Result<Response, DeniedPage> {
    let Pressed { visitor, form } = pressed;
    let Nothing {} = form;
    revoked(&page, language, id, share, &visitor)
        .await
        .map_err(|denied| denied.page(&page, language))
}

async fn revoked(
    page: &Page,
    language: Language,
    id: String,
    share: String,
    visitor: &Visitor,
) -> Result<Response, Denied> {
    let id = DeploymentId::new(id).map_err(|_| Denied::NotFound)?;
    let share = ShareId::new(share).map_err(|_| Denied::ShareUnknown)?;
    let ended = page.end_share(&id, &visitor.actor, share).await;
    ended.map_err(|error| denied(error, &page.context(language.0)))?;
    Ok(Redirect::to(&format!("/deployments/{id}#share")).into_response())
}

fn denied(error: NotShared, context: &Context) -> Denied {
    match error {
        NotShared::Off => Denied::NotDone(say!(context, "page-share-off")),
        NotShared::TooLong { .. } => Denied::NotDone(say!(context, "denied-share-long")),
        NotShared::Refused(refusal) => Denied::Refused(*refusal),
        NotShared::Engine(error) => error.into(),
    }
}

/// The links that open, and the form that makes one more; nothing for whoever may not.
pub(super) async fn section(
    page: &Page,
    state: &State,
    path: &str,
    visitor: &Visitor,
    context: &Context,
) -> Result<Markup, Denied> {
    if may_share(&visitor.actor).is_err() {
        return Ok(html! {});
    }
    let open = page.listed(&state.plan().deployment, state.shares());
    let mut open = open.await?;
    open.retain(|known| is_open(&known.share, context.now));
    let settings = page.settings.get();
    let rules = &settings.server.shares;
    Ok(html! {
        details.share #share {
            summary { (text(&say!(context, "page-share"))) }
            p { (text(&say!(context, "page-share-what"))) }
            @if open.is_empty() { p.counts { (text(&say!(context, "page-share-none"))) } }
            @for known in &open { (line(known, path, visitor, context)) }
            @if rules.enabled { (form(rules, path, visitor, context)) }
            @else { p.note { (text(&say!(context, "page-share-off"))) } }
        }
    })
}

fn line(known: &Listed, path: &str, visitor: &Visitor, context: &Context) -> Markup {
    let share = &known.share;
    let (link, by) = (Foreign::from(&share.id), Foreign::from(&share.by));
    let until = context.time(share.until);
    let said = match known.used_at {
        None => say!(
            context,
            "page-share-open",
            link = link,
            by = by,
            until = until
        ),
        Some(used) => say!(
            context,
            "page-share-used",
            link = link,
            by = by,
            until = until,
            used = context.time(used)
        ),
    };
    html! {
        form method="post" action={ (path) "/shares/" (share.id) "/revoke" } {
            (frame::form_token(visitor))
            span { (text(&said)) } " "
            button.quiet type="submit" { (text(&say!(context, "page-share-revoke"))) }
        }
    }
}

fn form(rules: &Shares, path: &str, visitor: &Visitor, context: &Context) -> Markup {
    let usual = rules.usual.as_secs();
    let mut times: Vec<u64> = OFFERED.into_iter().chain([usual]).collect();
    times.sort_unstable();
    times.dedup();
    times.retain(|time| *time <= rules.longest.as_secs());
    // Seconds of weeks are far from where a float loses any.
    #[allow(clippy::cast_precision_loss)]
    let words = |time: u64| duration(context.words(), time as f64);
    html! {
        form method="post" action={ (path) "/shares" } {
            (frame::form_token(visitor))
            label {
                (text(&say!(context, "page-share-for")))
                select name="seconds" {
                    @for time in times {
                        option value=(time) selected[time == usual] { (plain::text(&words(time))) }
                    }
                }
            }
            div.answers { button.plain type="submit" { (text(&say!(context, "page-share-make"))) } }
        }
    }
}
