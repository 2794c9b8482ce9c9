//! What is said, as Slack takes it.

use guard::event::{Event, Recorded};
use guard::ids::{ApprovalId, DeploymentId, IncidentId};
use guard::state::State;
use messages::Context;
use messages::chart::Chart;
use messages::layout::slack::{self, Depth, Post};
use messages::model::Message;
use serde_json::{Value, json};

/// A message, and where it belongs.
pub(super) struct Said<'a> {
    pub(super) post: &'a Post,
    about: About<'a>,
    thread: Option<&'a str>,
    broadcast: bool,
}

/// What a message is about.
#[derive(Clone, Copy)]
enum About<'a> {
    Deployment(&'a DeploymentId),
    Incident(&'a IncidentId),
    Nothing,
}

impl<'a> Said<'a> {
    pub(super) fn parent(post: &'a Post, deployment: &'a DeploymentId) -> Self {
        Self {
            post,
            about: About::Deployment(deployment),
            thread: None,
            broadcast: false,
        }
    }

    /// A message that is about none of them in particular.
    pub(super) fn news(post: &'a Post) -> Self {
        Self {
            post,
            about: About::Nothing,
            thread: None,
            broadcast: false,
        }
    }

    /// About an incident: its one message, or one in its thread.
    pub(super) fn incident(
        post: &'a Post,
        incident: &'a IncidentId,
        thread: Option<&'a str>,
    ) -> Self {
        Self {
            post,
            about: About::Incident(incident),
            thread,
            broadcast: false,
        }
    }

    pub(super) fn reply(
        post: &'a Post,
        deployment: &'a DeploymentId,
        thread: &'a str,
        broadcast: bool,
    ) -> Self {
        Self {
            post,
            about: About::Deployment(deployment),
            thread: Some(thread),
            broadcast,
        }
    }

    /// In a word.
    pub(super) fn kind(&self) -> &'static str {
        match (self.thread, self.broadcast) {
            (None, _) => "parent",
            (Some(_), false) => "reply",
            (Some(_), true) => "notice",
        }
    }

    /// The arguments of `chat.postMessage`. Nothing in it calls anybody or shows what is behind a link.
    pub(super) fn arguments(&self, channel: &str) -> Value {
        let about = match self.about {
            About::Deployment(id) => Some(("tawny_deployment", json!({ "deployment": id }))),
            About::Incident(id) => Some(("tawny_incident", json!({ "incident": id }))),
            About::Nothing => None,
        };
        let mut arguments = json!({
            "channel": channel,
            "text": self.post.text,
            "blocks": self.post.blocks,
            "parse": "none",
            "link_names": false,
            "unfurl_links": false,
            "unfurl_media": false,
        });
        if let Some((event, payload)) = about {
            arguments["metadata"] = json!({ "event_type": event, "event_payload": payload });
        }
        if let Some(thread) = self.thread {
            arguments["thread_ts"] = json!(thread);
            arguments["reply_broadcast"] = json!(self.broadcast);
        }
        arguments
    }
}

/// The one message of a deployment, with how those stand that are told in its thread.
pub(super) fn parent(state: &State, others: &[State], context: &Context) -> Post {
    let message = messages::together(messages::parent(state, context), others, context);
    slack::message(&message, context.locale, Depth::Short)
}

/// What is said about an event, and whether the whole channel should see it. A notice that has a reply too is said
/// once, with what the reply shows.
pub(super) fn about(state: &State, record: &Recorded, context: &Context) -> Option<(Post, bool)> {
    let reply = messages::reply(state, record, context);
    let notice = messages::notice(state, record, context);
    let broadcast = notice.is_some();
    let message = match (reply, notice) {
        (Some(reply), Some(notice)) => Message {
            table: reply.table,
            body: reply.body,
            ..notice
        },
        (reply, notice) => reply.or(notice)?,
    };
    Some((
        slack::message(&message, context.locale, Depth::Full),
        broadcast,
    ))
}

/// What is said about an event in the place of what was said before, and of which event.
pub(super) fn folded(
    state: &State,
    records: &[Recorded],
    record: &Recorded,
    context: &Context,
) -> Option<(u64, Post)> {
    let folded = messages::folded(state, records, record, context)?;
    let post = slack::message(&folded.message, context.locale, Depth::Full);
    Some((folded.first, post))
}

/// How the signals went that moved.
pub(super) fn charts(state: &State, context: &Context) -> Vec<Chart> {
    messages::chart::charts(state, context)
}

/// Whether an event asked something that is no question any more.
pub(super) fn asks_and_is_over(state: &State, record: &Recorded) -> bool {
    let asked: &ApprovalId = match &record.event {
        Event::ApprovalAsked { approval, .. } => &approval.id,
        Event::ApprovalReminded { approval, .. } => approval,
        _ => return false,
    };
    let open = state.open_approval();
    open.is_none_or(|open| open.approval.id != *asked)
}
