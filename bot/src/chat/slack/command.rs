//! What becomes of a wish: told to the one who said it, and to nobody else. What it changes, the thread tells.

use super::hearing::Hearing;
use super::mention::{Mention, WORDS, Wish, mention};
use super::people::{Denied, granted};
use super::whisper::Ear;
use engine::ledger;
use guard::approval::Choice;
use guard::ids::DeploymentId;
use guard::input::{Command, Happened};
use messages::layout::slack;
use messages::{Context, Text, chat};
use serde_json::Value;

impl Hearing {
    /// Takes an event. When this returns, what it asks for is kept or refused; who asked is told afterwards.
    pub(super) async fn take_event(&self, payload: &Value) {
        let Some(mention) = mention(payload) else {
            return;
        };
        if !self.is_new(&format!("event {}", mention.event)) {
            return;
        }
        let context = self.context(&mention.channel);
        let sentences = match self.fulfilled(&mention, &context).await {
            Ok(sentences) => sentences,
            Err(denied) => {
                tracing::info!(
                    user = mention.user,
                    ?denied,
                    "a wish in Slack does not count"
                );
                let settings = self.settings.get();
                let wanted = needs(&mention.wish);
                denied.sentences(&mention.user, wanted, &settings, &context)
            }
        };
        let post = slack::sentences(&sentences, context.locale);
        let ear = Ear {
            user: mention.user,
            channel: mention.channel,
            thread: mention.in_thread.then_some(mention.thread),
            response_url: None,
        };
        let telling = self.clone();
        tokio::spawn(async move { telling.whisper(&ear, &post).await });
    }

    async fn fulfilled(&self, mention: &Mention, context: &Context) -> Result<Vec<Text>, Denied> {
        let help = || chat::help(&WORDS, context);
        let about = self
            .deployment_at(&mention.channel, &mention.thread)
            .await?;
        match (&mention.wish, about) {
            (Wish::Help, _) => Ok(vec![help()]),
            (Wish::Unknown(word), _) => Ok(vec![chat::unknown_word(word, context), help()]),
            (Wish::Status | Wish::Do(..), None) => Ok(vec![chat::not_in_a_thread(context)]),
            (Wish::Status, Some(id)) => self.headline(&id, context).await,
            (Wish::Do(command, reason), Some(id)) => {
                let (person, by) = self.person(&mention.user, mention.foreign_team.as_ref())?;
                let happened = Happened::Commanded {
                    by,
                    command: *command,
                    reason: reason.clone(),
                };
                granted(self.apply(&id, happened).await)?;
                tracing::info!(user = mention.user, %person, command = command.as_str(), deployment = %id, "commanded in Slack");
                self.headline(&id, context).await
            }
        }
    }

    /// How a deployment stands now.
    async fn headline(&self, id: &DeploymentId, context: &Context) -> Result<Vec<Text>, Denied> {
        let state = ledger::state(&self.reader, id).await;
        let state = state.map_err(|error| Denied::not_kept(&error))?;
        let state = state.ok_or(Denied::UnknownQuestion)?;
        Ok(vec![messages::parent(&state, context).headline])
    }
}

/// The answer that needs the same role as a wish.
fn needs(wish: &Wish) -> Choice {
    match wish {
        Wish::Do(Command::Promote, _) => Choice::Promote,
        Wish::Do(Command::Resume, _) => Choice::Resume,
        Wish::Do(Command::Rollback, _) => Choice::Rollback,
        Wish::Do(Command::Abandon, _) => Choice::Abandon,
        Wish::Do(Command::Pause | Command::Hold, _)
        | Wish::Status
        | Wish::Help
        | Wish::Unknown(_) => Choice::Hold,
    }
}
