//! Messages: posted, edited, and said to one person alone.

use super::{Inner, Kind, Message, refused};
use crate::double::{Reply, Request};
use crate::slack::rules;
use serde_json::{Value, json};

impl Inner {
    pub(super) fn post(&mut self, arguments: &Value) -> Reply {
        for (field, wanted) in [
            ("unfurl_links", false),
            ("unfurl_media", false),
            ("link_names", false),
        ] {
            if arguments[field] != wanted {
                return self.fault(format!("{field} is not {wanted}"));
            }
        }
        let thread = arguments["thread_ts"].as_str().map(str::to_owned);
        if let Some(thread) = &thread {
            let parent = self.messages.iter().find(|message| message.ts == *thread);
            let here = |parent: &Message| arguments["channel"] == parent.channel.as_str();
            if parent.is_none_or(|parent| parent.thread.is_some() || !here(parent)) {
                return self.fault(format!("thread {thread} has no parent"));
            }
        }
        let ts = format!("{}.{:06}", 1_700_000_000 + self.messages.len(), 7);
        let kind = match (&thread, arguments["reply_broadcast"] == true) {
            (None, _) => Kind::Parent,
            (Some(_), false) => Kind::Reply,
            (Some(_), true) => Kind::Broadcast,
        };
        self.say(kind, &ts, arguments);
        let channel = arguments["channel"].as_str().unwrap().to_owned();
        self.messages.push(Message {
            channel: channel.clone(),
            ts: ts.clone(),
            thread,
            text: arguments["text"].as_str().unwrap().to_owned(),
            blocks: arguments["blocks"].clone(),
        });
        Reply::json(
            200,
            &json!({ "ok": true, "channel": channel, "ts": ts, "message": { "text": "x" } }),
        )
    }

    pub(super) fn update(&mut self, arguments: &Value) -> Reply {
        let Some(at) = self.messages.iter().position(|message| {
            arguments["ts"] == message.ts.as_str()
                && arguments["channel"] == message.channel.as_str()
        }) else {
            return refused("message_not_found");
        };
        let message = &self.messages[at];
        if arguments["blocks"] == message.blocks && arguments["text"] == message.text.as_str() {
            return self.fault("an edit that changes nothing".to_owned());
        }
        let ts = message.ts.clone();
        self.messages[at].text = arguments["text"].as_str().unwrap().to_owned();
        self.messages[at].blocks = arguments["blocks"].clone();
        self.say(Kind::Edit, &ts, arguments);
        Reply::json(
            200,
            &json!({ "ok": true, "channel": arguments["channel"], "ts": ts }),
        )
    }

    /// What is sent to a response url.
    pub(super) fn respond(&mut self, request: &Request) -> Reply {
        let Some((user, left)) = self.response_urls.get_mut(&request.path) else {
            return self.fault(format!("{} is nobody's", request.path));
        };
        if *left == 0 {
            return Reply::json(404, &json!({ "ok": false, "error": "expired_url" }));
        }
        *left -= 1;
        let user = user.clone();
        let body: Value = serde_json::from_slice(&request.body).unwrap_or(Value::Null);
        if let Err(fault) = message(&body) {
            return self.fault(format!("response url: {fault}"));
        }
        if body["response_type"] != "ephemeral" || !body["replace_original"].is_boolean() {
            return self.fault(format!("seen by all: {body}"));
        }
        self.say(Kind::Whisper(user), "", &body);
        Reply::json(200, &json!({ "ok": true }))
    }
}

/// What a post will be: `parent`, `reply` or `broadcast`.
pub(super) fn kind(request: &Request) -> &'static str {
    let arguments: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    match (&arguments["thread_ts"], &arguments["reply_broadcast"]) {
        (Value::Null, _) => "parent",
        (_, Value::Bool(true)) => "broadcast",
        _ => "reply",
    }
}

pub(super) fn message(arguments: &Value) -> Result<(), String> {
    let text = arguments["text"].as_str().unwrap_or_default();
    if text.is_empty() || text.encode_utf16().count() > 4000 {
        return Err(format!("text {text:?}"));
    }
    rules::blocks(&arguments["blocks"])
}
