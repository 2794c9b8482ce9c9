//! What became of the last deployments, as a strip of signs: told by form as well as by colour, each a link.

use super::rows;
use guard::situation::Situation;
use guard::state::Status;
use guard::summary::Summary;
use guard::verdict::Verdict;
use maud::{Markup, html};
use messages::layout::plain;
use messages::model::Severity;
use messages::{Context, Foreign, Text, say};
use std::sync::Arc;

/// So many of these deployments at most, which come newest first; the newest stands last. Nothing where there are none.
pub(super) fn strip<'a>(
    most: usize,
    newest: impl Iterator<Item = &'a Arc<Summary>>,
    context: &Context,
) -> Markup {
    let mut shown: Vec<&Arc<Summary>> = newest.take(most).collect();
    shown.reverse();
    html! {
        @if !shown.is_empty() {
            ol.strip aria-label=(plain::text(&say!(context, "page-strip"))) {
                @for row in shown { (one(row, context)) }
            }
        }
    }
}

fn one(row: &Summary, context: &Context) -> Markup {
    let severity = messages::severity_of(row);
    let said = plain::text(&said(row, context));
    html! {
        li.(severity.as_str()) {
            // Without the sign, which is hidden, a link is called by its title: said once, for eyes and ears.
            a href={ "/deployments/" (row.deployment) } title=(said) { span aria-hidden="true" { (sign(row, severity)) } }
        }
    }
}

fn said(row: &Summary, context: &Context) -> Text {
    let words = context.words();
    let status = rows::status(row, context);
    let age = rows::age(row, context);
    say!(
        context,
        "page-strip-one",
        version = Foreign::from(&row.to),
        status = status,
        verdict = words.verdict(row.verdict),
        age = age
    )
}

fn sign(row: &Summary, severity: Severity) -> &'static str {
    match (row.status, row.verdict) {
        _ if row.situation == Situation::RollingBack => "↩",
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
