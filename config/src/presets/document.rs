//! `docs/presets.md`, from the tables.

use super::reads::Reads;
use super::{ALL, Template, preset};
use crate::signal::{Direction, PresetName, ShareForm, Unit};
use crate::text::{MetricName, SeriesSelector};
use std::fmt::Write as _;

/// What every preset measures, and under which names it looks for it.
#[must_use]
pub fn presets_markdown() -> String {
    let mut page = String::from(INTRODUCTION);
    for name in ALL {
        let _ = write!(page, "\n## `{}`\n\n{}.\n\n", name.as_str(), name.about());
        signals(&mut page, name);
        dialects(&mut page, name);
    }
    page
}

const INTRODUCTION: &str = "# Presets

<!-- Made by `make docs` from config/src/presets. -->

A preset is a ready-made set of signals. Without `flavour`, Tawny asks the source which of the names below
it has for the service, takes the dialect that covers most of the set and fills what it lacks from the others:
the same answer gives the same choice, when `tawny init` and `tawny check-config` ask and again at the start of
each watch. With `flavour`, only that dialect is read.

Signals marked *on request* are taken only when `include` names them; what the service does not export is left
out and said. Where a set has nothing at all, its first dialect is taken, and the signals are reported blind.
Values in other units than the signal's (milliseconds, nanoseconds) are converted as they are read.

Signals of counters, histograms and gauges are judged from raw samples. A *share* or a *mean* is made by the
source from two metrics and judged as a gauge, with the weaker and slower promise of one; limits are the same.
";

fn signals(page: &mut String, name: PresetName) {
    page.push_str("| signal | what | worse | unit | warn / hard | |\n|---|---|---|---|---|---|\n");
    for template in preset(name).signals {
        let worse = match template.direction {
            Direction::Up => "up",
            Direction::Down => "down",
        };
        let request = if template.on_request {
            "on request"
        } else {
            ""
        };
        let _ = writeln!(
            page,
            "| `{}` | {} | {worse} | {} | {} | {request} |",
            template.key,
            template.about,
            template.unit.as_str(),
            limits(template),
        );
    }
}

fn limits(template: &Template) -> String {
    let shown = |limit: Option<f64>| match (limit, template.unit) {
        (None, _) => "–".to_owned(),
        (Some(limit), Unit::Ratio) => format!("{} %", limit * 100.0),
        (Some(limit), Unit::Seconds) => format!("{limit} s"),
        (Some(limit), _) => limit.to_string(),
    };
    if template.warn.is_none() && template.hard.is_none() {
        return String::new();
    }
    format!("{} / {}", shown(template.warn), shown(template.hard))
}

fn dialects(page: &mut String, name: PresetName) {
    page.push_str("\n| dialect | reads, in this order |\n|---|---|\n");
    for dialect in preset(name).dialects {
        let rows: Vec<String> = dialect
            .rows
            .iter()
            .map(|row| format!("{}: {}", row.0, reads(row.1).replace('|', "\\|")))
            .collect();
        let _ = writeln!(
            page,
            "| `{}`: {} | {} |",
            dialect.name,
            dialect.about,
            rows.join("<br>")
        );
    }
}

fn reads(reads: Reads) -> String {
    let metric = |text: &str| {
        SeriesSelector::parse(text).map_or_else(
            || text.to_owned(),
            |selector| MetricName::of(&selector).to_string(),
        )
    };
    let scaled = |scale: f64| match scale {
        1.0 => String::new(),
        0.001 => ", in milliseconds".to_owned(),
        scale => format!(", times {scale:e}"),
    };
    match reads {
        Reads::Ratio(bad, total) if metric(bad) == metric(total) => format!("`{bad}`"),
        Reads::Ratio(bad, total) => format!("`{bad}` of `{}`", metric(total)),
        Reads::Parts(bad, good) => format!("`{bad}` beside `{good}`"),
        Reads::Histogram(text, scale) => format!("`{text}`, a histogram{}", scaled(scale)),
        Reads::Gauge(text, scale) | Reads::Rate(text, scale) => {
            format!("`{text}`{}", scaled(scale))
        }
        Reads::Throughput(text) | Reads::Availability(text) => format!("`{text}`"),
        Reads::Mean(sum, count, scale) => format!("mean of `{sum}` by `{count}`{}", scaled(scale)),
        Reads::Share(form, part, whole) => match form {
            ShareForm::Rates | ShareForm::Values | ShareForm::RateOfValue => {
                format!("share of `{}` in `{}`", metric(part), metric(whole))
            }
            ShareForm::FreeOfValues | ShareForm::Fullest => {
                format!(
                    "share of `{}` not left by `{}`",
                    metric(whole),
                    metric(part)
                )
            }
        },
    }
}
