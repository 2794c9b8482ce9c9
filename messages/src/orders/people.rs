//! Who is on call, and which accounts are whose.

use crate::context::Context;
use crate::foreign::Foreign;
use crate::model::{Fact, Message, Row, Severity, Table};
use crate::say;
use crate::text::Text;
use guard::ids::{PersonId, ServiceName};
use guard::people::Account;
use jiff::Timestamp;

/// Who is on call for a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnDuty {
    /// The service.
    pub service: ServiceName,
    /// Whether nobody has said who is: then whoever has the role counts.
    pub anybody: bool,
    /// Those who are.
    pub who: Vec<PersonId>,
    /// Names in a calendar that nobody of the configuration has.
    pub strangers: Vec<String>,
    /// Until when the shift lasts that ends first.
    pub until: Option<Timestamp>,
    /// What cannot be found out.
    pub unknown: Option<String>,
}

/// Who is on call, service by service.
#[must_use]
pub fn on_call(duties: &[OnDuty], context: &Context) -> Message {
    let rows = duties.iter().map(|duty| Row {
        cells: vec![
            Text::foreign(&duty.service),
            who(duty, context),
            duty.until
                .map(|until| context.time(until))
                .unwrap_or_default(),
        ],
        details: Vec::new(),
    });
    let strangers = duties.iter().flat_map(|duty| &duty.strangers);
    let mut strangers: Vec<&String> = strangers.collect();
    strangers.sort();
    strangers.dedup();
    let body = strangers
        .into_iter()
        .map(|name| say!(context, "on-call-stranger", name = Foreign::from(name)));
    Message {
        table: Some(Table {
            title: say!(context, "on-call-title"),
            columns: vec![
                say!(context, "column-service"),
                say!(context, "column-on-call"),
                say!(context, "column-until"),
            ],
            rows: rows.collect(),
            more: None,
        }),
        body: body.collect(),
        ..Message::line(Severity::Quiet, say!(context, "on-call-title"))
    }
}

fn who(duty: &OnDuty, context: &Context) -> Text {
    let words = context.words();
    let listed = words.listed(duty.who.iter().map(Text::foreign));
    match (&duty.unknown, duty.who.is_empty()) {
        _ if duty.anybody => say!(context, "on-call-anybody"),
        (None, true) => say!(context, "on-call-nobody"),
        (None, false) => listed,
        (Some(why), true) => say!(context, "on-call-unknown", why = Foreign::from(why)),
        (Some(why), false) => say!(
            context,
            "on-call-in-part",
            who = listed,
            why = Foreign::from(why)
        ),
    }
}

/// The code with which an account is linked, for the one person who asked for it: in a chat, or in public at GitHub.
#[must_use]
pub fn code(code: &str, public: bool, accounts: &[Account], context: &Context) -> Message {
    let known = accounts.iter().map(|account| {
        say!(
            context,
            "link-account",
            platform = Foreign::from(&account.platform),
            id = Foreign::from(&account.id)
        )
    });
    let known = context.words().listed(known);
    let facts = (!known.is_empty()).then(|| Fact {
        label: say!(context, "link-known"),
        value: known,
    });
    let how = if public {
        say!(context, "link-how-public", code = Text::code(code))
    } else {
        say!(context, "link-how", code = Text::code(code))
    };
    Message {
        body: vec![how],
        facts: facts.into_iter().collect(),
        ..Message::line(
            Severity::Quiet,
            say!(context, "link-code", code = Text::code(code)),
        )
    }
}

/// An account is theirs now.
#[must_use]
pub fn linked(person: &PersonId, context: &Context) -> Message {
    Message::line(
        Severity::Good,
        say!(context, "link-done", person = Foreign::from(person)),
    )
}

/// Their accounts are theirs no more.
#[must_use]
pub fn unlinked(count: usize, context: &Context) -> Message {
    Message::line(Severity::Quiet, say!(context, "link-undone", count = count))
}
