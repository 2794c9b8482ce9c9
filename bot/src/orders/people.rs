//! Orders about people: who is on call, and which accounts are theirs.

use super::{Answer, Carried, Orders, Outcome, Speaker};
use engine::EngineError;
use guard::actor::Actor;
use guard::ids::{PersonId, ServiceName};
use guard::order::{Place, Verb};
use guard::people::{Account, PUBLIC};
use jiff::Timestamp;
use messages::orders::people::{self, OnDuty};
use messages::orders::{self, Trouble};
use std::collections::BTreeSet;

impl Orders {
    pub(super) async fn on_call(&self, place: Option<Place>, speaker: &Speaker) -> Carried {
        let services = match &place {
            Some(place) => self.services(place)?,
            None => self.inner.engine.services(),
        };
        let names: BTreeSet<ServiceName> = services.into_iter().map(|one| one.name).collect();
        let now = Timestamp::now();
        let mut duties = Vec::new();
        for service in names {
            let roster = self.people().roster(&service, now).await;
            duties.push(OnDuty {
                service,
                anybody: !roster.configured,
                who: roster.who,
                strangers: roster.strangers,
                until: roster.until,
                unknown: roster.unknown,
            });
        }
        let message = people::on_call(&duties, &self.context(speaker.locale));
        Ok(Answer::message(Outcome::Shown, message))
    }

    /// Gives a code to a person who is known here; it is said from the account that is to be linked.
    pub(super) async fn link(&self, code: Option<String>, speaker: &Speaker) -> Carried {
        let person = person(speaker, Verb::Link)?;
        let only = code.as_ref().map(|word| {
            let mut platforms = PUBLIC.into_iter();
            let named = platforms.find(|name| word.eq_ignore_ascii_case(name));
            named.ok_or(Trouble::KnownHere(person.to_string()))
        });
        let only = only.transpose()?;
        let accounts = self.people().accounts(person).await?;
        let code = self.inner.engine.give_code(person, only).await?;
        let message = people::code(
            &code,
            only.is_some(),
            &accounts,
            &self.context(speaker.locale),
        );
        Ok(Answer::message(Outcome::Done, message))
    }

    pub(super) async fn unlink(&self, speaker: &Speaker) -> Carried {
        let person = person(speaker, Verb::Unlink)?;
        let count = self.inner.engine.unlink_accounts(person).await?;
        let message = people::unlinked(count, &self.context(speaker.locale));
        Ok(Answer::message(Outcome::Done, message))
    }

    /// Links an account from which a code was said by somebody who is not known by it yet.
    ///
    /// # Errors
    /// The engine or the journal fails; whatever else is in the way is an answer.
    pub async fn link_account(
        &self,
        account: &Account,
        code: &str,
        locale: messages::Locale,
    ) -> Result<Answer, EngineError> {
        let context = self.context(locale);
        let linked = self.inner.engine.link_account(account, code).await?;
        let mut answer = match linked {
            Some(person) => {
                tracing::warn!(%person, platform = account.platform, "an account was linked");
                Answer::message(Outcome::Done, people::linked(&person, &context))
            }
            None => {
                tracing::warn!(
                    platform = account.platform,
                    "a code that nobody has was said"
                );
                let trouble = Trouble::NoSuchCode;
                Answer::message(Outcome::Refused, orders::trouble(&trouble, &context))
            }
        };
        answer.verb = Some(Verb::Link);
        Ok(answer)
    }
}

fn person(speaker: &Speaker, verb: Verb) -> Result<&PersonId, Trouble> {
    match &speaker.by {
        Actor::Person { id, .. } => Ok(id),
        Actor::Machine { .. } | Actor::Policy => Err(Trouble::NoPerson(verb)),
    }
}
