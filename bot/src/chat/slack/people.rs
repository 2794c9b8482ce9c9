//! Who somebody in Slack is, and why they may not.

use super::hearing::Hearing;
use crate::wire;
use config::Settings;
use engine::EngineError;
use guard::actor::Actor;
use guard::approval::{Choice, Refusal, check_role};
use guard::event::Event;
use guard::ids::PersonId;
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
        settings: &Settings,
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
        let of_the_person = matches!(
            self,
            Self::OtherTeam
                | Self::UnknownPerson
                | Self::Refused(Refusal::MissingRole { .. } | Refusal::NotAPerson { .. })
        );
        if of_the_person {
            vec![why, chat::who_can(&who_can(settings, wanted), context)]
        } else {
            vec![why]
        }
    }
}

impl Hearing {
    /// The person of this moment: who was taken out of the configuration can do nothing any more.
    pub(super) fn person(
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
        let mut people = settings.people.iter();
        let found = people.find(|person| person.slack.as_deref() == Some(account));
        let found = found.ok_or(Denied::UnknownPerson)?;
        let actor = wire::person(&settings, &found.name).ok_or(Denied::UnknownPerson)?;
        Ok((found.name.clone(), actor))
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

/// The people who may do so.
fn who_can(settings: &Settings, wanted: Choice) -> Vec<PersonId> {
    let people = settings.people.iter();
    let may = people.filter_map(|person| {
        let actor = wire::person(settings, &person.name)?;
        let may = check_role(&actor, wanted).is_ok();
        may.then(|| person.name.clone())
    });
    may.collect()
}
