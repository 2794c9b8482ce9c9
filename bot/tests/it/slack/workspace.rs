//! A workspace: takes calls of the Web API and refuses what Slack refuses; keeps every message with its edits;
//! signs what it sends.

use super::rules;
use crate::double::{Double, Reply, Request};
use hmac::{Hmac, KeyInit, Mac};
use reqwest::StatusCode;
use serde_json::{Value, json};
use sha2::Sha256;
use slack_morphism::signature_verifier::SlackEventSignatureVerifier;
use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const APP_TOKEN: &str = "xapp-a-token-for-tests";
const TOKEN: &str = "xoxb-a-token-for-tests";
pub(super) const SIGNING: &str = "a-signing-secret-for-tests";
pub(super) const BEFORE: &str = "the-signing-secret-before";
pub(super) const CHANNEL: &str = "C0DEPLOYS";
/// Another one, that is there too.
pub(super) const INCIDENTS: &str = "C0INCIDENTS";
pub(super) const TEAM: &str = "T0HOME";

/// What happens to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mood {
    /// Does it and hangs up before answering.
    DoesAndHangsUp,
    /// Has had enough for so many seconds.
    Waits(u64),
    /// Refuses it with this code.
    Refuses(&'static str),
}

/// Something that was said, in order.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Said {
    pub(super) kind: Kind,
    pub(super) channel: String,
    pub(super) ts: String,
    pub(super) text: String,
    pub(super) blocks: Value,
    /// The deployment that the message names for other apps.
    pub(super) deployment: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Parent,
    Reply,
    /// A reply that the channel sees.
    Broadcast,
    Edit,
    /// To one person alone.
    Whisper(String),
}

impl Said {
    /// What its buttons answer.
    pub(super) fn buttons(&self) -> Vec<String> {
        let blocks = self.blocks.as_array().into_iter().flatten();
        let elements = blocks.filter(|block| block["type"] == "actions");
        let elements = elements.flat_map(|block| block["elements"].as_array().unwrap());
        elements
            .map(|button| button["value"].as_str().unwrap().to_owned())
            .collect()
    }

    /// What the button of an answer, such as `hold`, sends.
    pub(super) fn button(&self, choice: &str) -> String {
        let mut all = self.buttons().into_iter();
        all.find(|value| value.ends_with(&format!("/{choice}")))
            .unwrap_or_else(|| panic!("no {choice} in {self:#?}"))
    }
}

/// The first of this kind.
pub(super) fn first(said: &[Said], kind: &Kind) -> Said {
    said.iter()
        .find(|said| said.kind == *kind)
        .unwrap_or_else(|| panic!("no {kind:?} in {said:#?}"))
        .clone()
}

/// A message as it is now.
#[derive(Debug, Clone)]
struct Message {
    channel: String,
    ts: String,
    thread: Option<String>,
    text: String,
    blocks: Value,
}

#[derive(Default)]
struct Inner {
    messages: Vec<Message>,
    said: Vec<Said>,
    faults: Vec<String>,
    planned: VecDeque<(String, Mood)>,
    closed: BTreeMap<String, Instant>,
    calls: usize,
    /// Where sockets are opened, and how many tickets were given out.
    sockets: Option<SocketAddr>,
    tickets: usize,
    events: usize,
    /// Whom a response url tells, and how often it still may.
    response_urls: BTreeMap<String, (String, u32)>,
}

pub(super) struct Workspace {
    inner: Arc<Mutex<Inner>>,
    address: SocketAddr,
    tawny: SocketAddr,
    http: reqwest::Client,
    _double: Double,
}

impl Workspace {
    pub(super) async fn start(address: SocketAddr, tawny: SocketAddr) -> Self {
        let inner: Arc<Mutex<Inner>> = Arc::default();
        let taking = Arc::clone(&inner);
        let double =
            Double::start(address, move |request| taking.lock().unwrap().take(request)).await;
        Self {
            inner,
            address,
            tawny,
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
            _double: double,
        }
    }

    /// The part of the configuration that is about it.
    pub(super) fn settings(&self) -> String {
        self.settings_of(&format!(
            "[{{channel: {CHANNEL}, services: [shop], environments: [test], locale: en, digest: {{daily: false, hourly: false}}}}]"
        ))
    }

    /// The same with these channels.
    pub(super) fn settings_of(&self, channels: &str) -> String {
        format!(
            r#"chat:
  slack:
    bot_token: {TOKEN}
    signing_secret: {SIGNING}
    previous_signing_secret: {BEFORE}
    base_url: "http://{}/api"
    channels: {channels}
"#,
            self.address
        )
    }

    /// The same, with sockets at this address and nothing that could be sent to Tawny.
    pub(super) fn settings_with_sockets(&self, address: SocketAddr) -> String {
        self.inner.lock().unwrap().sockets = Some(address);
        let text = self.settings();
        let text = text.replace(&format!("    previous_signing_secret: {BEFORE}\n"), "");
        text.replace(
            &format!("signing_secret: {SIGNING}"),
            &format!("app_token: {APP_TOKEN}"),
        )
    }

    /// Plans what happens to the next call of a method, or of one kind: `chat.postMessage/reply`.
    pub(super) fn plan(&self, method: &str, mood: Mood) {
        let mut inner = self.inner.lock().unwrap();
        inner.planned.push_back((method.to_owned(), mood));
    }

    /// Everything that was said since this was asked last. It must hold no fault.
    pub(super) fn take(&self) -> Vec<Said> {
        let mut inner = self.inner.lock().unwrap();
        assert_eq!(inner.faults, [""; 0], "what Slack refuses");
        assert!(
            inner.planned.is_empty(),
            "never happened: {:?}",
            inner.planned
        );
        std::mem::take(&mut inner.said)
    }

    /// What the messages of the channel show now: their text and what their buttons answer.
    pub(super) fn shown(&self) -> Vec<(String, Vec<String>)> {
        let inner = self.inner.lock().unwrap();
        let said = |message: &Message| Said {
            kind: Kind::Edit,
            channel: message.channel.clone(),
            ts: message.ts.clone(),
            text: message.text.clone(),
            blocks: message.blocks.clone(),
            deployment: None,
        };
        inner
            .messages
            .iter()
            .map(|message| (message.text.clone(), said(message).buttons()))
            .collect()
    }

    /// How many calls came in.
    pub(super) fn calls(&self) -> usize {
        self.inner.lock().unwrap().calls
    }

    /// A press of a button as Slack sends it.
    pub(super) fn press(&self, user: &str, team: &str, ts: &str, value: &str) -> Value {
        let mut inner = self.inner.lock().unwrap();
        let path = format!("/actions/{}", inner.response_urls.len());
        inner
            .response_urls
            .insert(path.clone(), (user.to_owned(), 5));
        let choice = value.split('/').nth(1).unwrap();
        json!({
            "type": "block_actions",
            "api_app_id": "A0TAWNY",
            "team": { "id": TEAM, "domain": "acme" },
            "user": { "id": user, "username": "somebody", "team_id": team },
            "container": { "type": "message", "message_ts": ts, "channel_id": CHANNEL, "is_ephemeral": false },
            "channel": { "id": CHANNEL, "name": "deploys" },
            "trigger_id": "1.2.3",
            "response_url": format!("http://{}{path}", self.address),
            "actions": [{ "type": "button", "block_id": "x", "action_id": format!("answer.{choice}"), "value": value, "action_ts": format!("1.{}", inner.response_urls.len()) }],
        })
    }

    /// Somebody of the workspace presses: the status of Tawny's answer.
    pub(super) async fn pressed(&self, user: &str, ts: &str, value: &str) -> StatusCode {
        let payload = self.press(user, TEAM, ts, value);
        self.send(&payload, SIGNING, 0).await
    }

    /// Sends an interaction, signed with a secret, with a stamp so many seconds from now.
    pub(super) async fn send(&self, payload: &Value, secret: &str, away: i64) -> StatusCode {
        let body = form(payload);
        let (stamp, signature) = signed(secret, away, &body);
        self.post(&body, &stamp, &signature).await
    }

    pub(super) async fn post(&self, body: &str, stamp: &str, signature: &str) -> StatusCode {
        self.send_to("interactions", body, stamp, signature, 0)
            .await
            .0
    }

    async fn send_to(
        &self,
        path: &str,
        body: &str,
        stamp: &str,
        signature: &str,
        retry: i64,
    ) -> (StatusCode, String) {
        let begun = Instant::now();
        let sent = self
            .http
            .post(format!("http://{}/slack/{path}", self.tawny))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("x-slack-request-timestamp", stamp)
            .header("x-slack-signature", signature)
            .header("x-slack-retry-num", retry)
            .body(body.to_owned())
            .send()
            .await
            .unwrap();
        let took = begun.elapsed();
        assert!(took < Duration::from_secs(3), "{took:?}");
        (sent.status(), sent.text().await.unwrap())
    }

    /// Sends an event so often, each time with a signature of its own.
    pub(super) async fn tell(&self, event: &Value, times: i64) -> String {
        let body = event.to_string();
        let mut said = String::new();
        for time in 0..times {
            let (stamp, signature) = signed(SIGNING, -time, &body);
            let (status, answer) = self
                .send_to("events", &body, &stamp, &signature, time)
                .await;
            assert_eq!(status, 200);
            said = answer;
        }
        said
    }

    /// A slash command as Slack sends it, and what it is answered.
    pub(super) async fn command(&self, user: &str, text: &str) -> StatusCode {
        let body = {
            let mut inner = self.inner.lock().unwrap();
            let number = inner.response_urls.len();
            let path = format!("/actions/{number}");
            let url = format!("http://{}{path}", self.address);
            inner.response_urls.insert(path, (user.to_owned(), 5));
            url::form_urlencoded::Serializer::new(String::new())
                .extend_pairs([
                    ("command", "/tawny"),
                    ("text", text),
                    ("user_id", user),
                    ("team_id", TEAM),
                    ("channel_id", CHANNEL),
                    ("response_url", &url),
                    ("trigger_id", &format!("1.2.{number}")),
                    ("api_app_id", "A0TAWNY"),
                ])
                .finish()
        };
        let (stamp, signature) = signed(SIGNING, 0, &body);
        let answer = self.send_to("commands", &body, &stamp, &signature, 0).await;
        // What is in the answer would be seen before it is checked who asks.
        assert_eq!(answer.1, "");
        answer.0
    }

    /// A press of the button with which somebody means what they were asked about.
    pub(super) fn confirm(&self, user: &str, value: &str) -> Value {
        let mut payload = self.press(user, TEAM, "1.2", &format!("{value}/confirm"));
        payload["container"]["is_ephemeral"] = json!(true);
        payload["actions"][0]["action_id"] = json!("order.confirm");
        payload["actions"][0]["value"] = json!(value);
        payload
    }

    /// Somebody speaks to Tawny.
    pub(super) fn mention(&self, user: &str, thread: Option<&str>, text: &str) -> Value {
        let mut inner = self.inner.lock().unwrap();
        inner.events += 1;
        let number = inner.events;
        let mut event = json!({
            "type": "app_mention", "user": user, "team": TEAM, "text": format!("<@U0TAWNY> {text}"),
            "channel": CHANNEL, "ts": format!("1800000000.{number:06}"),
        });
        if let Some(thread) = thread {
            event["thread_ts"] = json!(thread);
        }
        json!({
            "type": "event_callback", "event_id": format!("Ev{number}"), "team_id": TEAM,
            "api_app_id": "A0TAWNY", "event": event, "event_time": 1_800_000_000,
        })
    }
}

/// An interaction as a form.
pub(super) fn form(payload: &Value) -> String {
    let payload = payload.to_string();
    url::form_urlencoded::Serializer::new(String::new())
        .append_pair("payload", &payload)
        .finish()
}

/// Stamp and signature of a body, as another library takes them for Slack's.
pub(super) fn signed(secret: &str, away: i64, body: &str) -> (String, String) {
    let stamp = (jiff::Timestamp::now().as_second() + away).to_string();
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    let mac = mac.chain_update(format!("v0:{stamp}:{body}"));
    let signature = format!("v0={}", hex::encode(mac.finalize().into_bytes()));
    if away.abs() < 300 {
        let judge = SlackEventSignatureVerifier::new(&secret.to_owned().into());
        judge.verify(&signature, body, &stamp).unwrap();
    }
    (stamp, signature)
}

impl Inner {
    fn take(&mut self, request: &Request) -> Reply {
        self.calls += 1;
        if request.path.starts_with("/actions/") {
            return self.respond(request);
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
        let kind = kind(request);
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
        let json = request
            .headers
            .get("content-type")
            .is_some_and(|kind| kind.starts_with("application/json"));
        let arguments: Value = match serde_json::from_slice(&request.body) {
            Ok(arguments) if json => arguments,
            _ => return refused("invalid_json"),
        };
        if let Err(fault) = message(&arguments) {
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

    fn post(&mut self, arguments: &Value) -> Reply {
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

    fn update(&mut self, arguments: &Value) -> Reply {
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
    fn respond(&mut self, request: &Request) -> Reply {
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

    fn say(&mut self, kind: Kind, ts: &str, arguments: &Value) {
        let payload = &arguments["metadata"]["event_payload"];
        self.said.push(Said {
            kind,
            channel: arguments["channel"].as_str().unwrap_or_default().to_owned(),
            ts: ts.to_owned(),
            text: arguments["text"].as_str().unwrap().to_owned(),
            blocks: arguments["blocks"].clone(),
            deployment: payload["deployment"].as_str().map(str::to_owned),
        });
    }

    fn fault(&mut self, fault: String) -> Reply {
        self.faults.push(fault);
        refused("invalid_arguments")
    }
}

/// What a post will be: `parent`, `reply` or `broadcast`.
fn kind(request: &Request) -> &'static str {
    let arguments: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    match (&arguments["thread_ts"], &arguments["reply_broadcast"]) {
        (Value::Null, _) => "parent",
        (_, Value::Bool(true)) => "broadcast",
        _ => "reply",
    }
}

fn message(arguments: &Value) -> Result<(), String> {
    let text = arguments["text"].as_str().unwrap_or_default();
    if text.is_empty() || text.encode_utf16().count() > 4000 {
        return Err(format!("text {text:?}"));
    }
    rules::blocks(&arguments["blocks"])
}

fn refused(code: &str) -> Reply {
    Reply::json(200, &json!({ "ok": false, "error": code }))
}
