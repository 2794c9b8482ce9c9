//! What is no message: pictures, dialogs, the app's page, and what is only read.

use super::{CHANNEL, INCIDENTS, Inner, Kind, refused};
use crate::double::Reply;
use crate::slack::{reads, views};
use serde_json::{Value, json};
use std::collections::BTreeMap;

impl Inner {
    pub(super) fn show_files(&mut self, arguments: &Value) -> Reply {
        let method = "files.completeUploadExternal";
        let channel = arguments["channel_id"].as_str().unwrap_or_default();
        if ![CHANNEL, INCIDENTS].contains(&channel) {
            return refused("channel_not_found");
        }
        let thread = arguments["thread_ts"].as_str().unwrap_or_default();
        if !self.messages.iter().any(|message| message.ts == thread) {
            return self.fault(format!("{method}: no thread {thread}"));
        }
        match self.files.shared(arguments) {
            Ok(shown) => {
                for alt in shown {
                    let said = json!({ "channel": channel, "text": alt, "blocks": [] });
                    self.say(Kind::Picture, thread, &said);
                    self.pictures += 1;
                }
                Reply::json(200, &json!({ "ok": true, "files": [] }))
            }
            Err(fault) => self.fault(format!("{method}: {fault}")),
        }
    }

    pub(super) fn open(&mut self, arguments: &Value) -> Reply {
        let view = &arguments["view"];
        if let Err(fault) = views::modal(view) {
            return self.fault(format!("views.open: {fault}"));
        }
        let trigger = arguments["trigger_id"].as_str().unwrap_or_default();
        match self.triggers.take(trigger) {
            Ok(user) => {
                let said = json!({ "text": view["title"]["text"], "blocks": view["blocks"] });
                let id = self.triggers.shown(view);
                self.say(Kind::Dialog(user), &id, &said);
                Reply::json(200, &json!({ "ok": true, "view": { "id": id } }))
            }
            Err("expired_trigger_id") => refused("expired_trigger_id"),
            Err(code) => self.fault(format!("views.open: {code}")),
        }
    }

    pub(super) fn publish(&mut self, arguments: &Value) -> Reply {
        let view = &arguments["view"];
        if let Err(fault) = views::home(view) {
            return self.fault(format!("views.publish: {fault}"));
        }
        let user = arguments["user_id"].as_str().unwrap_or_default().to_owned();
        let said = json!({ "text": "home", "blocks": view["blocks"] });
        self.say(Kind::Home(user), "", &said);
        Reply::json(200, &json!({ "ok": true, "view": {} }))
    }

    pub(super) fn read(&mut self, method: &str, fields: &BTreeMap<String, String>) -> Reply {
        let known = reads::Known {
            groups: &self.groups,
            languages: &self.languages,
        };
        if method == "files.getUploadURLExternal" {
            return match self.files.announced(fields, self.address.unwrap()) {
                Ok(answer) => Reply::json(200, &answer),
                Err(fault) => self.fault(format!("{method}: {fault}")),
            };
        }
        match reads::read(method, fields, &known) {
            Ok((about, answer)) => {
                self.asked.push((method.to_owned(), about));
                Reply::json(200, &answer)
            }
            Err(fault) => self.fault(format!("{method}: {fault}")),
        }
    }
}
