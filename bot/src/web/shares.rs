//! Links that show one deployment to whoever has them: made, ended, listed, and known again when one is opened.

use super::Page;
use engine::{EngineError, ledger};
use guard::actor::Actor;
use guard::approval::Refusal;
use guard::event::Event;
use guard::ids::{DeploymentId, ShareId};
use guard::input::Happened;
use guard::share::Share;
use jiff::Timestamp;
use journal::ShareToken;
use leaky_bucket::RateLimiter;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Bits of a link's name, as bytes: to tell the links of one deployment apart.
const NAME: usize = 8;
/// How often one link is opened at once, and then in a second: people who look on together, and no more.
const AT_ONCE: usize = 200;
const A_SECOND: usize = 20;
/// The same of links that nobody knows.
const UNKNOWN_AT_ONCE: usize = 60;
const UNKNOWN_A_SECOND: usize = 5;
/// Links whose pace is kept at a time.
const MOST_KEPT: usize = 5000;

/// Why a link was not made, or not ended.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotShared {
    /// There are none, by the configuration.
    #[error("links are switched off in the configuration (server.shares.enabled)")]
    Off,
    /// Longer than the configuration allows.
    #[error("expected at most {}, which server.shares.longest allows", humantime::format_duration(*.longest))]
    TooLong {
        /// What it allows.
        longest: Duration,
    },
    /// Who asked may not; it is on record.
    #[error(transparent)]
    Refused(#[from] Box<Refusal>),
    /// Something broke.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// A link that was just made.
#[derive(Debug)]
pub(crate) struct Made {
    /// Where it leads. Nobody can say that again.
    pub(crate) link: String,
    /// Its name.
    pub(crate) share: ShareId,
}

/// A link that was made some time.
#[derive(Debug)]
pub(crate) struct Listed {
    /// What the record has of it.
    pub(crate) share: Share,
    /// When it was last used, to the minute.
    pub(crate) used_at: Option<Timestamp>,
}

impl Page {
    /// Makes a link. How long it opens is configured where nobody says.
    pub(crate) async fn share(
        &self,
        id: &DeploymentId,
        by: &Actor,
        lasts: Option<Duration>,
    ) -> Result<Made, NotShared> {
        let settings = self.settings.get();
        let rules = &settings.server.shares;
        if !rules.enabled {
            return Err(NotShared::Off);
        }
        let lasts = lasts.unwrap_or(rules.usual);
        if lasts > rules.longest {
            let longest = rules.longest;
            return Err(NotShared::TooLong { longest });
        }
        let now = self.now();
        let until = now.saturating_add(lasts).unwrap_or(Timestamp::MAX);
        let name = hex::encode(rand::random::<[u8; NAME]>());
        let share = ShareId::new(name.as_str()).map_err(|_| NotShared::Off)?;
        let asked = Happened::ShareAsked {
            by: by.clone(),
            share: share.clone(),
            until,
        };
        granted(self.engine.apply(id, asked).await?)?;
        let token = super::random_token();
        let known = ShareToken {
            share: name,
            deployment: id.to_string(),
            created_at: now,
            expires_at: until,
            used_at: None,
        };
        let kept = self.writer.put_share(&token, known).await;
        kept.map_err(EngineError::from)?;
        tracing::info!(deployment = %id, share = %share, by = by.name(), "a link to a deployment was made");
        let link = format!("{}/shared/{token}", self.base_url.as_str());
        Ok(Made { link, share })
    }

    /// Ends a link: from now on it opens nowhere.
    pub(crate) async fn end_share(
        &self,
        id: &DeploymentId,
        by: &Actor,
        share: ShareId,
    ) -> Result<(), NotShared> {
        let named = share.to_string();
        let by_whom = by.clone();
        let ended = Happened::ShareRevoked { by: by_whom, share };
        granted(self.engine.apply(id, ended).await?)?;
        tracing::info!(deployment = %id, share = named, by = by.name(), "a link to a deployment was ended");
        Ok(())
    }

    /// The links of a deployment, the newest first.
    pub(crate) async fn shares(&self, id: &DeploymentId) -> Result<Vec<Listed>, EngineError> {
        let state = ledger::state(&self.reader, id).await?;
        let state = state.ok_or_else(|| EngineError::UnknownDeployment(id.clone()))?;
        self.listed(id, state.shares()).await
    }

    /// The same of what is read already.
    pub(super) async fn listed(
        &self,
        id: &DeploymentId,
        shares: &[Share],
    ) -> Result<Vec<Listed>, EngineError> {
        let tokens = match shares {
            [] => Vec::new(),
            _ => self.reader.shares_of(id.as_str()).await?,
        };
        let used = |share: &Share| {
            let mut known = tokens.iter();
            let known = known.find(|known| known.share == share.id.as_str())?;
            known.used_at
        };
        let listed = shares.iter().rev().map(|share| Listed {
            used_at: used(share),
            share: share.clone(),
        });
        Ok(listed.collect())
    }

    /// Whether this moment is one at which the link still opens.
    pub(super) async fn still_open(&self, id: &DeploymentId, share: &ShareId) -> bool {
        let listed = self.shares(id).await.unwrap_or_default();
        let mut listed = listed.iter().map(|listed| &listed.share);
        let known = listed.find(|known| known.id == *share);
        let enabled = self.settings.get().server.shares.enabled;
        enabled && known.is_some_and(|known| is_open(known, self.now()))
    }
}

pub(super) fn is_open(share: &Share, now: Timestamp) -> bool {
    share.standing(now) == guard::share::Standing::Open
}

fn granted(events: Vec<Event>) -> Result<(), NotShared> {
    for event in events {
        if let Event::Refused { refusal, .. } = event {
            return Err(Box::new(refusal).into());
        }
    }
    Ok(())
}

/// How often links are opened. Nobody guesses one; nobody is to try, either, nor to read on others' account.
pub(super) struct Pace {
    unknown: RateLimiter,
    known: Mutex<HashMap<ShareId, RateLimiter>>,
}

impl Pace {
    pub(super) fn new() -> Self {
        Self {
            unknown: bucket(UNKNOWN_AT_ONCE, UNKNOWN_A_SECOND),
            known: Mutex::default(),
        }
    }

    /// Whether one more may open this link; or, with none, a link that nobody knows.
    pub(super) fn may(&self, share: Option<&ShareId>) -> bool {
        let Some(share) = share else {
            return self.unknown.try_acquire(1);
        };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_KEPT {
            known.clear();
        }
        let bucket = known
            .entry(share.clone())
            .or_insert_with(|| bucket(AT_ONCE, A_SECOND));
        bucket.try_acquire(1)
    }
}

fn bucket(at_once: usize, a_second: usize) -> RateLimiter {
    RateLimiter::builder()
        .initial(at_once)
        .max(at_once)
        .refill(a_second)
        .interval(Duration::from_secs(1))
        .build()
}
