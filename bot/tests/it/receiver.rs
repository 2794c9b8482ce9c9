//! A receiver of messages that believes nothing unsigned, keeps all it heard, and can drop the line
//! before it has answered.

use crate::double::{Double, Reply, Request};
use crate::settings::SIGNING;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use standardwebhooks::Webhook;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

/// What the receiver does with a message that it has heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    Accepts,
    /// Hears it and hangs up before answering.
    HearsAndHangsUp,
    /// Does not take it and says so.
    Fails,
}

/// A message as it was heard.
#[derive(Debug, Clone)]
pub(crate) struct Heard {
    /// `webhook-id`.
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) deployment: String,
    pub(crate) mood: Mood,
}

pub(crate) struct Receiver {
    inner: Arc<Mutex<Inner>>,
    _double: Double,
}

#[derive(Default)]
struct Inner {
    /// What to do with the next messages of a kind; accepted when nothing is planned.
    planned: VecDeque<(String, Mood)>,
    heard: Vec<Heard>,
    /// What was wrong with what arrived.
    faults: Vec<String>,
}

impl Receiver {
    pub(crate) async fn start(address: SocketAddr) -> Self {
        let inner: Arc<Mutex<Inner>> = Arc::default();
        let hearing = Arc::clone(&inner);
        let double = Double::start(address, move |request| {
            let mut inner = hearing.lock().unwrap();
            match read(request) {
                Ok(heard) => inner.take(heard),
                Err(fault) => {
                    inner.faults.push(fault);
                    Reply::Http {
                        status: 400,
                        body: Vec::new(),
                    }
                }
            }
        })
        .await;
        Self {
            inner,
            _double: double,
        }
    }

    /// Plans what happens with the next message of a kind: `parent`, `reply` or `notice`.
    pub(crate) fn plan(&self, kind: &str, mood: Mood) {
        let mut inner = self.inner.lock().unwrap();
        inner.planned.push_back((kind.to_owned(), mood));
    }

    /// Everything heard so far about a deployment.
    pub(crate) fn heard(&self, deployment: &str) -> Vec<Heard> {
        let inner = self.inner.lock().unwrap();
        let about = |heard: &&Heard| heard.deployment == deployment;
        inner.heard.iter().filter(about).cloned().collect()
    }

    /// Takes everything heard, for a test that reads all of it.
    pub(crate) fn take_all(&self) -> Vec<Heard> {
        std::mem::take(&mut self.inner.lock().unwrap().heard)
    }

    /// What was wrong with what arrived.
    pub(crate) fn faults(&self) -> Vec<String> {
        self.inner.lock().unwrap().faults.clone()
    }
}

impl Inner {
    fn take(&mut self, mut heard: Heard) -> Reply {
        let planned = self
            .planned
            .iter()
            .position(|(kind, _)| *kind == heard.kind);
        let planned = planned.and_then(|at| self.planned.remove(at));
        heard.mood = planned.map_or(Mood::Accepts, |(_, mood)| mood);
        let reply = match heard.mood {
            Mood::Accepts => Reply::Http {
                status: 204,
                body: Vec::new(),
            },
            Mood::HearsAndHangsUp => Reply::HangUp,
            Mood::Fails => Reply::Http {
                status: 500,
                body: Vec::new(),
            },
        };
        self.heard.push(heard);
        reply
    }
}

/// Checks all that Standard Webhooks asks of a receiver, then reads.
fn read(request: &Request) -> Result<Heard, String> {
    if (request.method.as_str(), request.path.as_str()) != ("POST", "/messages") {
        return Err(format!("{} {}", request.method, request.path));
    }
    let header = |name: &str| {
        let value = request.headers.get(name);
        value.cloned().ok_or_else(|| format!("no header {name}"))
    };
    if header("content-type")? != "application/json" {
        return Err("content-type is not json".to_owned());
    }
    let id = header("webhook-id")?;
    header("webhook-signature")?;
    let headers = request.headers.iter().filter_map(|(name, value)| {
        Some((
            HeaderName::from_bytes(name.as_bytes()).ok()?,
            HeaderValue::from_str(value).ok()?,
        ))
    });
    Webhook::new(SIGNING)
        .unwrap()
        .verify(&request.body, &headers.collect::<HeaderMap>())
        .map_err(|error| format!("{id}: {error}"))?;
    let document: Value =
        serde_json::from_slice(&request.body).map_err(|error| format!("{id}: {error}"))?;
    if document["schema"] != "tawny.message/1" {
        return Err(format!("{id}: schema {}", document["schema"]));
    }
    let text = |field: &str| {
        let found = document[field].as_str().filter(|text| !text.is_empty());
        found
            .map(str::to_owned)
            .ok_or_else(|| format!("{id}: no {field}"))
    };
    text("text")?;
    text("markdown")?;
    Ok(Heard {
        kind: text("kind")?,
        // What is about the server itself belongs to no deployment; an incident of alerts has an id of its own.
        deployment: if document["deployment_id"].is_null() {
            let incident = document["incident_id"].as_str();
            incident.unwrap_or_default().to_owned()
        } else {
            text("deployment_id")?
        },
        id,
        mood: Mood::Accepts,
    })
}
