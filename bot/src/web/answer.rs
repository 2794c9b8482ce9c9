//! `POST /deployments/{id}/answer`: a press, the step that confirms it, and what came of it.

use super::Page;
use super::denied::{Denied, DeniedPage};
use super::frame::{self, Frame};
use super::language::Language;
use super::session::{Pressed, Visitor};
use super::show::read;
use axum::extract::{Path, State as Shared};
use axum::response::{Html, IntoResponse, Redirect, Response};
use guard::approval::{Choice, Refusal, Weight, can_be_broken, may_break, weigh};
use guard::duty::{Duty, LEAST_REASON};
use guard::event::Event;
use guard::ids::{ApprovalId, DeploymentId};
use guard::input::Happened;
use guard::state::State;
use maud::{Markup, html};
use messages::layout::html::text;
use messages::model::{Button, Confirm, Style};
use messages::words::refusal;
use messages::{Context, Text, say};
use serde::Deserialize;

/// Characters of a reason that are kept.
pub(super) const MOST_REASON: usize = 500;

/// What the form of a button, and the form that confirms it, send.
#[derive(Debug, Deserialize)]
pub(super) struct Answer {
    approval: String,
    choice: String,
    #[serde(default)]
    confirmed: Option<String>,
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    break_glass: Option<String>,
}

pub(super) async fn answer(
    Shared(page): Shared<Page>,
    language: Language,
    Path(id): Path<String>,
    pressed: Pressed<Answer>,
) -> Result<Response, DeniedPage> {
    let Pressed { visitor, form } = pressed;
    take(&page, language, id, &visitor, form)
        .await
        .map_err(|denied| denied.page(&page, language))
}

async fn take(
    page: &Page,
    language: Language,
    id: String,
    visitor: &Visitor,
    form: Answer,
) -> Result<Response, Denied> {
    let approval = ApprovalId::new(form.approval).map_err(|_| Denied::BadForm)?;
    let choice: Choice = form.choice.parse().map_err(|_| Denied::BadForm)?;
    let history = read(page, id).await?;
    let state = &history.state;
    let deployment = state.plan().deployment.clone();
    let path = format!("/deployments/{deployment}");
    if form.confirmed.is_none() {
        let parent = messages::parent(state, &page.context(language.0));
        let pressed = parent
            .buttons
            .into_iter()
            .find(|button| button.approval == approval && button.choice == choice);
        // A button that is gone needs no confirmation: the refusal says why it is gone.
        if let Some((confirm, button)) = pressed.and_then(|b| Some((b.confirm.clone()?, b))) {
            let shown = Confirming {
                confirm,
                button,
                headline: parent.headline,
                path,
            };
            return Ok(shown.page(language, visitor).into_response());
        }
    }
    let broken = form.break_glass.is_some();
    let people = page.orders.people();
    let duty = people
        .duty_to(&visitor.actor, &page.engine, &deployment, broken)
        .await?;
    let happened = Happened::Answered {
        approval,
        by: visitor.actor.clone(),
        duty,
        choice,
        reason: reason(form.reason),
    };
    press(page, &deployment, happened).await?;
    Ok(Redirect::to(&path).into_response())
}

pub(super) async fn press(
    page: &Page,
    deployment: &DeploymentId,
    happened: Happened,
) -> Result<(), Denied> {
    let events = page.engine.apply(deployment, happened).await?;
    for event in events {
        if let Event::Refused { refusal, .. } = event {
            return Err(Denied::Refused(refusal));
        }
    }
    Ok(())
}

pub(super) fn reason(said: Option<String>) -> Option<String> {
    let said: String = said?.trim().chars().take(MOST_REASON).collect();
    (!said.is_empty()).then_some(said)
}

/// Who looks at the buttons, and what they are to the deployment.
pub(super) struct Voice<'a> {
    pub(super) visitor: &'a Visitor,
    pub(super) duty: &'a Duty,
    pub(super) state: &'a State,
}

impl Voice<'_> {
    /// What their word would come to.
    fn weigh(&self, choice: Choice) -> Result<Weight, Refusal> {
        let circumstances = self.state.circumstances();
        weigh(&self.visitor.actor, self.duty, choice, &circumstances)
    }

    /// Whether they may go past what stands in the way.
    fn may_break(&self, weighed: &Result<Weight, Refusal>) -> bool {
        let stands = match weighed {
            Ok(Weight::Enough { .. }) => false,
            Ok(Weight::Backs { .. }) => true,
            Err(refusal) => can_be_broken(refusal),
        };
        stands && may_break(&self.visitor.actor, &self.state.plan().policy)
    }
}

/// The buttons of a message. One form each: it sends the question's id, the choice and the form's token.
pub(super) fn buttons(
    buttons: &[Button],
    path: &str,
    voice: &Voice<'_>,
    context: &Context,
) -> Markup {
    html! {
        @if !buttons.is_empty() {
            div.answers { @for button in buttons { (form(button, path, voice, context)) } }
            @for button in buttons { (glass(button, path, voice, context)) }
        }
    }
}

fn form(button: &Button, path: &str, voice: &Voice<'_>, context: &Context) -> Markup {
    // Who may not, or not alone, is told before the press, not after it.
    let weighed = voice.weigh(button.choice);
    let note = match &weighed {
        Ok(Weight::Enough { .. }) => None,
        Ok(Weight::Backs { more }) => Some(say!(context, "page-others-agree", more = *more)),
        Err(denied) => Some(refusal(denied, context)),
    };
    html! {
        form method="post" action={ (path) "/answer" } {
            (fields(button, voice.visitor))
            button.(style(button.style)) type="submit" disabled[weighed.is_err()] { (text(&button.label)) }
            @if let Some(note) = note { p.note { (text(&note)) } }
        }
    }
}

/// The way past the rules, folded away, for whoever may take it.
fn glass(button: &Button, path: &str, voice: &Voice<'_>, context: &Context) -> Markup {
    html! {
        @if voice.may_break(&voice.weigh(button.choice)) {
            details.glass {
                summary { (text(&say!(context, "page-break-glass", choice = button.label.clone()))) }
                p { (text(&say!(context, "dialog-glass-means"))) }
                form method="post" action={ (path) "/answer" } {
                    (fields(button, voice.visitor))
                    input type="hidden" name="confirmed" value="yes";
                    input type="hidden" name="break_glass" value="yes";
                    label {
                        (text(&say!(context, "page-reason-needed")))
                        input type="text" name="reason" required minlength=(LEAST_REASON)
                            maxlength=(MOST_REASON) autocomplete="off";
                    }
                    div.answers {
                        button.danger type="submit" { (text(&button.label)) }
                    }
                }
            }
        }
    }
}

fn fields(button: &Button, visitor: &Visitor) -> Markup {
    html! {
        (frame::form_token(visitor))
        input type="hidden" name="approval" value=(button.approval);
        input type="hidden" name="choice" value=(button.choice.as_str());
    }
}

fn style(style: Style) -> &'static str {
    match style {
        Style::Primary => "primary",
        Style::Danger => "danger",
        Style::Plain => "plain",
    }
}

/// The question whether it is meant.
struct Confirming {
    confirm: Confirm,
    button: Button,
    /// How it stands: nobody should have to go back to see it.
    headline: Text,
    path: String,
}

impl Confirming {
    fn page(self, language: Language, visitor: &Visitor) -> Html<String> {
        let Self {
            confirm,
            button,
            headline,
            path,
        } = self;
        let body = html! {
            article.message.confirm {
                h1 { (text(&confirm.title)) }
                p { (text(&headline)) }
                p { (text(&confirm.text)) }
                form method="post" action={ (path) "/answer" } {
                    (fields(&button, visitor))
                    input type="hidden" name="confirmed" value="yes";
                    label {
                        (text(&say!(language, "page-reason")))
                        input type="text" name="reason" maxlength=(MOST_REASON) autocomplete="off";
                    }
                    div.answers {
                        button.(style(button.style)) type="submit" { (text(&confirm.yes)) }
                        a.plain href=(path) { (text(&confirm.no)) }
                    }
                }
            }
        };
        let frame = Frame {
            title: Some(confirm.title),
            visitor: Some(visitor),
            timed: true,
            path,
            ..Frame::bare(language)
        };
        Html(frame::frame(&frame, &body).into_string())
    }
}
