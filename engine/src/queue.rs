//! Deployments that wait for their lane, and who has the next turn.
//!
//! Whoever frees the lane only says so. The leader looks at every lane in which somebody waits: after each
//! commit, and when it begins to lead. So a turn is lost with no process, and the lane's revision lets it be
//! given once.

use crate::apply::MOST_TRIES;
use crate::deploy::DeployRequest;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::ledger;
use crate::moves::Moves;
use guard::actor::Actor;
use guard::ids::{DeploymentId, Environment, ServiceName};
use guard::input::Happened;
use guard::lane::Lane;
use guard::queue::{Before, Behind};
use guard::state::State;
use journal::{Fence, JournalError};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::PoisonError;
use std::time::Duration;
use tokio::task::JoinHandle;

/// How long until it is tried again to give a turn that could not be given.
const TRY_AGAIN: Duration = Duration::from_secs(5);

type Place = (ServiceName, Environment);

/// The turns that are being given, one lane beside another: looking at instances takes its time.
#[derive(Default)]
pub(crate) struct Turns {
    running: BTreeMap<Place, JoinHandle<()>>,
}

impl Turns {
    /// Looks after each lane whose queue is not as it should be.
    pub(crate) fn keep(&mut self, engine: &Engine, fence: &Fence) {
        self.running.retain(|_, task| !task.is_finished());
        for place in engine.unsettled() {
            self.running.entry(place).or_insert_with_key(|place| {
                let task = look_after(engine.clone(), place.clone(), fence.clone());
                tokio::spawn(task)
            });
        }
    }
}

impl Drop for Turns {
    // What is written is written, and what is not is found again.
    fn drop(&mut self) {
        for task in self.running.values() {
            task.abort();
        }
    }
}

async fn look_after(engine: Engine, (service, environment): Place, fence: Fence) {
    match engine.serve(&service, &environment, &fence).await {
        // What makes it look unsettled is perhaps not known here yet, or the lane is frozen.
        Ok(()) => tokio::time::sleep(engine.options.poll).await,
        Err(EngineError::NotLeading) => {}
        Err(error) => {
            tracing::warn!(%service, %environment, %error, "the next turn cannot be given now");
            tokio::time::sleep(TRY_AGAIN).await;
        }
    }
}

impl Engine {
    /// Lanes in which somebody waits behind what neither has the lane nor waits.
    fn unsettled(&self) -> BTreeSet<Place> {
        let live = self.live.read().unwrap_or_else(PoisonError::into_inner);
        let Some(live) = live.as_ref() else {
            return BTreeSet::new();
        };
        let there = |id: &DeploymentId| live.get(id).is_some_and(State::can_be_given_up);
        let unsettled = live.values().filter(|state| {
            let behind = state.queued_behind();
            behind.is_some_and(|behind| !there(&behind.deployment))
        });
        unsettled
            .map(|state| {
                let plan = state.plan();
                (plan.service.clone(), plan.environment.clone())
            })
            .collect()
    }

    /// Gives turns until one has begun, all gave up, or the lane is not free.
    async fn serve(
        &self,
        service: &ServiceName,
        environment: &Environment,
        fence: &Fence,
    ) -> Result<(), EngineError> {
        let mut tries = 0;
        loop {
            match self.serve_one(service, environment, fence).await {
                Ok(true) => tries = 0,
                Ok(false) => return Ok(()),
                // The lane or one of the deployments moved meanwhile: perhaps it is all different now.
                Err(EngineError::Journal(JournalError::Conflict { .. })) if tries < MOST_TRIES => {
                    tries += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Whether somebody left the queue, so that it may be another one's turn.
    async fn serve_one(
        &self,
        service: &ServiceName,
        environment: &Environment,
        fence: &Fence,
    ) -> Result<bool, EngineError> {
        self.catch_up().await?;
        let lane = ledger::lane(&self.reader, service, environment).await?;
        let Some(next) = lane.next() else {
            self.move_up(&lane, fence).await?;
            return Ok(false);
        };
        let before = match lane.newest() {
            Some(id) => Before::of(&self.known(id).await?),
            None => Before::Out,
        };
        match before {
            Before::UnderWay => Ok(false),
            Before::Out => {
                let next = self.known(next).await?;
                self.give_turn(&next, &lane, fence).await
            }
            Before::NotOut(because) => {
                let mut moves = Moves::new(self);
                let mut plan = None;
                for id in lane.queue() {
                    let state = self.known(id).await?;
                    let because = because.clone();
                    moves = moves.tell(id, Some(&state), Happened::TurnLost { because })?;
                    plan = Some(state.plan().clone());
                }
                if let Some(plan) = plan.filter(|_| !moves.none()) {
                    moves.write(&plan, &lane, Some(fence)).await?;
                }
                Ok(false)
            }
        }
    }

    /// Lets a deployment that waited begin: with a plan made now, in the place of the release before it. Where
    /// none can be made it fails, and the next one has its turn.
    async fn give_turn(
        &self,
        next: &State,
        lane: &Lane,
        fence: &Fence,
    ) -> Result<bool, EngineError> {
        let id = &next.plan().deployment;
        let planned = self.plan_now(next, lane).await;
        let moves = match planned {
            Ok(plan) => {
                let moves = Moves::new(self).lane(&lane.take(id)?)?;
                let moves = self.supersede_baking(moves, id, &plan).await?;
                let plan = Box::new(plan);
                moves.tell(id, Some(next), Happened::TurnCame { plan })?
            }
            Err(error) if error.is_final() => {
                let error = error.to_string();
                Moves::new(self).tell(id, Some(next), Happened::CannotBegin { error })?
            }
            Err(error) => return Err(error),
        };
        platforms::crash::point("before-turn");
        moves.write(next.plan(), lane, Some(fence)).await?;
        platforms::crash::point("after-turn");
        Ok(true)
    }

    async fn plan_now(&self, next: &State, lane: &Lane) -> Result<guard::plan::Plan, EngineError> {
        let plan = next.plan();
        let request = DeployRequest {
            service: plan.service.clone(),
            environment: plan.environment.clone(),
            version: plan.to.clone(),
            package: plan.package.clone(),
            from: None,
            reversible: plan.reversible,
            queue: false,
            origin: None,
            by: Actor::Policy,
        };
        let service = self.open_service(&request)?;
        self.plan(&service, lane, &request, plan.deployment.clone())
            .await
    }

    /// Says to those who wait behind somebody who left who is before them now.
    async fn move_up(&self, lane: &Lane, fence: &Fence) -> Result<(), EngineError> {
        for id in lane.queue() {
            let Some(before) = lane.before(id) else {
                continue;
            };
            let behind = Behind::of(&self.known(before).await?);
            if self.known(id).await?.queued_behind() != Some(&behind) {
                self.apply_under(fence, id, Happened::MovedUp { behind })
                    .await?;
            }
        }
        Ok(())
    }

    /// A deployment that is named in a lane.
    pub(crate) async fn known(&self, id: &DeploymentId) -> Result<State, EngineError> {
        let state = ledger::state(&self.reader, id).await?;
        state.ok_or_else(|| EngineError::UnknownDeployment(id.clone()))
    }
}
