//! Which account is whose, where the configuration does not say it: people show it themselves, with a code.
//!
//! Tawny gives a person a code where it knows them: on the page, by their token. Whoever says it from an account
//! within [`VALID_S`] has shown that the account is theirs. The record keeps a digest of the code, never the code.
//!
//! What is said at a code host everybody reads, perhaps before Tawny does. A code that is meant for there is good for
//! nothing elsewhere: whoever was quicker with it could decide as somebody else.

use crate::ids::PersonId;
use crate::order::{self, Order};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Seconds for which a code can be said.
pub const VALID_S: f64 = 600.0;
/// Codes of one person that can be said at the same time; the oldest goes first.
const MOST_CODES: usize = 3;
/// Lines of a comment in which a code is looked for.
const MOST_LINES: usize = 200;

/// Where what is said can be read by everybody.
pub const PUBLIC: [&str; 1] = ["github"];

/// An account somewhere else.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Account {
    /// Where: `slack github gitlab`.
    pub platform: String,
    /// Its id there; at code hosts the login.
    pub id: String,
}

/// An event of the stream in which it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "event")]
pub enum PeopleEvent {
    /// A person was given a code.
    CodeGiven {
        /// Who.
        person: PersonId,
        /// A digest of it, as hex.
        digest: String,
        /// Until when it can be said.
        until: Timestamp,
        /// Where alone it can be said; everywhere when none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        only: Option<String>,
    },
    /// It was said from an account, which is theirs.
    AccountLinked {
        /// Whose it is.
        person: PersonId,
        /// Which account.
        account: Account,
        /// The digest of the code: it is of no use any more.
        digest: String,
    },
    /// They took their accounts back.
    AccountsUnlinked {
        /// Who.
        person: PersonId,
    },
}

impl PeopleEvent {
    /// The stable name under which the journal keeps it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::CodeGiven { .. } => "people_code_given",
            Self::AccountLinked { .. } => "people_account_linked",
            Self::AccountsUnlinked { .. } => "people_accounts_unlinked",
        }
    }

    /// The version of its shape.
    #[must_use]
    pub fn version(&self) -> u16 {
        1
    }
}

/// A code that somebody was given.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Code {
    person: PersonId,
    digest: String,
    until: Timestamp,
    only: Option<String>,
}

/// Which accounts were linked: the fold of the stream.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Links {
    revision: u64,
    codes: Vec<Code>,
    accounts: BTreeMap<Account, PersonId>,
}

impl Links {
    /// Takes the next event.
    pub fn push(&mut self, event: &PeopleEvent, revision: u64) {
        self.revision = revision;
        match event {
            PeopleEvent::CodeGiven {
                person,
                digest,
                until,
                only,
            } => {
                self.codes.push(Code {
                    person: person.clone(),
                    digest: digest.clone(),
                    until: *until,
                    only: only.clone(),
                });
                let theirs = |code: &Code| code.person == *person;
                if self.codes.iter().filter(|code| theirs(code)).count() > MOST_CODES
                    && let Some(oldest) = self.codes.iter().position(theirs)
                {
                    self.codes.remove(oldest);
                }
            }
            PeopleEvent::AccountLinked {
                person,
                account,
                digest,
            } => {
                self.codes.retain(|code| code.digest != *digest);
                self.accounts.insert(account.clone(), person.clone());
            }
            PeopleEvent::AccountsUnlinked { person } => {
                self.codes.retain(|code| code.person != *person);
                self.accounts.retain(|_, owner| owner != person);
            }
        }
    }

    /// The revision of the last event.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Whose account it is.
    #[must_use]
    pub fn owner(&self, account: &Account) -> Option<&PersonId> {
        self.accounts.get(account)
    }

    /// The accounts of a person.
    pub fn accounts<'l>(&'l self, person: &'l PersonId) -> impl Iterator<Item = &'l Account> {
        let all = self.accounts.iter();
        all.filter(move |(_, owner)| *owner == person)
            .map(|(account, _)| account)
    }

    /// Who was given the code of this digest, if it can still be said there.
    #[must_use]
    pub fn given(&self, digest: &str, platform: &str, now: Timestamp) -> Option<&PersonId> {
        let code = self.codes.iter().find(|code| code.digest == digest)?;
        let here = code.only.as_deref().is_none_or(|only| only == platform);
        (here && now < code.until).then_some(&code.person)
    }
}

/// The code that is said in a comment: a line of its own, as it is or behind `tawny link`. What is quoted does not
/// count: its author is somebody else.
#[must_use]
pub fn code_said(comment: &str) -> Option<String> {
    comment.lines().take(MOST_LINES).find_map(|line| {
        let bare = line.trim().trim_matches('`');
        let said = match order::parse(line) {
            Ok(Order::Link(code)) => code,
            _ => Some(bare.to_owned()),
        };
        said.filter(|said| is_code(said))
    })
}

fn is_code(said: &str) -> bool {
    let groups: Vec<&str> = said.split('-').collect();
    let typed = |group: &&str| group.len() == 4 && group.chars().all(|c| c.is_ascii_alphanumeric());
    groups.len() == 3 && groups.iter().all(typed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(name: &str) -> PersonId {
        PersonId::new(name).unwrap()
    }

    fn slack(id: &str) -> Account {
        Account {
            platform: "slack".into(),
            id: id.into(),
        }
    }

    fn given(name: &str, digest: &str) -> PeopleEvent {
        PeopleEvent::CodeGiven {
            person: person(name),
            digest: digest.into(),
            until: "2026-11-22T04:00:00Z".parse().unwrap(),
            only: None,
        }
    }

    fn fold(events: &[PeopleEvent]) -> Links {
        let mut links = Links::default();
        for (revision, event) in (1..).zip(events) {
            links.push(event, revision);
        }
        links
    }

    #[test]
    fn a_code_links_one_account_once_and_not_for_ever() {
        let before: Timestamp = "2026-11-22T03:59:59Z".parse().unwrap();
        let after: Timestamp = "2026-11-22T04:00:00Z".parse().unwrap();
        let links = fold(&[given("ann", "d1"), given("bo", "d2")]);
        assert_eq!(links.given("d1", "slack", before), Some(&person("ann")));
        assert_eq!(links.given("d1", "slack", after), None, "too late");
        assert_eq!(links.given("d3", "slack", before), None, "nobody's");
        let linked = PeopleEvent::AccountLinked {
            person: person("ann"),
            account: slack("U1"),
            digest: "d1".into(),
        };
        let links = fold(&[given("ann", "d1"), linked.clone()]);
        assert_eq!(links.given("d1", "slack", before), None, "said already");
        assert_eq!(links.owner(&slack("U1")), Some(&person("ann")));
        assert_eq!(links.owner(&slack("U2")), None);
        let taken_back = PeopleEvent::AccountsUnlinked {
            person: person("ann"),
        };
        let links = fold(&[given("ann", "d1"), linked, given("ann", "d4"), taken_back]);
        assert_eq!(links.owner(&slack("U1")), None);
        assert_eq!(links.given("d4", "slack", before), None);
    }

    #[test]
    fn a_person_has_three_codes_at_most() {
        let before: Timestamp = "2026-11-22T03:00:00Z".parse().unwrap();
        let codes = ["d1", "d2", "d3", "d4"].map(|digest| given("ann", digest));
        let links = fold(&codes);
        assert_eq!(links.given("d1", "slack", before), None);
        assert_eq!(links.given("d4", "slack", before), Some(&person("ann")));
    }

    #[test]
    fn a_code_that_everybody_may_have_read_is_good_for_nothing_elsewhere() {
        let before: Timestamp = "2026-11-22T03:00:00Z".parse().unwrap();
        let PeopleEvent::CodeGiven {
            person,
            digest,
            until,
            ..
        } = given("ann", "d1")
        else {
            unreachable!("it is one")
        };
        let links = fold(&[PeopleEvent::CodeGiven {
            person: person.clone(),
            digest,
            until,
            only: Some("github".into()),
        }]);
        assert_eq!(links.given("d1", "slack", before), None);
        assert_eq!(links.given("d1", "github", before), Some(&person));
    }

    #[test]
    fn a_code_in_a_comment_is_a_line_of_its_own() {
        let code = Some("ABCD-EFGH-JK23".to_owned());
        for comment in [
            "ABCD-EFGH-JK23",
            "Hello,\r\n\r\n  `ABCD-EFGH-JK23`  \r\nthanks",
            "tawny link ABCD-EFGH-JK23",
            "/tawny link `ABCD-EFGH-JK23`\n",
            "@tawny link ABCD-EFGH-JK23",
        ] {
            assert_eq!(code_said(comment), code, "{comment}");
        }
        for comment in [
            "",
            "> ABCD-EFGH-JK23",
            "> tawny link ABCD-EFGH-JK23",
            "is ABCD-EFGH-JK23 yours?",
            "tawny link",
            "tawny help link",
            "ABCD-EFGH-JK2",
            "ABCD-EFGH-JK2É",
        ] {
            assert_eq!(code_said(comment), None, "{comment}");
        }
        let late = format!("{}ABCD-EFGH-JK23", "\n".repeat(MOST_LINES));
        assert_eq!(code_said(&late), None, "nobody means that");
    }
}
