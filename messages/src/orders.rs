//! Answers to what people say in words.

use crate::context::Context;
use crate::foreign::Foreign;
use crate::model::{Message, Row, Severity, Table};
use crate::say;
use crate::text::Text;
use guard::actor::Role;
use guard::ids::{DeploymentId, Environment, IncidentId, ServiceName, Version};
use guard::order::{NotUnderstood, Verb};

pub mod people;
mod shown;
mod status;
mod trouble;
mod verbs;

pub use shown::{SPENT_DAYS, stats, timeline};
pub use status::{Standing, status};
pub use trouble::{Trouble, trouble};

/// What came of an order that was carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Done {
    /// It was done; the deployment's thread says the rest.
    Given(Verb),
    /// A deployment has begun.
    Begun {
        /// Which.
        deployment: DeploymentId,
        /// What goes out.
        version: Version,
        /// Where.
        place: (ServiceName, Environment),
    },
    /// These lanes are frozen now; none if all of `already` were.
    Frozen {
        /// Those that were not before.
        now: Vec<(ServiceName, Environment)>,
        /// Those that were.
        already: Vec<(ServiceName, Environment)>,
    },
    /// These are not any more; none if none was.
    Unfrozen(Vec<(ServiceName, Environment)>),
    /// What somebody thinks of a cause or of a report is kept.
    Noted,
    /// An incident of alerts is closed.
    Closed(IncidentId),
    /// A version is about to go out, if they say so again.
    Asked {
        /// What goes out.
        version: Version,
        /// Where.
        place: (ServiceName, Environment),
        /// What runs there now, and on how many instances, where that is known.
        current: Option<(Version, u32)>,
    },
}

/// An order was carried out.
#[must_use]
pub fn done(done: &Done, context: &Context) -> Message {
    let places = |places: &[(ServiceName, Environment)]| {
        let words = context.words();
        words.listed(
            places
                .iter()
                .map(|(service, environment)| place(service, environment)),
        )
    };
    let (severity, headline) = match done {
        Done::Given(verb) => (
            Severity::Good,
            say!(context, "orders-done", what = Text::code(verb.as_str())),
        ),
        Done::Begun {
            deployment,
            version,
            place: (service, environment),
        } => (
            Severity::Good,
            say!(
                context,
                "orders-begun",
                deployment = Foreign::from(deployment),
                version = Foreign::from(version),
                place = place(service, environment)
            ),
        ),
        Done::Frozen { now, already } if now.is_empty() => (
            Severity::Quiet,
            say!(context, "orders-frozen-already", places = places(already)),
        ),
        Done::Frozen { now, .. } => (
            Severity::Warning,
            say!(context, "orders-frozen", places = places(now)),
        ),
        Done::Unfrozen(gone) if gone.is_empty() => {
            (Severity::Quiet, say!(context, "orders-not-frozen"))
        }
        Done::Unfrozen(gone) => (
            Severity::Good,
            say!(context, "orders-unfrozen", places = places(gone)),
        ),
        Done::Noted => (Severity::Good, say!(context, "orders-noted")),
        Done::Closed(incident) => (
            Severity::Good,
            say!(
                context,
                "orders-incident-closed",
                incident = Foreign::from(incident)
            ),
        ),
        Done::Asked {
            version,
            place: (service, environment),
            current,
        } => (
            Severity::Warning,
            asked(
                version,
                place(service, environment),
                current.as_ref(),
                context,
            ),
        ),
    };
    Message::line(severity, headline)
}

fn asked(
    version: &Version,
    place: Text,
    current: Option<&(Version, u32)>,
    context: &Context,
) -> Text {
    match current {
        Some((current, count)) => say!(
            context,
            "orders-confirm-deploy",
            version = Foreign::from(version),
            place = place,
            current = Foreign::from(current),
            count = *count
        ),
        None => say!(
            context,
            "orders-confirm-deploy-first",
            version = Foreign::from(version),
            place = place
        ),
    }
}

/// `shop@prod`, as it can be typed.
pub(crate) fn place(service: &ServiceName, environment: &Environment) -> Text {
    Text::code(format!("{service}@{environment}").as_str())
}

/// What can be said, or how one thing is.
#[must_use]
pub fn help(about: Option<Verb>, context: &Context) -> Message {
    match about {
        None => Message {
            table: Some(table(context)),
            ..Message::line(Severity::Quiet, say!(context, "orders-help-title"))
        },
        Some(verb) => {
            let others = verb.others().iter().map(|word| Text::code(*word));
            let words = context.words().listed(others);
            let mut body = vec![verbs::words(verb, context).1];
            if !verb.others().is_empty() {
                body.push(say!(context, "orders-help-others", words = words));
            }
            Message {
                body,
                ..Message::line(Severity::Quiet, usage(verb, context))
            }
        }
    }
}

fn table(context: &Context) -> Table {
    Table {
        title: say!(context, "orders-help-how"),
        columns: vec![
            say!(context, "orders-help-row-command"),
            say!(context, "orders-help-row-does"),
        ],
        rows: Verb::ALL
            .iter()
            .map(|verb| Row {
                cells: <[Text; 2]>::from(verbs::words(*verb, context)).into(),
                details: Vec::new(),
            })
            .collect(),
        more: None,
    }
}

/// How a verb is used, as it is typed.
pub(crate) fn usage(verb: Verb, context: &Context) -> Text {
    verbs::words(verb, context).0
}

/// A line was not understood.
#[must_use]
pub fn not_understood(why: &NotUnderstood, context: &Context) -> Message {
    let said = match why {
        NotUnderstood::NoVerb { word, near: None } => {
            say!(context, "orders-no-verb", word = Foreign::from(word))
        }
        NotUnderstood::NoVerb {
            word,
            near: Some(near),
        } => say!(
            context,
            "orders-no-verb-near",
            word = Foreign::from(word),
            near = usage(*near, context)
        ),
        NotUnderstood::Incomplete { verb } => {
            say!(context, "orders-incomplete", usage = usage(*verb, context))
        }
        NotUnderstood::TooMuch { verb, word } => say!(
            context,
            "orders-too-much",
            word = Foreign::from(word),
            usage = usage(*verb, context)
        ),
        NotUnderstood::BadName(bad) => say!(
            context,
            "orders-bad-name",
            problem = Foreign::new(&bad.to_string())
        ),
    };
    Message::line(Severity::Quiet, said)
}

/// The word for a role.
pub(crate) fn role(role: Role, context: &Context) -> Text {
    match role {
        Role::Responder => say!(context, "role-responder"),
        Role::Operator => say!(context, "role-operator"),
    }
}
