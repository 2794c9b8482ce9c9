//! Who is told, and what went wrong before.

use super::{listed, section};
use crate::context::Context;
use crate::document::Section;
use crate::foreign::Foreign;
use crate::model::Fact;
use crate::report::{outcome, risk_factor, suggestion};
use crate::say;
use crate::text::Text;
use guard::report::Earlier;
use guard::runbook::Runbook;
use guard::verdict::Tier;

pub(super) fn told(runbook: &Runbook, context: &Context) -> Section {
    let words = context.words();
    let mut section = section("runbook-people", context);
    let fact = |key: &'static str, value: Text| Fact {
        label: words.text(key, Vec::new()),
        value,
    };
    section.facts = vec![
        fact("runbook-fact-owners", listed(&runbook.owners, context)),
        fact("runbook-fact-on-call", listed(&runbook.on_call, context)),
        fact("runbook-fact-channels", listed(&runbook.channels, context)),
        fact("runbook-fact-callers", listed(&runbook.called_by, context)),
    ];
    section.items = vec![
        say!(words, "runbook-tell-before"),
        say!(words, "runbook-tell-during"),
        say!(words, "runbook-tell-after"),
    ];
    section
}

/// What hurt before, what spoke against the last one, and what would help.
pub(super) fn risks(runbook: &Runbook, context: &Context) -> Section {
    let words = context.words();
    let mut section = section("runbook-risks", context);
    let hurt = |one: &&Earlier| one.tier > Tier::Quiet || one.rolled_back;
    section.items = runbook
        .past
        .iter()
        .filter(hurt)
        .map(|one| {
            say!(
                words,
                "runbook-past-hurt",
                version = Foreign::from(&one.to),
                at = context.date(one.requested_at.0),
                tier = words.tier(one.tier),
                outcome = outcome(one.outcome, context)
            )
        })
        .collect();
    if section.items.is_empty() && !runbook.past.is_empty() {
        let count = runbook.past.len();
        section
            .items
            .push(say!(words, "runbook-past-quiet", count = count));
    }
    if !runbook.calls.is_empty() {
        let names = listed(&runbook.calls, context);
        section
            .items
            .push(say!(words, "runbook-risk-calls", names = names));
    }
    if !runbook.called_by.is_empty() {
        let names = listed(&runbook.called_by, context);
        section
            .items
            .push(say!(words, "runbook-risk-called-by", names = names));
    }
    let factors = runbook.risks.iter();
    let factors = factors.map(|one| risk_factor(one, context));
    section.items.extend(factors);
    let mitigations = runbook.mitigations.iter();
    let mitigations =
        mitigations.map(|one| say!(words, "runbook-mitigation", what = suggestion(one, context)));
    section.items.extend(mitigations);
    if section.items.is_empty() {
        section.body.push(say!(words, "runbook-risks-none"));
    }
    section
}
