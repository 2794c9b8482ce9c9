//! Who is on call for a service at a moment.

use super::People;
use crate::chat::slack;
use config::Settings;
use config::settings::OnCall as List;
use guard::actor::Actor;
use guard::duty::OnCall;
use guard::ids::{PersonId, ServiceName};
use guard::people::Account;
use jiff::Timestamp;
use sources::calendar::Shift;
use std::time::Duration;
use tokio::time::timeout;

/// Whoever presses a button in Slack is answered within three seconds.
const PATIENCE: Duration = Duration::from_millis(1500);

/// Who is on call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roster {
    /// Whether anybody has said who is: without, whoever has the role counts.
    pub configured: bool,
    /// Those who are, each once, in the order of the lists.
    pub who: Vec<PersonId>,
    /// Names that a calendar has and the configuration does not know.
    pub strangers: Vec<String>,
    /// Until when the shift lasts that ends first.
    pub until: Option<Timestamp>,
    /// What cannot be found out, for people.
    pub unknown: Option<String>,
}

impl Roster {
    /// What this says of a person.
    #[must_use]
    pub fn on_call(&self, person: &PersonId) -> OnCall {
        match &self.unknown {
            _ if !self.configured => OnCall::Anybody,
            _ if self.who.contains(person) => OnCall::They,
            Some(why) => OnCall::Unknown { why: why.clone() },
            None => OnCall::Others {
                who: self.who.clone(),
            },
        }
    }

    fn add(&mut self, person: &PersonId) {
        if !self.who.contains(person) {
            self.who.push(person.clone());
        }
    }

    fn fails(&mut self, list: &List, why: &str) {
        let why = format!("{}: {why}", list.name);
        self.unknown.get_or_insert(why);
    }

    /// The shifts under way, with the people they name.
    fn take(&mut self, shifts: &[Shift], settings: &Settings, now: Timestamp) {
        let under_way = shifts.iter().filter(|s| s.from <= now && now < s.until);
        for shift in under_way {
            let people = settings.people.iter();
            let named: Vec<&PersonId> = people
                .filter(|person| shift.names.iter().any(|name| names(name, person)))
                .map(|person| &person.name)
                .collect();
            for person in &named {
                self.add(person);
            }
            if named.is_empty() {
                // Invited, by address or by name, or what the shift is called.
                self.strangers.extend(shift.names.first().cloned());
            }
            self.until = Some(
                self.until
                    .map_or(shift.until, |until| until.min(shift.until)),
            );
        }
    }
}

/// Whether a name of a calendar is a person: their address, their name, or a title with their name in it as whole words.
fn names(name: &str, person: &config::settings::Person) -> bool {
    let lower = name.trim().to_lowercase();
    if person
        .emails
        .iter()
        .any(|address| lower == address.to_lowercase())
    {
        return true;
    }
    let known = [Some(person.name.as_str()), person.display.as_deref()];
    let padded: String = lower
        .chars()
        .map(|c| {
            if c.is_alphanumeric() || "-_.@".contains(c) {
                c
            } else {
                ' '
            }
        })
        .collect();
    let words = |text: &str| {
        text.split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let said = words(&padded);
    known.into_iter().flatten().any(|known| {
        let known = words(&known.to_lowercase());
        !known.is_empty() && said.windows(known.len()).any(|some| some == known)
    })
}

impl People {
    /// The people behind the members of a group in Slack; others are of no use here.
    async fn members(&self, group: &str) -> Result<Vec<PersonId>, String> {
        let members = self.inner.groups.members(group).await;
        let mut people = Vec::new();
        for id in members.map_err(|error| error.to_string())? {
            let account = Account {
                platform: slack::CHANNEL.to_owned(),
                id,
            };
            let behind = self.behind(&account).await;
            if let Some(Actor::Person { id, .. }) = behind.map_err(|error| error.to_string())? {
                people.push(id);
            }
        }
        Ok(people)
    }

    /// Who is on call for a service.
    pub async fn roster(&self, service: &ServiceName, now: Timestamp) -> Roster {
        let settings = self.inner.settings.get();
        let mut roster = Roster::default();
        let Some(service) = settings.service(service) else {
            return roster;
        };
        for list in settings.on_call_of(service) {
            roster.configured = true;
            for person in &list.people {
                roster.add(person);
            }
            if list.calendar.is_some() || list.calendar_url.is_some() {
                match self.inner.calendars.shifts(&list.name, now) {
                    Ok(shifts) => roster.take(&shifts, &settings, now),
                    Err(why) => roster.fails(list, &why),
                }
            }
            if let Some(group) = &list.slack_group {
                match timeout(PATIENCE, self.members(group)).await {
                    Ok(Ok(people)) => people.iter().for_each(|person| roster.add(person)),
                    Ok(Err(why)) => roster.fails(list, &why),
                    Err(_) => roster.fails(list, "Slack does not answer in time"),
                }
            }
        }
        roster
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use config::settings::Person;

    fn person(name: &str, display: Option<&str>, emails: &[&str]) -> Person {
        Person {
            name: PersonId::new(name).unwrap(),
            display: display.map(str::to_owned),
            roles: Vec::new(),
            slack: None,
            discord: None,
            telegram: None,
            github: None,
            gitlab: None,
            emails: emails.iter().map(|&one| one.to_owned()).collect(),
        }
    }

    #[test]
    fn a_title_names_a_person_by_whole_words_and_an_address_by_itself() {
        let ann = person("ann", Some("Ann Ong"), &["a.ong@example.com"]);
        for name in [
            "ann",
            "On call: Ann",
            "Primary - Ann Ong (payments)",
            "A.Ong@example.com",
        ] {
            assert!(names(name, &ann), "{name}");
        }
        for other in [
            "Hannah",
            "ann-marie",
            "planning",
            "ong",
            "b@example.com",
            "",
        ] {
            assert!(!names(other, &ann), "{other}");
        }
    }

    #[test]
    fn whoever_is_on_call_is_known_to_be_even_where_a_list_cannot_be_read() {
        let ann = PersonId::new("ann").unwrap();
        let bo = PersonId::new("bo").unwrap();
        let roster = Roster {
            configured: true,
            who: vec![ann.clone()],
            unknown: Some("nights: no answer".into()),
            ..Roster::default()
        };
        assert_eq!(roster.on_call(&ann), OnCall::They);
        assert!(matches!(roster.on_call(&bo), OnCall::Unknown { .. }));
        assert_eq!(Roster::default().on_call(&bo), OnCall::Anybody);
    }
}
