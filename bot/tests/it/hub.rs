//! What doubles of code hosts have in common: they refuse what the host refuses, keep what they took, and behave badly when
//! they are asked to.

use crate::double::{Double, Reply, Request};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard};

/// What all paths of a GitHub of one's own begin with.
pub(crate) const PREFIX: &str = "/api/v3";

/// What happens to the next request that writes to a path which ends so.
#[derive(Debug, Clone)]
pub(crate) enum Mood {
    /// It is done, and nobody learns that it was.
    DoesAndHangsUp(&'static str),
    /// Too much: again after so many seconds.
    Wait(&'static str, u64),
    /// Refused for good.
    Refuses(&'static str, u16, &'static str),
}

impl Mood {
    fn end(&self) -> &'static str {
        let (Self::DoesAndHangsUp(end) | Self::Wait(end, _) | Self::Refuses(end, ..)) = self;
        end
    }
}

/// Whether somebody comes in.
pub(crate) enum Door {
    /// To this path.
    Open(String),
    /// It is answered at the door.
    Answered(Reply),
    /// No host would have let them in.
    Wrong(&'static str),
}

/// One host.
pub(crate) trait Host: Send + 'static {
    fn door(&self, request: &Request) -> Door;
    fn shown(&mut self, path: &str, request: &Request) -> Reply;
    fn written(&mut self, path: &str, request: &Request, body: &Value) -> Reply;
    /// Where it is kept what was wrong with requests.
    fn faults(&mut self) -> &mut Vec<String>;

    fn fault(&mut self, request: &Request, why: &str) -> Reply {
        let what = format!("{why}: {} {}", request.method, request.path);
        self.faults().push(what);
        refusal(422, why)
    }
}

/// A host as it stands.
pub(crate) struct Inner<H> {
    pub(crate) host: H,
    planned: VecDeque<Mood>,
    /// Requests that wrote, as method and path.
    pub(crate) writes: Vec<String>,
    /// How many only looked.
    pub(crate) looks: usize,
}

impl<H> Deref for Inner<H> {
    type Target = H;
    fn deref(&self) -> &H {
        &self.host
    }
}

/// A host that can be asked.
pub(crate) struct Hub<H> {
    inner: Arc<Mutex<Inner<H>>>,
    pub(crate) address: SocketAddr,
    _double: Double,
}

impl<H: Host> Hub<H> {
    pub(crate) async fn open(address: SocketAddr, host: H) -> Self {
        let inner = Arc::new(Mutex::new(Inner {
            host,
            planned: VecDeque::new(),
            writes: Vec::new(),
            looks: 0,
        }));
        let taking = Arc::clone(&inner);
        let answer = move |request: &Request| taking.lock().unwrap().take(request);
        let double = Double::start(address, answer).await;
        Self {
            inner,
            address,
            _double: double,
        }
    }

    pub(crate) fn plan(&self, mood: Mood) {
        self.inner.lock().unwrap().planned.push_back(mood);
    }

    /// Changes it behind everybody's back.
    pub(crate) fn set(&self, change: impl FnOnce(&mut H)) {
        change(&mut self.inner.lock().unwrap().host);
    }

    /// Everything in it; nothing was refused for its form.
    pub(crate) fn sound(&self) -> MutexGuard<'_, Inner<H>> {
        let mut inner = self.inner.lock().unwrap();
        assert_eq!(*inner.host.faults(), [""; 0], "what the host refuses");
        inner
    }
}

impl<H: Host> Inner<H> {
    fn take(&mut self, request: &Request) -> Reply {
        let path = match self.host.door(request) {
            Door::Open(path) => path,
            Door::Answered(reply) => return reply,
            Door::Wrong(why) => return self.host.fault(request, why),
        };
        if request.method == "GET" {
            self.looks += 1;
            return self.host.shown(&path, request);
        }
        self.writes.push(format!("{} {path}", request.method));
        let body: Value = serde_json::from_slice(&request.body).unwrap_or(Value::Null);
        let due = |mood: &Mood| path.ends_with(mood.end());
        if !self.planned.front().is_some_and(due) {
            return self.host.written(&path, request, &body);
        }
        match self.planned.pop_front() {
            Some(Mood::Wait(_, seconds)) => Reply::Wait(seconds),
            Some(Mood::Refuses(_, status, message)) => refusal(status, message),
            _ => {
                self.host.written(&path, request, &body);
                Reply::HangUp
            }
        }
    }
}

pub(crate) fn refusal(status: u16, message: &str) -> Reply {
    Reply::json(
        status,
        &json!({ "message": message, "documentation_url": "https://docs.github.com/rest" }),
    )
}

/// The path of a request to GitHub, where its headers are what GitHub wants.
pub(crate) fn to_github(request: &Request) -> Option<&str> {
    let header = |name: &str| request.headers.get(name).map(String::as_str);
    let sound = header("user-agent").is_some_and(|agent| agent.starts_with("tawny/"))
        && header("accept") == Some("application/vnd.github+json")
        && header("x-github-api-version") == Some("2022-11-28");
    request.path.strip_prefix(PREFIX).filter(|_| sound)
}

/// Whether a request bears this token.
pub(crate) fn bears(request: &Request, token: &str) -> bool {
    let bearer = format!("Bearer {token}");
    request.headers.get("authorization") == Some(&bearer)
}
