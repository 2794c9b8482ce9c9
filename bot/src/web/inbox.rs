//! `GET /approvals`: what waits for an answer, with its buttons.

use super::Page;
use super::answer::{Voice, buttons};
use super::denied::DeniedPage;
use super::frame::{self, Frame};
use super::language::Language;
use super::session::Visitor;
use axum::extract::State as Shared;
use axum::response::Html;
use engine::EngineError;
use guard::duty::Duty;
use guard::state::State;
use maud::{Markup, html};
use messages::layout::html::text;
use messages::{Context, say};

/// Questions on one page.
const MOST: usize = 40;

pub(super) async fn inbox(
    Shared(page): Shared<Page>,
    language: Language,
    visitor: Visitor,
) -> Result<Html<String>, DeniedPage> {
    let open = open(&page, &visitor).await;
    let open = open.map_err(|error| super::denied::Denied::from(error).page(&page, language))?;
    let context = page.context(language.0);
    let body = html! {
        h1 { (text(&say!(context, "page-approvals"))) }
        @if open.is_empty() {
            section.empty {
                p { (text(&say!(context, "page-approvals-none"))) }
                p { (text(&say!(context, "page-approvals-when"))) }
            }
        }
        @for (state, duty) in &open { (question(state, duty, &visitor, &context)) }
    };
    let frame = Frame {
        title: Some(say!(language, "page-approvals")),
        visitor: Some(&visitor),
        fresh: true,
        path: String::from("/approvals"),
        ..Frame::bare(language)
    };
    Ok(Html(frame::frame(&frame, &body).into_string()))
}

/// The first to expire on top, each with what the visitor is to it.
async fn open(page: &Page, visitor: &Visitor) -> Result<Vec<(State, Duty)>, EngineError> {
    let mut watched = page.engine.watched().await?;
    watched.retain(|state| state.open_approval().is_some());
    watched.sort_by_key(|state| state.open_approval().map(|open| open.approval.expires_at));
    let mut open = Vec::new();
    for state in watched.into_iter().take(MOST) {
        let duty = page.orders.people().duty(&visitor.actor, &state).await?;
        open.push((state, duty));
    }
    Ok(open)
}

fn question(state: &State, duty: &Duty, visitor: &Visitor, context: &Context) -> Markup {
    let parent = messages::parent(state, context);
    let path = format!("/deployments/{}", state.plan().deployment);
    let voice = Voice {
        visitor,
        duty,
        state,
    };
    html! {
        article.message.(parent.severity.as_str()) {
            h2 {
                span.mark aria-hidden="true" { (parent.severity.mark()) } " "
                a href=(path) { (text(&parent.headline)) }
            }
            @if let Some(open) = state.open_approval() {
                p { (text(&say!(context, "page-answer-until", until = context.time(open.approval.expires_at)))) }
            }
            (buttons(&parent.buttons, &path, &voice, context))
        }
    }
}
