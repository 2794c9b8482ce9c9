//! `GET /statistics`: how often is deployed, what was caught, how fast, and what that spared.

use super::Page;
use super::denied::{Denied, DeniedPage};
use super::frame::{self, Frame};
use super::language::Language;
use super::session::Visitor;
use crate::figures;
use axum::extract::{Query, State as Shared};
use axum::response::Html;
use guard::figures::{Figures, NOTICED_AFTER};
use guard::ids::ServiceName;
use jiff::SignedDuration;
use maud::{Markup, html};
use messages::layout::html::{table, text};
use messages::layout::plain;
use messages::model::Table;
use messages::{Context, Text, say};
use serde::Deserialize;

/// The times that are offered, in days.
const DAYS: [u32; 3] = [7, 30, 90];

/// What can be asked for.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    days: Option<u32>,
}

pub(super) async fn statistics(
    Shared(page): Shared<Page>,
    language: Language,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Html<String>, DeniedPage> {
    let days = asked.days.filter(|days| DAYS.contains(days)).unwrap_or(30);
    let context = page.context(language.0);
    let body = body(&page, days, &context).await;
    let body = body.map_err(|denied| denied.page(&page, language))?;
    let frame = Frame {
        title: Some(say!(language, "page-statistics")),
        visitor: Some(&visitor),
        fresh: false,
        path: String::from("/statistics"),
        ..Frame::bare(language)
    };
    Ok(Html(frame::frame(&frame, &body).into_string()))
}

async fn body(page: &Page, days: u32, context: &Context) -> Result<Markup, Denied> {
    let until = context.now;
    let since = until.saturating_sub(SignedDuration::from_hours(24 * i64::from(days)));
    let since = since.unwrap_or(until);
    let gathered = figures::gather(&page.engine, None, since, until).await?;
    let counted = |cases: &mut dyn Iterator<Item = &guard::figures::Case>| {
        Figures::of(cases, (since, until), NOTICED_AFTER)
    };
    let all = counted(&mut gathered.values().flatten());
    let each: Vec<(ServiceName, Figures)> = gathered
        .iter()
        .map(|(service, cases)| (service.clone(), counted(&mut cases.iter())))
        .collect();
    let shown = messages::figures::table(&all, &each, days, context);
    let weeks = messages::figures::weeks(&all, context);
    Ok(html! {
        h1 { (text(&shown.title)) }
        p.crumbs {
            @for other in DAYS {
                a href={ "/statistics?days=" (other) } aria-current=[(other == days).then_some("true")] {
                    (text(&say!(context, "page-days", days = other)))
                }
                " "
            }
        }
        @if all.deployments == 0 { p.empty { (text(&say!(context, "page-statistics-none"))) } }
        (table(&Table { title: Text::default(), ..shown }))
        @for sentence in messages::figures::legend(&all, NOTICED_AFTER, context) {
            p.counts { (text(&sentence)) }
        }
        (bars(&weeks, &all))
    })
}

/// Deployments week by week, as bars with their numbers.
fn bars(weeks: &Table, all: &Figures) -> Markup {
    let most = all.weeks.iter().map(|(_, count)| *count).max().unwrap_or(0);
    html! {
        @if most > 0 {
            section {
                h2 { (text(&weeks.title)) }
                ol.bars {
                    @for (row, (_, count)) in weeks.rows.iter().zip(&all.weeks) {
                        @if let [week, number, ..] = &row.cells[..] {
                            li {
                                span { (text(week)) }
                                meter max=(most) value=(count) aria-label=(plain::text(week)) {}
                                span { (text(number)) }
                            }
                        }
                    }
                }
            }
        }
    }
}
