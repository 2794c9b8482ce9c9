//! Releases about which people are asked whether they mean it. What a restart forgets has to be said again.

use guard::ids::{Environment, ServiceName, Version};
use messages::orders::Trouble;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// So long somebody is waited for.
const WAITS: Duration = Duration::from_secs(600);
/// At most so many are waited for; the oldest is forgotten first.
const MOST: usize = 100;

/// What would go out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Release {
    pub(super) service: ServiceName,
    pub(super) environment: Environment,
    pub(super) version: Version,
}

#[derive(Debug)]
struct Waiting {
    release: Release,
    who: String,
    since: Instant,
}

#[derive(Debug, Default)]
pub(super) struct Asked {
    waiting: Mutex<BTreeMap<String, Waiting>>,
}

impl Asked {
    /// Remembers what was asked; the id with which it is meant.
    pub(super) fn put(&self, release: Release, who: &str) -> String {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|_, one| one.since.elapsed() < WAITS);
        while waiting.len() >= MOST {
            let oldest = waiting.iter().min_by_key(|(_, one)| one.since);
            let Some(oldest) = oldest.map(|(id, _)| id.clone()) else {
                break;
            };
            waiting.remove(&oldest);
        }
        let id = engine::clock::nonce();
        let one = Waiting {
            release,
            who: who.to_owned(),
            since: Instant::now(),
        };
        waiting.insert(id.clone(), one);
        id
    }

    /// What was asked under this id, of this person; nobody else takes it away.
    pub(super) fn take(&self, id: &str, who: &str) -> Result<Release, Trouble> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        match waiting.get(id) {
            Some(one) if one.since.elapsed() >= WAITS => Err(Trouble::TooLate),
            Some(one) if one.who != who => Err(Trouble::OtherAsked(one.who.clone())),
            Some(_) => waiting
                .remove(id)
                .map(|one| one.release)
                .ok_or(Trouble::TooLate),
            None => Err(Trouble::TooLate),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_is_answered_once_and_by_whoever_was_asked() {
        let release = Release {
            service: ServiceName::new("shop").unwrap(),
            environment: Environment::new("prod").unwrap(),
            version: Version::new("v2").unwrap(),
        };
        let asked = Asked::default();
        let id = asked.put(release.clone(), "ann");
        assert_eq!(
            asked.take(&id, "bo"),
            Err(Trouble::OtherAsked("ann".into()))
        );
        assert_eq!(asked.take(&id, "ann"), Ok(release.clone()));
        assert_eq!(asked.take(&id, "ann"), Err(Trouble::TooLate));
        let first = asked.put(release.clone(), "ann");
        for _ in 0..MOST {
            asked.put(release.clone(), "ann");
        }
        assert_eq!(asked.take(&first, "ann"), Err(Trouble::TooLate));
    }
}
