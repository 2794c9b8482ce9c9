//! Who calls, and what they may see and ask for.

use guard::actor::Actor;
use guard::ids::{Environment, PersonId, ServiceName};
use std::collections::BTreeSet;

/// Whoever calls a tool. Established at the edge, never by what a call says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The client, as the configuration names it.
    pub client: String,
    /// On whose behalf: a person, whose roles count for nothing here, or the machine itself.
    pub actor: Actor,
    /// What it may see and ask for.
    pub scopes: Scopes,
}

/// What a caller may see and ask for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scopes {
    /// Whether it may ask for actions, which people then decide on. Everybody may read.
    pub ask: bool,
    /// The services that it may see; all where this is none.
    pub services: Option<BTreeSet<ServiceName>>,
    /// The environments that it may see; all where this is none.
    pub environments: Option<BTreeSet<Environment>>,
}

impl Caller {
    /// Somebody who may read everything and ask for nothing.
    #[must_use]
    pub fn reader(client: &str, actor: Actor) -> Self {
        Self {
            client: client.to_owned(),
            actor,
            scopes: Scopes::default(),
        }
    }

    /// The person on whose behalf it calls.
    #[must_use]
    pub fn person(&self) -> Option<&PersonId> {
        match &self.actor {
            Actor::Person { id, .. } => Some(id),
            Actor::Machine { .. } | Actor::Policy => None,
        }
    }

    /// Whether it may see a service in any environment of its own.
    #[must_use]
    pub fn sees_service(&self, service: &ServiceName) -> bool {
        let services = self.scopes.services.as_ref();
        services.is_none_or(|services| services.contains(service))
    }

    /// Whether it may see an environment.
    #[must_use]
    pub fn sees_environment(&self, environment: &Environment) -> bool {
        let environments = self.scopes.environments.as_ref();
        environments.is_none_or(|environments| environments.contains(environment))
    }

    /// Whether it may see a service in an environment.
    #[must_use]
    pub fn sees(&self, service: &ServiceName, environment: &Environment) -> bool {
        self.sees_service(service) && self.sees_environment(environment)
    }

    /// Whether it sees everything: what belongs to no service is shown to such callers alone.
    #[must_use]
    pub fn sees_all(&self) -> bool {
        self.scopes.services.is_none() && self.scopes.environments.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(scopes: Scopes) -> Caller {
        let id = PersonId::new("ide").unwrap();
        let actor = Actor::Machine { id, roles: vec![] };
        Caller {
            client: "ide".into(),
            actor,
            scopes,
        }
    }

    #[test]
    fn a_caller_sees_what_both_lists_allow() {
        let shop = ServiceName::new("shop").unwrap();
        let pay = ServiceName::new("pay").unwrap();
        let live = Environment::new("live").unwrap();
        let test = Environment::new("test").unwrap();
        let all = caller(Scopes::default());
        assert!(all.sees(&pay, &test) && all.sees_all());
        let some = caller(Scopes {
            services: Some([shop.clone()].into()),
            environments: Some([test.clone()].into()),
            ..Scopes::default()
        });
        assert!(some.sees(&shop, &test));
        assert!(!some.sees(&shop, &live));
        assert!(!some.sees(&pay, &test));
        assert!(!some.sees_all());
    }
}
