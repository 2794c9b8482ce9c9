//! What somebody says to Tawny, read: by name in a channel, or as a slash command.

use super::interaction::is_id;
use guard::order::{LONGEST, Verb};
use serde::Deserialize;
use serde_json::Value;

/// Somebody spoke to Tawny.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// What makes it one, however often Slack tells it.
    pub(super) once: String,
    pub(super) user: String,
    pub(super) foreign_team: Option<String>,
    pub(super) channel: String,
    /// The thread in which it was said.
    pub(super) thread: Option<String>,
    pub(super) response_url: Option<String>,
    pub(super) text: String,
}

impl Line {
    fn checked(self) -> Option<Self> {
        let ids = [&self.user, &self.channel];
        let good = ids.into_iter().chain(&self.thread).all(|id| is_id(id));
        good.then_some(self)
    }
}

#[derive(Deserialize)]
struct Callback {
    event_id: String,
    team_id: Option<String>,
    event: Event,
}

#[derive(Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    user: Option<String>,
    user_team: Option<String>,
    team: Option<String>,
    bot_id: Option<String>,
    #[serde(default)]
    text: String,
    channel: String,
    thread_ts: Option<String>,
}

/// What was said to Tawny by name; none when an event is anything else, or a bot's.
pub(super) fn mention(payload: &Value) -> Option<Line> {
    let said = Callback::deserialize(payload).ok()?;
    let event = said.event;
    if event.kind != "app_mention" || event.bot_id.is_some() {
        return None;
    }
    let home = said.team_id;
    let team = event.user_team.or(event.team);
    let line = Line {
        once: format!("event {}", said.event_id),
        user: event.user?,
        foreign_team: team.filter(|own| home.as_ref().is_some_and(|home| home != own)),
        channel: event.channel,
        thread: event.thread_ts,
        response_url: None,
        text: cut(&event.text),
    };
    line.checked()
}

#[derive(Deserialize)]
struct Slash {
    user_id: String,
    channel_id: String,
    #[serde(default)]
    text: String,
    response_url: Option<String>,
    trigger_id: String,
}

/// What was said as a slash command. They do not work in threads.
pub(super) fn slash(payload: &Value) -> Option<Line> {
    let said = Slash::deserialize(payload).ok()?;
    let line = Line {
        once: format!("slash {}", said.trigger_id),
        user: said.user_id,
        // Only people of the workspace have the command.
        foreign_team: None,
        channel: said.channel_id,
        thread: None,
        response_url: said.response_url,
        text: cut(&said.text),
    };
    line.checked()
}

/// The shortcut of a message, as the app's manifest names it.
pub(super) const EXPLAIN: &str = "explain";

#[derive(Deserialize)]
struct Shortcut {
    #[serde(rename = "type")]
    kind: String,
    callback_id: String,
    trigger_id: String,
    user: Member,
    team: Option<Member>,
    channel: Member,
    message: Message,
    response_url: Option<String>,
}

#[derive(Deserialize)]
struct Member {
    id: String,
    team_id: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    ts: String,
    thread_ts: Option<String>,
}

/// What the shortcut of a message asks: why, of the deployment that the message's thread is about.
pub(super) fn explain(payload: &Value) -> Option<Line> {
    let said = Shortcut::deserialize(payload).ok()?;
    if said.kind != "message_action" || said.callback_id != EXPLAIN {
        return None;
    }
    let home = said.team.map(|team| team.id);
    let line = Line {
        once: format!("shortcut {}", said.trigger_id),
        user: said.user.id,
        foreign_team: said.user.team_id.filter(|own| Some(own) != home.as_ref()),
        channel: said.channel.id,
        thread: Some(said.message.thread_ts.unwrap_or(said.message.ts)),
        response_url: said.response_url,
        text: Verb::Why.as_str().to_owned(),
    };
    line.checked()
}

// A little more than is read, so that too much is seen to be too much.
fn cut(text: &str) -> String {
    text.chars().take(2 * LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn said(text: &str) -> Value {
        json!({
            "type": "event_callback", "event_id": "Ev1", "team_id": "T1",
            "event": { "type": "app_mention", "user": "U1", "team": "T1", "text": text,
                "channel": "C1", "ts": "2.1", "thread_ts": "1.1" },
        })
    }

    #[test]
    fn a_shortcut_asks_why_about_the_thread_of_its_message() {
        let mut payload = json!({
            "type": "message_action", "callback_id": "explain", "trigger_id": "1.2.3",
            "user": {"id": "U1", "team_id": "T1"}, "team": {"id": "T1"}, "channel": {"id": "C1"},
            "message": {"ts": "2.1", "thread_ts": "1.1"}, "response_url": "https://hooks.slack.com/app/x",
        });
        let line = explain(&payload).unwrap();
        assert_eq!(
            (line.text.as_str(), line.thread.as_deref()),
            ("why", Some("1.1"))
        );
        payload["callback_id"] = json!("another");
        assert_eq!(explain(&payload), None);
    }

    #[test]
    fn what_is_said_by_name_is_read_with_its_thread() {
        let line = mention(&said("<@U0BOT> rollback because of errors")).unwrap();
        assert_eq!(line.text, "<@U0BOT> rollback because of errors");
        assert_eq!(line.thread.as_deref(), Some("1.1"));
        assert!(guard::order::parse(&line.text).is_ok());
    }

    #[test]
    fn what_bots_say_and_what_is_no_mention_is_not_heard() {
        for (pointer, value) in [
            ("/event/type", json!("message")),
            ("/event/user", json!(null)),
            ("/event/channel", json!("C1\n")),
            ("/event", json!(null)),
            ("/event_id", json!(null)),
        ] {
            let mut payload = said("<@U0BOT> rollback");
            *payload.pointer_mut(pointer).unwrap() = value;
            assert_eq!(mention(&payload), None, "{pointer}");
        }
        let mut bot = said("<@U0BOT> rollback");
        bot["event"]["bot_id"] = json!("B1");
        assert_eq!(mention(&bot), None);
    }

    #[test]
    fn somebody_of_another_workspace_is_known_as_such_when_they_speak() {
        let mut payload = said("<@U0BOT> status");
        assert_eq!(mention(&payload).unwrap().foreign_team, None);
        payload["event"]["user_team"] = json!("T2");
        let line = mention(&payload).unwrap();
        assert_eq!(line.foreign_team.as_deref(), Some("T2"));
    }

    #[test]
    fn a_slash_command_is_a_line_outside_of_threads() {
        let payload = json!({
            "command": "/tawny", "text": "status shop", "user_id": "U1", "channel_id": "C1",
            "trigger_id": "1.2.3", "response_url": "https://hooks.slack.com/commands/x",
        });
        let line = slash(&payload).unwrap();
        assert_eq!((line.text.as_str(), line.thread), ("status shop", None));
        assert_eq!(slash(&json!({ "text": "status" })), None);
    }
}
