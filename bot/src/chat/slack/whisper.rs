//! What is told to one person alone.

use super::api;
use super::hearing::Hearing;
use super::mention::Line;
use messages::layout::slack::Post;
use serde_json::json;

/// To whom, and where they are.
#[derive(Debug, Clone)]
pub(super) struct Ear {
    pub(super) user: String,
    pub(super) channel: String,
    pub(super) thread: Option<String>,
    /// An address that Slack gave for this one conversation; good for half an hour.
    pub(super) response_url: Option<String>,
    /// Whether it takes the place of what they pressed, which they alone see.
    pub(super) replaces: bool,
}

impl Ear {
    /// Who said a line, where they said it.
    pub(super) fn of(line: &Line) -> Self {
        Self {
            user: line.user.clone(),
            channel: line.channel.clone(),
            thread: line.thread.clone(),
            response_url: line.response_url.clone(),
            replaces: false,
        }
    }
}

impl Hearing {
    /// Tells one person and nobody else.
    pub(super) async fn whisper(&self, ear: &Ear, post: &Post) {
        if self.responded(ear, post).await {
            return;
        }
        let settings = self.settings.get();
        let Some(slack) = &settings.chat.slack else {
            return;
        };
        let mut arguments = post.json();
        arguments["channel"] = json!(ear.channel);
        arguments["user"] = json!(ear.user);
        if let Some(thread) = &ear.thread {
            arguments["thread_ts"] = json!(thread);
        }
        let (base, token) = (slack.base_url.as_str(), &slack.bot_token);
        let method = "chat.postEphemeral";
        if let Err(error) = api::call(&self.http, base, token, method, &arguments).await {
            tracing::warn!(%error, "somebody was not told what became of what they wanted");
        }
    }

    /// Whether the conversation's own address took it.
    async fn responded(&self, ear: &Ear, post: &Post) -> bool {
        let url = ear.response_url.as_deref();
        let Some(url) = url.filter(|url| self.is_slacks(url)) else {
            return false;
        };
        let mut body = post.json();
        body["response_type"] = json!("ephemeral");
        body["replace_original"] = json!(ear.replaces);
        match self.http.post(url).json(&body).send().await {
            Ok(answer) => answer.status().is_success(),
            Err(error) => {
                tracing::debug!(error = %error.without_url(), "a response url does not answer");
                false
            }
        }
    }

    /// What is signed says the address; still nothing is sent to anybody else.
    fn is_slacks(&self, url: &str) -> bool {
        let settings = self.settings.get();
        let slack = settings.chat.slack.as_ref();
        slack.is_some_and(|slack| api::is_slacks(url, slack.base_url.as_str()))
    }
}
