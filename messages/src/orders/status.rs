//! How all services stand.

use super::place;
use crate::context::Context;
use crate::foreign::Foreign;
use crate::model::{Message, Row, Severity, Table};
use crate::parent;
use crate::say;
use crate::text::Text;
use guard::ids::{Environment, ServiceName, Version};
use guard::state::State;

/// How one service stands in one environment.
#[derive(Debug)]
pub struct Standing<'a> {
    /// Which service.
    pub service: &'a ServiceName,
    /// Where.
    pub environment: &'a Environment,
    /// What runs there, as far as the record knows.
    pub runs: Option<&'a Version>,
    /// Who froze it, and why, if it is.
    pub frozen: Option<(&'a str, Option<&'a str>)>,
    /// The deployment under way, or else the newest.
    pub last: Option<&'a State>,
}

/// One line for each service, under the loudest of them.
#[must_use]
pub fn status(all: &[Standing<'_>], context: &Context) -> Message {
    if all.is_empty() {
        return Message::line(Severity::Quiet, say!(context, "orders-no-service"));
    }
    let mut severity = Severity::Quiet;
    let mut rows = Vec::new();
    for one in all {
        let last = one.last.map(|state| parent(state, context));
        if let Some(last) = &last {
            severity = severity.max(last.severity);
        }
        rows.push(row(one, last.as_ref(), context));
    }
    Message {
        table: Some(Table {
            title: say!(context, "orders-status-title"),
            columns: vec![
                say!(context, "orders-status-service"),
                say!(context, "orders-status-runs"),
                say!(context, "orders-status-last"),
            ],
            rows,
            more: None,
        }),
        ..Message::line(severity, say!(context, "orders-status-title"))
    }
}

fn row(one: &Standing<'_>, last: Option<&Message>, context: &Context) -> Row {
    let none = || say!(context, "orders-status-none");
    let mut said: Vec<Text> = Vec::new();
    if let Some((by, reason)) = one.frozen {
        let frozen = say!(context, "orders-status-frozen", by = Foreign::from(by));
        said.push(match reason {
            Some(reason) => say!(
                context,
                "reason-given",
                said = frozen,
                reason = Foreign::from(reason)
            ),
            None => frozen,
        });
    }
    said.push(last.map_or_else(none, |last| last.headline.clone()));
    Row {
        cells: vec![
            place(one.service, one.environment),
            one.runs
                .map_or_else(none, |version| Foreign::from(version).into()),
            context.words().clauses(said),
        ],
        details: Vec::new(),
    }
}
