//! What hears people, by whichever way Slack tells: presses and mentions, each once.

use super::api;
use super::posts;
use super::seen::Seen;
use crate::live::Live;
use crate::orders::Orders;
use config::Settings;
use engine::Engine;
use journal::Reader;
use messages::Context;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// Hears and answers. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Hearing(Arc<Inner>);

pub(crate) struct Inner {
    pub(super) settings: Live<Settings>,
    pub(super) engine: Engine,
    pub(super) orders: Orders,
    pub(super) reader: Reader,
    pub(super) http: reqwest::Client,
    /// What was heard: Slack tells again what was not acknowledged in time.
    heard: Seen,
}

impl std::ops::Deref for Hearing {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Hearing {
    pub(crate) fn new(
        settings: Live<Settings>,
        engine: Engine,
        orders: Orders,
    ) -> Result<Self, api::ClientError> {
        Ok(Self(Arc::new(Inner {
            settings,
            reader: engine.reader().clone(),
            engine,
            orders,
            http: api::client()?,
            heard: Seen::default(),
        })))
    }

    /// Whether this was not heard before, by what makes it one.
    pub(super) fn is_new(&self, one: &str) -> bool {
        let digest = Sha256::digest(one.as_bytes()).to_vec();
        let new = self.heard.is_new(digest, jiff::Timestamp::now());
        if !new {
            tracing::info!("what Slack tells was heard before: nothing is done");
        }
        new
    }

    /// How people of a channel are spoken to.
    pub(super) fn context(&self, channel: &str) -> Context {
        let settings = self.settings.get();
        let slack = settings.chat.slack.as_ref();
        let mut channels = slack.into_iter().flat_map(|slack| &slack.channels);
        let found = channels.find(|known| known.channel == channel);
        Context {
            locale: posts::locale(&settings, found),
            now: jiff::Timestamp::now(),
            base_url: None,
        }
    }
}
