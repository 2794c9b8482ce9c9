//! How the signals of a service went over its releases, drawn; by what lines keep of each deployment.

use crate::charts::trend;
use crate::trust::Trusted;
use guard::ids::Environment;
use guard::report::{Release, trends};
use guard::state::Status;
use guard::summary::Summary;
use maud::{Markup, html};
use messages::chart::{self, TrendChart};
use messages::layout::html::text;
use messages::{Context, say};
use std::sync::Arc;

/// Releases that are drawn.
const MOST: usize = 15;

/// The signals of each environment, up to its newest deployment; nothing where none was ever measured.
pub(super) fn section(trusted: &Trusted, context: &Context) -> Markup {
    let measured = trusted.all.iter().any(|row| !row.levels.is_empty());
    let several = trusted.environments.len() > 1;
    let drawn: Vec<(&Environment, Vec<TrendChart>)> = trusted
        .environments
        .iter()
        .map(|environment| (environment, of(&trusted.all, environment, context)))
        .filter(|(_, charts)| !charts.is_empty())
        .collect();
    html! {
        @if measured {
            section {
                h3 { (text(&say!(context, "report-trends"))) }
                @if drawn.is_empty() { p.empty { (text(&say!(context, "page-trends-none"))) } }
                @for (environment, charts) in &drawn {
                    @if several { h4 { bdi { (environment) } } }
                    div.trends { @for chart in charts { (figure(chart, environment, context)) } }
                }
            }
        }
    }
}

/// Over the releases that stayed, and the newest deployment.
fn of(all: &[Arc<Summary>], environment: &Environment, context: &Context) -> Vec<TrendChart> {
    let mut there = all.iter().filter(|row| row.environment == *environment);
    let newest = there.next();
    let stayed = there.filter(|row| row.status == Status::Promoted);
    let releases: Vec<Release<'_>> = newest
        .into_iter()
        .chain(stayed.take(MOST - 1))
        .map(|row| row.release())
        .collect();
    chart::trends(&trends(releases.iter().copied()), context)
}

fn figure(chart: &TrendChart, environment: &Environment, context: &Context) -> Markup {
    let caption = format!("trend-{environment}-{}", chart.signal);
    html! {
        figure {
            figcaption #(caption) { (text(&chart.alt)) }
            (trend::inline(chart, &caption))
            details.values #{ "values-" (caption) } {
                summary { (text(&say!(context, "page-values"))) }
                table {
                    tbody {
                        @for (deployment, version, value) in chart.points.iter().rev() {
                            tr {
                                th scope="row" { a href={ "/deployments/" (deployment) } { bdi { (version) } } }
                                td { (chart.value(*value)) }
                            }
                        }
                    }
                }
            }
        }
    }
}
