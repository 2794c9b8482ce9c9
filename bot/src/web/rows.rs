//! Deployments as rows of a table, as the overview and a service's page show them.

use guard::state::State;
use guard::trust::Case;
use maud::{Markup, html};
use messages::layout::html::text;
use messages::layout::plain;
use messages::words::duration;
use messages::{Context, Foreign, Text, say};

/// What a page tells of each deployment that another page need not.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    /// Whose deployment it is.
    Service,
    /// What people said of it in hindsight.
    Judged,
}

pub(super) fn table(column: Column, states: &[State], context: &Context) -> Markup {
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
            tbody { @for state in states { (row(column, state, context)) } }
        }
    }
}

fn row(column: Column, state: &State, context: &Context) -> Markup {
    let words = context.words();
    let plan = state.plan();
    // One judgement of how loud it is: the parent message's.
    let severity = messages::parent(state, context).severity;
    html! {
        tr.(severity.as_str()) {
            td {
                span.mark aria-hidden="true" { (severity.mark()) } " "
                a href={ "/deployments/" (plan.deployment) } {
                    @match column {
                        Column::Service => { bdi { (plan.service) } " · " bdi { (plan.environment) } }
                        Column::Judged => { bdi { (plan.environment) } " · " bdi { (plan.deployment) } }
                    }
                }
            }
            td { (text(&versions(state, context))) }
            td { (text(&status(state, context))) }
            td { (text(&words.verdict(state.verdict()))) }
            @if column == Column::Judged {
                td data-head=(plain::text(&say!(context, "page-column-judged"))) {
                    (text(&words.judgement(Case::of(state).map(|case| case.judgement))))
                }
            }
            td { (text(&age(state, context))) }
        }
    }
}

/// How long ago it was asked for.
pub(super) fn age(state: &State, context: &Context) -> Text {
    let age = context.now.duration_since(state.requested_at());
    let age = age.as_secs_f64().max(0.0);
    say!(
        context,
        "page-age",
        duration = duration(context.words(), age)
    )
}

fn versions(state: &State, context: &Context) -> Text {
    let plan = state.plan();
    match &plan.from {
        Some(from) => say!(
            context,
            "from-to",
            from = Foreign::from(from),
            to = Foreign::from(&plan.to)
        ),
        None => say!(context, "version-first", to = Foreign::from(&plan.to)),
    }
}

pub(super) fn status(state: &State, context: &Context) -> Text {
    if let Some(behind) = state.queued_behind() {
        messages::queue::behind(behind, context)
    } else if state.rolling_back() {
        say!(context, "status-rolling-back")
    } else {
        context.words().status(state.status())
    }
}
