//! What a person is to a deployment, at the moment they speak.

use super::People;
use config::Settings;
use config::settings::Service;
use engine::{Engine, EngineError};
use guard::actor::{Actor, Role};
use guard::approval::{Choice, may};
use guard::duty::{Duty, OnCall, is_author};
use guard::ids::{DeploymentId, PersonId};
use guard::state::State;
use jiff::Timestamp;

impl People {
    /// What somebody is to this deployment now. What cannot be found out is said in it.
    ///
    /// # Errors
    /// The journal.
    pub async fn duty(&self, by: &Actor, state: &State) -> Result<Duty, EngineError> {
        let Actor::Person { id, .. } = by else {
            return Ok(Duty::default());
        };
        let settings = self.inner.settings.get();
        let service = settings.service(&state.plan().service);
        let roster = self.roster(&state.plan().service, Timestamp::now()).await;
        let on_call = roster.on_call(id);
        Ok(Duty {
            owner: service.is_some_and(|service| service.owners.contains(id)),
            author: self.is_author(id, state).await?,
            alone: !somebody_else(&settings, service, id, &roster),
            on_call,
            break_glass: false,
        })
    }

    /// As [`People::duty`], of a deployment by its id; nothing of one that there is not.
    ///
    /// # Errors
    /// The journal.
    pub async fn duty_to(
        &self,
        by: &Actor,
        engine: &Engine,
        deployment: &DeploymentId,
        break_glass: bool,
    ) -> Result<Duty, EngineError> {
        let duty = match engine.state(deployment).await? {
            Some(state) => self.duty(by, &state).await?,
            None => Duty::default(),
        };
        Ok(Duty {
            break_glass,
            ..duty
        })
    }

    /// Those who may give this answer to this deployment now, in the order of the configuration.
    ///
    /// # Errors
    /// The journal.
    pub async fn who_may(
        &self,
        choice: Choice,
        state: &State,
    ) -> Result<Vec<PersonId>, EngineError> {
        let settings = self.inner.settings.get();
        let mut able = Vec::new();
        for person in &settings.people {
            let Some(actor) = crate::wire::person(&settings, &person.name) else {
                continue;
            };
            let duty = self.duty(&actor, state).await?;
            if may(&actor, &duty, choice).is_ok() {
                able.push(person.name.clone());
            }
        }
        Ok(able)
    }

    /// Those whose role alone lets them give this answer.
    #[must_use]
    pub fn by_role(&self, choice: Choice) -> Vec<PersonId> {
        let settings = self.inner.settings.get();
        let able = settings.people.iter().filter(|person| {
            let actor = crate::wire::person(&settings, &person.name);
            actor.is_some_and(|actor| may(&actor, &Duty::default(), choice).is_ok())
        });
        able.map(|person| person.name.clone()).collect()
    }

    async fn is_author(&self, id: &PersonId, state: &State) -> Result<bool, EngineError> {
        let settings = self.inner.settings.get();
        let accounts = self.accounts(id).await?;
        let person = settings.person(id);
        let names: Vec<&str> = [id.as_str()]
            .into_iter()
            .chain(person.and_then(|person| person.display.as_deref()))
            .chain(
                person
                    .into_iter()
                    .flat_map(|p| p.emails.iter().map(String::as_str)),
            )
            .chain(accounts.iter().map(|account| account.id.as_str()))
            .collect();
        let mut authors = state.authors();
        Ok(authors.any(|author| is_author(author, names.iter().copied())))
    }
}

/// Whether anybody else could resume: with the role, and on call where that counts.
fn somebody_else(
    settings: &Settings,
    service: Option<&Service>,
    than: &PersonId,
    roster: &super::Roster,
) -> bool {
    let counts = |id: &PersonId| match roster.on_call(id) {
        OnCall::Anybody | OnCall::They => true,
        OnCall::Others { .. } | OnCall::Unknown { .. } => false,
    };
    // Where it is not known who is on call there may well be somebody.
    let unknown = service.is_some() && roster.unknown.is_some();
    let mut others = settings.people.iter().filter(|person| person.name != *than);
    unknown || others.any(|person| person.roles.contains(&Role::Operator) && counts(&person.name))
}
