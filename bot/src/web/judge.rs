//! `POST /deployments/{id}/judge`: what people say in hindsight, and the form in which they say it.

use super::Page;
use super::answer::{MOST_REASON, press, reason};
use super::denied::{Denied, DeniedPage};
use super::frame;
use super::language::Language;
use super::session::{Pressed, Visitor};
use super::show::read;
use axum::extract::{Path, State as Shared};
use axum::response::{IntoResponse, Redirect, Response};
use guard::decide::may_judge;
use guard::input::Happened;
use guard::judgement::{Judged, Judgement};
use guard::state::State;
use guard::verdict::Tier;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use messages::layout::html::text;
use messages::words::refusal;
use messages::{Context, Foreign, Text, say};
use serde::Deserialize;

/// What the form sends.
#[derive(Debug, Deserialize)]
pub(super) struct Judge {
    judgement: String,
    #[serde(default)]
    note: Option<String>,
    /// In UTC and without a zone, as browsers send it.
    #[serde(default)]
    since: Option<String>,
}

pub(super) async fn judge(
    Shared(page): Shared<Page>,
    language: Language,
    Path(id): Path<String>,
    pressed: Pressed<Judge>,
) -> Result<Response, DeniedPage> {
    let Pressed { visitor, form } = pressed;
    take(&page, id, &visitor, form)
        .await
        .map_err(|denied| denied.page(&page, language))
}

async fn take(page: &Page, id: String, visitor: &Visitor, form: Judge) -> Result<Response, Denied> {
    let judgement: Judgement = form.judgement.parse().map_err(|_| Denied::BadForm)?;
    let history = read(page, id).await?;
    let state = &history.state;
    let since = match form.since.as_deref().map(str::trim) {
        Some(said) if !said.is_empty() && judgement == Judgement::Missed => {
            Some(moment(said, state.requested_at()).ok_or(Denied::BadForm)?)
        }
        _ => None,
    };
    let happened = Happened::Judged {
        by: visitor.actor.clone(),
        judgement,
        note: reason(form.note),
        since,
    };
    let id = &state.plan().deployment;
    press(page, id, happened).await?;
    Ok(Redirect::to(&format!("/deployments/{id}")).into_response())
}

/// A minute of a form; the minute in which the deployment began is its beginning.
fn moment(said: &str, begun: Timestamp) -> Option<Timestamp> {
    let at: DateTime = said.parse().ok()?;
    let at = at.to_zoned(TimeZone::UTC).ok()?.timestamp();
    let same_minute = at < begun && begun.duration_since(at).as_secs() < 60;
    Some(if same_minute { begun } else { at })
}

/// What was said, and the form to say it, once there is something to judge.
pub(super) fn section(
    state: &State,
    path: &str,
    visitor: Option<&Visitor>,
    context: &Context,
) -> Markup {
    let ripe = state.verdict().is_some() || state.watch_over() || state.ended();
    let raised = state.highest_tier() > Tier::Quiet;
    let asks = if raised {
        say!(context, "page-judge-alarm")
    } else {
        say!(context, "page-judge-silence")
    };
    html! {
        // Who can say nothing is asked nothing.
        @if ripe && (visitor.is_some() || state.judged().is_some()) {
            section.judge {
                h3 { (text(&say!(context, "page-judge"))) }
                @if let Some(judged) = state.judged() { (known(judged, state, context)) }
                @if let Some(visitor) = visitor {
                    @match may_judge(&visitor.actor) {
                        Err(denied) => p.note { (text(&refusal(&denied, context))) },
                        Ok(()) => { p.counts { (text(&asks)) } (form(state, path, visitor, context)) },
                    }
                }
            }
        }
    }
}

fn known(judged: &Judged, state: &State, context: &Context) -> Markup {
    let said = say!(
        context,
        "page-judged",
        judgement = context.words().judgement(Some(judged.judgement)),
        by = Foreign::from(&judged.by),
        at = context.time(judged.at)
    );
    let said = match judged.since {
        Some(since) => say!(
            context,
            "page-judged-since",
            judged = said,
            since = context.time(since)
        ),
        None => said,
    };
    html! {
        p {
            (text(&said))
            @if let Some(note) = &judged.note { ": " (text(&say!(context, "quoted", text = Foreign::from(note)))) }
        }
        @if !judged.judgement.fits(state.highest_tier()) {
            p.note { (text(&say!(context, "page-judged-before"))) }
        }
    }
}

fn form(state: &State, path: &str, visitor: &Visitor, context: &Context) -> Markup {
    let said = state.judged().map(|judged| judged.judgement);
    let fitting = Judgement::ALL.into_iter();
    let fitting = fitting.filter(|judgement| judgement.fits(state.highest_tier()));
    html! {
        form method="post" action={ (path) "/judge" } {
            (frame::form_token(visitor))
            // Enter in a text field presses the first button: nobody should judge by accident.
            button disabled hidden {}
            details {
                summary { (text(&say!(context, "page-judge-more"))) }
                label {
                    (text(&say!(context, "page-reason")))
                    input type="text" name="note" maxlength=(MOST_REASON) autocomplete="off";
                }
                label {
                    (text(&say!(context, "page-judge-since")))
                    input type="datetime-local" name="since";
                }
            }
            div.answers {
                @for judgement in fitting {
                    button.chosen[said == Some(judgement)] type="submit" name="judgement" value=(judgement.as_str()) {
                        (text(&label(judgement, context)))
                    }
                }
            }
        }
    }
}

fn label(judgement: Judgement, context: &Context) -> Text {
    match judgement {
        Judgement::Real => say!(context, "page-judge-real"),
        Judgement::FalseAlarm => say!(context, "page-judge-false-alarm"),
        Judgement::Missed => say!(context, "page-judge-missed"),
        Judgement::Fine => say!(context, "page-judge-fine"),
    }
}
