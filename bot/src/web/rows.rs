//! Deployments as rows of a table, as the overview and a service's page show them.

use guard::situation::Situation;
use guard::summary::Summary;
use maud::{Markup, html};
use messages::layout::html::text;
use messages::layout::plain;
use messages::words::duration;
use messages::{Context, Foreign, Text, say};
use std::sync::Arc;

/// What a page tells of each deployment that another page need not.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    /// Whose deployment it is.
    Service,
    /// What people said of it in hindsight.
    Judged,
}

pub(super) fn table(column: Column, rows: &[Arc<Summary>], context: &Context) -> Markup {
    let judged = (column == Column::Judged).then_some("page-column-judged");
    let heads = [
        "page-column-deployment",
        "column-version",
        "page-column-status",
        "fact-verdict",
    ];
    let heads = heads.into_iter().chain(judged).chain(["page-column-age"]);
    let words = context.words();
    html! {
        table.deployments {
            thead { tr { @for head in heads { th scope="col" { (text(&words.text(head, Vec::new()))) } } } }
            tbody { @for one in rows { (row(column, one, context)) } }
        }
    }
}

fn row(column: Column, row: &Summary, context: &Context) -> Markup {
    let words = context.words();
    // One judgement of how loud it is: the parent message's.
    let severity = messages::severity_of(row);
    // Before an alarm that came afterwards, it meant something else.
    let judged = row.judged.filter(|judged| judged.fits(row.highest_tier));
    html! {
        tr.(severity.as_str()) {
            td {
                span.mark aria-hidden="true" { (severity.mark()) } " "
                a href={ "/deployments/" (row.deployment) } {
                    @match column {
                        Column::Service => { bdi { (row.service) } " · " bdi { (row.environment) } }
                        Column::Judged => { bdi { (row.environment) } " · " bdi { (row.deployment) } }
                    }
                }
            }
            td { (text(&versions(row, context))) }
            td { (text(&status(row, context))) }
            td { (text(&words.verdict(row.verdict))) }
            @if column == Column::Judged {
                td data-head=(plain::text(&say!(context, "page-column-judged"))) {
                    (text(&words.judgement(judged)))
                }
            }
            td { (text(&age(row, context))) }
        }
    }
}

/// How long ago it was asked for.
pub(super) fn age(row: &Summary, context: &Context) -> Text {
    let age = context.now.duration_since(row.requested_at);
    let age = age.as_secs_f64().max(0.0);
    say!(
        context,
        "page-age",
        duration = duration(context.words(), age)
    )
}

fn versions(row: &Summary, context: &Context) -> Text {
    match &row.from {
        Some(from) => say!(
            context,
            "from-to",
            from = Foreign::from(from),
            to = Foreign::from(&row.to)
        ),
        None => say!(context, "version-first", to = Foreign::from(&row.to)),
    }
}

pub(super) fn status(row: &Summary, context: &Context) -> Text {
    if let Some(behind) = &row.behind {
        messages::queue::behind(behind, context)
    } else if row.situation == Situation::RollingBack {
        say!(context, "status-rolling-back")
    } else {
        context.words().status(row.status)
    }
}
