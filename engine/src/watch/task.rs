//! One watch: from the baseline to the end.

use super::fetch::{Fetched, Fetcher, Look};
use super::judge::Judge;
use super::roles::{has_control, judges, roles};
use super::speak::{self, seconds};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::services::Service;
use guard::decide::decide;
use guard::event::Event;
use guard::finding::Assessment;
use guard::ids::DeploymentId;
use guard::input::{Happened, Input};
use guard::state::{Cure, State};
use guard::verdict::Comparison;
use jiff::Timestamp;
use journal::Fence;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

/// Looks without an answer before that is said.
const SILENT_LOOKS: u32 = 3;
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
            tracing::warn!(deployment = %id, %error, "a watch stopped and will be taken up again");
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
}

/// What came, the signals without series, and the signals of which a query failed, with the error.
type News = (Vec<Fetched>, Vec<String>, BTreeMap<String, String>);

/// Looks at the platform, for ever.
async fn observing(engine: &Engine, service: &Service) {
    let mut tick = tokio::time::interval(OBSERVE_EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        engine.observe(service).await;
    }
}

struct Task<'a> {
    engine: &'a Engine,
    /// Under which it watches; nothing is told under another.
    fence: Fence,
    id: DeploymentId,
    service: Service,
    fetcher: Fetcher,
    judge: Judge,
    silent_looks: u32,
    /// How often in a row a query of a signal failed while others worked.
    failing: BTreeMap<String, u32>,
    verifying: bool,
    /// Nothing has been judged yet: the past has to be caught up with.
    fresh: bool,
}

impl<'a> Task<'a> {
    fn begin(engine: &'a Engine, state: &State, fence: Fence) -> Result<Self, EngineError> {
        let plan = state.plan();
        let service = engine.service(&plan.service, &plan.environment)?;
        let (fetcher, judge) = comparison(&service, state);
        Ok(Self {
            engine,
            fence,
            id: plan.deployment.clone(),
            service,
            fetcher,
            judge,
            silent_looks: 0,
            failing: BTreeMap::new(),
            verifying: false,
            fresh: true,
        })
    }

    /// Looks at the platform and judges, each at its own pace: an instance that hangs delays no judgement.
    async fn run(&mut self) -> Result<(), EngineError> {
        let (engine, service) = (self.engine, self.service.clone());
        tokio::select! {
            ended = self.judging() => ended,
            () = observing(engine, &service) => Ok(()),
        }
    }

    async fn judging(&mut self) -> Result<(), EngineError> {
        let mut tick = tokio::time::interval(self.service.watch.interval);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            // Not by this process' clock, but the lease may yet be renewed.
            if self.engine.still_under(&self.fence).is_err() {
                continue;
            }
            let Some(state) = self.engine.live(&self.id) else {
                return Ok(());
            };
            self.tick(&state).await?;
        }
    }

    async fn tick(&mut self, state: &State) -> Result<(), EngineError> {
        if self.judge.roles != roles(state) {
            (self.fetcher, self.judge) = comparison(&self.service, state);
            self.fresh = true;
        }
        let now = self.engine.clock.now();
        let (series, blind, failed) = match self.fetch(now).await {
            Ok(fetched) => fetched,
            Err(error) => return self.silence(state, error).await,
        };
        self.heard(state).await?;
        self.note_failing(&failed);
        let cure_since = if let Cure::Awaited { since, .. } = state.cure() {
            Some(seconds(*since))
        } else {
            None
        };
        if self.fresh {
            let interval_s = self.service.watch.interval.as_secs_f64();
            self.judge
                .catch_up(series, seconds(now), interval_s, cure_since)
                .await;
            self.verifying = cure_since.is_some();
            self.fresh = false;
        } else {
            self.judge.take(&series);
        }
        if state.history_s().is_none() {
            return self.baseline(now, blind).await;
        }
        self.forgive(state, seconds(now));
        if judges(state) {
            self.assess(state, now).await
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
            if !running.done.contains(instance) {
                self.judge.restarting(instance, now);
            }
        }
    }

    /// Everything new up to now, the signals for which there is nothing at all, and those of which a query
    /// failed.
    async fn fetch(&mut self, now: Timestamp) -> Result<News, String> {
        let (mut all, mut all_failed) = (Vec::new(), BTreeMap::new());
        loop {
            match self
                .fetcher
                .look(&self.service.watch, now.as_millisecond())
                .await
            {
                Look::Silence(error) => {
                    // What was read before is lost to the feed: begin anew next time.
                    self.fresh |= !all.is_empty();
                    return Err(error);
                }
                Look::Answer {
                    series,
                    missing,
                    failed,
                    caught_up,
                } => {
                    all.extend(series);
                    all_failed.extend(failed);
                    if caught_up {
                        return Ok((all, missing, all_failed));
                    }
                }
            }
        }
    }

    /// A signal of which a query fails again and again is not measured, whatever was measured before.
    fn note_failing(&mut self, failed: &BTreeMap<String, String>) {
        for signal in &self.service.watch.signals {
            let key = signal.key.as_str();
            let looks = self.failing.remove(key).unwrap_or(0);
            let Some(error) = failed.get(key) else {
                if looks >= SILENT_LOOKS {
                    tracing::info!(deployment = %self.id, signal = key, "its queries work again");
                }
                self.judge.query_result(key, true);
                continue;
            };
            if looks + 1 == SILENT_LOOKS {
                tracing::warn!(deployment = %self.id, signal = key, error, "its queries fail: it is not measured");
            }
            self.judge.query_result(key, looks + 1 < SILENT_LOOKS);
            self.failing.insert(key.to_owned(), looks + 1);
        }
    }

    async fn silence(&mut self, state: &State, error: String) -> Result<(), EngineError> {
        self.silent_looks += 1;
        tracing::debug!(deployment = %self.id, error, looks = self.silent_looks, "the metrics source does not answer");
        if self.silent_looks < SILENT_LOOKS {
            return Ok(());
        }
        let source = self.service.watch.source.clone();
        self.say(state, Happened::MetricsLost { source, error })
            .await?;
        if state.history_s().is_none() {
            let all = self
                .service
                .watch
                .signals
                .iter()
                .map(|s| (s.key.clone(), "query_failed".to_owned()))
                .collect();
            self.say(
                state,
                Happened::BaselineCaptured {
                    history_s: 0.0,
                    blind: all,
                },
            )
            .await?;
        }
        Ok(())
    }

    async fn heard(&mut self, state: &State) -> Result<(), EngineError> {
        self.silent_looks = 0;
        if state.metrics_lost().is_none() {
            return Ok(());
        }
        let source = self.service.watch.source.clone();
        self.say(state, Happened::MetricsBack { source }).await
    }

    async fn baseline(&mut self, now: Timestamp, missing: Vec<String>) -> Result<(), EngineError> {
        let history_s = self.judge.history_at(seconds(now));
        let blind = self
            .service
            .watch
            .signals
            .iter()
            .filter(|signal| missing.contains(&signal.key.to_string()));
        let blind = blind
            .map(|signal| (signal.key.clone(), "no_series".to_owned()))
            .collect();
        self.engine
            .apply_under(
                &self.fence,
                &self.id,
                Happened::BaselineCaptured { history_s, blind },
            )
            .await?;
        Ok(())
    }

    async fn assess(&mut self, state: &State, now: Timestamp) -> Result<(), EngineError> {
        if let Cure::Awaited { since, .. } = state.cure() {
            return self.verify(state, *since, now).await;
        }
        let summary = self.judge.tick(seconds(now));
        tracing::trace!(deployment = %self.id, ?summary, "looked");
        let comparison = if has_control(&self.judge.roles) {
            Comparison::CanaryVsStable
        } else {
            Comparison::BeforeVsAfter
        };
        let history_s = self.judge.history_s();
        let assessment = speak::assessment(
            &self.service.watch,
            &summary,
            self.judge.standing(),
            comparison,
            history_s,
        );
        if self
            .would_say(state, &Happened::Assessed(assessment.clone()))
            .is_empty()
        {
            return Ok(());
        }
        let assessment = self.with_evidence(state, assessment, now).await;
        self.say(state, Happened::Assessed(assessment)).await
    }

    /// After a rollback: the same detector must show the cure.
    async fn verify(
        &mut self,
        state: &State,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        if !self.verifying {
            self.judge.begin_verification(seconds(since));
            self.verifying = true;
        }
        self.judge.tick(seconds(now));
        // What the detector noticed and nobody was told needs no proof.
        let told: Vec<&str> = state
            .findings()
            .map(|record| record.finding.signal.as_str())
            .collect();
        match self.judge.cured(&self.service.watch, &told) {
            Some(signals) => self.say(state, Happened::Cured { signals }).await,
            None => Ok(()),
        }
    }

    /// Evidence is fetched for what is new only.
    async fn with_evidence(
        &self,
        state: &State,
        mut assessment: Assessment,
        now: Timestamp,
    ) -> Assessment {
        for finding in &mut assessment.findings {
            let known = state
                .findings()
                .find(|record| record.finding.key() == finding.key());
            let same = known.filter(|record| {
                record.ended_at.is_none() && record.finding.budget >= finding.budget
            });
            finding.evidence = match same.and_then(|record| record.finding.evidence.clone()) {
                Some(evidence) => Some(evidence),
                None => {
                    self.engine
                        .collect_evidence(&self.service.watch, finding, now)
                        .await
                }
            };
        }
        assessment
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

/// A detector for the roles of this state, and a feed that begins early enough to rebuild it whole.
fn comparison(service: &Service, state: &State) -> (Fetcher, Judge) {
    let roles = roles(state);
    let since = state.requested_at().as_millisecond() - service.watch.baseline.as_millis() as i64;
    let deploy_at = seconds(roles.since.unwrap_or(state.requested_at()));
    (
        Fetcher::new(&service.watch, since),
        Judge::new(&service.watch, roles, deploy_at),
    )
}
