//! What was said in the thread and in the channel, said again from the record.

use guard::event::Recorded;
use guard::state::State;
use jiff::Timestamp;
use messages::model::Message;
use messages::{Context, Text, notice, reply};

/// Something that was said.
pub(super) struct Said {
    pub(super) at: Timestamp,
    /// `reply` or `notice`, in words.
    pub(super) kind: Text,
    pub(super) message: Message,
}

/// The replies and notices of a stream, each for the state as it was then.
pub(super) fn thread(records: &[Recorded], context: &Context) -> Vec<Said> {
    let mut said = Vec::new();
    let mut state: Option<State> = None;
    for record in records {
        // The caller has folded the same records already.
        let folded = match state.take() {
            Some(mut state) => state.push(record).map(|()| Some(state)),
            None => State::fold([record]),
        };
        state = folded.ok().flatten();
        let Some(state) = &state else { break };
        let reply = reply(state, record, context).map(|message| ("page-reply", message));
        let notice = notice(state, record, context).map(|message| ("page-notice", message));
        said.extend(reply.into_iter().chain(notice).map(|(kind, message)| Said {
            at: record.at,
            kind: context.words().text(kind, Vec::new()),
            message,
        }));
    }
    said
}
