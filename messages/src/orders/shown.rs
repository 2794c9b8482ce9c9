//! What is shown when it is asked for.

use crate::context::Context;
use crate::document::{Document, Section};
use crate::foreign::Foreign;
use crate::model::Severity;
use crate::parent::lead;
use crate::say;
use crate::spending::{self, Spending};
use crate::text::Text;
use crate::timeline::timeline as lines;
use crate::trust;
use guard::event::Recorded;
use guard::ids::ServiceName;
use guard::state::State;
use guard::trust::Ledger;

/// What happened to a deployment, in order.
#[must_use]
pub fn timeline(state: &State, records: &[Recorded], context: &Context) -> Document {
    let told = lines(records, context);
    let severity = told.iter().map(|line| line.severity).max();
    let items = told.into_iter().map(|line| {
        say!(
            context,
            "orders-timeline-line",
            time = line.time,
            text = line.text
        )
    });
    Document {
        severity: severity.unwrap_or(Severity::Quiet),
        title: lead(state, context),
        headline: crate::parent(state, context).headline,
        facts: Vec::new(),
        sections: vec![Section {
            items: items.collect(),
            ..Section::new(say!(context, "orders-timeline-title"))
        }],
        footer: Text::default(),
    }
}

/// So many days back it is told what models cost.
pub const SPENT_DAYS: u32 = 90;

/// How far the alarms of each service have earned trust, and what the analyst cost.
#[must_use]
pub fn stats<'a>(
    all: impl IntoIterator<Item = (&'a ServiceName, u32, &'a Ledger)>,
    analyst: &Spending,
    context: &Context,
) -> Document {
    let section = |(service, deployments, ledger): (&ServiceName, u32, &Ledger)| Section {
        body: trust::sentences(ledger, deployments, context),
        ..Section::new(Foreign::from(service).into())
    };
    let own = Section {
        body: vec![spending::sentence(analyst, SPENT_DAYS, context)],
        ..Section::new(say!(context, "spending-section"))
    };
    let title = say!(context, "orders-stats-title");
    Document {
        severity: Severity::Quiet,
        headline: title.clone(),
        title,
        facts: Vec::new(),
        sections: all.into_iter().map(section).chain([own]).collect(),
        footer: Text::default(),
    }
}
