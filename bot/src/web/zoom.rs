//! A part of a drawing: chosen by links, so that no script is needed; the script only makes such a link of a drag.

use maud::{Markup, html};
use messages::chart::Chart;
use messages::layout::html::text;
use messages::layout::plain;
use messages::{Context, Text, say};
use serde::Deserialize;

/// The shortest time that is drawn, in seconds.
const LEAST_S: f64 = 4.0;

/// What is asked for, in seconds since the deployment.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    from: Option<String>,
    to: Option<String>,
}

impl Asked {
    /// That part; none where it is no part of the chart, or where nothing was measured.
    pub(super) fn of(&self, chart: &Chart) -> Option<Chart> {
        let moment = |text: &Option<String>| text.as_ref()?.parse::<f64>().ok();
        chart.within(moment(&self.from)?, moment(&self.to)?)
    }
}

/// The ways to see more or less of it. `shown` is the part, where one is shown.
pub(super) fn links(whole: &Chart, shown: Option<&Chart>, path: &str, context: &Context) -> Markup {
    let Some((first, last)) = whole.ends() else {
        return html! {};
    };
    let now = shown.and_then(|shown| shown.window);
    let (from, to) = now.unwrap_or((first, last));
    // The begin of what was found is what people want to see closely.
    let middle = match now {
        None => whole.onset.unwrap_or(0.0),
        Some(_) => f64::midpoint(from, to),
    };
    let span = to - from;
    // Within what was measured; none where that is all of it.
    let part = |from: f64, span: f64| {
        let from = from.max(first).min(last - span);
        (span < last - first).then_some((from, from + span))
    };
    let known = |way: &(f64, f64)| whole.within(way.0, way.1).is_some();
    let mut ways: Vec<(Text, Option<(f64, f64)>)> = Vec::new();
    let close = part(middle - span / 4.0, span / 2.0);
    if let Some(close) = close.filter(|_| span / 2.0 >= LEAST_S).filter(known) {
        ways.push((say!(context, "page-zoom-closer"), Some(close)));
    }
    if now.is_some() {
        let wide = part(from - span / 2.0, span * 2.0);
        ways.push((say!(context, "page-zoom-wider"), wide));
        for (words, to) in [
            (say!(context, "page-zoom-earlier"), from - span / 2.0),
            (say!(context, "page-zoom-later"), from + span / 2.0),
        ] {
            let moved = |way: &(f64, f64)| (way.0 - from).abs() >= LEAST_S / 4.0;
            if let Some(way) = part(to, span).filter(moved).filter(known) {
                ways.push((words, Some(way)));
            }
        }
        ways.push((say!(context, "page-zoom-all"), None));
    }
    html! {
        @if !ways.is_empty() {
            nav.zoom aria-label=(plain::text(&say!(context, "page-zoom"))) {
                @for (words, way) in &ways {
                    a href={ (path) (way.map(|(from, to)| query(from, to)).unwrap_or_default()) } { (text(words)) }
                }
            }
        }
    }
}

fn query(from: f64, to: f64) -> String {
    format!("?from={from:.1}&to={to:.1}")
}
