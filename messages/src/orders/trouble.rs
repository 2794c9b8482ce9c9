//! Why an order could not be carried out.

use super::{place, role, usage};
use crate::context::Context;
use crate::foreign::Foreign;
use crate::model::{Message, Severity};
use crate::say;
use crate::text::Text;
use crate::words::refusal;
use guard::actor::Role;
use guard::approval::Refusal;
use guard::ids::{DeploymentId, Environment, IncidentId, PersonId, ServiceName};
use guard::order::Verb;

/// Of many names, so many are said.
const MOST: usize = 5;

/// What is in the way of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// It is said in no deployment's thread, and names none.
    WhichDeployment(Verb),
    /// There is no such deployment.
    NoDeployment(DeploymentId),
    /// There is no such service.
    NoService {
        /// What was said.
        service: ServiceName,
        /// The one that was probably meant.
        near: Option<ServiceName>,
    },
    /// The service is not there.
    NoEnvironment {
        /// Which service.
        service: ServiceName,
        /// Where it was said to be.
        environment: Environment,
        /// Where it is.
        known: Vec<Environment>,
    },
    /// The service is in several environments, and none was named.
    WhichEnvironment {
        /// Which service.
        service: ServiceName,
        /// Where it is.
        known: Vec<Environment>,
    },
    /// Nothing was deployed there yet.
    NothingDeployed(ServiceName),
    /// Whoever said it may not.
    MayNot {
        /// Who.
        who: String,
        /// What it needs.
        role: Role,
        /// What was wanted.
        verb: Verb,
        /// Who may.
        able: Vec<String>,
    },
    /// The deployment refuses.
    Refused(Refusal),
    /// The deployment refuses them.
    NotTheirs {
        /// Why.
        refusal: Refusal,
        /// Who may.
        able: Vec<PersonId>,
    },
    /// Only people can.
    NoPerson(Verb),
    /// A code is said from the account that is to be linked, and this one is known.
    KnownHere(String),
    /// Nobody has this code, or not any more.
    NoSuchCode,
    /// Somebody else deploys this service.
    DeployedElsewhere(ServiceName, Environment),
    /// Tawny deploys this service.
    DeployedHere(ServiceName, Environment),
    /// There is no such incident of alerts.
    NoIncident(IncidentId),
    /// It is over.
    IncidentOver(IncidentId),
    /// It is the incident of a deployment.
    EndsWith(DeploymentId),
    /// It is said in no incident's thread, and names none; these are open.
    WhichIncident(Vec<IncidentId>),
    /// None is open.
    NoOpenIncident,
    /// Nothing is known of causes.
    NoCause,
    /// No model is configured that could look into a question.
    NoAnalyst,
    /// They were answered nothing that could be shared.
    NothingToShare,
    /// What was asked is not waited for any more.
    TooLate,
    /// Somebody else was asked.
    OtherAsked(String),
    /// Another reason, in English.
    Other(String),
}

/// Why not, for whoever gave the order.
#[must_use]
pub fn trouble(trouble: &Trouble, context: &Context) -> Message {
    Message::line(Severity::Warning, sentence(trouble, context))
}

fn sentence(trouble: &Trouble, context: &Context) -> Text {
    match trouble {
        Trouble::WhichDeployment(verb) => say!(
            context,
            "orders-no-deployment-here",
            usage = usage(*verb, context)
        ),
        Trouble::NoDeployment(id) => say!(
            context,
            "orders-unknown-deployment",
            deployment = Foreign::from(id)
        ),
        Trouble::NoService {
            service,
            near: None,
        } => say!(
            context,
            "orders-unknown-service",
            service = Foreign::from(service)
        ),
        Trouble::NoService {
            service,
            near: Some(near),
        } => say!(
            context,
            "orders-unknown-service-near",
            service = Foreign::from(service),
            near = Foreign::from(near)
        ),
        Trouble::NoEnvironment {
            service,
            environment,
            known,
        } => say!(
            context,
            "orders-unknown-environment",
            service = Foreign::from(service),
            environment = Foreign::from(environment),
            known = all(known, context)
        ),
        Trouble::WhichEnvironment { service, known } => say!(
            context,
            "orders-several-environments",
            service = Foreign::from(service),
            known = all(known, context),
            example = known
                .first()
                .map(|one| place(service, one))
                .unwrap_or_default()
        ),
        Trouble::NothingDeployed(service) => say!(
            context,
            "orders-nothing-deployed",
            place = Foreign::from(service)
        ),
        Trouble::MayNot {
            who,
            role: needed,
            verb,
            able,
        } => say!(
            context,
            "orders-needs-role",
            who = Foreign::from(who),
            role = role(*needed, context),
            verb = Text::code(verb.as_str()),
            able = people(able, context)
        ),
        Trouble::Refused(why) => refusal(why, context),
        Trouble::NotTheirs { refusal: why, able } => Text::join(
            [refusal(why, context), crate::chat::who_can(able, context)],
            &say!(context, "sentence-separator"),
        ),
        Trouble::NoPerson(verb) => say!(
            context,
            "orders-people-only",
            verb = Text::code(verb.as_str())
        ),
        Trouble::KnownHere(who) => say!(context, "link-known-here", who = Foreign::from(who)),
        Trouble::NoSuchCode => say!(context, "link-no-code"),
        Trouble::DeployedElsewhere(service, environment) => say!(
            context,
            "orders-deployed-elsewhere",
            place = place(service, environment)
        ),
        Trouble::DeployedHere(service, environment) => say!(
            context,
            "orders-deployed-here",
            place = place(service, environment)
        ),
        Trouble::NoIncident(id) => say!(
            context,
            "orders-unknown-incident",
            incident = Foreign::from(id)
        ),
        Trouble::IncidentOver(id) => {
            say!(
                context,
                "orders-incident-over",
                incident = Foreign::from(id)
            )
        }
        Trouble::EndsWith(deployment) => say!(
            context,
            "orders-incident-of-deployment",
            deployment = Foreign::from(deployment)
        ),
        Trouble::WhichIncident(open) => {
            let open = open.iter().take(MOST).map(|id| Text::code(id.as_str()));
            let open = context.words().listed(open);
            say!(context, "orders-which-incident", open = open)
        }
        Trouble::NoOpenIncident => say!(context, "orders-no-incident"),
        Trouble::NoAnalyst => say!(context, "ask-no-analyst"),
        Trouble::NothingToShare => say!(context, "ask-nothing-to-share"),
        Trouble::NoCause => say!(context, "orders-no-cause"),
        Trouble::TooLate => say!(context, "orders-confirm-expired"),
        Trouble::OtherAsked(who) => {
            say!(context, "orders-confirm-other", who = Foreign::from(who))
        }
        Trouble::Other(error) => say!(context, "orders-failed", error = Foreign::from(error)),
    }
}

fn all(environments: &[Environment], context: &Context) -> Text {
    let named = environments
        .iter()
        .map(|one| Text::from(Foreign::from(one)));
    context.words().listed(named)
}

/// Names of people who may; the first few of many.
fn people(able: &[String], context: &Context) -> Text {
    if able.is_empty() {
        return say!(context, "orders-nobody");
    }
    let named = able.iter().take(MOST);
    let named = named.map(|name| Text::from(Foreign::from(name)));
    context.words().listed(named)
}
