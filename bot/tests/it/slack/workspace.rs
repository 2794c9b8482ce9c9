//! A workspace: takes calls of the Web API and refuses what Slack refuses; keeps every message with its edits;
//! signs what it sends.

use super::{files, reads, rules, views};
use crate::double::{Double, Reply, Request};
use serde_json::{Value, json};
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
    /// A dialog that one person has open.
    Dialog(String),
    /// The app's own page, as one person sees it.
    Home(String),
    /// A picture in a thread; its text is what is read instead of it.
    Picture,
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
pub(super) struct Inner {
    messages: Vec<Message>,
    said: Vec<Said>,
    faults: Vec<String>,
    planned: VecDeque<(String, Mood)>,
    closed: BTreeMap<String, Instant>,
    calls: usize,
    /// Where sockets are opened, and how many tickets were given out.
    sockets: Option<SocketAddr>,
    tickets: usize,
    pub(super) events: usize,
    /// Whom a response url tells, and how often it still may.
    pub(super) response_urls: BTreeMap<String, (String, u32)>,
    /// What is uploaded, and how many pictures were shown.
    files: files::Files,
    pictures: usize,
    address: Option<SocketAddr>,
    /// Who may be shown a dialog, until when; and by what nobody may any more.
    pub(super) triggers: views::Triggers,
    /// Who belongs to which user group.
    groups: BTreeMap<String, Vec<String>>,
    /// The languages of people; of all others it is American English.
    languages: BTreeMap<String, &'static str>,
    /// What was asked, of whom.
    asked: Vec<(String, String)>,
}

pub(super) struct Workspace {
    pub(super) inner: Arc<Mutex<Inner>>,
    pub(super) address: SocketAddr,
    pub(super) tawny: SocketAddr,
    pub(super) http: reqwest::Client,
    _double: Double,
}

impl Workspace {
    pub(super) async fn start(address: SocketAddr, tawny: SocketAddr) -> Self {
        let inner: Arc<Mutex<Inner>> = Arc::default();
        inner.lock().unwrap().address = Some(address);
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

    /// Who belongs to a user group from now on.
    pub(super) fn group(&self, group: &str, members: &[&str]) {
        let members = members.iter().map(|&user| user.to_owned()).collect();
        let mut inner = self.inner.lock().unwrap();
        inner.groups.insert(group.to_owned(), members);
    }

    /// Somebody has set this language.
    pub(super) fn speaks(&self, user: &str, tag: &'static str) {
        let mut inner = self.inner.lock().unwrap();
        inner.languages.insert(user.to_owned(), tag);
    }

    /// About whom or what a method was called, each time.
    pub(super) fn asked(&self, method: &str) -> Vec<String> {
        let inner = self.inner.lock().unwrap();
        let asked = inner.asked.iter().filter(|(called, _)| called == method);
        asked.map(|(_, about)| about.clone()).collect()
    }

    /// How many pictures were ever shown.
    pub(super) fn pictures(&self) -> usize {
        self.inner.lock().unwrap().pictures
    }

    /// The pictures themselves, in order.
    pub(super) fn album(&self) -> Vec<Vec<u8>> {
        self.inner.lock().unwrap().files.album()
    }

    /// How many calls came in.
    pub(super) fn calls(&self) -> usize {
        self.inner.lock().unwrap().calls
    }
}

impl Inner {
    fn take(&mut self, request: &Request) -> Reply {
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

    fn show_files(&mut self, arguments: &Value) -> Reply {
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

    fn open(&mut self, arguments: &Value) -> Reply {
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

    fn publish(&mut self, arguments: &Value) -> Reply {
        let view = &arguments["view"];
        if let Err(fault) = views::home(view) {
            return self.fault(format!("views.publish: {fault}"));
        }
        let user = arguments["user_id"].as_str().unwrap_or_default().to_owned();
        let said = json!({ "text": "home", "blocks": view["blocks"] });
        self.say(Kind::Home(user), "", &said);
        Reply::json(200, &json!({ "ok": true, "view": {} }))
    }

    fn read(&mut self, method: &str, fields: &BTreeMap<String, String>) -> Reply {
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
