//! The open question with its buttons, in one place that is always in reach: it stays in sight however far one reads.

use super::answer::{Voice, buttons};
use guard::ids::DeploymentId;
use maud::{Markup, html};
use messages::layout::html::text;
use messages::model::Button;
use messages::{Context, say};

/// The bar; nothing while nothing is asked.
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
            section.decide aria-label=(messages::layout::plain::text(&say!(context, "page-decide"))) {
                p.need {
                    strong { (text(&say!(context, "page-decide"))) }
                    @if let Some(open) = until {
                        " " (text(&say!(context, "page-decide-until", until = context.time(open.approval.expires_at))))
                    }
                }
                (buttons(shown, &path, voice, context))
            }
        }
    }
}
