//! Before anything is deployed.

use super::section;
use crate::context::Context;
use crate::document::Section;
use crate::foreign::Foreign;
use crate::say;
use crate::text::Text;
use guard::runbook::Runbook;

/// What must be so, each with the command that shows it.
pub(super) fn checks(runbook: &Runbook, context: &Context) -> Section {
    let words = context.words();
    let service = || Foreign::from(&runbook.service);
    let mut section = section("runbook-before", context);
    section.items = vec![
        say!(words, "runbook-check-free", service = service()),
        say!(words, "runbook-check-data"),
        say!(words, "runbook-check-alerts"),
        say!(words, "runbook-check-neighbours"),
        say!(words, "runbook-check-people"),
    ];
    section.items.push(match &runbook.last_good {
        Some(version) => say!(
            words,
            "runbook-check-way-back",
            version = Foreign::from(version)
        ),
        None => say!(words, "runbook-check-no-way-back"),
    });
    section
}

/// What going back does not undo.
pub(super) fn migrations(runbook: &Runbook, context: &Context) -> Section {
    let words = context.words();
    let mut section = section("runbook-migrations", context);
    if runbook.irreversible.is_empty() {
        section.body.push(say!(words, "runbook-migrations-none"));
    } else {
        let versions = runbook.irreversible.iter();
        let versions = versions.map(|version| Text::foreign(Foreign::from(version)));
        let versions = Text::join(versions, &Text::trusted(", "));
        section
            .body
            .push(say!(words, "runbook-migrations-known", versions = versions));
    }
    section.body.push(say!(words, "runbook-migrations-how"));
    section
}

/// Nobody tells Tawny of flags, so people have to.
pub(super) fn flags(context: &Context) -> Section {
    let mut section = section("runbook-flags", context);
    section.body.push(say!(context, "runbook-flags-unknown"));
    section
}
