//! What came of saying one thing in several channels.

use super::places::Place;
use engine::handler::{SayError, Utterance};
use guard::event::Event;
use serde_json::{Value, json};

#[derive(Default)]
pub(super) struct Told {
    said: Vec<Value>,
    /// Where it was surely not said, and why.
    not_said: Option<SayError>,
    /// Where nobody knows.
    pub(super) perhaps: Vec<Place>,
    perhaps_said: Option<SayError>,
}

impl Told {
    pub(super) fn add(&mut self, place: Place, said: Result<Value, SayError>) {
        match said {
            Ok(said) => self.said.push(said),
            Err(error @ SayError::NotSaid(_)) => self.not_said = Some(error),
            Err(error @ SayError::PerhapsSaid(_)) => {
                self.perhaps.push(place);
                self.perhaps_said = Some(error);
            }
        }
    }

    /// Whether some have perhaps heard it and some surely not.
    pub(super) fn misses_some(&self) -> bool {
        self.not_said.is_some() && !self.perhaps.is_empty()
    }

    /// What was said in the usual channel, with what the others heard. Where somebody surely missed it, it is tried again:
    /// where it was said, that is known.
    pub(super) fn outcome(self) -> Result<Value, SayError> {
        if let Some(error) = self.not_said.or(self.perhaps_said) {
            return Err(error);
        }
        let mut said = self.said.into_iter();
        let Some(mut first) = said.next() else {
            return Ok(json!({ "said": "nothing", "why": "no channel is configured for it" }));
        };
        let rest: Vec<Value> = said.map(|mut said| said["said"].take()).collect();
        if !rest.is_empty() {
            first["elsewhere"] = Value::Array(rest);
        }
        Ok(first)
    }
}

/// Whether it asks people: two such messages are better than none.
pub(super) fn is_asked(utterance: &Utterance<'_>) -> bool {
    matches!(
        utterance.record.map(|record| &record.event),
        Some(Event::ApprovalAsked { .. } | Event::ApprovalReminded { .. })
    )
}
