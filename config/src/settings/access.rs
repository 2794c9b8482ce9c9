//! People and tokens.

use crate::reader::{Reader, Step};
use crate::text::{Name, Secret};
use crate::value::{settings, words};
use crate::yaml::Node;
use guard::actor::Role;
use guard::ids::PersonId;

settings! {
    /// Somebody who may answer questions.
    pub struct Person {
        /// The name by which the rest of the configuration and the record call them.
        name: PersonId,
        /// The name to show; `name` when not said.
        display: Option<String>,
        /// What they may do beyond looking.
        roles: Vec<Role> = "[responder]",
        /// Their member id in Slack, such as `U024BE7LH`.
        slack: Option<String>,
        /// Their user id in Discord.
        discord: Option<String>,
        /// Their user id in Telegram.
        telegram: Option<String>,
        /// Their login at GitHub.
        github: Option<String>,
        /// Their login at GitLab.
        gitlab: Option<String>,
        /// Addresses under which they commit, and by which calendars know them.
        emails: Vec<String> = "[]",
    }

    /// A token for the command line or for a machine.
    pub struct Token check one_owner {
        /// What the token is called in the record.
        name: Name,
        /// Whose it is: a name from `people`, whose roles it has.
        person: Option<PersonId>,
        /// Or the machine that uses it. A machine may ask; it can never answer a question.
        machine: Option<PersonId>,
        /// What a machine may do beyond looking.
        roles: Vec<Role> = "[]",
        /// The token itself.
        secret: Secret,
    }
}

words!(Role {
    "responder" => Role::Responder, "may hold, and may ask for anything";
    "operator" => Role::Operator, "may also roll back, resume and promote";
});

/// Who a token stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder<'a> {
    /// A person, with the roles that the list of people gives.
    Person(&'a PersonId),
    /// A machine, with the token's own roles.
    Machine(&'a PersonId),
}

impl Token {
    /// Whose token this is; none only for a token made by hand without owner.
    #[must_use]
    pub fn holder(&self) -> Option<Holder<'_>> {
        match (&self.person, &self.machine) {
            (Some(person), _) => Some(Holder::Person(person)),
            (None, Some(machine)) => Some(Holder::Machine(machine)),
            (None, None) => None,
        }
    }
}

fn one_owner(token: &Token, node: &Node, reader: &mut Reader<'_>) -> Option<()> {
    match (&token.person, &token.machine) {
        (Some(_), Some(_)) => {
            reader.wrong(node.at, "both `person` and `machine`", "one of them");
            return None;
        }
        (None, None) => {
            reader.wrong(node.at, "neither `person` nor `machine`", "one of them");
            return None;
        }
        (Some(_), None) if !token.roles.is_empty() => {
            let at = node.get("roles").map_or(node.at, |value| value.at);
            reader.inside(Step::Field("roles".to_owned()), |reader| {
                reader.wrong(
                    at,
                    "roles of a person's token",
                    "the roles under `people` alone",
                );
            });
            return None;
        }
        _ => {}
    }
    if token.secret.expose().chars().count() < MIN_TOKEN {
        let at = node.get("secret").map_or(node.at, |value| value.at);
        reader.inside(Step::Field("secret".to_owned()), |reader| {
            reader.wrong(
                at,
                "a short secret",
                format!("at least {MIN_TOKEN} characters, such as `openssl rand -hex 16` gives"),
            );
        });
        return None;
    }
    Some(())
}

/// Characters below which a token can be guessed.
const MIN_TOKEN: usize = 16;
