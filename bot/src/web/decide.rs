//! The open question with its buttons, in one place that is always in reach: it stays in sight however far one reads.

use super::answer::{Voice, buttons};
use super::frame;
use guard::approval::Choice;
use guard::event::PauseReason;
use guard::ids::DeploymentId;
use guard::state::{State, Status};
use maud::{Markup, html};
use messages::layout::html::text;
use messages::layout::plain;
use messages::model::Button;
use messages::{Context, say};

/// The bar; nothing while nothing is asked and nothing waits.
pub(super) fn bar(
    shown: &[Button],
    deployment: &DeploymentId,
    voice: &Voice<'_>,
    context: &Context,
) -> Markup {
    let path = format!("/deployments/{deployment}");
    let until = voice.state.open_approval();
    html! {
        @if !shown.is_empty() {
            section.decide aria-label=(plain::text(&say!(context, "page-decide"))) {
                p.need {
                    strong { (text(&say!(context, "page-decide"))) }
                    @if let Some(open) = until {
                        " " (text(&say!(context, "page-decide-until", until = context.time(open.approval.expires_at))))
                    }
                }
                (buttons(shown, &path, voice, context))
            }
        } @else if waits(voice.state) {
            (orders(deployment, voice, context))
        }
    }
}

/// Whether it stays as it is until somebody gives an order: the question is over, or there was none.
fn waits(state: &State) -> bool {
    let looking = matches!(state.paused(), Some(PauseReason::Findings { .. }))
        && state.approvals().next().is_none();
    state.status() == Status::Paused && !state.rolling_back() && !looking
}

/// The orders that end it, each behind a second press: what is said in words is done at once.
fn orders(deployment: &DeploymentId, voice: &Voice<'_>, context: &Context) -> Markup {
    let back = voice.state.plan().from.is_some();
    let orders = [
        (back, "rollback", Choice::Rollback, "danger"),
        (true, "resume", Choice::Resume, "primary"),
    ];
    html! {
        section.decide aria-label=(plain::text(&say!(context, "page-decide"))) {
            p.need { strong { (text(&say!(context, "page-decide-order"))) } }
            @for (_, order, choice, style) in orders.into_iter().filter(|one| one.0) {
                details #{ "order-" (order) } {
                    summary { (text(&context.words().choice(choice))) }
                    form method="post" action="/say" {
                        (frame::form_token(voice.visitor))
                        input type="hidden" name="deployment" value=(deployment);
                        input type="hidden" name="text" value=(order);
                        div.answers { button.(style) type="submit" { (text(&say!(context, "page-say-yes"))) } }
                    }
                }
            }
        }
    }
}
