//! What became of the last deployments, as a strip of signs: told by form as well as by colour, each a link.

use super::rows;
use guard::state::{State, Status};
use guard::verdict::Verdict;
use maud::{Markup, html};
use messages::layout::plain;
use messages::model::Severity;
use messages::{Context, Foreign, Text, say};

/// Deployments of one strip.
pub(super) const MOST: usize = 12;

/// These deployments, which come newest first; the newest stands last. Nothing where there are none.
pub(super) fn strip<'a>(newest: impl Iterator<Item = &'a State>, context: &Context) -> Markup {
    let mut shown: Vec<&State> = newest.take(MOST).collect();
    shown.reverse();
    html! {
        @if !shown.is_empty() {
            ol.strip aria-label=(plain::text(&say!(context, "page-strip"))) {
                @for state in shown { (one(state, context)) }
            }
        }
    }
}

fn one(state: &State, context: &Context) -> Markup {
    let severity = messages::parent(state, context).severity;
    let said = plain::text(&said(state, context));
    html! {
        li.(severity.as_str()) {
            a href={ "/deployments/" (state.plan().deployment) } title=(said) aria-label=(said) { (sign(state, severity)) }
        }
    }
}

fn said(state: &State, context: &Context) -> Text {
    let words = context.words();
    let status = rows::status(state, context);
    let age = rows::age(state, context);
    say!(
        context,
        "page-strip-one",
        version = Foreign::from(&state.plan().to),
        status = status,
        verdict = words.verdict(state.verdict()),
        age = age
    )
}

fn sign(state: &State, severity: Severity) -> &'static str {
    match (state.status(), state.verdict()) {
        _ if state.rolling_back() => "↩",
        (Status::RolledBack, _) => "↩",
        (Status::Paused, _) => "‖",
        (Status::Failed, _) => "✕",
        (Status::Pending, _) => "·",
        (Status::Superseded, _) => "»",
        (Status::Progressing, _) if severity < Severity::Warning => "▸",
        (Status::Promoted, Some(Verdict::Healthy)) => "✓",
        (Status::Promoted, Some(Verdict::Inconclusive | Verdict::Unmeasured) | None) => "?",
        (Status::Progressing | Status::Promoted, _) => "!",
    }
}
