//! `POST /say`: the line in which people say what they want, as in a chat.

use super::Page;
use super::denied::{Denied, DeniedPage};
use super::frame::{self, Frame};
use super::language::Language;
use super::session::{Pressed, Visitor};
use crate::orders::{Answer, Said, Speaker};
use axum::extract::State as Shared;
use axum::response::{Html, IntoResponse, Response};
use guard::ids::DeploymentId;
use guard::order::LONGEST;
use maud::{Markup, html};
use messages::layout::html as layout;
use messages::layout::html::text;
use messages::{Context, say};
use serde::Deserialize;

/// What the form sends: a line, or that what was asked is meant.
#[derive(Debug, Deserialize)]
pub(super) struct Line {
    #[serde(default)]
    text: String,
    #[serde(default)]
    deployment: Option<String>,
    #[serde(default)]
    confirm: Option<String>,
}

pub(super) async fn said(
    Shared(page): Shared<Page>,
    language: Language,
    pressed: Pressed<Line>,
) -> Result<Response, DeniedPage> {
    let Pressed { visitor, form } = pressed;
    take(&page, language, &visitor, form)
        .await
        .map_err(|denied| denied.page(&page, language))
}

async fn take(
    page: &Page,
    language: Language,
    visitor: &Visitor,
    form: Line,
) -> Result<Response, Denied> {
    let here = form.deployment.filter(|id| !id.is_empty());
    let here = here.map(DeploymentId::new).transpose();
    let speaker = Speaker {
        by: visitor.actor.clone(),
        here: here.map_err(|_| Denied::BadForm)?,
        incident: None,
        channel: None,
        locale: language.0,
    };
    let orders = page.orders();
    let answer = match form.confirm {
        Some(id) => orders.confirm(&id, &speaker).await?,
        None => orders.say(&form.text, &speaker).await?,
    };
    let context = page.context(language.0);
    let about = answer.deployment.as_ref().or(speaker.here.as_ref());
    let body = html! {
        (shown(&answer))
        @if let Some(id) = &answer.confirm { (meant(id, visitor, &context)) }
        @if let Some(order) = &answer.share { (shared(order, visitor, &context)) }
        @if let Some(id) = about {
            p { a href={ "/deployments/" (id) } { (text(&say!(context, "page-to-deployment"))) } }
        }
        (line(visitor, speaker.here.as_ref(), &context))
        p { a href="/" { (text(&say!(context, "page-back"))) } }
    };
    let frame = Frame {
        title: Some(say!(language, "page-say")),
        visitor: Some(visitor),
        ..Frame::bare(language)
    };
    Ok(Html(frame::frame(&frame, &body).into_string()).into_response())
}

fn shown(answer: &Answer) -> Markup {
    match &answer.said {
        Said::Message(message) => layout::message(message, &html! {}),
        Said::Document(document) => layout::document(document),
    }
}

fn meant(id: &str, visitor: &Visitor, context: &Context) -> Markup {
    html! {
        form method="post" action="/say" {
            (frame::form_token(visitor))
            input type="hidden" name="confirm" value=(id);
            div.answers {
                button.primary type="submit" { (text(&say!(context, "page-say-yes"))) }
                a.plain href="/" { (text(&say!(context, "page-say-no"))) }
            }
        }
    }
}

/// What they alone were answered is shown to everybody by a press.
fn shared(order: &str, visitor: &Visitor, context: &Context) -> Markup {
    html! {
        form method="post" action="/say" {
            (frame::form_token(visitor))
            input type="hidden" name="text" value=(order);
            div.answers {
                button.plain type="submit" { (text(&messages::chat::share(context))) }
            }
        }
    }
}

/// The line, on the page of a deployment or on that of all.
pub(super) fn line(visitor: &Visitor, here: Option<&DeploymentId>, context: &Context) -> Markup {
    html! {
        form.say method="post" action="/say" {
            (frame::form_token(visitor))
            @if let Some(id) = here { input type="hidden" name="deployment" value=(id); }
            label {
                (text(&say!(context, "page-say")))
                input type="text" name="text" maxlength=(LONGEST) autocomplete="off" placeholder="help";
            }
            button.plain type="submit" { (text(&say!(context, "page-say-send"))) }
        }
    }
}
