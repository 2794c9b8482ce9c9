//! One input: decided, folded, written with its effects and timers, in one transaction.

use crate::engine::Engine;
use crate::error::EngineError;
use crate::ledger::{self, deployment_stream, json, lane_stream};
use guard::decide::decide;
use guard::effects::{Effect, effects};
use guard::event::{Event, Recorded};
use guard::ids::DeploymentId;
use guard::input::{Happened, Input};
use guard::lane::{LaneEvent, lane_events};
use guard::state::State;
use guard::timer::{TimerChange, timers};
use journal::{
    ClaimedEffect, ClaimedInput, Fence, JournalError, NewEffect, NewEvent, Transaction, codec,
};
use tracing::{Instrument, Span};

/// How often a decision is made again because somebody else wrote first.
pub(crate) const MOST_TRIES: u32 = 20;

/// What is finished in the same transaction.
pub(crate) enum Finishes<'a> {
    Nothing,
    Input(&'a ClaimedInput),
    Effect(&'a ClaimedEffect, serde_json::Value),
}

impl Engine {
    /// Lets something that somebody said happen to a deployment, durably, and returns what followed from it.
    /// Any replica may: it is decided on the newest revision, and whoever leads carries it out.
    pub async fn apply(
        &self,
        id: &DeploymentId,
        what: Happened,
    ) -> Result<Vec<Event>, EngineError> {
        let input = self.input(what);
        self.apply_input(id, &input, Finishes::Nothing, None).await
    }

    /// As [`Engine::apply`], for what only the process that leads can know: nothing happens unless it has led
    /// since it began to find out.
    pub(crate) async fn apply_under(
        &self,
        fence: &Fence,
        id: &DeploymentId,
        what: Happened,
    ) -> Result<Vec<Event>, EngineError> {
        let input = self.input(what);
        self.apply_input(id, &input, Finishes::Nothing, Some(fence))
            .await
    }

    fn input(&self, what: Happened) -> Input {
        Input {
            at: self.clock.now(),
            nonce: crate::clock::nonce(),
            what,
        }
    }

    pub(crate) async fn apply_input(
        &self,
        id: &DeploymentId,
        input: &Input,
        finishes: Finishes<'_>,
        fence: Option<&Fence>,
    ) -> Result<Vec<Event>, EngineError> {
        let span = crate::span::decide(id);
        self.decide_and_write(id, input, finishes, fence)
            .instrument(span)
            .await
    }

    async fn decide_and_write(
        &self,
        id: &DeploymentId,
        input: &Input,
        finishes: Finishes<'_>,
        fence: Option<&Fence>,
    ) -> Result<Vec<Event>, EngineError> {
        let mut tries = 0;
        let mut turn = None;
        loop {
            tries += 1;
            let state = self.state(id).await?;
            match &state {
                Some(state) => crate::span::tell(&Span::current(), state.plan()),
                None => return Err(EngineError::UnknownDeployment(id.clone())),
            }
            let events = decide(state.as_ref(), input);
            match self
                .write(id, state.as_ref(), input, &events, &finishes, fence)
                .await
            {
                Err(EngineError::Journal(JournalError::Conflict { .. })) if tries < MOST_TRIES => {
                    if turn.is_none() {
                        turn = Some(self.crowd.turn(id).await);
                    }
                }
                Err(error) => return Err(error),
                Ok(after) => {
                    platforms::crash::point("after-append");
                    if let Some(after) = &after {
                        self.meters().journalled(&events, input.at, after);
                    }
                    self.remember(after.or(state));
                    self.announce(id, &events);
                    return Ok(events);
                }
            }
        }
    }

    async fn write(
        &self,
        id: &DeploymentId,
        state: Option<&State>,
        input: &Input,
        events: &[Event],
        finishes: &Finishes<'_>,
        fence: Option<&Fence>,
    ) -> Result<Option<State>, EngineError> {
        let mut transaction = Transaction::at(input.at);
        if let Some(fence) = fence {
            self.still_under(fence)?;
            transaction = transaction.fenced(fence);
        }
        transaction = match finishes {
            Finishes::Nothing if events.is_empty() => return Ok(None),
            Finishes::Nothing => transaction,
            Finishes::Input(claimed) => transaction.consume(claimed),
            Finishes::Effect(claimed, outcome) => transaction.complete(claimed, outcome.clone()),
        };
        let (mut transaction, after) = self.with_events(transaction, id, state, input, events)?;
        if let Some(after) = &after {
            transaction = self.with_lane(transaction, after, events).await?;
        }
        self.writer.append(transaction).await?;
        Ok(after)
    }

    /// Adds the events of one deployment with their effects and timers; the state after them.
    pub(crate) fn with_events(
        &self,
        mut transaction: Transaction,
        id: &DeploymentId,
        state: Option<&State>,
        input: &Input,
        events: &[Event],
    ) -> Result<(Transaction, Option<State>), EngineError> {
        let expected = state.map_or(0, State::revision);
        let (new, after) = self.with_effects(id, state, input, events)?;
        let stream = deployment_stream(id)?;
        if !new.is_empty() {
            transaction = transaction.append(&stream, expected.cast_signed(), new);
        }
        let plan = after.as_ref().map(State::plan);
        let changes = events
            .iter()
            .zip(plan.into_iter().cycle())
            .flat_map(|(event, plan)| timers(event, input.at, plan));
        for change in changes {
            transaction = match change {
                TimerChange::Set { timer, due } => {
                    transaction.set_timer(&stream, timer.key(), due, json(&timer))
                }
                TimerChange::Cancel { timer } => transaction.cancel_timer(&stream, timer.key()),
            };
        }
        let over = |state: Option<&State>| state.is_some_and(State::watch_over);
        transaction = match (over(state), over(after.as_ref())) {
            (false, true) => transaction.close(&stream),
            (true, false) => transaction.reopen(&stream),
            _ => transaction,
        };
        Ok((transaction, after))
    }

    /// The events as the journal takes them, each with its effects, and the state after all of them.
    fn with_effects(
        &self,
        id: &DeploymentId,
        state: Option<&State>,
        input: &Input,
        events: &[Event],
    ) -> Result<(Vec<NewEvent>, Option<State>), EngineError> {
        let fold = |source| EngineError::Fold {
            stream: format!("deployment/{id}"),
            source,
        };
        let mut after = state.cloned();
        let mut new = Vec::new();
        for event in events {
            let revision = after.as_ref().map_or(0, State::revision) + 1;
            let record = Recorded {
                revision,
                at: input.at,
                event: event.clone(),
            };
            let folded = match after.take() {
                Some(mut state) => {
                    state.push(&record).map_err(fold)?;
                    state
                }
                None => match State::fold([&record]).map_err(fold)? {
                    Some(state) => state,
                    None => continue,
                },
            };
            let rows = effects(event, revision, &folded)
                .into_iter()
                .flat_map(|effect| self.rows(&effect, &folded));
            new.push(rows.fold(codec::encode(event)?, NewEvent::with_effect));
            after = Some(folded);
        }
        Ok((new, after))
    }

    /// One effect as outbox rows: what is said goes to each channel.
    fn rows(&self, effect: &Effect, state: &State) -> Vec<NewEffect> {
        let plan = state.plan();
        match effect {
            Effect::Execute {
                precondition,
                not_after,
                ..
            } => {
                let key = format!("platform/{}/{}", plan.service, plan.environment);
                let row = NewEffect::new(key, crate::execute::KIND, json(effect));
                vec![row.only_if(json(precondition)).not_after(*not_after)]
            }
            // Nobody is asked where nobody could answer.
            Effect::Investigate { .. } if self.options.investigates.is_none() => Vec::new(),
            Effect::Investigate { .. } => {
                // Of its own, so that a minute of it holds back nothing that is to be said.
                let key = format!("agent/{}", plan.deployment);
                vec![NewEffect::new(key, crate::investigate::KIND, json(effect))]
            }
            Effect::OpenFix { .. } => {
                let key = format!("fix/{}", plan.deployment);
                vec![NewEffect::new(key, crate::fix::KIND, json(effect))]
            }
            Effect::ShowParent | Effect::Reply { .. } | Effect::Notice { .. } => self
                .channels
                .iter()
                .map(|channel| said(channel, &plan.deployment, effect))
                .collect(),
            Effect::Draw { .. } => self
                .handlers
                .iter()
                .filter(|handler| handler.shows_pictures())
                .map(|handler| said(handler.channel(), &plan.deployment, effect))
                .collect(),
        }
    }

    async fn with_lane(
        &self,
        transaction: Transaction,
        after: &State,
        events: &[Event],
    ) -> Result<Transaction, EngineError> {
        let plan = after.plan();
        let new = of_lane(events, after);
        if new.is_empty() {
            return Ok(transaction);
        }
        let lane = ledger::lane(&self.reader, &plan.service, &plan.environment).await?;
        // Who goes back takes the lane again; who still has it need not, and who comes too late may not.
        let again = |event: &LaneEvent| {
            matches!(event, LaneEvent::Taken { .. }) && lane.holder() == Some(&plan.deployment)
        };
        if new
            .iter()
            .any(|event| matches!(event, LaneEvent::Taken { .. }))
        {
            lane.goes_back(&plan.deployment)?;
        }
        let new = new
            .iter()
            .filter(|event| !again(event))
            .map(codec::encode_lane)
            .collect::<Result<Vec<NewEvent>, _>>()?;
        if new.is_empty() {
            return Ok(transaction);
        }
        let stream = lane_stream(&plan.service, &plan.environment)?;
        Ok(transaction.append(&stream, lane.revision().cast_signed(), new))
    }
}

/// What a deployment's events mean for its lane, as the journal takes it.
pub(crate) fn lane_rows(events: &[Event], after: &State) -> Result<Vec<NewEvent>, EngineError> {
    let events = of_lane(events, after);
    let rows = events.iter().map(codec::encode_lane);
    Ok(rows.collect::<Result<_, _>>()?)
}

fn of_lane(events: &[Event], after: &State) -> Vec<LaneEvent> {
    let events = events.iter();
    events.flat_map(|event| lane_events(event, after)).collect()
}

/// Something to say in a channel, after all that was to be said of the deployment there before.
fn said(channel: &str, deployment: &DeploymentId, effect: &Effect) -> NewEffect {
    let key = format!("chat/{channel}/{deployment}");
    NewEffect::new(key, format!("chat.{channel}"), json(effect))
}
