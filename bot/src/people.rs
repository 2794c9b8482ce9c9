//! Who people are and what they are to a deployment: accounts that they have linked, who is on call, whose change it is.

use crate::chat::slack::Groups;
use crate::live::Live;
use crate::wire;
use config::Settings;
use config::settings::Person;
use engine::{EngineError, ledger};
use guard::actor::Actor;
use guard::ids::PersonId;
use guard::people::{Account, Links};
use journal::Reader;
use std::sync::{Arc, Mutex, PoisonError};
use tokio_util::sync::CancellationToken;

mod calendars;
mod calls;
mod duty;
mod roster;

pub use roster::Roster;

use calendars::Calendars;

/// Finds out who people are. Cheap to clone.
#[derive(Clone)]
pub struct People {
    inner: Arc<Inner>,
}

struct Inner {
    settings: Live<Settings>,
    reader: Reader,
    groups: Groups,
    /// The links as last read; what came since is read on top.
    links: Mutex<Links>,
    calendars: Calendars,
}

impl People {
    /// Of these settings, this record, and the groups of a chat.
    #[must_use]
    pub fn new(settings: Live<Settings>, reader: Reader, groups: Groups) -> Self {
        Self {
            inner: Arc::new(Inner {
                settings,
                reader,
                groups,
                links: Mutex::new(Links::default()),
                calendars: Calendars::default(),
            }),
        }
    }

    /// Reads the calendars again and again.
    pub async fn follow(&self, stop: CancellationToken) {
        let (settings, calendars) = (&self.inner.settings, &self.inner.calendars);
        calendars.follow(settings, stop).await;
    }

    /// The person behind an account: by the configuration, else by what they have linked.
    ///
    /// # Errors
    /// The journal.
    pub async fn behind(&self, account: &Account) -> Result<Option<Actor>, EngineError> {
        let settings = self.inner.settings.get();
        let found = match configured(&settings, account) {
            Some(person) => Some(person.clone()),
            None => self.links().await?.owner(account).cloned(),
        };
        // Who was taken out of the configuration can do nothing any more, whatever they had linked.
        Ok(found.and_then(|name| wire::person(&settings, &name)))
    }

    /// The accounts of a person: configured and linked.
    ///
    /// # Errors
    /// The journal.
    pub async fn accounts(&self, person: &PersonId) -> Result<Vec<Account>, EngineError> {
        let settings = self.inner.settings.get();
        let links = self.links().await?;
        let of_file = settings.person(person).into_iter().flat_map(of_file);
        let linked = links.accounts(person).cloned();
        let mut all: Vec<Account> = of_file.chain(linked).collect();
        all.sort();
        all.dedup();
        Ok(all)
    }

    async fn links(&self) -> Result<Links, EngineError> {
        let known = {
            let links = self.inner.links.lock();
            links.unwrap_or_else(PoisonError::into_inner).clone()
        };
        let newest = ledger::links(&self.inner.reader, known).await?;
        let mut links = self
            .inner
            .links
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if newest.revision() > links.revision() {
            *links = newest.clone();
        }
        Ok(newest)
    }
}

/// Whose account it is by the configuration.
pub(crate) fn configured<'s>(settings: &'s Settings, account: &Account) -> Option<&'s PersonId> {
    let mut people = settings.people.iter();
    let person = people.find(|person| has(person, account))?;
    Some(&person.name)
}

fn has(person: &Person, account: &Account) -> bool {
    of_file(person).any(|known| {
        // Logins of code hosts are the same however they are capitalised; ids of chats are not.
        known == *account
            || (known.platform == account.platform
                && account.platform != "slack"
                && known.id.eq_ignore_ascii_case(&account.id))
    })
}

/// What the configuration says of a person's accounts.
fn of_file(person: &Person) -> impl Iterator<Item = Account> {
    let accounts = [
        ("slack", &person.slack),
        ("github", &person.github),
        ("gitlab", &person.gitlab),
    ];
    accounts.into_iter().filter_map(|(platform, id)| {
        Some(Account {
            platform: platform.to_owned(),
            id: id.clone()?,
        })
    })
}
