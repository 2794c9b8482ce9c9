//! Who somebody in Slack is, and why they may not.

use super::CHANNEL;
use super::hearing::Hearing;
use engine::EngineError;
use guard::actor::Actor;
use guard::approval::{Choice, Refusal, can_be_broken, may_break};
use guard::event::Event;
use guard::ids::PersonId;
use guard::people::Account;
use guard::state::State;
use messages::words::refusal;
use messages::{Context, Text, chat, dialog};

/// Why what somebody wants does not count.
#[derive(Debug)]
pub(super) enum Denied {
    /// They belong to a workspace that is not ours.
    OtherTeam,
    /// Nobody who is configured has this account.
    UnknownPerson,
    /// Nobody asked this.
    UnknownQuestion,
    /// The domain says no; it is on record.
    Refused(Refusal),
    /// The journal did not take it.
    NotKept,
    /// Slack did not show the dialog for the reason.
    NoDialog,
}

impl Denied {
    /// Something broke; the log has it.
    pub(super) fn not_kept(error: &dyn std::fmt::Display) -> Self {
        tracing::error!(%error, "what somebody wants in Slack was not kept");
        Self::NotKept
    }

    /// As it is told: why, and who can.
    pub(super) fn sentences(
        &self,
        account: &str,
        wanted: Choice,
        able: &[PersonId],
        context: &Context,
    ) -> Vec<Text> {
        let why = match self {
            Self::OtherTeam => chat::other_team(context),
            Self::UnknownPerson => chat::unknown_person(account, context),
            Self::UnknownQuestion => chat::unknown_question(context),
            Self::Refused(why) => refusal(why, context),
            Self::NotKept => chat::not_kept(context),
            Self::NoDialog => dialog::not_opened(wanted, context),
        };
        let of_the_person = match self {
            Self::OtherTeam | Self::UnknownPerson => true,
            Self::Refused(refusal) => can_be_broken(refusal),
            _ => false,
        };
        if of_the_person {
            vec![why, chat::who_can(able, context)]
        } else {
            vec![why]
        }
    }
}

impl Hearing {
    /// The person of this moment: who was taken out of the configuration can do nothing any more.
    pub(super) async fn person(
        &self,
        account: &str,
        foreign_team: Option<&String>,
    ) -> Result<(PersonId, Actor), Denied> {
        let settings = self.settings.get();
        let teams = settings.chat.slack.as_ref().map(|slack| &slack.teams);
        if let Some(team) = foreign_team
            && !teams.is_some_and(|teams| teams.contains(team))
        {
            return Err(Denied::OtherTeam);
        }
        let account = Account {
            platform: CHANNEL.to_owned(),
            id: account.to_owned(),
        };
        let behind = self.orders.people().behind(&account).await;
        match behind.map_err(|error| Denied::not_kept(&error))? {
            Some(Actor::Person { id, roles }) => Ok((id.clone(), Actor::Person { id, roles })),
            _ => Err(Denied::UnknownPerson),
        }
    }

    /// Whether somebody can go past the rule behind this refusal.
    pub(super) async fn may_break(&self, refusal: &Refusal, account: &str, state: &State) -> bool {
        let Ok((_, by)) = self.person(account, None).await else {
            return false;
        };
        can_be_broken(refusal) && may_break(&by, &state.plan().policy)
    }

    /// Those who may give an answer now: to a deployment where one is known, else by their roles.
    pub(super) async fn who_can(&self, wanted: Choice, state: Option<&State>) -> Vec<PersonId> {
        let people = self.orders.people();
        let able = match state {
            Some(state) => people.who_may(wanted, state).await,
            None => Ok(people.by_role(wanted)),
        };
        able.unwrap_or_else(|error| {
            tracing::error!(%error, "who may is not told: the journal does not answer");
            Vec::new()
        })
    }
}

/// What the domain said to it.
pub(super) fn granted(events: Result<Vec<Event>, EngineError>) -> Result<(), Denied> {
    let events = events.map_err(|error| Denied::not_kept(&error))?;
    let refused = events.into_iter().find_map(|event| match event {
        Event::Refused { refusal, .. } => Some(refusal),
        _ => None,
    });
    refused.map_or(Ok(()), |refusal| Err(Denied::Refused(refusal)))
}
