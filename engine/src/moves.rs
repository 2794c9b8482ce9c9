//! Deployments of one lane that move together: all of it is written, or none.

use crate::apply::lane_rows;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::ledger::lane_stream;
use guard::decide::decide;
use guard::event::Event;
use guard::ids::DeploymentId;
use guard::input::{Happened, Input};
use guard::lane::{Lane, LaneEvent};
use guard::plan::Plan;
use guard::state::State;
use jiff::Timestamp;
use journal::{Fence, NewEvent, Transaction, codec};

/// What is to be written at once.
pub(crate) struct Moves<'a> {
    engine: &'a Engine,
    at: Timestamp,
    transaction: Transaction,
    in_lane: Vec<NewEvent>,
    moved: Vec<(State, Vec<Event>)>,
}

impl<'a> Moves<'a> {
    /// Nothing yet.
    pub(crate) fn new(engine: &'a Engine) -> Self {
        let at = engine.clock.now();
        Self {
            engine,
            at,
            transaction: Transaction::at(at),
            in_lane: Vec::new(),
            moved: Vec::new(),
        }
    }

    /// Adds an event of the lane itself.
    pub(crate) fn lane(mut self, event: &LaneEvent) -> Result<Self, EngineError> {
        self.in_lane.push(codec::encode_lane(event)?);
        Ok(self)
    }

    /// Lets something happen to one of the deployments, with what that means for the lane.
    pub(crate) fn tell(
        mut self,
        id: &DeploymentId,
        state: Option<&State>,
        what: Happened,
    ) -> Result<Self, EngineError> {
        let input = Input {
            at: self.at,
            nonce: crate::clock::nonce(),
            what,
        };
        let events = decide(state, &input);
        let (transaction, after) =
            self.engine
                .with_events(self.transaction, id, state, &input, &events)?;
        self.transaction = transaction;
        if let Some(after) = after.filter(|_| !events.is_empty()) {
            self.in_lane.extend(lane_rows(&events, &after)?);
            self.moved.push((after, events));
        }
        Ok(self)
    }

    /// Whether nothing follows from any of it.
    pub(crate) fn none(&self) -> bool {
        self.moved.is_empty()
    }

    /// Writes it if the lane is still as it was read, and the deployments are; under this lease if one is given.
    pub(crate) async fn write(
        self,
        plan: &Plan,
        lane: &Lane,
        fence: Option<&Fence>,
    ) -> Result<(), EngineError> {
        let Self {
            engine,
            mut transaction,
            in_lane,
            moved,
            ..
        } = self;
        if let Some(fence) = fence {
            engine.still_under(fence)?;
            transaction = transaction.fenced(fence);
        }
        let stream = lane_stream(&plan.service, &plan.environment)?;
        let transaction = transaction.append(&stream, lane.revision().cast_signed(), in_lane);
        engine.writer.append(transaction).await?;
        platforms::crash::point("after-append");
        for (state, events) in moved {
            let id = state.plan().deployment.clone();
            engine
                .meters()
                .journalled(&events, state.updated_at(), &state);
            engine.remember(Some(state));
            engine.announce(&id, &events);
        }
        Ok(())
    }
}
