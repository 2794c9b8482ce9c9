//! A workspace: takes calls of the Web API and refuses what Slack refuses; keeps every message with its edits;
//! signs what it sends.

mod calls;
mod chat;
mod said;
mod shown;

pub(super) use said::{Kind, Said, first};

use super::{files, views};
use crate::double::{Double, Reply};
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Instant;

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

fn refused(code: &str) -> Reply {
    Reply::json(200, &json!({ "ok": false, "error": code }))
}
