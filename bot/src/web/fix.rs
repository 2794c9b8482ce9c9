//! `POST /deployments/{id}/fix`: the forms that ask for a fix, and what became of those that were asked for.

use super::Page;
use super::answer::{MOST_REASON, Voice, press, reason};
use super::denied::{Denied, DeniedPage};
use super::frame;
use super::language::Language;
use super::session::{Pressed, Visitor};
use super::show::read;
use crate::fixes;
use axum::extract::{Path, State as Shared};
use axum::response::{IntoResponse, Redirect, Response};
use guard::fix::{FixKind, may};
use maud::{Markup, html};
use messages::layout::html::{links, text};
use messages::model::Offer;
use messages::words::refusal;
use messages::{Context, say};
use serde::Deserialize;

/// What the form sends.
#[derive(Debug, Deserialize)]
pub(super) struct Wish {
    kind: String,
    suspect: String,
    #[serde(default)]
    reason: Option<String>,
}

pub(super) async fn fix(
    Shared(page): Shared<Page>,
    language: Language,
    Path(id): Path<String>,
    pressed: Pressed<Wish>,
) -> Result<Response, DeniedPage> {
    let Pressed { visitor, form } = pressed;
    ask(&page, id, &visitor, form)
        .await
        .map_err(|denied| denied.page(&page, language))
}

async fn ask(page: &Page, id: String, visitor: &Visitor, form: Wish) -> Result<Response, Denied> {
    let kind: FixKind = form.kind.parse().map_err(|_| Denied::BadForm)?;
    let history = read(page, id).await?;
    let state = &history.state;
    let duty = page.orders.people().duty(&visitor.actor, state).await?;
    let asked = fixes::asked(
        &page.settings.get(),
        state,
        visitor.actor.clone(),
        duty,
        kind,
        Some(form.suspect),
        reason(form.reason),
    );
    let id = &state.plan().deployment;
    press(page, id, asked).await?;
    Ok(Redirect::to(&format!("/deployments/{id}#fix")).into_response())
}

/// What was asked for and became of it, and what can be asked for, with the way to; nothing where there is neither.
pub(super) fn section(voice: &Voice<'_>, path: &str, context: &Context) -> Markup {
    let offers = messages::fix::offers(voice.state, context);
    let asked = messages::fix::asked_for(voice.state, context);
    let denied = may(&voice.visitor.actor, voice.duty).err();
    html! {
        @if !offers.is_empty() || !asked.is_empty() {
            section.judge #fix {
                h3 { (text(&say!(context, "page-fix-title"))) }
                @for stands in &asked { p { (text(&stands.headline)) } (links(&stands.links)) }
                @for suggested in messages::fix::suggestions(voice.state, context) { p.note { (text(&suggested)) } }
                @if let Some(denied) = denied.as_ref().filter(|_| !offers.is_empty()) {
                    p.note { (text(&refusal(denied, context))) }
                }
                @for offer in &offers { (form(offer, denied.is_some(), path, voice, context)) }
            }
        }
    }
}

fn form(offer: &Offer, denied: bool, path: &str, voice: &Voice<'_>, context: &Context) -> Markup {
    html! {
        p { (text(&offer.confirm.text)) }
        form method="post" action={ (path) "/fix" } {
            (frame::form_token(voice.visitor))
            input type="hidden" name="kind" value=(offer.kind.as_str());
            input type="hidden" name="suspect" value=(offer.suspect);
            label {
                (text(&say!(context, "page-reason")))
                input type="text" name="reason" maxlength=(MOST_REASON) autocomplete="off" disabled[denied];
            }
            div.answers {
                button.plain type="submit" disabled[denied] { (text(&offer.label)) }
            }
        }
    }
}
