//! Where what is said goes. The engine knows no chat: channels are registered.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use guard::apart::{Apart, ApartEffect, RecordedApart};
use guard::effects::Effect;
use guard::event::Recorded;
use guard::lane::NotNow;
use guard::state::State;
use serde::{Deserialize, Serialize};

/// One thing to say, with all that is needed to say it.
#[derive(Debug)]
pub struct Utterance<'a> {
    /// Unique for this thing in this channel, and the same at each try.
    pub id: &'a str,
    /// What: the parent, a reply, a notice.
    pub effect: &'a Effect,
    /// The deployment as it stands now.
    pub state: &'a State,
    /// Everything that has happened to it by now.
    pub records: &'a [Recorded],
    /// The event that is told; none for the parent.
    pub record: Option<&'a Recorded>,
    /// An earlier try may have been heard.
    pub uncertain: bool,
}

/// One thing to say of an incident that belongs to no deployment.
#[derive(Debug)]
pub struct IncidentUtterance<'a> {
    /// Unique for this thing in this channel, and the same at each try.
    pub id: &'a str,
    /// What: how it stands, or one event.
    pub effect: &'a ApartEffect,
    /// The incident as it stands now.
    pub incident: &'a Apart,
    /// The event that is told; none where it is shown as it stands.
    pub record: Option<&'a RecordedApart>,
    /// An earlier try may have been heard.
    pub uncertain: bool,
}

/// What whoever deploys elsewhere is answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GateAnswer {
    /// What the channel needs to answer.
    pub reply_to: serde_json::Value,
    /// Why not; none where they may.
    pub refusal: Option<NotNow>,
}

/// Why something was not said.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SayError {
    /// It was surely not heard: try again.
    #[error("not said: {0}")]
    NotSaid(String),
    /// It may have been heard: try again, but look first.
    #[error("perhaps said: {0}")]
    PerhapsSaid(String),
}

/// A channel.
pub trait Handler: Send + Sync {
    /// A short name, unique among the channels and stable over restarts.
    fn channel(&self) -> &str;

    /// Whether a receiver recognises what it heard before, so that it may be told again when it perhaps heard
    /// it. Where it does not, only questions and the parent are repeated.
    fn repeats_safely(&self) -> bool;

    /// Whether it can show pictures; elsewhere [`Effect::Draw`] asks for nothing.
    fn shows_pictures(&self) -> bool {
        false
    }

    /// Says it. Called in order within one deployment.
    fn say<'a>(
        &'a self,
        utterance: Utterance<'a>,
    ) -> BoxFuture<'a, Result<serde_json::Value, SayError>>;

    /// Says something of an incident that belongs to no deployment. Called in order within one incident.
    fn say_incident<'a>(
        &'a self,
        utterance: IncidentUtterance<'a>,
    ) -> BoxFuture<'a, Result<serde_json::Value, SayError>>;

    /// Shows what somebody who looks into what hurts is looking at: one message, edited each time; in the end what they
    /// found takes its place. `of` is the revision that it is about. Nothing waits for it, and it may fail.
    fn looking<'a>(&'a self, _state: &'a State, _of: u64, _at: &'a str) -> BoxFuture<'a, ()> {
        async {}.boxed()
    }

    /// Answers whoever deploys elsewhere and asked whether they may; who never hears such questions answers none. Saying
    /// it twice does no harm.
    fn answer_gate<'a>(
        &'a self,
        answer: &'a GateAnswer,
    ) -> BoxFuture<'a, Result<serde_json::Value, SayError>> {
        let said = serde_json::json!({ "said": "nothing", "why": answer.reply_to });
        async move { Ok(said) }.boxed()
    }
}
