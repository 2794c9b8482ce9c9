//! Calls of the Web API: who may, when, and what they are.

use super::{APP_TOKEN, CHANNEL, INCIDENTS, Inner, Kind, Mood, TOKEN, chat, refused};
use crate::double::{Reply, Request};
use crate::slack::reads;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

impl Inner {
    pub(super) fn take(&mut self, request: &Request) -> Reply {
        self.calls += 1;
        if request.path.starts_with("/actions/") {
            return self.respond(request);
        }
        if request.path.starts_with("/upload/") {
            return match self.files.uploaded(request) {
                Ok(()) => Reply::json(200, &json!("OK")),
                Err(fault) => self.fault(format!("upload: {fault}")),
            };
        }
        let Some(method) = request.path.strip_prefix("/api/") else {
            return self.fault(format!("{} {}", request.method, request.path));
        };
        let opens = method == "apps.connections.open";
        let token = format!("Bearer {}", if opens { APP_TOKEN } else { TOKEN });
        if request.headers.get("authorization") != Some(&token) {
            return refused("invalid_auth");
        }
        if let Some(until) = self.closed.get(method)
            && Instant::now() < *until
        {
            return self.fault(format!(
                "{method}: called before the time that Slack asked for was over"
            ));
        }
        let kind = chat::kind(request);
        let planned = self
            .planned
            .iter()
            .position(|(planned, _)| planned == method || *planned == format!("{method}/{kind}"));
        let planned = planned
            .and_then(|at| self.planned.remove(at))
            .map(|(_, mood)| mood);
        match planned {
            Some(Mood::Waits(seconds)) => {
                let until = Instant::now() + Duration::from_secs(seconds);
                self.closed.insert(method.to_owned(), until);
                return Reply::Wait(seconds);
            }
            Some(Mood::Refuses(code)) => return refused(code),
            Some(Mood::DoesAndHangsUp) | None => {}
        }
        if opens && let Some(address) = self.sockets {
            self.tickets += 1;
            let url = format!("ws://{address}/link/?ticket={}", self.tickets);
            return Reply::json(200, &json!({ "ok": true, "url": url }));
        }
        let reply = self.called(method, request);
        if planned == Some(Mood::DoesAndHangsUp) {
            return Reply::HangUp;
        }
        reply
    }

    fn called(&mut self, method: &str, request: &Request) -> Reply {
        let kind = request.headers.get("content-type");
        let is = |wanted: &str| kind.is_some_and(|kind| kind.starts_with(wanted));
        let json = is("application/json");
        if reads::METHODS.contains(&method) {
            // JSON is not even looked at.
            let body = if is("application/x-www-form-urlencoded") {
                request.body.as_slice()
            } else {
                &[]
            };
            let fields = url::form_urlencoded::parse(body).into_owned().collect();
            return self.read(method, &fields);
        }
        let arguments: Value = match serde_json::from_slice(&request.body) {
            Ok(arguments) if json => arguments,
            _ => return refused("invalid_json"),
        };
        if method == "files.completeUploadExternal" {
            return self.show_files(&arguments);
        }
        if method == "views.open" {
            return self.open(&arguments);
        }
        if method == "views.publish" {
            return self.publish(&arguments);
        }
        if let Err(fault) = chat::message(&arguments) {
            return self.fault(format!("{method}: {fault}"));
        }
        let channel = arguments["channel"].as_str().unwrap_or_default().to_owned();
        if ![CHANNEL, INCIDENTS].contains(&channel.as_str()) {
            return refused("channel_not_found");
        }
        match method {
            "chat.postMessage" => self.post(&arguments),
            "chat.update" => self.update(&arguments),
            "chat.postEphemeral" => {
                let user = arguments["user"].as_str().unwrap_or_default().to_owned();
                self.say(Kind::Whisper(user), "", &arguments);
                Reply::json(200, &json!({ "ok": true }))
            }
            other => self.fault(format!("method {other}")),
        }
    }
}
