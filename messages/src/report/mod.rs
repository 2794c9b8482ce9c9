//! The health report in words.

use crate::cause::section;
use crate::context::Context;
use crate::document::{Document, Section};
use crate::foreign::Foreign;
use crate::say;
use crate::text::Text;
use guard::report::Report;

mod advice;
mod deeds;
mod earlier;
mod head;
mod incident;
pub(crate) mod names;
mod signals;
mod times;

pub(crate) use advice::{lost, risk as risk_section, risk_factor, suggestion};
pub(crate) use incident::{gap, impact_facts, incident_items};
pub(crate) use names::outcome;
pub(crate) use signals::{finding_line, signals as signal_section};

/// The report as a document.
#[must_use]
pub fn report(report: &Report, context: &Context) -> Document {
    let sections = [
        signals::signals(report, context),
        signals::findings(report, context),
        incident::incident(report, context),
        incident::impact(report, context),
        section(
            report.cause.as_ref(),
            &report.named,
            &report.findings,
            context,
        ),
        deeds::deeds(report, context),
        deeds::questions(report, context),
        times::times(report, context),
        incident::gaps(report, context),
        advice::risk(report, context),
        advice::suggestions(report, context),
        earlier::earlier(report, context),
        earlier::trends(report, context),
    ];
    Document {
        severity: head::severity(report),
        title: say!(context, "report-title", lead = lead(report, context)),
        headline: head::headline(report, context),
        facts: head::facts(report, context),
        sections: sections
            .into_iter()
            .filter(|part: &Section| !part.is_empty())
            .collect(),
        footer: footer(report, context),
    }
}

/// `shop · prod · v2`.
pub(crate) fn lead(report: &Report, context: &Context) -> Text {
    say!(
        context,
        "lead",
        service = Foreign::from(&report.service),
        environment = Foreign::from(&report.environment),
        version = Foreign::from(&report.to)
    )
}

pub(crate) fn footer(report: &Report, context: &Context) -> Text {
    let words = if report.finished {
        "report-footer-finished"
    } else {
        "report-footer"
    };
    say!(
        context,
        words,
        id = Foreign::from(&report.deployment),
        by = Foreign::from(&report.requested_by),
        at = context.time(report.requested_at.0),
        updated = context.time(report.updated_at.0)
    )
}
