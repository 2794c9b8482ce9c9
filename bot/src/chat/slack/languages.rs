//! In which language somebody is spoken to who alone hears it.

use super::api;
use super::hearing::Hearing;
use messages::{Context, Locale};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, timeout};

/// How long an answer counts, and how long nobody asks again where there was none.
const KEPT: Duration = Duration::from_hours(1);
const NOT_ASKED: Duration = Duration::from_mins(5);
/// Nobody waits longer for this: a dialog must be open within three seconds.
const PATIENCE: Duration = Duration::from_millis(500);
/// People that are remembered.
const MOST: usize = 10_000;

/// The languages of people.
#[derive(Default)]
pub(super) struct Languages(Mutex<HashMap<String, (Instant, Option<Locale>)>>);

impl Languages {
    /// What is known: outside nothing, inside that it is no language of ours.
    fn known(&self, user: &str) -> Option<Option<Locale>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (until, locale) = known.get(user)?;
        (Instant::now() < *until).then_some(*locale)
    }

    fn learn(&self, user: &str, locale: Option<Locale>, holds: Duration) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(user.to_owned(), (Instant::now() + holds, locale));
    }
}

impl Hearing {
    /// How one person of a channel is spoken to: in their language, or else in the channel's.
    pub(super) async fn context_for(&self, user: &str, channel: &str) -> Context {
        let context = self.context(channel);
        Context {
            locale: self.language(user).await.unwrap_or(context.locale),
            ..context
        }
    }

    async fn language(&self, user: &str) -> Option<Locale> {
        if let Some(known) = self.languages.known(user) {
            return known;
        }
        let (asking, user) = (self.clone(), user.to_owned());
        // What comes too late for this once is known the next time.
        let asked = tokio::spawn(async move { asking.ask_language(&user).await });
        timeout(PATIENCE, asked).await.ok()?.ok()?
    }

    async fn ask_language(&self, user: &str) -> Option<Locale> {
        let settings = self.settings.get();
        let slack = settings.chat.slack.as_ref()?;
        let (base, token) = (slack.base_url.as_str(), &slack.bot_token);
        let arguments = [("user", user), ("include_locale", "true")];
        match api::ask(&self.http, base, token, "users.info", &arguments).await {
            Ok(answer) => {
                let tag = answer["user"]["locale"].as_str();
                let locale = tag.and_then(Locale::from_tag);
                self.languages.learn(user, locale, KEPT);
                locale
            }
            Err(error) => {
                tracing::info!(%error, "somebody's language is not known: the channel's is taken");
                self.languages.learn(user, None, NOT_ASKED);
                None
            }
        }
    }
}
