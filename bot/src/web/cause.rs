//! `POST /deployments/{id}/cause`: which change did it, and the forms in which people say so.

use super::Page;
use super::answer::{MOST_REASON, press, reason};
use super::denied::{Denied, DeniedPage};
use super::frame;
use super::language::Language;
use super::session::{Pressed, Visitor};
use super::show::read;
use axum::extract::{Path, State as Shared};
use axum::response::{IntoResponse, Redirect, Response};
use guard::cause::{Accused, Cause};
use guard::culprit::Culprit;
use guard::decide::may_judge;
use guard::input::Happened;
use guard::report::{Blamed, blamed};
use guard::state::State;
use maud::{Markup, html};
use messages::layout::html::text;
use messages::words::refusal;
use messages::{Context, Foreign, say};
use serde::Deserialize;

/// Characters of a commit's name that are taken.
const MOST_DIGITS: usize = 64;

/// What the form sends: a button's commit, or a typed one, or that it was none.
#[derive(Debug, Deserialize)]
pub(super) struct Name {
    #[serde(default)]
    change: Option<String>,
    #[serde(default)]
    typed: Option<String>,
    #[serde(default)]
    none: Option<String>,
    #[serde(default)]
    note: Option<String>,
}

pub(super) async fn name(
    Shared(page): Shared<Page>,
    language: Language,
    Path(id): Path<String>,
    pressed: Pressed<Name>,
) -> Result<Response, DeniedPage> {
    let Pressed { visitor, form } = pressed;
    take(&page, id, &visitor, form)
        .await
        .map_err(|denied| denied.page(&page, language))
}

async fn take(page: &Page, id: String, visitor: &Visitor, form: Name) -> Result<Response, Denied> {
    let history = read(page, id).await?;
    let state = &history.state;
    let given = |said: Option<String>| said.filter(|said| !said.trim().is_empty());
    let culprit = match (given(form.none), given(form.change), given(form.typed)) {
        (Some(_), _, _) => Culprit::NotThisDeployment,
        (None, Some(id), _) | (None, None, Some(id)) => Culprit::Change {
            id: id.trim().chars().take(MOST_DIGITS).collect(),
        },
        (None, None, None) => return Err(Denied::BadForm),
    };
    let happened = Happened::Named {
        by: visitor.actor.clone(),
        culprit,
        note: reason(form.note),
    };
    let id = &state.plan().deployment;
    press(page, id, happened).await?;
    Ok(Redirect::to(&format!("/deployments/{id}#cause")).into_response())
}

/// Whether the report was of use: a button's word.
#[derive(Debug, Deserialize)]
pub(super) struct Rate {
    useful: String,
}

/// `POST /deployments/{id}/root-cause/rating`
pub(super) async fn rate(
    Shared(page): Shared<Page>,
    language: Language,
    Path(id): Path<String>,
    pressed: Pressed<Rate>,
) -> Result<Response, DeniedPage> {
    let Pressed { visitor, form } = pressed;
    rated(&page, id, &visitor, &form)
        .await
        .map_err(|denied| denied.page(&page, language))
}

async fn rated(
    page: &Page,
    id: String,
    visitor: &Visitor,
    form: &Rate,
) -> Result<Response, Denied> {
    let useful = match form.useful.as_str() {
        "yes" => true,
        "no" => false,
        _ => return Err(Denied::BadForm),
    };
    let history = read(page, id).await?;
    let state = &history.state;
    let happened = Happened::RootCauseRated {
        by: visitor.actor.clone(),
        useful,
        note: None,
    };
    let id = &state.plan().deployment;
    press(page, id, happened).await?;
    Ok(Redirect::to(&format!("/deployments/{id}#cause")).into_response())
}

/// Whether the root-cause report was of use, as people say in one press.
fn rating(state: &State, path: &str, visitor: &Visitor, context: &Context) -> Markup {
    let own = state.rated().get(visitor.actor.name());
    let chose = |useful: bool| own.is_some_and(|rated| rated.useful == useful);
    html! {
        form method="post" action={ (path) "/root-cause/rating" } {
            (frame::form_token(visitor))
            p.counts {
                a href={ (path) "/root-cause" } { (text(&say!(context, "page-root-cause"))) }
            }
            div.answers {
                button.chosen[chose(true)] type="submit" name="useful" value="yes" {
                    (text(&say!(context, "page-root-cause-useful")))
                }
                button.chosen[chose(false)] type="submit" name="useful" value="no" {
                    (text(&say!(context, "page-root-cause-not-useful")))
                }
            }
        }
    }
}

/// What probably did it, in one line for whoever has to decide now; nothing before anything was ranked.
pub(super) fn likely(state: &State, context: &Context) -> Markup {
    html! {
        @if let Some((cause, _)) = state.cause() {
            p.likely { a href="#cause" { (text(&messages::cause::headline(cause, context))) } }
        }
    }
}

/// The suspects, what people say, and the form to say it; nothing before anything was found.
pub(super) fn section(
    state: &State,
    path: &str,
    visitor: Option<&Visitor>,
    context: &Context,
) -> Markup {
    let cause = state.cause().map(|(cause, _)| cause);
    let said = blamed(state);
    html! {
        @if cause.is_some() || (state.findings().next().is_some() && state.verdict().is_some()) {
            section.judge #cause {
                h3 { (text(&say!(context, "cause-title"))) }
                @if let Some(cause) = cause {
                    p { (text(&messages::cause::headline(cause, context))) }
                    p.counts { a href={ (path) "/report" } { (text(&say!(context, "page-cause-more"))) } }
                }
                (opinions(&said, context))
                @if let Some(visitor) = visitor {
                    @match may_judge(&visitor.actor) {
                        Err(denied) => p.note { (text(&refusal(&denied, context))) },
                        Ok(()) => {
                            // Many buttons, and none of them for whoever has to decide first.
                            details #accuse {
                                summary { (text(&say!(context, "page-cause-say"))) }
                                (form(cause, &said, path, visitor, context))
                            }
                            (rating(state, path, visitor, context))
                        }
                    }
                }
            }
        }
    }
}

fn opinions(said: &[Blamed], context: &Context) -> Markup {
    html! {
        @for one in said {
            p {
                (text(&messages::cause::blamed(&one.by, &one.culprit, context)))
                @if let Some(note) = &one.note { ": " (text(&say!(context, "quoted", text = Foreign::from(note)))) }
            }
        }
    }
}

fn form(
    cause: Option<&Cause>,
    said: &[Blamed],
    path: &str,
    visitor: &Visitor,
    context: &Context,
) -> Markup {
    let own = said.iter().find(|one| one.by == visitor.actor.name());
    let chosen = own.map(|one| &one.culprit);
    let is =
        |accused: &Accused| matches!(chosen, Some(Culprit::Change { id }) if *id == accused.id);
    let none = chosen == Some(&Culprit::NotThisDeployment);
    html! {
        form method="post" action={ (path) "/cause" } {
            (frame::form_token(visitor))
            // Enter in a text field presses the first button: nobody should accuse by accident.
            button disabled hidden {}
            div.answers {
                @for accused in cause.iter().flat_map(|cause| &cause.suspects) {
                    button.chosen[is(accused)] type="submit" name="change" value=(accused.id) {
                        (text(&messages::cause::it_was(accused, context)))
                    }
                }
                button.chosen[none] type="submit" name="none" value="1" {
                    (text(&say!(context, "page-cause-none")))
                }
            }
            details {
                summary { (text(&say!(context, "page-cause-other"))) }
                label {
                    (text(&say!(context, "page-reason")))
                    input type="text" name="note" maxlength=(MOST_REASON) autocomplete="off";
                }
                @if cause.is_some() {
                    label {
                        (text(&say!(context, "page-cause-typed")))
                        input type="text" name="typed" maxlength=(MOST_DIGITS) autocomplete="off";
                    }
                    button type="submit" { (text(&say!(context, "page-cause-it-was-this"))) }
                }
            }
        }
    }
}
