//! The root-cause analysis of an incident, whole: the report with the changes, the errors and the metrics that it rests on.

use crate::cause::{error_section, section};
use crate::context::Context;
use crate::document::{Document, Section};
use crate::report::signal_section;
use crate::root_cause::{self, Told};
use crate::say;
use guard::report::Report;

/// The analysis as a document: what happened and for how long, what did it, what made it worse, when and where time was lost,
/// what to do; and below that what changed, what was logged and what was measured.
#[must_use]
pub fn document(told: &Told, report: &Report, context: &Context) -> Document {
    let mut document = root_cause::document(told, context);
    if told.report.action_items.is_empty() {
        // What people will look for: an empty place would read as forgotten.
        document.sections.push(Section {
            body: vec![say!(context, "root-cause-items-none")],
            ..Section::new(say!(context, "root-cause-items"))
        });
    }
    let changes = section(
        report.cause.as_ref(),
        &report.named,
        &report.findings,
        context,
    );
    let errors = report.cause.as_ref();
    let errors = errors.map(|cause| error_section(cause, context));
    let measured = signal_section(report, context);
    let rest = [Some(changes), errors, Some(measured)];
    let rest = rest.into_iter().flatten();
    document
        .sections
        .extend(rest.filter(|part| !part.is_empty()));
    document
}
