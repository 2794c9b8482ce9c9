//! One watch: from the baseline to the end.

use super::before::{Before, before};
use super::failing::Failing;
use super::fetch::{Fetcher, Heard};
use super::judges::Judges;
use super::members::Seen;
use super::pace::Pace;
use super::roles::{Roles, judges, roles};
use super::speak::seconds;
use super::traffic::Traffic;
use crate::engine::{Engine, Tick};
use crate::error::EngineError;
use crate::meters::Ticked;
use crate::services::Service;
use cause::Suspicion;
use guard::decide::decide;
use guard::event::Event;
use guard::ids::DeploymentId;
use guard::input::{Happened, Input};
use guard::state::State;
use jiff::Timestamp;
use journal::Fence;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

mod beside;
mod cause;
mod evidence;
mod known;
mod logs;
mod measures;
mod other_days;
mod settle;
mod sources;

/// Looks without an answer before that is said.
pub(super) const SILENT_LOOKS: u32 = 3;
/// How often the platform is looked at.
const OBSERVE_EVERY: Duration = Duration::from_secs(5);

/// Watches until the deployment is over or this process stops.
pub(super) async fn watch(engine: Engine, state: State, fence: Fence, stop: CancellationToken) {
    let id = state.plan().deployment.clone();
    let done = async {
        let mut task = Task::begin(&engine, &state, fence)?;
        task.run().await
    };
    tokio::select! {
        () = stop.cancelled() => {}
        ended = done => if let Err(error) = ended {
            // The engine starts the watch anew at its next turn; not at once, lest it spins.
            crate::span::watch(state.plan()).in_scope(|| tracing::warn!(%error, "a watch stopped and will be taken up again"));
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
    engine.pulse.forget(&id);
    let mut measuring = engine
        .measuring
        .write()
        .unwrap_or_else(PoisonError::into_inner);
    measuring.remove(&id);
}

struct Task<'a> {
    engine: &'a Engine,
    /// Under which it watches; nothing is told under another.
    fence: Fence,
    id: DeploymentId,
    service: Service,
    fetcher: Fetcher,
    judges: Judges,
    pace: Pace,
    /// Looks without an answer, by source.
    silent_looks: BTreeMap<String, u32>,
    failing: Failing,
    /// Looks at which a source did not say under which names it is read.
    nameless_looks: u32,
    /// Looks with whole answers since the last one that was not.
    whole_looks: u32,
    verifying: bool,
    /// Nothing has been judged yet: the past has to be caught up with.
    fresh: bool,
    /// What was there before the change.
    before: Before,
    traffic: Traffic,
    /// Which change did it.
    suspicion: Suspicion,
    /// The generation of the services from which its source was taken.
    generation: u64,
    /// When each instance was seen first and last, where they are known to the metrics alone.
    seen: Seen,
}

impl<'a> Task<'a> {
    fn begin(engine: &'a Engine, state: &State, fence: Fence) -> Result<Self, EngineError> {
        let plan = state.plan();
        let service = engine.service(&plan.service, &plan.environment)?;
        let (fetcher, judges) =
            comparison(engine, &service, state, &roles(state), &BTreeSet::new());
        Ok(Self {
            engine,
            fence,
            id: plan.deployment.clone(),
            pace: Pace::new(
                plan.deployment.as_str(),
                service.watch.interval,
                engine.epoch,
            ),
            traffic: Traffic::new(service.watch.interval),
            suspicion: Suspicion::begin(&service, state, engine.clock.now()),
            service,
            fetcher,
            judges,
            silent_looks: BTreeMap::new(),
            failing: Failing::default(),
            nameless_looks: 0,
            whole_looks: 0,
            verifying: false,
            fresh: true,
            before: Before::default(),
            generation: engine.generation.load(Ordering::Acquire),
            seen: Seen::default(),
        })
    }

    /// Looks at the platform and judges, each at its own pace: an instance that hangs delays no judgement.
    async fn run(&mut self) -> Result<(), EngineError> {
        let (engine, service, id) = (self.engine, self.service.clone(), self.id.clone());
        let observe = || {
            let span = crate::span::observe(&id, &service);
            engine.observe(&service).instrument(span)
        };
        observe().await;
        // An instance that hangs must not hold the ticks up.
        let observing = async {
            loop {
                tokio::time::sleep(OBSERVE_EVERY).await;
                observe().await;
            }
        };
        tokio::select! {
            ended = self.ticks() => ended,
            () = observing => Ok(()),
        }
    }

    /// The first look at once, the others at the places of the pace.
    async fn ticks(&mut self) -> Result<(), EngineError> {
        let mut due = Instant::now();
        loop {
            let interval = self.service.watch.interval;
            let now = std::time::Instant::now();
            self.engine.pulse.watch(&self.id, interval, now);
            tokio::time::sleep_until(due).await;
            // Not by this process' clock, but the lease may yet be renewed.
            if self.engine.still_under(&self.fence).is_err() {
                due = self.pace.next(Instant::now());
                continue;
            }
            let Some(state) = self.engine.live(&self.id) else {
                return self.keep_last_measures().await;
            };
            let span = crate::span::tick(state.plan());
            self.measured(&state, due).instrument(span).await?;
            self.judges.write(&self.engine.options, &self.id).await;
            due = self.pace.next(Instant::now());
        }
    }

    /// One look, counted.
    async fn measured(&mut self, state: &State, due: Instant) -> Result<(), EngineError> {
        let begun = Instant::now();
        let ticked = self.tick(state, due).await;
        let how = match ticked {
            Ok(true) => {
                let now = std::time::Instant::now();
                self.engine.pulse.answered(&self.id, now);
                self.show_measures();
                Ticked::Answered
            }
            Ok(false) => Ticked::Silent,
            Err(_) => Ticked::Failed,
        };
        let meters = self.engine.meters();
        meters.ticked(how, begun.duration_since(due), begun.elapsed());
        ticked.map(drop)
    }

    /// One look, which was due then; whether anything answered.
    async fn tick(&mut self, state: &State, due: Instant) -> Result<bool, EngineError> {
        let lag = due.elapsed();
        let begun = Instant::now();
        self.renew_source();
        // Before the comparison begins anew with other instances.
        self.keep_measures(state).await?;
        let now = self.engine.clock.now();
        let silent = self.settle(state).await;
        let roles = self.roles(state, now);
        if !self.judges.fit(&roles, &BTreeSet::new()) {
            self.begin_anew(state, &roles, &BTreeSet::new());
        }
        let mut heard = self.fetch(state, &roles, now).await;
        let whole = heard.whole();
        if !self.judges.fit(&roles, &whole) {
            // An expression without instances: it is judged by itself, with its whole past.
            self.begin_anew(state, &roles, &whole);
            heard = self.fetch(state, &roles, now).await;
        }
        self.without_names(&mut heard, silent);
        self.see(&heard);
        let fetch = begun.elapsed();
        let answered = heard.anything();
        self.note_sources(state, &heard).await?;
        let looked = if answered {
            self.heard(state, heard, now).await
        } else {
            self.silence(state).await
        };
        // Nobody listening is no failure.
        let _ = self.engine.ticks.send(Tick {
            deployment: self.id.clone(),
            lag,
            fetch,
            whole: begun.elapsed(),
            answered,
        });
        looked?;
        self.engine.pulse.looked(&self.id);
        Ok(answered)
    }

    fn begin_anew(&mut self, state: &State, roles: &Roles, more: &BTreeSet<String>) {
        let whole = self.judges.whole().union(more).cloned().collect();
        (self.fetcher, self.judges) = comparison(self.engine, &self.service, state, roles, &whole);
        self.before = Before::default();
        self.traffic = Traffic::new(self.service.watch.interval);
        self.fresh = true;
    }

    async fn heard(
        &mut self,
        state: &State,
        heard: Heard,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        let failing = self.failing.note(&self.id, &heard.failed);
        self.judges.queried(&failing);
        for (instance, at) in state.renewed() {
            self.judges.changed(instance, seconds(at));
        }
        let cure_since = state.cure_sought_since().map(seconds);
        let load = self.service.watch.load.as_ref();
        self.traffic.take(&heard, load);
        if self.fresh {
            if judges(state) && cure_since.is_none() {
                let (roles, whole) = (self.judges.roles(), self.judges.whole());
                self.before = before(&self.service, roles, whole, &heard).await;
            }
            let interval_s = self.service.watch.interval.as_secs_f64();
            self.judges
                .catch_up(&heard, seconds(now), interval_s, cure_since)
                .await;
            self.verifying = cure_since.is_some();
            self.fresh = false;
        } else {
            self.judges.take(&heard);
        }
        if self.waits_for_names() {
            return Ok(());
        }
        if state.history_s().is_none() {
            return self.baseline(now, &heard.missing, &heard.failed).await;
        }
        self.forgive(state, seconds(now));
        self.name_authors(state).await?;
        if judges(state) {
            self.assess(state, now).await?;
            self.accuse().await
        } else {
            Ok(())
        }
    }

    /// What an action under way has not finished yet is not expected to answer.
    fn forgive(&mut self, state: &State, now: f64) {
        let Some(running) = state.running_action() else {
            return;
        };
        for instance in &running.action.instances {
            if !running.done.contains_key(instance) {
                self.judges.restarting(instance, now);
            }
        }
    }

    /// Everything new up to now.
    async fn fetch(&mut self, state: &State, roles: &Roles, now: Timestamp) -> Heard {
        let ms = now.as_millisecond();
        let mut all = self.fetcher.look(&self.service.watch, ms).await;
        while !all.caught_up {
            let more = self.fetcher.look(&self.service.watch, ms).await;
            if !more.anything() {
                // What was read before is lost to the feed.
                self.begin_anew(state, roles, &BTreeSet::new());
                return more;
            }
            let caught_up = more.caught_up;
            // Only the last look knows what there is nothing of.
            all.missing.clear();
            all.join(more);
            all.caught_up = caught_up;
        }
        all
    }

    async fn assess(&mut self, state: &State, now: Timestamp) -> Result<(), EngineError> {
        if let Some(since) = state.cure_sought_since() {
            return self.verify(state, since, now).await;
        }
        let known = self.known(state, now);
        let Some(assessment) = self.judges.assess(&self.service, &known, now) else {
            return Ok(());
        };
        if self
            .would_say(state, &Happened::Assessed(assessment.clone()))
            .is_empty()
        {
            return Ok(());
        }
        let assessment = self.with_evidence(state, assessment, now).await;
        self.say(state, Happened::Assessed(assessment)).await?;
        // An answer was given: what it was given for is kept before anything changes.
        let Some(state) = self.engine.live(&self.id) else {
            return Ok(());
        };
        self.keep_measures(&state).await?;
        self.locate(&state, now).await
    }

    /// After a rollback: the same detector must show the cure.
    async fn verify(
        &mut self,
        state: &State,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        if !self.verifying {
            self.judges.begin_verification(seconds(since));
            self.verifying = true;
        }
        // What the detector noticed and nobody was told needs no proof.
        let told: Vec<&str> = state
            .findings()
            .map(|record| record.finding.signal.as_str())
            .collect();
        match self.judges.cured(&self.service, &told, now) {
            Some(signals) => self.say(state, Happened::Cured { signals }).await,
            None => Ok(()),
        }
    }

    fn would_say(&self, state: &State, what: &Happened) -> Vec<Event> {
        let input = Input {
            at: self.engine.clock.now(),
            nonce: String::new(),
            what: what.clone(),
        };
        decide(Some(state), &input)
    }

    /// A tick that changes nothing writes nothing: what would lead to no event is not applied.
    async fn say(&self, state: &State, what: Happened) -> Result<(), EngineError> {
        if !self.would_say(state, &what).is_empty() {
            self.engine.apply_under(&self.fence, &self.id, what).await?;
        }
        Ok(())
    }
}

/// Judges for the roles of this state, and feeds that begin early enough to rebuild them whole. The
/// signals named in `more`, and those of probes without an instance, speak of the service as a whole.
fn comparison(
    engine: &Engine,
    service: &Service,
    state: &State,
    roles: &Roles,
    more: &BTreeSet<String>,
) -> (Fetcher, Judges) {
    let since = state.requested_at().as_millisecond() - service.watch.baseline.as_millis() as i64;
    let deploy_at = seconds(roles.since.unwrap_or(state.requested_at()));
    let probes = service.watch.probes.iter();
    let whole = probes
        .filter(|probe| probe.instance.is_none())
        .flat_map(|probe| std::iter::once(&probe.signal).chain(&probe.time))
        .map(ToString::to_string)
        .chain(more.iter().cloned())
        .collect();
    let wanted = engine.options.recordings.is_some();
    let recorded = wanted.then(|| state.plan().deployment.clone());
    (
        Fetcher::new(&service.watch, since),
        Judges::new(service, roles, whole, deploy_at, recorded.as_ref()),
    )
}
