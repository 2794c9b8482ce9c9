//! How the signals went, as pictures in the thread. Where they cannot be shown the text stands.

use super::api::Wrong;
use super::channel::{SlackChannel, say_error};
use super::places::Place;
use super::{CHANNEL, compose};
use crate::charts;
use engine::handler::SayError;
use guard::state::State;
use journal::ChatMessage;
use messages::chart::Chart;
use serde_json::{Value, json};
use std::sync::atomic::Ordering;

impl SlackChannel {
    /// Shows them, once for each deployment in a channel that hears details.
    pub(super) async fn draw(&self, state: &State, place: &Place) -> Result<Value, SayError> {
        let deployment = &state.plan().deployment;
        if !place.threads {
            return Ok(json!({ "said": "nothing", "why": "no details are told here" }));
        }
        let key = place.picture_key(deployment);
        if self.known(&key).await?.is_some() {
            return Ok(json!({ "said": "already" }));
        }
        let Some(parent) = self.known(&place.parent_key(deployment)).await? else {
            return Ok(json!({ "said": "nothing", "why": "not told here" }));
        };
        let joined = self.thread_of(place, deployment).await?;
        let thread = joined.unwrap_or(parent.message);
        let drawn = compose::charts(state, &self.context(state, place));
        let mut files = Vec::new();
        for chart in drawn {
            match self.uploaded(chart).await {
                Ok(file) => files.push(file),
                // Tried again when there is peace, or Slack is back.
                Err(wrong @ (Wrong::Wait { .. } | Wrong::NotSent { .. })) => {
                    return Err(say_error(&wrong));
                }
                Err(wrong) => return Ok(self.without(&wrong)),
            }
        }
        let Some(first) = files.first().map(|file| file["id"].clone()) else {
            return Ok(json!({ "said": "nothing", "why": "there is nothing to draw" }));
        };
        let method = "files.completeUploadExternal";
        let turn = self.api.turn(method, &place.channel).await;
        turn.map_err(|wrong| say_error(&wrong))?;
        let arguments = json!({
            "files": files,
            "channel_id": place.channel,
            "thread_ts": thread,
        });
        match self.api.call(method, &arguments).await {
            Ok(_) => {}
            Err(wrong @ Wrong::Refused { .. }) => return Ok(self.without(&wrong)),
            Err(wrong) => return Err(say_error(&wrong)),
        }
        self.keep(ChatMessage {
            post_key: key,
            platform: CHANNEL.to_owned(),
            channel: place.channel.clone(),
            // Slack shares it when it has looked at it, and only then has a message for it.
            message: first.as_str().unwrap_or_default().to_owned(),
            digest: String::new(),
            posted_at: self.clock.now(),
        })
        .await?;
        Ok(json!({ "said": "picture", "files": files.len() }))
    }

    /// Hands one picture over, which nobody sees yet.
    async fn uploaded(&self, chart: Chart) -> Result<Value, Wrong> {
        let method = "files.getUploadURLExternal";
        let unknown = |error: String| Wrong::Unknown {
            method: method.to_owned(),
            error,
        };
        let Chart {
            signal, title, alt, ..
        } = chart.clone();
        let made = tokio::task::spawn_blocking(move || {
            let svg = charts::svg(&chart).ok_or_else(|| "it cannot be drawn".to_owned())?;
            charts::png(&svg).map_err(|error| error.to_string())
        });
        let made = made.await.map_err(|error| unknown(error.to_string()))?;
        let picture = made.map_err(unknown)?;
        let (name, length) = (format!("{signal}.png"), picture.len().to_string());
        let arguments = [
            ("filename", name.as_str()),
            ("length", &length),
            ("alt_txt", &alt),
        ];
        let place = self.api.ask(method, &arguments).await?;
        let text = |name: &str| {
            let value = place[name].as_str();
            value.ok_or_else(|| unknown(format!("the answer has no {name}")))
        };
        self.api.upload(text("upload_url")?, picture).await?;
        Ok(json!({ "id": text("file_id")?, "title": title }))
    }

    /// The text stands; why it does is said once, and not for each deployment.
    fn without(&self, wrong: &Wrong) -> Value {
        if self.told_of_pictures.swap(true, Ordering::Relaxed) {
            tracing::debug!(error = %wrong, "no picture in Slack");
        } else {
            tracing::warn!(error = %wrong, "Slack shows no pictures of Tawny's: the text stands alone; this is said once");
        }
        json!({ "said": "nothing", "why": wrong.to_string() })
    }
}
