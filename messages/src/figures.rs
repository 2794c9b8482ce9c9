//! Figures for those who decide, as tables and sentences.

use crate::context::Context;
use crate::model::{Row, Table};
use crate::say;
use crate::text::Text;
use crate::words::{Words, duration, number};
use guard::figures::{Figures, Times};
use guard::ids::ServiceName;
use jiff::SignedDuration;

/// How each service did, after all of them together.
#[must_use]
pub fn table(
    all: &Figures,
    services: &[(ServiceName, Figures)],
    days: u32,
    context: &Context,
) -> Table {
    let words = context.words();
    let mut rows = vec![row(say!(words, "figures-all"), all, words)];
    let each = services.iter();
    rows.extend(each.map(|(service, figures)| row(Text::foreign(service), figures, words)));
    Table {
        title: say!(words, "figures-title", days = days),
        columns: [
            "figures-column-service",
            "figures-column-deployments",
            "figures-column-per-week",
            "figures-column-caught",
            "figures-column-warned",
            "figures-column-silent",
            "figures-column-rolled-back",
            "figures-column-false-alarms",
            "figures-column-missed",
            "figures-column-detect",
            "figures-column-decide",
            "figures-column-recover",
            "figures-column-saved",
        ]
        .map(|key| words.text(key, Vec::new()))
        .into(),
        rows,
        more: None,
    }
}

/// How often was deployed, week by week.
#[must_use]
pub fn weeks(all: &Figures, context: &Context) -> Table {
    let words = context.words();
    let week = |(monday, deployments): &(jiff::civil::Date, u32)| Row {
        cells: vec![
            Text::trusted(monday.to_string()),
            count(words, *deployments),
        ],
        details: Vec::new(),
    };
    Table {
        title: say!(words, "figures-weeks"),
        columns: ["figures-column-week", "figures-column-deployments"]
            .map(|key| words.text(key, Vec::new()))
            .into(),
        rows: all.weeks.iter().map(week).collect(),
        more: None,
    }
}

/// What the columns mean, and how the estimate is made.
#[must_use]
pub fn legend(all: &Figures, noticed_after: SignedDuration, context: &Context) -> Vec<Text> {
    let words = context.words();
    vec![
        say!(words, "figures-legend-counts"),
        say!(words, "figures-legend-times"),
        say!(
            words,
            "figures-legend-saved",
            after = duration(words, noticed_after.as_secs_f64()),
            told = all.saved_of,
            back = all.rolled_back
        ),
    ]
}

fn row(name: Text, figures: &Figures, words: Words) -> Row {
    let saved = figures
        .requests_saved
        .map(|saved| number(words, saved.round()));
    Row {
        cells: vec![
            name,
            count(words, figures.deployments),
            number(words, (figures.per_week * 10.0).round() / 10.0),
            count(words, figures.caught),
            count(words, figures.warned),
            count(words, figures.silent),
            count(words, figures.rolled_back),
            count(words, figures.false_alarms),
            count(words, figures.missed),
            times(words, figures.detect),
            times(words, figures.decide),
            times(words, figures.recover),
            saved.unwrap_or_else(|| say!(words, "no-value")),
        ],
        details: Vec::new(),
    }
}

fn count(words: Words, count: u32) -> Text {
    number(words, f64::from(count))
}

fn times(words: Words, times: Option<Times>) -> Text {
    match times {
        None => say!(words, "no-value"),
        Some(times) => say!(
            words,
            "figures-times",
            median = duration(words, times.median_s),
            p90 = duration(words, times.p90_s)
        ),
    }
}
