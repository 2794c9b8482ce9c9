//! What is written together: events, what follows from them, and what they finish.

use jiff::Timestamp;
use serde_json::Value;

use crate::StreamId;
use crate::inbox::ClaimedInput;
use crate::lease::Fence;
use crate::outbox::ClaimedEffect;

/// An event to append: a name, the version of its payload, the payload, and the effects that
/// follow from it.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEvent {
    /// As in `watch_started`.
    pub name: String,
    /// The version of the payload's shape, from 1.
    pub version: u32,
    /// The numbers that decided, and nothing that must be judged again.
    pub payload: Value,
    /// What is to be done because of this event. Their ids follow from the event's place.
    pub effects: Vec<NewEffect>,
}

impl NewEvent {
    /// An event without effects.
    #[must_use]
    pub fn new(name: impl Into<String>, version: u32, payload: Value) -> Self {
        Self {
            name: name.into(),
            version,
            payload,
            effects: Vec::new(),
        }
    }

    /// Adds an effect.
    #[must_use]
    pub fn with_effect(mut self, effect: NewEffect) -> Self {
        self.effects.push(effect);
        self
    }
}

/// Something to be done outside.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEffect {
    /// Effects of one key run strictly one after another, those of different keys beside each
    /// other. As in `chat/deployment/d-17`.
    pub key: String,
    /// Which handler does it, as in `platform.pause`.
    pub kind: String,
    /// What the handler needs.
    pub payload: Value,
    /// What must still be so outside when it is done (rollout fingerprint). The handler checks it.
    pub precondition: Option<Value>,
    /// Not before this time. `None`: at once.
    pub not_before: Option<Timestamp>,
    /// Never after this time: it then ends as stale, and the domain is told.
    pub not_after: Option<Timestamp>,
}

impl NewEffect {
    /// An effect without precondition and limits of time.
    #[must_use]
    pub fn new(key: impl Into<String>, kind: impl Into<String>, payload: Value) -> Self {
        Self {
            key: key.into(),
            kind: kind.into(),
            payload,
            precondition: None,
            not_before: None,
            not_after: None,
        }
    }

    /// Adds what must still be so outside.
    #[must_use]
    pub fn only_if(mut self, precondition: Value) -> Self {
        self.precondition = Some(precondition);
        self
    }

    /// Sets the earliest time.
    #[must_use]
    pub fn not_before(mut self, time: Timestamp) -> Self {
        self.not_before = Some(time);
        self
    }

    /// Sets the latest time.
    #[must_use]
    pub fn not_after(mut self, time: Timestamp) -> Self {
        self.not_after = Some(time);
        self
    }
}

pub(crate) struct StreamPart {
    pub(crate) stream: StreamId,
    pub(crate) expected: i64,
    pub(crate) events: Vec<NewEvent>,
}

pub(crate) enum TimerPart {
    Set {
        stream: StreamId,
        name: String,
        due: Timestamp,
        payload: Value,
    },
    Cancel {
        stream: StreamId,
        name: String,
    },
}

/// Everything that is written together, or not at all.
pub struct Transaction {
    pub(crate) at: Timestamp,
    pub(crate) fence: Option<Fence>,
    pub(crate) streams: Vec<StreamPart>,
    /// Streams that are over from here on, or not any more.
    pub(crate) over: Vec<(StreamId, bool)>,
    pub(crate) timers: Vec<TimerPart>,
    pub(crate) consumed: Vec<(ClaimedInput, Option<Value>)>,
    pub(crate) completed: Vec<(ClaimedEffect, Value)>,
}

impl Transaction {
    /// A transaction of which nothing is known but the time its events carry.
    #[must_use]
    pub fn at(time: Timestamp) -> Self {
        Self {
            at: time,
            fence: None,
            streams: Vec::new(),
            over: Vec::new(),
            timers: Vec::new(),
            consumed: Vec::new(),
            completed: Vec::new(),
        }
    }

    /// The lease that must still be held when it is written.
    #[must_use]
    pub fn fenced(mut self, fence: &Fence) -> Self {
        self.fence = Some(fence.clone());
        self
    }

    /// Appends events to a stream that must be at `expected` (0: it has no events yet). Without
    /// events, it only demands that the stream has not moved.
    #[must_use]
    pub fn append(mut self, stream: &StreamId, expected: i64, events: Vec<NewEvent>) -> Self {
        self.streams.push(StreamPart {
            stream: stream.clone(),
            expected,
            events,
        });
        self
    }

    /// Notes that a stream is over: [`Reader::open_streams`](crate::Reader::open_streams) does not name it
    /// any more. Events can still be appended.
    #[must_use]
    pub fn close(mut self, stream: &StreamId) -> Self {
        self.over.push((stream.clone(), true));
        self
    }

    /// Notes that a stream is not over after all.
    #[must_use]
    pub fn reopen(mut self, stream: &StreamId) -> Self {
        self.over.push((stream.clone(), false));
        self
    }

    /// Sets a timer of a stream, or replaces the one of that name.
    #[must_use]
    pub fn set_timer(
        mut self,
        stream: &StreamId,
        name: impl Into<String>,
        due: Timestamp,
        payload: Value,
    ) -> Self {
        self.timers.push(TimerPart::Set {
            stream: stream.clone(),
            name: name.into(),
            due,
            payload,
        });
        self
    }

    /// Cancels a timer. One that is not set, or has fired, is left alone.
    #[must_use]
    pub fn cancel_timer(mut self, stream: &StreamId, name: impl Into<String>) -> Self {
        self.timers.push(TimerPart::Cancel {
            stream: stream.clone(),
            name: name.into(),
        });
        self
    }

    /// Marks an input as handled: these events are what it led to.
    #[must_use]
    pub fn consume(mut self, input: &ClaimedInput) -> Self {
        self.consumed.push((input.clone(), None));
        self
    }

    /// As [`Transaction::consume`], and keeps what it came to.
    #[must_use]
    pub fn consume_as(mut self, input: &ClaimedInput, outcome: Value) -> Self {
        self.consumed.push((input.clone(), Some(outcome)));
        self
    }

    /// Marks an effect as done without telling its stream through the inbox: these events do.
    #[must_use]
    pub fn complete(mut self, effect: &ClaimedEffect, outcome: Value) -> Self {
        self.completed.push((effect.clone(), outcome));
        self
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.streams.iter().all(|part| part.events.is_empty())
            && self.over.is_empty()
            && self.timers.is_empty()
            && self.consumed.is_empty()
            && self.completed.is_empty()
    }
}
