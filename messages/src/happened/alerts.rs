//! What others say: their alerts, and how their deployments went.

use super::phrases::{new_version, with_reason};
use crate::context::Context;
use crate::foreign::Foreign;
use crate::known::Known;
use crate::say;
use crate::text::Text;
use guard::alert::{Alert, AlertSeverity, Relation};
use guard::event::Reported;

/// An alert, whose it is, and since when.
pub(super) fn joined(alert: &Alert, relation: Relation, context: &Context) -> Text {
    let words = context.words();
    let severity = severity(alert.severity, context);
    let key = match relation {
        Relation::Own => "event-alert-own",
        Relation::Calls => "event-alert-calls",
        Relation::CalledBy => "event-alert-called-by",
    };
    let said = say!(
        words,
        key,
        severity = severity,
        alert = Foreign::from(&alert.name),
        service = Foreign::from(&alert.service),
        since = context.time(alert.key.starts_at)
    );
    with_reason(said, &alert.summary, context)
}

/// How bad an alert is, by its own word.
pub(crate) fn severity(severity: AlertSeverity, context: &Context) -> Text {
    match severity {
        AlertSeverity::Critical => say!(context, "alert-critical"),
        AlertSeverity::Warning => say!(context, "alert-warning"),
        AlertSeverity::Info => say!(context, "alert-info"),
        AlertSeverity::Unknown => say!(context, "alert-unknown"),
    }
}

/// How a deployment went, by the word of whoever made it.
pub(super) fn reported(
    by: &str,
    outcome: Reported,
    reason: &Option<String>,
    known: &Known<'_>,
    context: &Context,
) -> Text {
    let words = context.words();
    let key = match outcome {
        Reported::Succeeded => "event-reported-succeeded",
        Reported::Failed => "event-reported-failed",
    };
    let said = say!(
        words,
        key,
        by = Foreign::from(by),
        version = new_version(known, context)
    );
    with_reason(said, reason, context)
}
