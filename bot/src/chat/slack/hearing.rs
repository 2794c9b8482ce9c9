//! What hears people, by whichever way Slack tells: presses and mentions, each once.

use super::api;
use super::groups::Groups;
use super::languages::Languages;
use super::posts;
use super::seen::Seen;
use crate::live::Live;
use crate::orders::Orders;
use config::Settings;
use engine::Engine;
use journal::Reader;
use messages::Context;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::timeout;

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
    pub(super) groups: Groups,
    pub(super) languages: Languages,
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
        groups: Groups,
    ) -> Result<Self, api::ClientError> {
        Ok(Self(Arc::new(Inner {
            settings,
            reader: engine.reader().clone(),
            engine,
            orders,
            http: api::client()?,
            heard: Seen::default(),
            groups,
            languages: Languages::default(),
        })))
    }

    /// Whether this was not heard before, by what makes it one.
    pub(super) fn is_new(&self, one: &str) -> bool {
        let new = self.heard.is_new(digest(one), jiff::Timestamp::now());
        if !new {
            tracing::info!("what Slack tells was heard before: nothing is done");
        }
        new
    }

    /// It came to nothing, and may be tried again.
    pub(super) fn forget(&self, one: &str) {
        self.heard.forget(&digest(one));
    }

    /// Takes an interaction; what is to be shown in its dialog, if that is known in time. What takes longer goes on.
    pub(super) async fn interaction(&self, payload: Value, in_time: Duration) -> Option<Value> {
        let (answer, answered) = oneshot::channel();
        let hearing = self.clone();
        tokio::spawn(async move { hearing.take_interaction(&payload, answer).await });
        timeout(in_time, answered).await.ok()?.ok()?
    }

    /// How a channel is spoken to.
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

fn digest(one: &str) -> Vec<u8> {
    Sha256::digest(one.as_bytes()).to_vec()
}
