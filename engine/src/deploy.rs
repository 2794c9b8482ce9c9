//! Beginning a deployment.

use crate::apply::MOST_TRIES;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::ledger;
use crate::moves::Moves;
use crate::services::Service;
use guard::actor::Actor;
use guard::ids::{DeploymentId, Environment, ServiceName, Version};
use guard::input::Happened;
use guard::lane::{Lane, LaneRefusal};
use guard::plan::{Origin, Package, Plan, Step, steps};
use guard::queue::Behind;
use guard::state::{State, Status};
use guard::verdict::Comparison;
use journal::JournalError;
use std::collections::BTreeSet;
use tracing::Instrument;

/// What somebody wants to have deployed.
#[derive(Debug, Clone)]
pub struct DeployRequest {
    /// The service.
    pub service: ServiceName,
    /// Where.
    pub environment: Environment,
    /// The new version.
    pub version: Version,
    /// Its package; by the service's template when not said.
    pub package: Option<Package>,
    /// The version to go back to, where the instances do not agree on one.
    pub from: Option<Version>,
    /// False when it contains a step that cannot be undone.
    pub reversible: bool,
    /// Whether it waits for its turn where the lane is busy.
    pub queue: bool,
    /// Who asks.
    pub by: Actor,
    /// Where it is known from, if somebody else makes it and a webhook told of it.
    pub origin: Option<Origin>,
}

impl Engine {
    /// Begins a deployment: takes the lane, writes the request, and ends the watch of the release whose place
    /// it takes, in one transaction. Where the lane is busy it is refused, or waits if it may. Any replica may.
    pub async fn deploy(&self, request: DeployRequest) -> Result<DeploymentId, EngineError> {
        let id = self.new_id();
        let span = tracing::info_span!(
            "deploy",
            deployment = %id,
            service = %request.service,
            environment = %request.environment
        );
        self.begin_deployment(id, request).instrument(span).await
    }

    /// As [`Engine::deploy`], under an id that is known before.
    pub(crate) async fn deploy_as(
        &self,
        id: &DeploymentId,
        request: DeployRequest,
    ) -> Result<(), EngineError> {
        self.begin_deployment(id.clone(), request).await?;
        Ok(())
    }

    async fn begin_deployment(
        &self,
        id: DeploymentId,
        request: DeployRequest,
    ) -> Result<DeploymentId, EngineError> {
        let mut tries = 0;
        loop {
            tries += 1;
            match self.try_to_deploy(&id, &request).await {
                // The lane or the older release moved meanwhile: perhaps it is all different now.
                Err(EngineError::Journal(JournalError::Conflict { .. })) if tries < MOST_TRIES => {}
                other => return other.map(|()| id),
            }
        }
    }

    async fn try_to_deploy(
        &self,
        id: &DeploymentId,
        request: &DeployRequest,
    ) -> Result<(), EngineError> {
        self.catch_up().await?;
        let service = self.open_service(request)?;
        let lane = ledger::lane(&self.reader, &request.service, &request.environment).await?;
        let taken = match lane.take(id) {
            Err(busy @ LaneRefusal::Busy { .. }) if request.queue => {
                let last = lane.last().ok_or(busy)?;
                return self.try_to_queue(id, request, &service, &lane, last).await;
            }
            taken => taken?,
        };
        let plan = self.plan(&service, &lane, request, id.clone()).await?;
        let moves = Moves::new(self).lane(&taken)?;
        let moves = self.supersede_baking(moves, id, &plan).await?;
        let asked = Happened::DeployAsked {
            plan: Box::new(plan.clone()),
            by: request.by.clone(),
        };
        moves.tell(id, None, asked)?.write(&plan, &lane, None).await
    }

    /// Writes the request and its place in the queue. What it goes on from is looked at when its turn comes.
    async fn try_to_queue(
        &self,
        id: &DeploymentId,
        request: &DeployRequest,
        service: &Service,
        lane: &Lane,
        last: &DeploymentId,
    ) -> Result<(), EngineError> {
        let waits = lane.wait(id)?;
        let behind = Behind::of(&self.known(last).await?);
        if behind.version == request.version {
            return Err(EngineError::OnItsWay {
                service: service.name.clone(),
                environment: service.environment.clone(),
                version: behind.version,
                by: behind.deployment,
            });
        }
        let from = (Some(behind.version.clone()), false);
        let plan = self.plan_from(service, request, id.clone(), from).await?;
        let asked = Happened::QueueAsked {
            plan: Box::new(plan.clone()),
            by: request.by.clone(),
            behind,
        };
        let moves = Moves::new(self).lane(&waits)?;
        moves.tell(id, None, asked)?.write(&plan, lane, None).await
    }

    /// The service, if it takes new deployments.
    pub(crate) fn open_service(&self, request: &DeployRequest) -> Result<Service, EngineError> {
        let service = self.service(&request.service, &request.environment)?;
        if self.leaves(&request.service, &request.environment) {
            return Err(EngineError::Leaving {
                service: request.service.clone(),
                environment: request.environment.clone(),
            });
        }
        Ok(service)
    }

    /// Ends the watch of the releases whose place a new one takes.
    pub(crate) async fn supersede_baking<'a>(
        &self,
        mut moves: Moves<'a>,
        by: &DeploymentId,
        plan: &Plan,
    ) -> Result<Moves<'a>, EngineError> {
        for older in self.baking(&plan.service, &plan.environment).await? {
            let known = older.plan().deployment.clone();
            let superseded = Happened::Superseded { by: by.clone() };
            moves = moves.tell(&known, Some(&older), superseded)?;
        }
        Ok(moves)
    }

    fn new_id(&self) -> DeploymentId {
        loop {
            if let Ok(id) = DeploymentId::new(format!("dep_{}", &crate::clock::nonce()[..12])) {
                return id;
            }
        }
    }

    /// The plan as of now.
    pub(crate) async fn plan(
        &self,
        service: &Service,
        lane: &Lane,
        request: &DeployRequest,
        id: DeploymentId,
    ) -> Result<Plan, EngineError> {
        let (from, known_good) = self.standing_version(service, lane, request).await?;
        if from.as_ref() == Some(&request.version) {
            return Err(EngineError::NothingToDo {
                service: service.name.clone(),
                environment: service.environment.clone(),
                version: request.version.clone(),
            });
        }
        self.plan_from(service, request, id, (from, known_good))
            .await
    }

    /// The plan from a version on, and whether that is known good.
    async fn plan_from(
        &self,
        service: &Service,
        request: &DeployRequest,
        id: DeploymentId,
        (from, from_known_good): (Option<Version>, bool),
    ) -> Result<Plan, EngineError> {
        let package = acceptable_package(service, request)?;
        let (steps, comparison) = self.steps(service).await?;
        let template = |version: &Version| {
            service
                .packages
                .as_ref()
                .map(|packages| packages.of(version))
        };
        Ok(Plan {
            deployment: id,
            service: service.name.clone(),
            environment: service.environment.clone(),
            from_package: from.as_ref().and_then(template),
            origin: request.origin.clone(),
            from,
            from_known_good,
            package,
            to: request.version.clone(),
            reversible: request.reversible && !service.irreversible.contains(&request.version),
            steps,
            comparison,
            policy: service.policy.clone(),
        })
    }

    /// The version that runs now, and whether it is known good: by what is observed, or else by the journal.
    async fn standing_version(
        &self,
        service: &Service,
        lane: &Lane,
        request: &DeployRequest,
    ) -> Result<(Option<Version>, bool), EngineError> {
        let good = |version: &Version| {
            service.known_good.contains(version)
                || lane.last_good() == Some(version)
                || lane.current() == Some((version, true))
        };
        if let Some(from) = &request.from {
            return Ok((Some(from.clone()), good(from)));
        }
        let Some(platform) = &service.platform else {
            let from = self.told_version(service, lane, &request.version).await;
            let known_good = from.as_ref().is_some_and(good);
            return Ok((from, known_good));
        };
        let live = platform.observe().await.rollout;
        let versions: BTreeSet<&Version> = live.versions.values().flatten().collect();
        let mut versions = versions.into_iter();
        match (versions.next(), versions.next()) {
            (None, _) => Ok((None, false)),
            (Some(only), None) => Ok((Some(only.clone()), good(only))),
            (Some(_), Some(_)) => Err(EngineError::MixedVersions {
                service: service.name.clone(),
                environment: service.environment.clone(),
                versions: live
                    .versions
                    .iter()
                    .map(|(i, v)| format!("{i} {}", v.as_ref().map_or("nothing", Version::as_str)))
                    .collect::<Vec<_>>()
                    .join(", "),
            }),
        }
    }

    /// The version that ran before, where somebody else deploys: the last one told, or the only other one that
    /// the metrics show.
    async fn told_version(&self, service: &Service, lane: &Lane, to: &Version) -> Option<Version> {
        let told = lane.current().map(|(version, _)| version.clone());
        if let Some(told) = told.filter(|told| told != to) {
            return Some(told);
        }
        let at_ms = self.clock.now().as_millisecond();
        let shown = service.watch.versions_at(at_ms).await.unwrap_or_default();
        let mut others = shown.into_iter().filter(|version| version != to);
        others.next().filter(|_| others.next().is_none())
    }

    /// The steps, and how their signals are compared. Where somebody else deploys there is one step: how
    /// far they are is seen in the metrics.
    async fn steps(&self, service: &Service) -> Result<(Vec<Step>, Comparison), EngineError> {
        if service.platform.is_some() {
            let comparison = if service.instances.len() > 1 {
                Comparison::CanaryVsStable
            } else {
                Comparison::BeforeVsAfter
            };
            return Ok((steps(&service.instances, &service.pacing)?, comparison));
        }
        let instances = if service.watch.members.is_some() {
            let at_ms = self.clock.now().as_millisecond();
            let members = service.watch.members_at(at_ms).await;
            members.map_err(|error| EngineError::Platform(error.to_string()))?
        } else {
            service.instances.clone()
        };
        if instances.is_empty() {
            return Err(EngineError::OnlyObserved {
                service: service.name.clone(),
                environment: service.environment.clone(),
            });
        }
        let step = Step {
            instances,
            bake_s: service.pacing.gray_bake_s,
        };
        Ok((vec![step], Comparison::BeforeVsAfter))
    }

    /// Deployments of the same lane that are promoted and still watched: a new one takes their place.
    async fn baking(
        &self,
        service: &ServiceName,
        environment: &Environment,
    ) -> Result<Vec<State>, EngineError> {
        let mut watched = self.watched().await?;
        watched.retain(|state| {
            state.plan().service == *service
                && state.plan().environment == *environment
                && state.status() == Status::Promoted
        });
        Ok(watched)
    }
}

/// The package that will be taken, refused now rather than at the first instance where it cannot be.
fn acceptable_package(
    service: &Service,
    request: &DeployRequest,
) -> Result<Option<Package>, EngineError> {
    let template = service.packages.as_ref();
    let package = request
        .package
        .clone()
        .or_else(|| template.map(|packages| packages.of(&request.version)));
    // Where somebody else deploys there is nothing to fetch; an action with a package is never taken as told.
    let Some(platform) = &service.platform else {
        return Ok(None);
    };
    let refused = |reason: String| EngineError::Package {
        service: service.name.clone(),
        version: request.version.clone(),
        reason,
    };
    let Some(package) = package else {
        return Err(refused(
            "none is known: say where it is with `--package URL`, or set `packages.url` of the service"
                .to_owned(),
        ));
    };
    platform
        .acceptable(&package)
        .map_err(|error| refused(error.to_string()))?;
    Ok(Some(package))
}
