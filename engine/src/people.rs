//! Accounts that people have shown to be theirs.

use crate::apply::MOST_TRIES;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::ledger::{self, people_stream};
use crate::told::CameTo;
use guard::ids::PersonId;
use guard::people::{Account, Links, PeopleEvent, VALID_S};
use guard::timer::after;
use journal::{JournalError, Transaction, codec};
use sha2::{Digest, Sha256};

impl Engine {
    /// Gives a person a code, for one platform alone if that is said. Any replica may.
    ///
    /// # Errors
    /// The journal.
    pub async fn give_code(
        &self,
        person: &PersonId,
        only: Option<&str>,
    ) -> Result<String, EngineError> {
        let code = code(&crate::clock::nonce());
        let event = PeopleEvent::CodeGiven {
            person: person.clone(),
            digest: digest(&code),
            until: after(self.clock.now(), VALID_S),
            only: only.map(str::to_owned),
        };
        self.write_people(|_| Some(event.clone())).await?;
        Ok(code)
    }

    /// Links the account from which a code was said; none where nobody has that code. Any replica may.
    ///
    /// # Errors
    /// The journal.
    pub async fn link_account(
        &self,
        account: &Account,
        said: &str,
    ) -> Result<Option<PersonId>, EngineError> {
        let (digest, now) = (digest(said), self.clock.now());
        let event = self.write_people(|links| {
            let person = links.given(&digest, &account.platform, now)?.clone();
            Some(PeopleEvent::AccountLinked {
                person,
                account: account.clone(),
                digest: digest.clone(),
            })
        });
        Ok(match event.await? {
            Some(PeopleEvent::AccountLinked { person, .. }) => Some(person),
            _ => None,
        })
    }

    /// What came of a code that was said in a delivery.
    pub(crate) async fn hear_of_code(
        &self,
        account: Account,
        code: &str,
    ) -> Result<CameTo, EngineError> {
        let Account { platform, id } = &account;
        Ok(match self.link_account(&account, code).await? {
            Some(person) => {
                tracing::warn!(%person, platform, id, "an account was linked");
                CameTo::detailed("linked", format!("{platform} {id} is {person}"))
            }
            None => match self.linked(&account).await? {
                // Heard twice: after a crash, or because an operator wants it.
                Some(person) => CameTo::detailed("known", format!("{platform} {id} is {person}")),
                None => {
                    tracing::warn!(platform, id, "a code that nobody has was said");
                    CameTo::ignored("nobody has the code that was said, or not any more")
                }
            },
        })
    }

    async fn linked(&self, account: &Account) -> Result<Option<PersonId>, EngineError> {
        let links = ledger::links(&self.reader, Links::default()).await?;
        Ok(links.owner(account).cloned())
    }

    /// Takes a person's accounts back; how many there were. Any replica may.
    ///
    /// # Errors
    /// The journal.
    pub async fn unlink_accounts(&self, person: &PersonId) -> Result<usize, EngineError> {
        let mut count = 0;
        self.write_people(|links| {
            count = links.accounts(person).count();
            let person = person.clone();
            (count > 0).then_some(PeopleEvent::AccountsUnlinked { person })
        })
        .await?;
        Ok(count)
    }

    /// Writes what is made of the newest state, if anything is.
    async fn write_people(
        &self,
        mut make: impl FnMut(&Links) -> Option<PeopleEvent>,
    ) -> Result<Option<PeopleEvent>, EngineError> {
        let stream = people_stream()?;
        let mut tries = 0;
        let mut links = Links::default();
        loop {
            links = ledger::links(&self.reader, links).await?;
            let Some(event) = make(&links) else {
                return Ok(None);
            };
            let transaction = Transaction::at(self.clock.now()).append(
                &stream,
                links.revision().cast_signed(),
                vec![codec::encode_people(&event)?],
            );
            match self.writer.append(transaction).await {
                Err(JournalError::Conflict { .. }) if tries < MOST_TRIES => tries += 1,
                Err(error) => return Err(error.into()),
                Ok(_) => return Ok(Some(event)),
            }
        }
    }
}

/// Letters and digits that are not taken for each other.
const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// Sixty bits in three groups, as people type them.
fn code(nonce: &str) -> String {
    let bytes = Sha256::digest(nonce.as_bytes());
    let letters: Vec<char> = bytes
        .iter()
        .take(12)
        .map(|byte| char::from(LETTERS[usize::from(byte % 32)]))
        .collect();
    let groups: Vec<String> = letters
        .chunks(4)
        .map(|group| group.iter().collect())
        .collect();
    groups.join("-")
}

/// However it was typed.
fn digest(code: &str) -> String {
    let letters = code.chars().filter(char::is_ascii_alphanumeric);
    let typed: String = letters.map(|c| c.to_ascii_uppercase()).collect();
    hex::encode(Sha256::digest(typed.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_the_same_however_it_is_typed() {
        let code = code("a nonce");
        assert_eq!(code.len(), 14, "{code}");
        assert_eq!(
            digest(&code),
            digest(&code.to_lowercase().replace('-', " "))
        );
        assert_ne!(digest(&code), digest(&super::code("another")));
    }
}
