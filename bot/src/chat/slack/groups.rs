//! Who belongs to a user group of Slack. What is not known is an error, and never a group of nobody.

use super::api::{self, Wrong};
use super::interaction::is_id;
use crate::live::Live;
use config::Settings;
use serde::Deserialize;
use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How long an answer counts, should Slack not say that somebody came or left.
const KEPT: Duration = Duration::from_mins(5);

/// Why it is not known who belongs to a group.
#[derive(Debug, thiserror::Error)]
#[error("who belongs to Slack's user group `{group}` is not known: {why}")]
pub struct GroupUnknown {
    group: String,
    why: String,
}

/// The user groups of the workspace, asked for when they are needed. Cheap to clone.
#[derive(Clone)]
pub struct Groups(Arc<Inner>);

struct Inner {
    settings: Live<Settings>,
    http: reqwest::Client,
    known: Mutex<HashMap<String, Arc<Group>>>,
}

#[derive(Default)]
struct Group {
    /// Held while Slack is asked: many who press at once ask once.
    asked: tokio::sync::Mutex<Asked>,
    /// Grows when somebody comes or leaves.
    changes: AtomicU64,
}

#[derive(Default)]
struct Asked {
    members: BTreeSet<String>,
    /// When, and at which change.
    at: Option<(Instant, u64)>,
    /// Until when Slack wants peace.
    closed: Option<Instant>,
}

#[derive(Deserialize)]
struct Listed {
    users: Vec<String>,
}

impl Groups {
    /// Groups of the workspace that is configured.
    ///
    /// # Errors
    /// The HTTP client cannot be made.
    pub fn new(settings: Live<Settings>) -> Result<Self, api::ClientError> {
        Ok(Self(Arc::new(Inner {
            settings,
            http: api::client()?,
            known: Mutex::default(),
        })))
    }

    /// The accounts that belong to a group such as `S0614TZR7`, as they were at most five minutes ago.
    ///
    /// # Errors
    /// Slack is not configured, does not answer, or refuses: whoever asks must not take that for nobody.
    pub async fn members(&self, group: &str) -> Result<BTreeSet<String>, GroupUnknown> {
        let unknown = |why: String| GroupUnknown {
            group: group.chars().take(64).collect(),
            why,
        };
        if !is_id(group) || group.is_empty() {
            return Err(unknown("this is no id of a group".to_owned()));
        }
        let known = self.group(group);
        let mut asked = known.asked.lock().await;
        let change = known.changes.load(Ordering::Acquire);
        let now = Instant::now();
        if asked
            .at
            .is_some_and(|(at, seen)| seen == change && now.duration_since(at) < KEPT)
        {
            return Ok(asked.members.clone());
        }
        if asked.closed.is_some_and(|until| now < until) {
            return Err(unknown("Slack wants peace".to_owned()));
        }
        match self.ask(group).await {
            Ok(members) => {
                asked.members.clone_from(&members);
                asked.at = Some((now, change));
                Ok(members)
            }
            Err(wrong) => {
                if let Wrong::Wait { pause, .. } = wrong {
                    asked.closed = Some(Instant::now() + pause);
                }
                Err(unknown(wrong.to_string()))
            }
        }
    }

    /// Somebody came or left: the next who asks is told how it is now.
    pub fn changed(&self, group: &str) {
        let known = self.0.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(group) = known.get(group) {
            group.changes.fetch_add(1, Ordering::AcqRel);
        }
    }

    fn group(&self, group: &str) -> Arc<Group> {
        let mut known = self.0.known.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.entry(group.to_owned()).or_default())
    }

    async fn ask(&self, group: &str) -> Result<BTreeSet<String>, Wrong> {
        let method = "usergroups.users.list";
        let settings = self.0.settings.get();
        let Some(slack) = &settings.chat.slack else {
            return Err(Wrong::NotSent {
                method: method.to_owned(),
                error: "chat.slack is not configured".to_owned(),
            });
        };
        let (base, token) = (slack.base_url.as_str(), &slack.bot_token);
        let arguments = [("usergroup", group)];
        let answer = api::ask(&self.0.http, base, token, method, &arguments).await?;
        let listed = Listed::deserialize(&answer).map_err(|error| Wrong::Unknown {
            method: method.to_owned(),
            error: error.to_string(),
        })?;
        Ok(listed.users.into_iter().collect())
    }
}
