//! What somebody says to Tawny, read.

use guard::input::Command;
use serde::Deserialize;
use serde_json::Value;

/// Somebody spoke to Tawny.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mention {
    /// Slack's id of the telling, the same each time that it is told.
    pub(super) event: String,
    pub(super) user: String,
    pub(super) foreign_team: Option<String>,
    pub(super) channel: String,
    /// The thread, or the message that would begin one.
    pub(super) thread: String,
    pub(super) in_thread: bool,
    pub(super) wish: Wish,
}

/// What is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wish {
    /// How the deployment stands.
    Status,
    /// What can be said.
    Help,
    /// A command, and why.
    Do(Command, Option<String>),
    /// Something else.
    Unknown(String),
}

/// Every word that is understood, in the order of help.
pub(super) const WORDS: [&str; 8] = [
    "status", "pause", "resume", "hold", "promote", "rollback", "abandon", "help",
];

/// Characters of a reason that are kept.
const MOST_REASON: usize = 500;
/// Characters of a word that is not understood.
const MOST_WORD: usize = 40;

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
    ts: String,
    thread_ts: Option<String>,
}

/// The mention that an event is; none when it is anything else, or a bot's.
pub(super) fn mention(payload: &Value) -> Option<Mention> {
    let said = Callback::deserialize(payload).ok()?;
    let event = said.event;
    if event.kind != "app_mention" || event.bot_id.is_some() {
        return None;
    }
    let team = event.user_team.or(event.team);
    let ids = [&event.channel, &event.ts];
    let good = ids.into_iter().chain(&event.user).chain(&event.thread_ts);
    if !good.into_iter().all(|id| super::interaction::is_id(id)) {
        return None;
    }
    Some(Mention {
        event: said.event_id,
        user: event.user?,
        foreign_team: team.filter(|own| said.team_id.as_ref().is_some_and(|home| home != own)),
        channel: event.channel,
        in_thread: event.thread_ts.is_some(),
        thread: event.thread_ts.unwrap_or(event.ts),
        wish: wish(&event.text),
    })
}

/// What a text wants: after the mentions, a word, and for a command perhaps a reason.
fn wish(text: &str) -> Wish {
    let mut words = text
        .split_whitespace()
        .filter(|word| !(word.starts_with("<@") && word.ends_with('>')));
    let Some(word) = words.next() else {
        return Wish::Help;
    };
    let reason = words.collect::<Vec<_>>().join(" ");
    let reason: String = reason.chars().take(MOST_REASON).collect();
    let reason = (!reason.is_empty()).then_some(reason);
    let command = match word.to_lowercase().as_str() {
        "status" => return Wish::Status,
        "help" => return Wish::Help,
        "pause" => Command::Pause,
        "resume" => Command::Resume,
        "hold" => Command::Hold,
        "promote" => Command::Promote,
        "rollback" => Command::Rollback,
        "abandon" => Command::Abandon,
        _ => return Wish::Unknown(word.chars().take(MOST_WORD).collect()),
    };
    Wish::Do(command, reason)
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
    fn a_word_after_the_mention_is_what_is_wanted_and_the_rest_is_why() {
        for (text, wanted) in [
            ("<@U0BOT> status", Wish::Status),
            ("<@U0BOT>  STATUS please", Wish::Status),
            ("<@U0BOT>", Wish::Help),
            ("", Wish::Help),
            ("hey", Wish::Unknown("hey".to_owned())),
            ("<@U0BOT> rollback", Wish::Do(Command::Rollback, None)),
            (
                "<@U0BOT> Pause the database\n is full",
                Wish::Do(Command::Pause, Some("the database is full".to_owned())),
            ),
        ] {
            assert_eq!(mention(&said(text)).unwrap().wish, wanted, "{text}");
        }
        for word in WORDS {
            let wish = wish(word);
            assert!(!matches!(wish, Wish::Unknown(_)), "{word}");
        }
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
        assert_eq!(
            mention(&payload).unwrap().foreign_team.as_deref(),
            Some("T2")
        );
    }
}
