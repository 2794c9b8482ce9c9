//! `POST /deployments/{id}/abandon`: the way out of a release that can go neither forward nor back, also
//! where no question is open that offers it.

use super::Page;
use super::answer::{MOST_REASON, Voice, press, reason};
use super::denied::{Denied, DeniedPage};
use super::frame;
use super::language::Language;
use super::session::{Pressed, Visitor};
use axum::extract::{Path, State as Shared};
use axum::response::{IntoResponse, Redirect, Response};
use guard::approval::{Choice, may};
use guard::ids::DeploymentId;
use guard::input::{Command, Happened};
use maud::{Markup, html};
use messages::layout::html::text;
use messages::{Context, say};
use serde::Deserialize;

/// What the form sends.
#[derive(Debug, Deserialize)]
pub(super) struct Abandon {
    #[serde(default)]
    reason: Option<String>,
}

pub(super) async fn abandon(
    Shared(page): Shared<Page>,
    language: Language,
    Path(id): Path<String>,
    pressed: Pressed<Abandon>,
) -> Result<Response, DeniedPage> {
    let Pressed { visitor, form } = pressed;
    give_up(&page, id, &visitor, form)
        .await
        .map_err(|denied| denied.page(&page, language))
}

async fn give_up(
    page: &Page,
    id: String,
    visitor: &Visitor,
    form: Abandon,
) -> Result<Response, Denied> {
    let id = DeploymentId::new(id).map_err(|_| Denied::NotFound)?;
    let people = page.orders.people();
    let duty = people
        .duty_to(&visitor.actor, &page.engine, &id, false)
        .await?;
    let happened = Happened::Commanded {
        by: visitor.actor.clone(),
        duty,
        command: Command::Abandon,
        reason: reason(form.reason),
    };
    press(page, &id, happened).await?;
    Ok(Redirect::to(&format!("/deployments/{id}")).into_response())
}

/// The form, folded away, for whoever may use it while there is something to give up.
pub(super) fn form(voice: &Voice<'_>, path: &str, context: &Context) -> Markup {
    let Voice {
        visitor,
        duty,
        state,
    } = *voice;
    let may = may(&visitor.actor, duty, Choice::Abandon).is_ok();
    html! {
        @if may && state.can_be_given_up() {
            details {
                summary { (text(&context.words().choice(Choice::Abandon))) }
                p { (text(&say!(context, "page-abandon"))) }
                form method="post" action={ (path) "/abandon" } {
                    (frame::form_token(visitor))
                    label {
                        (text(&say!(context, "page-reason")))
                        input type="text" name="reason" maxlength=(MOST_REASON) autocomplete="off";
                    }
                    div.answers {
                        button.danger type="submit" { (text(&context.words().choice(Choice::Abandon))) }
                    }
                }
            }
        }
    }
}
