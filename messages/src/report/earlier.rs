//! The deployments before, and where the signals drift.

use super::names;
use super::signals::heads;
use crate::context::Context;
use crate::document::Section;
use crate::model::{Row, Table};
use crate::say;
use crate::spark::Spark;
use crate::text::Text;
use crate::words::{amount, duration, number};
use guard::report::{Earlier, Report, Trend};

/// A row for each deployment of the same service before this one.
pub(super) fn earlier(report: &Report, context: &Context) -> Section {
    let mut section = Section::new(say!(context, "report-earlier"));
    if !report.earlier.is_empty() {
        section.table = Some(Table {
            title: section.title.clone(),
            columns: heads(
                &[
                    "column-version",
                    "earlier-column-at",
                    "report-fact-outcome",
                    "fact-verdict",
                    "earlier-column-score",
                    "earlier-column-detect",
                    "earlier-column-recover",
                ],
                context,
            ),
            rows: report.earlier.iter().map(|one| row(one, context)).collect(),
            more: None,
        });
    }
    section
}

fn row(one: &Earlier, context: &Context) -> Row {
    let words = context.words();
    let nothing = || say!(words, "report-nothing");
    let took = |seconds: Option<f64>| seconds.map_or_else(nothing, |s| duration(words, s));
    Row {
        cells: vec![
            Text::foreign(one.to.as_str()),
            context.time(one.requested_at.0),
            names::outcome(one.outcome, context),
            words.verdict(one.verdict),
            one.score
                .map_or_else(nothing, |score| number(words, score.round())),
            took(one.to_detect_s),
            took(one.to_recover_s),
        ],
        details: Vec::new(),
    }
}

/// What the signals were after each release that stayed, and after this one.
pub(super) fn trends(report: &Report, context: &Context) -> Section {
    let mut section = Section::new(say!(context, "report-trends"));
    if !report.trends.is_empty() {
        section.table = Some(Table {
            title: section.title.clone(),
            columns: heads(
                &[
                    "column-signal",
                    "trend-column-first",
                    "trend-column-last",
                    "trend-column-course",
                    "trend-column-verdict",
                ],
                context,
            ),
            rows: report
                .trends
                .iter()
                .map(|one| trend(one, context))
                .collect(),
            more: None,
        });
    }
    section
}

fn trend(trend: &Trend, context: &Context) -> Row {
    let words = context.words();
    let nothing = || say!(words, "report-nothing");
    let values: Vec<Option<f64>> = trend.points.iter().map(|p| Some(p.value)).collect();
    let shown = |point: Option<&guard::report::TrendPoint>| {
        point.map_or_else(nothing, |point| amount(words, point.value, &trend.unit))
    };
    let verdict = if trend.worsening {
        say!(words, "trend-worsening")
    } else {
        say!(words, "trend-steady")
    };
    Row {
        cells: vec![
            Text::foreign(trend.signal.as_str()),
            shown(trend.points.first()),
            shown(trend.points.last()),
            Spark::of(&[], &values).map_or_else(nothing, Text::spark),
            verdict,
        ],
        details: Vec::new(),
    }
}
