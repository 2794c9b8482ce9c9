//! The app's own page: made anew for each who opens it, in their language.

use super::api;
use super::events::Opened;
use super::hearing::Hearing;
use super::people::Denied;
use super::posts::parent_key;
use engine::EngineError;
use futures_util::future::join_all;
use guard::approval::Choice;
use guard::ids::DeploymentId;
use guard::state::State;
use messages::home::{Asking, MOST, home};
use messages::layout::slack::{self as layout, views};
use messages::{Context, Locale};
use serde_json::{Value, json};
use std::sync::Arc;

impl Hearing {
    /// Shows the page to whoever opened it.
    pub(super) async fn show_home(&self, opened: Opened) {
        if !self.is_new(&opened.once) {
            return;
        }
        let context = self.context_for(&opened.user, "").await;
        let shown = match self.person(&opened.user, None).await {
            Ok(_) => self.home(context.locale).await,
            Err(denied) => Ok(self.nothing_for(&denied, &opened.user, &context)),
        };
        let shown = shown.unwrap_or_else(|error| {
            let denied = Denied::not_kept(&error);
            self.nothing_for(&denied, &opened.user, &context)
        });
        let settings = self.settings.get();
        let Some(slack) = &settings.chat.slack else {
            return;
        };
        let (base, token) = (slack.base_url.as_str(), &slack.bot_token);
        let arguments = json!({ "user_id": opened.user, "view": shown });
        let done = api::call(&self.http, base, token, "views.publish", &arguments).await;
        if let Err(error) = done {
            tracing::warn!(%error, "the app's page is as old as it was");
        }
    }

    fn nothing_for(&self, denied: &Denied, user: &str, context: &Context) -> Value {
        let able = self.orders.people().by_role(Choice::Hold);
        let sentences = denied.sentences(user, Choice::Hold, &able, context);
        views::nothing(&layout::sentences(&sentences, context.locale))
    }

    async fn home(&self, locale: Locale) -> Result<Value, EngineError> {
        let context = self.orders.context(locale);
        let watched = self.engine.watched().await?;
        let mut asks: Vec<&State> = watched
            .iter()
            .filter(|state| state.open_approval().is_some())
            .collect();
        // The most urgent first.
        asks.sort_by_key(|state| state.open_approval().map(|open| open.approval.expires_at));
        let shown = asks.iter().take(MOST);
        let threads = join_all(shown.map(|state| self.thread(&state.plan().deployment))).await;
        let asking: Vec<Asking<'_>> = asks
            .iter()
            .enumerate()
            .map(|(at, state)| Asking {
                state,
                thread: threads.get(at).and_then(Option::as_deref),
            })
            .collect();
        let stand = self.orders.stand(self.engine.services()).await?;
        let services: Vec<_> = stand.iter().map(|one| one.said()).collect();
        let recent = self.recent().await?;
        let recent: Vec<&State> = recent.iter().map(|state| &**state).collect();
        let page = home(&asking, &services, &recent, &context);
        Ok(views::home(&page, locale))
    }

    /// What was deployed last, the newest first.
    async fn recent(&self) -> Result<Vec<Arc<State>>, EngineError> {
        let rows = self.engine.listed(|listing| {
            let rows = listing.newest().take(MOST);
            rows.cloned().collect::<Vec<_>>()
        });
        self.engine.in_full(rows.await?).await
    }

    /// The address of a deployment's message, as Slack gives it.
    async fn thread(&self, deployment: &DeploymentId) -> Option<String> {
        let known = self.reader.chat_message(&parent_key(deployment)).await;
        let known = known.ok().flatten()?;
        let settings = self.settings.get();
        let slack = settings.chat.slack.as_ref()?;
        let (base, token) = (slack.base_url.as_str(), &slack.bot_token);
        let arguments = [
            ("channel", known.channel.as_str()),
            ("message_ts", known.message.as_str()),
        ];
        let asked = api::ask(&self.http, base, token, "chat.getPermalink", &arguments).await;
        match asked {
            Ok(answer) => answer["permalink"].as_str().map(str::to_owned),
            Err(error) => {
                tracing::debug!(%error, "a thread has no address");
                None
            }
        }
    }
}
