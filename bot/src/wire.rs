//! From the configuration to what the engine and the server are made of.

use crate::auth::Tokens;
use config::Settings;
use config::settings::Holder;
use engine::services::Service;
use guard::actor::{Actor, Role};
use guard::ids::PersonId;
use sources::metrics::SourceMeters;

mod code;
mod hosts;
mod journal_url;
mod laid;
mod logs;
mod probe;
mod prometheus;
pub(crate) mod proposers;
mod service;
mod signal;
mod source;
pub(crate) mod writers;

pub use journal_url::journal_url;
pub(crate) use prometheus::{proxy, tls};

/// Why a configuration that reads well cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum WireError {
    /// The journal's place.
    #[error("journal.{0}")]
    Journal(String),
    /// A service's hosts.
    #[error("services.{service}: {error}")]
    Hosts {
        /// The service.
        service: String,
        /// Why.
        error: String,
    },
    /// A metric source.
    #[error("metrics.{source_name}: {error}")]
    Source {
        /// The source.
        source_name: String,
        /// Why.
        error: String,
    },
    /// Where errors are read.
    #[error("services.{service}.logs[{index}]: {error}")]
    Logs {
        /// The service.
        service: String,
        /// Which of them.
        index: usize,
        /// Why.
        error: String,
    },
    /// A code host.
    #[error("code.{host}: {error}")]
    Code {
        /// The host.
        host: String,
        /// Why.
        error: String,
    },
    /// A probe.
    #[error("services.{service}, signal {signal}: probe: {error}")]
    Probe {
        /// The service.
        service: String,
        /// The signal.
        signal: String,
        /// Why.
        error: String,
    },
    /// A selector.
    #[error("services.{service}, signal {signal}: selector `{selector}`: {error}")]
    Selector {
        /// The service.
        service: String,
        /// The signal.
        signal: String,
        /// The selector.
        selector: String,
        /// Why.
        error: String,
    },
}

/// Every service in each of its environments.
pub fn services(settings: &Settings) -> Result<Vec<Service>, WireError> {
    services_counted(settings, &SourceMeters::default())
}

/// Every service in each of its environments; what their sources are asked is counted.
pub fn services_counted(
    settings: &Settings,
    meters: &SourceMeters,
) -> Result<Vec<Service>, WireError> {
    // One client for each source, whoever reads from it: its budget and its connections are one.
    let sources = source::sources(settings, meters)?;
    let code = code::CodeHosts::new(settings)?;
    let mut services = Vec::new();
    for configured in &settings.services {
        for environment in settings.environments_of(configured) {
            services.push(service::service(
                settings,
                &sources,
                &code,
                configured,
                &environment,
            )?);
        }
    }
    Ok(services)
}

/// The tokens of people and machines.
#[must_use]
pub fn tokens(settings: &Settings) -> Tokens {
    let mut tokens = Tokens::default();
    for token in &settings.tokens {
        let actor = match token.holder() {
            Some(Holder::Person(id)) => person(settings, id),
            Some(Holder::Machine(id)) => Some(Actor::Machine {
                id: id.clone(),
                roles: token.roles.clone(),
            }),
            None => None,
        };
        if let Some(actor) = actor {
            tokens.add(token.secret.expose(), actor);
        }
    }
    tokens
}

/// A configured person, with the roles of this moment.
#[must_use]
pub fn person(settings: &Settings, id: &PersonId) -> Option<Actor> {
    let person = settings.person(id)?;
    let roles: Vec<Role> = person.roles.clone();
    Some(Actor::Person {
        id: id.clone(),
        roles,
    })
}

/// The language of what is said where nobody asks for another.
#[must_use]
pub fn locale(settings: &Settings) -> messages::Locale {
    messages::Locale::from_tag(settings.locale.tag()).unwrap_or_default()
}
