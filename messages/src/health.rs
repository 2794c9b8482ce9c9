//! Whether a deployment is healthy, in words.

use crate::cause::error_section;
use crate::context::Context;
use crate::document::{Document, Section};
use crate::foreign::Foreign;
use crate::model::{Fact, Row, Severity, Table};
use crate::report::{lead, risk_section, signal_section};
use crate::root_cause::{Told, conclusion};
use crate::say;
use crate::text::Text;
use crate::words::{amount, duration};
use guard::health::{HealthCheck, Next, WindowRow};
use guard::report::Outcome;
use guard::root_cause::{Milestones, RootCauseReport};
use guard::verdict::Verdict;

/// The check as a document; with what rules say did it, where something moved.
#[must_use]
pub fn document(
    check: &HealthCheck,
    hypothesis: Option<&RootCauseReport<Text>>,
    context: &Context,
) -> Document {
    let report = &check.report;
    let words = context.words();
    let sections = [
        windows(check, context),
        Section {
            title: say!(words, "health-judged"),
            ..signal_section(report, context)
        },
        errors(check, context),
        risk_section(report, context),
        probable(check, hypothesis, context),
    ];
    Document {
        severity: match (check.advice, report.verdict) {
            (Next::RollBack, _) => Severity::Alarm,
            (Next::Continue, Some(Verdict::Healthy)) => Severity::Good,
            _ => Severity::Warning,
        },
        title: say!(words, "health-title", lead = lead(report, context)),
        headline: say!(
            words,
            "health-headline",
            verdict = words.verdict(report.verdict),
            advice = next(check.advice, context)
        ),
        facts: facts(check, hypothesis, context),
        sections: sections.into(),
        footer: say!(
            words,
            "health-footer",
            id = Foreign::from(&report.deployment)
        ),
    }
}

/// What to do now.
#[must_use]
pub fn next(next: Next, context: &Context) -> Text {
    match next {
        Next::Continue => say!(context, "health-next-continue"),
        Next::Observe => say!(context, "health-next-observe"),
        Next::RollBack => say!(context, "health-next-roll-back"),
    }
}

fn facts(
    check: &HealthCheck,
    hypothesis: Option<&RootCauseReport<Text>>,
    context: &Context,
) -> Vec<Fact> {
    let words = context.words();
    let report = &check.report;
    let fact = |key: &'static str, value: Text| Fact {
        label: words.text(key, Vec::new()),
        value,
    };
    let because = match hypothesis {
        _ if report.outcome == Outcome::RolledBack => say!(words, "health-because-back"),
        Some(written) => written.recommendation.because.clone(),
        None => match report.verdict {
            Some(Verdict::Healthy) => say!(words, "health-because-healthy"),
            Some(Verdict::Inconclusive | Verdict::Degraded) => {
                say!(words, "health-because-unsure")
            }
            Some(Verdict::Unmeasured) => say!(words, "health-because-unmeasured"),
            None => say!(words, "health-because-not-yet"),
        },
    };
    vec![
        fact("health-fact-verdict", words.verdict_meaning(report.verdict)),
        fact("health-fact-tier", words.tier(report.tier)),
        fact("health-fact-advice", next(check.advice, context)),
        fact("health-fact-because", because),
        fact("health-fact-changed", context.date(report.requested_at.0)),
    ]
}

/// What was measured before and after, whatever is said of it.
fn windows(check: &HealthCheck, context: &Context) -> Section {
    let words = context.words();
    let windows = &check.windows;
    let mut section = Section::new(say!(
        words,
        "health-windows",
        after = duration(words, windows.after_s as f64)
    ));
    let known = |row: &&WindowRow| row.before.is_some() || row.after.is_some();
    let rows: Vec<&WindowRow> = windows.rows.iter().filter(known).collect();
    if rows.is_empty() {
        section.body.push(say!(words, "health-windows-none"));
    } else {
        section.body.push(say!(words, "health-windows-note"));
        let value = |value: Option<f64>, unit: &str| match value {
            Some(value) => amount(words, value, unit),
            None => say!(words, "health-nothing"),
        };
        let rows = rows.into_iter().map(|row| Row {
            cells: vec![
                Text::foreign(&row.signal),
                value(row.before, &row.unit),
                value(row.after, &row.unit),
            ],
            details: Vec::new(),
        });
        section.table = Some(Table {
            title: section.title.clone(),
            columns: vec![
                say!(words, "column-signal"),
                say!(words, "health-column-before"),
                say!(words, "health-column-after"),
            ],
            rows: rows.collect(),
            more: None,
        });
    }
    let missing = windows.missing.iter();
    let said = missing.map(|why| say!(words, "health-windows-missing", why = Foreign::from(why)));
    section.items = said.collect();
    section
}

fn errors(check: &HealthCheck, context: &Context) -> Section {
    let known = check.report.cause.as_ref();
    let section = known.map(|cause| error_section(cause, context));
    section
        .filter(|section| !section.is_empty())
        .unwrap_or_else(|| {
            let mut none = Section::new(say!(context, "health-errors"));
            none.body.push(say!(context, "health-errors-none"));
            none
        })
}

fn probable(
    check: &HealthCheck,
    hypothesis: Option<&RootCauseReport<Text>>,
    context: &Context,
) -> Section {
    let mut section = Section::new(say!(context, "health-hypothesis"));
    let Some(written) = hypothesis else {
        section.body.push(say!(context, "health-hypothesis-none"));
        return section;
    };
    let told = Told::of(written.clone(), &check.report, Milestones::default());
    section.body = [
        conclusion(&written.conclusion, &told, context),
        written.mechanism.clone(),
    ]
    .into_iter()
    .filter(|text| !text.is_empty())
    .collect();
    section
}
