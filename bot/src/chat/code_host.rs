//! A code host as a channel: where a deployment came from GitHub, it is told there how it stands.
//!
//! Only what changes is said: that it is watched, that it is held, how it ended. The host's own words for that are few,
//! and each of them notifies people.

mod check;
mod origin;
mod standing;

use crate::live::Live;
use crate::wire::writers::{Writer, Writers};
use config::Settings;
use config::settings::WriteBack;
use engine::handler::{Handler, IncidentUtterance, SayError, Utterance};
use engine::ledger;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use guard::effects::Effect;
use guard::ids::DeploymentId;
use guard::state::State;
use journal::{ChatMessage, Journal, JournalError, Reader, Writer as JournalWriter};
use messages::layout::plain;
use messages::{BaseUrl, Context, Locale};
use origin::{Origin, Target};
use platforms::code_host::{CodeHostError, Status};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use standing::Standing;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

/// The name of the channel.
pub const CHANNEL: &str = "code_host";

/// What a code host is told.
pub struct CodeHostChannel {
    writers: Writers,
    settings: Live<Settings>,
    reader: Reader,
    writer: JournalWriter,
    locale: Locale,
    base_url: BaseUrl,
    /// Refusals that were logged: each is, once.
    refusals: Mutex<BTreeSet<String>>,
}

impl CodeHostChannel {
    pub(crate) fn new(
        writers: Writers,
        settings: Live<Settings>,
        journal: &Journal,
        locale: Locale,
        base_url: BaseUrl,
    ) -> Result<Self, JournalError> {
        Ok(Self {
            writers,
            settings,
            reader: journal.reader(),
            writer: journal.writer()?,
            locale,
            base_url,
            refusals: Mutex::default(),
        })
    }

    async fn tell(&self, utterance: &Utterance<'_>) -> Result<Value, SayError> {
        if *utterance.effect != Effect::ShowParent {
            return Ok(nothing("it is told how it stands, not what happens"));
        }
        let plan = utterance.state.plan();
        let Some(origin) = plan.origin.as_ref().and_then(Origin::of) else {
            return Ok(nothing("it did not come from GitHub"));
        };
        let settings = self.settings.get();
        let service = settings.service(&plan.service);
        let Some(host) = self.writers.of(&settings, service) else {
            return Ok(nothing("no host is configured to be written to"));
        };
        // What is behind finds nothing to do.
        let state = self.newest(&plan.deployment).await?;
        let uncertain = utterance.uncertain;
        let mut said = serde_json::Map::new();
        for what in &host.write_back {
            let (name, told) = match what {
                WriteBack::Statuses => (
                    "status",
                    self.status(&host, &origin, &state, uncertain).await,
                ),
                WriteBack::Checks => ("check", self.check(&host, &origin, &state, uncertain).await),
            };
            said.insert(name.to_owned(), json!(self.or_given_up(told)?));
        }
        Ok(json!({ "said": said }))
    }

    async fn status(
        &self,
        host: &Writer,
        origin: &Origin,
        state: &State,
        uncertain: bool,
    ) -> Result<&'static str, Untold> {
        let Target::Deployment(number) = origin.target else {
            return Ok("nothing: it is no deployment of GitHub");
        };
        let deployment = &state.plan().deployment;
        let standing = Standing::of(state);
        let key = format!("{CHANNEL}/{deployment}/status");
        let before = self.known(&key).await?;
        let digest = digest(&standing);
        if before.is_some_and(|before| before.digest == digest) {
            return Ok("unchanged");
        }
        let status = Status {
            state: standing.state,
            description: plain::text(&messages::parent(state, &self.context(state)).headline),
            page: self.page(deployment),
        };
        let repository = &origin.repository;
        let heard = uncertain && host.github.says_status(repository, number, &status).await?;
        if !heard {
            host.github.say_status(repository, number, &status).await?;
        }
        self.keep(key, origin, number.to_string(), digest).await?;
        Ok(if heard { "known" } else { "posted" })
    }

    /// What was refused for good is logged once and not asked again; everything else is tried later.
    fn or_given_up(&self, told: Result<&'static str, Untold>) -> Result<&'static str, SayError> {
        match told {
            Ok(said) => Ok(said),
            Err(Untold::Later(why)) => Err(why),
            Err(Untold::Host(error @ CodeHostError::Refused { .. })) => {
                let why = error.to_string();
                let mut known = self.refusals.lock().unwrap_or_else(PoisonError::into_inner);
                // A path names the deployment: what is wrong is the same for all of them.
                let kind: String = why.chars().filter(|c| !c.is_ascii_digit()).collect();
                if known.insert(kind) {
                    tracing::error!(error = why, "the code host refuses: it is not told");
                }
                Ok("refused")
            }
            Err(Untold::Host(error @ CodeHostError::Unknown(_))) => {
                Err(SayError::PerhapsSaid(error.to_string()))
            }
            Err(Untold::Host(error)) => Err(SayError::NotSaid(error.to_string())),
        }
    }

    fn context(&self, state: &State) -> Context {
        Context {
            locale: self.locale,
            now: state.updated_at(),
            base_url: Some(self.base_url.clone()),
        }
    }

    fn page(&self, deployment: &DeploymentId) -> String {
        format!("{}/deployments/{deployment}", self.base_url.as_str())
    }

    async fn newest(&self, deployment: &DeploymentId) -> Result<State, SayError> {
        let state = ledger::state(&self.reader, deployment).await;
        let state = state.map_err(|error| SayError::NotSaid(error.to_string()))?;
        state.ok_or_else(|| SayError::NotSaid(format!("deployment {deployment} is gone")))
    }

    async fn known(&self, key: &str) -> Result<Option<ChatMessage>, Untold> {
        let found = self.reader.chat_message(key).await;
        found.map_err(|error| Untold::Later(SayError::NotSaid(error.to_string())))
    }

    async fn keep(
        &self,
        key: String,
        origin: &Origin,
        message: String,
        digest: String,
    ) -> Result<(), Untold> {
        let message = ChatMessage {
            message,
            post_key: key,
            platform: CHANNEL.to_owned(),
            channel: origin.repository.to_string(),
            digest,
            posted_at: jiff::Timestamp::now(),
        };
        // It was said; only that it was is not known.
        let kept = self.writer.put_chat_message(message).await;
        kept.map_err(|error| Untold::Later(SayError::PerhapsSaid(error.to_string())))
    }
}

/// Why something was not told.
enum Untold {
    Host(CodeHostError),
    Later(SayError),
}

impl From<CodeHostError> for Untold {
    fn from(error: CodeHostError) -> Self {
        Self::Host(error)
    }
}

fn nothing(why: &str) -> Value {
    json!({ "said": "nothing", "why": why })
}

fn digest(standing: &Standing) -> String {
    hex::encode(Sha256::digest(format!("{standing:?}")))
}

impl Handler for CodeHostChannel {
    fn channel(&self) -> &str {
        CHANNEL
    }

    fn repeats_safely(&self) -> bool {
        // What was perhaps said is looked for before it is said again.
        true
    }

    fn say<'a>(&'a self, utterance: Utterance<'a>) -> BoxFuture<'a, Result<Value, SayError>> {
        async move { self.tell(&utterance).await }.boxed()
    }

    fn say_incident<'a>(
        &'a self,
        _: IncidentUtterance<'a>,
    ) -> BoxFuture<'a, Result<Value, SayError>> {
        async { Ok(nothing("it belongs to no deployment")) }.boxed()
    }
}

/// The channel, where something is to be written back.
pub(crate) fn channel(
    settings: &Live<Settings>,
    writers: &Writers,
    journal: &Journal,
    base_url: &BaseUrl,
) -> Result<Option<Arc<dyn Handler>>, JournalError> {
    if !writers.write_back() {
        return Ok(None);
    }
    let locale = crate::wire::locale(&settings.get());
    let channel = CodeHostChannel::new(
        writers.clone(),
        settings.clone(),
        journal,
        locale,
        base_url.clone(),
    )?;
    Ok(Some(Arc::new(channel)))
}
