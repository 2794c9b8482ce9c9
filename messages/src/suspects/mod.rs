//! Which change did it, and why, in words.

use crate::context::Context;
use crate::document::{Document, Section};
use crate::foreign::Foreign;
use crate::model::{Fact as Labelled, Row, Severity, Table};
use crate::say;
use crate::text::Text;
use crate::words::{amount, number};
use guard::suspects::{Case, Change, Elsewhere, Place, Ranking, Suspect, Verdict};

mod reason;

pub use reason::reason;

/// So many suspects are shown to people.
const SHOWN: usize = 5;

/// The whole answer, for people.
#[must_use]
pub fn document(case: &Case, ranking: &Ranking, context: &Context) -> Document {
    let words = context.words();
    let (severity, headline) = match ranking.verdict {
        Verdict::Change => (Severity::Alarm, named(ranking, context)),
        Verdict::NotThisDeployment => {
            (Severity::Good, words.text("suspects-elsewhere", Vec::new()))
        }
        Verdict::Unknown => (
            Severity::Warning,
            words.text("suspects-unknown", Vec::new()),
        ),
    };
    let service = if case.deployment.service.is_empty() {
        &case.deployment.id
    } else {
        &case.deployment.service
    };
    let mut elsewhere = Section::new(words.text("suspects-section-elsewhere", Vec::new()));
    elsewhere.items = ranking
        .elsewhere
        .iter()
        .map(|why| self::elsewhere(why, context))
        .collect();
    let mut suspects = Section::new(words.text("suspects-column-change", Vec::new()));
    suspects.table = Some(table(case, ranking, context));
    Document {
        severity,
        title: say!(words, "suspects-title", service = Foreign::new(service)),
        headline,
        facts: Vec::new(),
        sections: vec![elsewhere, suspects],
        footer: Text::default(),
    }
}

fn named(ranking: &Ranking, context: &Context) -> Text {
    let first = ranking.suspects.first();
    say!(
        context,
        "suspects-change",
        change = code(first.map_or("", |suspect| &suspect.id)),
        probability = amount(
            context.words(),
            first.map_or(0.0, |suspect| suspect.probability),
            "ratio"
        )
    )
}

fn table(case: &Case, ranking: &Ranking, context: &Context) -> Table {
    let words = context.words();
    let suspects = ranking.suspects.iter().take(SHOWN).enumerate();
    let rows = suspects.map(|(at, suspect)| row(case, at, suspect, context));
    let more = ranking.order.len().saturating_sub(SHOWN);
    Table {
        title: words.text("suspects-column-change", Vec::new()),
        columns: [
            "suspects-column-place",
            "suspects-column-change",
            "suspects-column-probability",
            "suspects-column-author",
            "suspects-column-title",
        ]
        .map(|key| words.text(key, Vec::new()))
        .into(),
        rows: rows.collect(),
        more: (more > 0).then(|| say!(words, "suspects-more", count = more)),
    }
}

fn row(case: &Case, at: usize, suspect: &Suspect, context: &Context) -> Row {
    let words = context.words();
    let change = case.changes.iter().find(|change| change.id == suspect.id);
    let said = |of: fn(&Change) -> &str| Text::foreign(Foreign::new(change.map_or("", of)));
    let label = |key, value| Labelled {
        label: words.text(key, Vec::new()),
        value,
    };
    let why = suspect
        .reasons
        .iter()
        .map(|why| label("suspects-label-why", reason(why, context)));
    let places = suspect
        .hunks
        .iter()
        .take(2)
        .map(|place| label("suspects-label-where", at_place(place)));
    Row {
        cells: vec![
            number(words, (at + 1) as f64),
            code(&suspect.id),
            amount(words, suspect.probability, "ratio"),
            said(|change| &change.author),
            said(|change| &change.title),
        ],
        details: why.chain(places).collect(),
    }
}

/// What speaks for another cause.
#[must_use]
pub fn elsewhere(why: &Elsewhere, context: &Context) -> Text {
    match why {
        Elsewhere::Before { onset, changed } => {
            say!(
                context,
                "suspects-before",
                onset = context.date(*onset),
                changed = context.date(*changed)
            )
        }
        Elsewhere::Control { name, onset: None } => {
            say!(context, "suspects-control", name = Foreign::new(name))
        }
        Elsewhere::Control {
            name,
            onset: Some(onset),
        } => {
            say!(
                context,
                "suspects-control-since",
                name = Foreign::new(name),
                onset = context.date(*onset)
            )
        }
        Elsewhere::Dependency { service, onset } => {
            say!(
                context,
                "suspects-dependency",
                name = Foreign::new(service),
                onset = context.date(*onset)
            )
        }
        Elsewhere::Traffic => say!(context, "suspects-traffic"),
        Elsewhere::SameHour => say!(context, "suspects-same-hour"),
        Elsewhere::NothingRuns => say!(context, "suspects-nothing-runs"),
        Elsewhere::Silence => say!(context, "suspects-silence"),
        Elsewhere::Neighbour {
            service,
            version,
            at,
        } => say!(
            context,
            "suspects-neighbour",
            name = Foreign::new(service),
            version = Foreign::new(version),
            at = context.date(*at)
        ),
    }
}

fn code(text: &str) -> Text {
    Text::code(Foreign::new(text))
}

fn at_place(place: &Place) -> Text {
    code(&format!("{}:{}", place.path, place.lines()))
}
