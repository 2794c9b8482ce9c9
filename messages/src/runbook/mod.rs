//! The runbook of a service's deployments, in words.

use crate::context::Context;
use crate::document::{Document, Section};
use crate::foreign::Foreign;
use crate::model::{Fact, Severity};
use crate::say;
use crate::text::Text;
use crate::words::number;
use guard::runbook::Runbook;

mod before;
mod going;
mod people;
mod watch;

/// The runbook as a document.
#[must_use]
pub fn document(runbook: &Runbook, context: &Context) -> Document {
    let sections = [
        before::checks(runbook, context),
        before::migrations(runbook, context),
        before::flags(context),
        going::strategy(runbook, context),
        watch::signals(runbook, context),
        watch::smoke(runbook, context),
        going::back(runbook, context),
        people::told(runbook, context),
        people::risks(runbook, context),
        watch::traffic(runbook, context),
    ];
    let stopped = runbook.frozen_by.is_some() || runbook.under_way.is_some();
    Document {
        severity: if stopped {
            Severity::Warning
        } else {
            Severity::Quiet
        },
        title: say!(
            context,
            "runbook-title",
            service = Foreign::from(&runbook.service),
            environment = Foreign::from(&runbook.environment)
        ),
        headline: headline(runbook, context),
        facts: facts(runbook, context),
        sections: sections.into(),
        footer: say!(context, "runbook-footer"),
    }
}

fn headline(runbook: &Runbook, context: &Context) -> Text {
    match (&runbook.frozen_by, &runbook.under_way) {
        (Some(by), _) => say!(context, "runbook-frozen", by = Foreign::from(by)),
        (None, Some(id)) => say!(context, "runbook-busy", id = Foreign::from(id)),
        (None, None) => say!(context, "runbook-free"),
    }
}

/// What it is, where its code is, and what it hangs together with.
fn facts(runbook: &Runbook, context: &Context) -> Vec<Fact> {
    let words = context.words();
    let fact = |key: &'static str, value: Text| Fact {
        label: words.text(key, Vec::new()),
        value,
    };
    let platform = match &runbook.hosts {
        Some(_) => say!(
            words,
            "runbook-on-hosts",
            instances = number(words, runbook.instances.len() as f64)
        ),
        None => say!(words, "runbook-observed"),
    };
    let runs = match &runbook.version {
        None => say!(words, "runbook-version-unknown"),
        Some(version) if runbook.known_good => say!(
            words,
            "runbook-version-good",
            version = Foreign::from(version)
        ),
        Some(version) => say!(
            words,
            "runbook-version-open",
            version = Foreign::from(version)
        ),
    };
    let mut facts = vec![
        fact("runbook-fact-platform", platform),
        fact("runbook-fact-runs", runs),
    ];
    if let Some(repository) = &runbook.repository {
        let repository = Text::code(Foreign::from(repository));
        facts.push(fact("runbook-fact-code", repository));
    }
    facts.push(fact("runbook-fact-calls", listed(&runbook.calls, context)));
    facts.push(fact(
        "runbook-fact-called-by",
        listed(&runbook.called_by, context),
    ));
    facts
}

/// Names one after the other, or that none is configured.
pub(super) fn listed(names: &[String], context: &Context) -> Text {
    if names.is_empty() {
        return say!(context, "runbook-none-configured");
    }
    Text::join(
        names.iter().map(|name| Text::foreign(Foreign::from(name))),
        &Text::trusted(", "),
    )
}

pub(super) fn section(key: &'static str, context: &Context) -> Section {
    Section::new(context.words().text(key, Vec::new()))
}
