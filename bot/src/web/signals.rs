//! `GET /deployments/{id}/signals/{signal}` and what the deployment's page shows of its signals: how each went, with the
//! values for whoever reads rather than sees.

use super::Page;
use super::denied::{Denied, DeniedPage};
use super::frame;
use super::language::Language;
use super::links;
use super::session::Visitor;
use super::show::read;
use super::zoom::{self, Asked};
use crate::charts::{self, NARROW, WIDE};
use axum::extract::{Path, Query, State as Shared};
use axum::response::Html;
use guard::finding::Finding;
use guard::state::State;
use maud::{Markup, html};
use messages::chart::{self, Chart};
use messages::layout::html::text;
use messages::{Context, Text, say};

/// Signals of which the deployment's page has a drawing; the others are a click away.
const MOST_DRAWN: usize = 2;

pub(super) async fn show(
    Shared(page): Shared<Page>,
    language: Language,
    visitor: Visitor,
    Path((id, signal)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Html<String>, DeniedPage> {
    let denied = |denied: Denied| denied.page(&page, language);
    let context = page.context(language.0);
    let history = read(&page, id).await.map_err(denied)?;
    let state = &history.state;
    let path = format!("/deployments/{}", state.plan().deployment);
    let shown = body(&page, &context, state, &path, &signal, &asked, true);
    let (title, path, body) = shown.map_err(denied)?;
    Ok(frame::fresh(language, &visitor, title, path, &body))
}

/// One signal of the deployment that is at `path`. Where its query can be asked again is said to those who are `inside`.
pub(super) fn body(
    page: &Page,
    context: &Context,
    state: &State,
    path: &str,
    signal: &str,
    asked: &Asked,
    inside: bool,
) -> Result<(Text, String, Markup), Denied> {
    let drawn = of(page, state, context);
    let found = drawn.iter().find(|chart| chart.signal == signal);
    let chart = found.ok_or(Denied::NoSignal)?;
    let part = asked.of(chart);
    let body = html! {
        p.crumbs { a href=(path) { (text(&say!(context, "page-to-deployment"))) } }
        h1 { bdi { (chart.signal) } }
        (figure(part.as_ref().unwrap_or(chart), 0, path, context))
        (zoom::links(chart, part.as_ref(), &at(path, &chart.signal), context))
        @if let Some(finding) = finding(state, &chart.signal) {
            (evidence(finding, context))
            @if inside { (links::of(page, state, finding, context)) }
        }
        p.reports {
            @for other in drawn.iter().filter(|other| other.signal != chart.signal) {
                a href=(at(path, &other.signal)) { (other.signal) } " "
            }
        }
    };
    let here = at(path, &chart.signal);
    let title = Text::foreign(chart.signal.as_str());
    Ok((title, here, body))
}

/// The signals of a deployment, as last measured.
pub(super) fn of(page: &Page, state: &State, context: &Context) -> Vec<Chart> {
    let newer = page.engine.measuring(&state.plan().deployment);
    chart::signals(state, newer.as_deref(), context)
}

/// Drawings of those that moved, and all others in rows.
pub(super) fn section(
    page: &Page,
    state: &State,
    drawn: &[Chart],
    path: &str,
    inside: bool,
    context: &Context,
) -> Markup {
    let moved = drawn.iter().filter(|chart| chart.onset.is_some());
    let moved: Vec<&Chart> = moved.take(MOST_DRAWN).collect();
    let rest: Vec<&Chart> = drawn.iter().skip(moved.len()).collect();
    html! {
        @if !drawn.is_empty() {
            section.charts {
                h3 { (text(&say!(context, "page-signals"))) }
                @for (place, chart) in moved.iter().enumerate() {
                    (figure(chart, place, path, context))
                    p.closer {
                        a href=(at(path, &chart.signal)) {
                            (text(&say!(context, "page-closer", signal = Text::foreign(chart.signal.as_str()))))
                        }
                    }
                    @if let Some(finding) = finding(state, &chart.signal).filter(|_| inside) { (links::of(page, state, finding, context)) }
                }
                @if moved.is_empty() { p { (text(&say!(context, "page-signals-still"))) } }
                @if !rest.is_empty() {
                    details #signals open[moved.is_empty()] {
                        summary { (text(&say!(context, "page-signals-others", count = rest.len()))) }
                        (rows(&rest, path, context))
                    }
                }
            }
        }
    }
}

/// One drawing, what is seen in it, and its values.
fn figure(chart: &Chart, place: usize, path: &str, context: &Context) -> Markup {
    let caption = format!("chart-{place}");
    html! {
        figure.chart data-path=(at(path, &chart.signal)) {
            figcaption #(caption) { (chart.alt) }
            (charts::inline(chart, WIDE, &caption))
            (charts::inline(chart, NARROW, &caption))
            output.reading for=(caption) {}
            details.values #{ "values-" (place) } {
                summary { (text(&say!(context, "page-values"))) }
                (readings(chart, context))
            }
        }
    }
}

fn readings(chart: &Chart, context: &Context) -> Markup {
    let value = |value: Option<f64>| value.map(|value| chart.value(value)).unwrap_or_default();
    html! {
        div.scroll tabindex="0" {
            table {
                thead {
                    tr {
                        th scope="col" { (text(&say!(context, "page-values-when"))) }
                        th scope="col" { (chart.names.after) }
                        th scope="col" { (chart.names.beside) }
                    }
                }
                tbody {
                    @for reading in chart.readings() {
                        tr data-at=(reading.at) {
                            td { (chart.time(reading.at)) }
                            td { (value(reading.changed)) }
                            td { (value(reading.unchanged)) }
                        }
                    }
                }
            }
        }
    }
}

fn rows(drawn: &[&Chart], path: &str, context: &Context) -> Markup {
    html! {
        ul.signals {
            @for chart in drawn {
                li {
                    a href=(at(path, &chart.signal)) { bdi { (chart.signal) } }
                    " " (text(&chart.spark()))
                    " " span.counts { (text(&chart.now(context))) }
                }
            }
        }
    }
}

/// A signal's key needs no escaping in an address.
fn at(path: &str, signal: &str) -> String {
    format!("{path}/signals/{signal}")
}

fn finding<'a>(state: &'a State, signal: &str) -> Option<&'a Finding> {
    let mut all = state.findings().map(|record| &record.finding);
    all.find(|finding| finding.signal.as_str() == signal)
}

/// The query and the evidence.
fn evidence(finding: &Finding, context: &Context) -> Markup {
    html! {
        dl.facts {
            div {
                dt { (text(&say!(context, "fact-query"))) }
                dd { (text(&Text::code(&finding.query))) }
            }
            @if let Some(evidence) = &finding.evidence {
                div {
                    dt { (text(&say!(context, "fact-evidence"))) }
                    dd { (text(&Text::foreign(evidence))) }
                }
            }
        }
    }
}
