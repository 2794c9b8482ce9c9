//! The postmortem in words, with what people have to fill in.

use crate::cause::section;
use crate::context::Context;
use crate::document::{Document, Section};
use crate::foreign::Foreign;
use crate::model::{Fact, Row, Severity, Table};
use crate::report::{
    finding_line, gap, impact_facts, incident_items, lost, outcome, risk_factor, suggestion,
};
use crate::say;
use crate::text::Text;
use crate::timeline::{TimelineLine, timeline};
use crate::words::{amount, duration, number};
use guard::event::Recorded;
use guard::report::{Cause, Postmortem, Well};

/// The postmortem as a document; `records` are the deployment's events.
#[must_use]
pub fn postmortem(told: &Postmortem, records: &[Recorded], context: &Context) -> Document {
    let lines = timeline(records, context);
    let mut sections = vec![
        what(told, context),
        impact(told, context),
        times(&lines, context),
        gaps(told, context),
        cause(told, context),
        section(told.suspects.as_ref(), &told.named, &told.findings, context),
        contributing(told, context),
        well(told, context),
        all_lost(told, context),
        items(told, context),
    ];
    sections.retain(|part| !part.title.is_empty());
    let lead = say!(
        context,
        "lead",
        service = Foreign::from(&told.service),
        environment = Foreign::from(&told.environment),
        version = Foreign::from(&told.to)
    );
    Document {
        severity: if told.closed {
            Severity::Warning
        } else {
            Severity::Alarm
        },
        title: say!(context, "postmortem-title", lead = lead),
        headline: if told.closed {
            say!(context, "postmortem-closed")
        } else {
            say!(context, "postmortem-draft")
        },
        facts: facts(told, context),
        sections,
        footer: say!(
            context,
            "postmortem-footer",
            id = Foreign::from(&told.deployment)
        ),
    }
}

fn fill_in(context: &Context) -> Text {
    say!(context, "postmortem-fill-in")
}

fn facts(told: &Postmortem, context: &Context) -> Vec<Fact> {
    let words = context.words();
    let fact = |key: &str, value: Text| Fact {
        label: words.text(key, Vec::new()),
        value,
    };
    let to = Foreign::from(&told.to);
    let versions = match &told.from {
        Some(from) => say!(words, "from-to", from = Foreign::from(from), to = to),
        None => say!(words, "version-first", to = to),
    };
    let incident = &told.incident;
    let until = match incident.ended_at {
        Some(at) => context.date(at.0),
        None => say!(words, "postmortem-lasts"),
    };
    vec![
        fact("fact-version", versions),
        fact("report-fact-outcome", outcome(told.outcome, context)),
        fact("postmortem-fact-began", context.date(incident.began_at.0)),
        fact("postmortem-fact-found", context.date(incident.opened_at.0)),
        fact("postmortem-fact-ended", until),
        fact("report-fact-answer", words.tier(incident.tier)),
        fact("postmortem-fact-authors", fill_in(context)),
    ]
}

fn what(told: &Postmortem, context: &Context) -> Section {
    let mut section = Section::new(say!(context, "postmortem-what"));
    section.items = told
        .findings
        .iter()
        .map(|row| finding_line(row, context))
        .chain(incident_items(&told.incident.moments, context))
        .collect();
    section.body.push(fill_in(context));
    section
}

fn impact(told: &Postmortem, context: &Context) -> Section {
    let words = context.words();
    let mut section = Section::new(say!(words, "report-impact"));
    if let Some(impact) = &told.impact {
        section.facts = impact_facts(impact, context);
        section.items = impact
            .accounts
            .iter()
            .map(|one| {
                say!(
                    words,
                    "excess-account",
                    label = Text::foreign(one.label.as_str()),
                    value = Text::foreign(one.value.as_str()),
                    share = amount(words, one.share, "ratio")
                )
            })
            .collect();
    }
    section.body.push(say!(words, "postmortem-impact-fill-in"));
    section
}

fn times(lines: &[TimelineLine], context: &Context) -> Section {
    let words = context.words();
    let mut section = Section::new(say!(words, "postmortem-timeline"));
    let keys = [
        "postmortem-column-at",
        "postmortem-column-gap",
        "postmortem-column-what",
    ];
    section.table = Some(Table {
        title: section.title.clone(),
        columns: keys.map(|key| words.text(key, Vec::new())).into(),
        rows: lines
            .iter()
            .map(|line| Row {
                cells: vec![
                    line.time.clone(),
                    line.gap.clone().unwrap_or_default(),
                    line.text.clone(),
                ],
                details: Vec::new(),
            })
            .collect(),
        more: None,
    });
    section
}

fn gaps(told: &Postmortem, context: &Context) -> Section {
    let mut section = Section::new(say!(context, "report-gaps"));
    section.items = told.gaps.iter().map(|one| gap(one, context)).collect();
    if section.items.is_empty() {
        section.body.push(say!(context, "postmortem-no-gaps"));
    }
    section
}

fn cause(told: &Postmortem, context: &Context) -> Section {
    let mut section = Section::new(say!(context, "postmortem-cause"));
    if let Some(cause) = &told.cause {
        section.items = known_of(cause, context);
    }
    section.body.push(say!(context, "postmortem-cause-fill-in"));
    section
}

fn known_of(cause: &Cause, context: &Context) -> Vec<Text> {
    let words = context.words();
    let first = say!(
        words,
        "postmortem-first-moved",
        signal = Foreign::from(&cause.first_signal),
        at = context.time(cause.first_at.0)
    );
    let blamed = say!(
        words,
        "postmortem-blamed",
        attribution = words.attribution(cause.attribution)
    );
    let to = Foreign::from(&cause.to);
    let changed = match &cause.from {
        Some(from) => say!(
            words,
            "postmortem-changed",
            from = Foreign::from(from),
            to = to
        ),
        None => say!(words, "postmortem-changed-first", to = to),
    };
    let after = cause
        .after_change_s
        .filter(|seconds| *seconds >= 0.0)
        .map(|seconds| {
            say!(
                words,
                "postmortem-after-change",
                duration = duration(words, seconds)
            )
        });
    [Some(first), after, Some(blamed), Some(changed)]
        .into_iter()
        .flatten()
        .collect()
}

fn contributing(told: &Postmortem, context: &Context) -> Section {
    let mut section = Section::new(say!(context, "postmortem-contributing"));
    let factors = told.contributing.iter();
    section.items = factors.map(|one| risk_factor(one, context)).collect();
    section.body.push(fill_in(context));
    section
}

fn well(told: &Postmortem, context: &Context) -> Section {
    let words = context.words();
    let mut section = Section::new(say!(words, "postmortem-well"));
    let said = told.went_well.iter().map(|one| match one {
        Well::FoundInTime { seconds, goal } => say!(
            words,
            "well-found-in-time",
            duration = duration(words, *seconds),
            goal = duration(words, *goal)
        ),
        Well::OverInTime { seconds, goal } => say!(
            words,
            "well-over-in-time",
            duration = duration(words, *seconds),
            goal = duration(words, *goal)
        ),
        Well::Contained { instances, of } => say!(
            words,
            "well-contained",
            instances = number(words, *instances as f64),
            of = number(words, *of as f64)
        ),
        Well::RolledBackAlone => say!(words, "well-rolled-back-alone"),
        Well::CureProven => say!(words, "well-cure-proven"),
        Well::CameBack => say!(words, "well-came-back"),
    });
    section.items = said.collect();
    section.body.push(fill_in(context));
    section
}

fn all_lost(told: &Postmortem, context: &Context) -> Section {
    let mut section = Section::new(say!(context, "postmortem-lost"));
    let all = told.time_lost.iter();
    section.items = all.map(|one| lost(one, context)).collect();
    if section.items.is_empty() {
        section.body.push(say!(context, "postmortem-nothing-lost"));
    }
    section
}

fn items(told: &Postmortem, context: &Context) -> Section {
    let words = context.words();
    let mut section = Section::new(say!(words, "postmortem-items"));
    let keys = [
        "postmortem-column-item",
        "postmortem-column-owner",
        "postmortem-column-due",
    ];
    let row = |what: Text| Row {
        cells: vec![what, fill_in(context), fill_in(context)],
        details: Vec::new(),
    };
    let known = told.action_items.iter();
    let mut rows: Vec<Row> = known.map(|one| row(suggestion(one, context))).collect();
    rows.push(row(fill_in(context)));
    section.table = Some(Table {
        title: section.title.clone(),
        columns: keys.map(|key| words.text(key, Vec::new())).into(),
        rows,
        more: None,
    });
    section
}
