//! A journal with a past: what the domain itself makes of deployments that went well, hurt and were rolled back, or go on.

use super::super::world::told;
use guard::actor::{Actor, Role};
use guard::approval::Choice;
use guard::decide::decide;
use guard::detect::{Change, Course, Direction, Limits, Measure, SignalKind};
use guard::duty::Duty;
use guard::event::{Event, Recorded};
use guard::finding::{Assessment, Budget, Cured, Finding, Scope};
use guard::ids::{
    DeploymentId, Environment, InstanceId, PersonId, ServiceName, SignalKey, Version,
};
use guard::input::{Happened, Input, Outcome};
use guard::lane::{LaneEvent, lane_events};
use guard::measured::Measured;
use guard::plan::{Pacing, Plan, steps};
use guard::policy::{Autonomy, Policy};
use guard::state::State;
use guard::timer::{TimerChange, TimerName, timers};
use guard::verdict::{Attribution, Comparison, Verdict};
use jiff::{SignedDuration, Timestamp};
use journal::{Journal, NewEvent, StreamId, Transaction, codec};
use std::collections::BTreeMap;

/// The signals of every service.
pub(super) const SIGNALS: [&str; 6] = [
    "errors",
    "latency",
    "availability",
    "cpu",
    "memory",
    "queue",
];
/// Things that happen to one deployment at most.
const MOST: usize = 80;

/// How a deployment goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Goes {
    /// Promoted, and found healthy to the end.
    Well,
    /// Something moved, somebody rolled it back, and that helped.
    Hurt,
    /// Under way, and nothing moved yet.
    UnderWay,
    /// Something moved, and somebody is asked.
    Asking,
}

/// How the past ones of a service go: every sixth hurts.
pub(super) fn goes(service: u32, round: u32) -> Goes {
    if (service + round) % 6 == 5 {
        Goes::Hurt
    } else {
        Goes::Well
    }
}

/// One deployment, event by event, with what each means for its lane.
struct Story {
    records: Vec<(Recorded, Vec<LaneEvent>)>,
    state: Option<State>,
    timers: BTreeMap<TimerName, Timestamp>,
    now: Timestamp,
    id: String,
}

fn mei() -> Result<Actor, String> {
    Ok(Actor::Person {
        id: PersonId::new("mei").map_err(told("a name"))?,
        roles: vec![Role::Responder, Role::Operator],
    })
}

impl Story {
    fn tell(&mut self, seconds: i64, what: Happened) -> Result<(), String> {
        self.now = self
            .now
            .saturating_add(SignedDuration::from_secs(seconds))
            .map_err(told("a time"))?;
        let input = Input {
            at: self.now,
            nonce: format!("{}-{}", self.id, self.records.len()),
            what,
        };
        for event in decide(self.state.as_ref(), &input) {
            let record = Recorded {
                revision: self.records.len() as u64 + 1,
                at: self.now,
                event,
            };
            match &mut self.state {
                Some(state) => state.push(&record).map_err(told("a story"))?,
                None => self.state = State::fold([&record]).map_err(told("a story"))?,
            }
            let Some(state) = &self.state else { continue };
            for change in timers(&record.event, self.now, state.plan()) {
                match change {
                    TimerChange::Set { timer, due } => self.timers.insert(timer, due),
                    TimerChange::Cancel { timer } => self.timers.remove(&timer),
                };
            }
            let in_lane = lane_events(&record.event, state);
            self.records.push((record, in_lane));
        }
        Ok(())
    }

    fn running(&self) -> Option<(guard::ids::ActionId, Vec<InstanceId>)> {
        let running = self.state.as_ref()?.running_action()?;
        let action = &running.action;
        Some((action.id.clone(), action.instances.clone()))
    }

    /// What comes next; whether anything did.
    fn goes_on(&mut self, course: Goes) -> Result<bool, String> {
        if let Some((action, instances)) = self.running() {
            for instance in instances {
                let action = action.clone();
                self.tell(2, Happened::InstanceDone { action, instance })?;
            }
            let outcome = Outcome::Done;
            self.tell(0, Happened::ActionEnded { action, outcome })?;
            return Ok(true);
        }
        let Some(state) = &self.state else {
            return Ok(false);
        };
        if state.measures_wanted() {
            let signals = SIGNALS.iter().map(|key| measured(key, course));
            let signals = signals.collect::<Result<_, String>>()?;
            self.tell(0, Happened::Measured { signals })?;
            return Ok(true);
        }
        let hurts = matches!(course, Goes::Hurt | Goes::Asking);
        if hurts && state.findings().next().is_none() && state.touched() {
            self.tell(9, looks(Verdict::Degraded, vec![finding(self.now)?]))?;
            return Ok(true);
        }
        if let Some(open) = state.open_approval() {
            if course == Goes::Asking {
                return Ok(false);
            }
            let approval = open.approval.id.clone();
            let answered = Happened::Answered {
                approval,
                by: mei()?,
                duty: Duty::default(),
                choice: Choice::Rollback,
                reason: None,
            };
            self.tell(40, answered)?;
            return Ok(true);
        }
        if state.cure_sought_since().is_some() {
            let cured = Cured {
                signal: SignalKey::new(SIGNALS[0]).map_err(told("a signal"))?,
                current: 0.002,
                effect: 0.0,
                interval: (-0.001, 0.001),
                unit: "ratio".to_owned(),
                evidence: None,
            };
            self.tell(
                20,
                Happened::Cured {
                    signals: vec![cured],
                },
            )?;
            return Ok(true);
        }
        let first = self.timers.iter().min_by_key(|(_, due)| **due);
        let Some((timer, due)) = first.map(|(timer, due)| (timer.clone(), *due)) else {
            return Ok(false);
        };
        if course == Goes::UnderWay {
            return Ok(false);
        }
        let wait = due.duration_since(self.now).as_secs().max(1);
        if !hurts {
            self.tell(wait - 1, looks(Verdict::Healthy, Vec::new()))?;
        }
        self.timers.remove(&timer);
        self.tell(1, Happened::TimerFired { timer })?;
        Ok(true)
    }
}

fn looks(verdict: Verdict, findings: Vec<Finding>) -> Happened {
    Happened::Assessed(Assessment {
        verdict,
        findings,
        needs: Vec::new(),
        blind: Vec::new(),
        history_s: 3600.0,
    })
}

fn finding(now: Timestamp) -> Result<Finding, String> {
    Ok(Finding {
        signal: SignalKey::new(SIGNALS[0]).map_err(told("a signal"))?,
        scope: Scope::Group,
        onset_at: now,
        baseline: 0.002,
        current: 0.31,
        effect: 0.308,
        interval: (0.25, 0.36),
        unit: "ratio".to_owned(),
        window_s: 10.0,
        confidence: 0.9999,
        budget: Budget::Pause,
        hard_limit_crossed: false,
        severe: false,
        on_failure: None,
        comparison: Comparison::CanaryVsStable,
        attribution: Attribution::Change,
        query: "sum by (instance) (rate(http_requests_total{code=~\"5..\"}[1m]))".to_owned(),
        evidence: None,
        traffic: Some(100.0),
        of_requests: true,
        circumstances: Vec::new(),
    })
}

fn measured(key: &str, course: Goes) -> Result<Measured, String> {
    let moved = key == SIGNALS[0] && matches!(course, Goes::Hurt | Goes::Asking);
    let values = |moved: bool| Course {
        step_s: 5.0,
        values: (0..60_u32)
            .map(|n| Some(if moved && n > 30 { 0.3 } else { 0.002 } + f64::from(n % 7) * 0.0003))
            .collect(),
    };
    Ok(Measured {
        signal: SignalKey::new(key).map_err(told("a signal"))?,
        comparison: Comparison::CanaryVsStable,
        of_dependency: false,
        measure: Measure {
            key: key.to_owned(),
            kind: SignalKind::Ratio,
            direction: Direction::Up,
            unit: "ratio".to_owned(),
            before: Some(0.002),
            after: Some(0.002),
            change: Some(Change {
                effect: 0.0,
                interval: (-0.001, 0.001),
                window_s: 10.0,
            }),
            tolerated: Some(0.005),
            smallest_visible: Some(0.004),
            limits: Limits {
                warn: Some(0.01),
                hard: Some(0.05),
                quantile: 0.99,
            },
            p95: None,
            nearness: 0.2,
            no_data: None,
            counted: None,
            control: None,
            past: values(false),
            course: values(moved),
            beside: values(false),
        },
    })
}

fn plan(service: &str, round: u32, id: &str) -> Result<Plan, String> {
    let bad = "an internal name";
    let instances =
        ["a", "b", "c"].map(|instance| InstanceId::new(format!("{service}-{instance}")));
    let instances: Vec<InstanceId> = instances
        .into_iter()
        .collect::<Result<_, _>>()
        .map_err(told(bad))?;
    Ok(Plan {
        deployment: DeploymentId::new(id).map_err(told(bad))?,
        service: ServiceName::new(service).map_err(told(bad))?,
        environment: Environment::new("production").map_err(told(bad))?,
        from: Some(Version::new(format!("v{round}")).map_err(told(bad))?),
        from_known_good: true,
        to: Version::new(format!("v{}", round + 1)).map_err(told(bad))?,
        package: None,
        from_package: None,
        origin: None,
        reversible: true,
        steps: steps(&instances, &Pacing::default()).map_err(told(bad))?,
        comparison: Comparison::CanaryVsStable,
        policy: Policy {
            autonomy: Autonomy::Pause,
            ..Policy::default()
        },
    })
}

/// Makes one deployment up to where its course leads.
fn story(service: &str, round: u32, at: Timestamp, course: Goes) -> Result<Story, String> {
    let id = format!("dep_{service}_{round}");
    let plan = Box::new(plan(service, round, &id)?);
    let mut story = Story {
        records: Vec::new(),
        state: None,
        timers: BTreeMap::new(),
        now: at,
        id,
    };
    story.tell(0, Happened::DeployAsked { plan, by: mei()? })?;
    let captured = Happened::BaselineCaptured {
        history_s: 3600.0,
        blind: Vec::new(),
    };
    story.tell(1, captured)?;
    for _ in 0..MOST {
        if !story.goes_on(course)? {
            break;
        }
    }
    Ok(story)
}

/// Writes deployments of one service, one after another; how many events that were.
pub(super) async fn write(
    journal: &Journal,
    service: &str,
    courses: &[(Timestamp, Goes)],
) -> Result<usize, String> {
    let failed = "the past cannot be written";
    let writer = journal.writer().map_err(told(failed))?;
    let lane = StreamId::lane(service, "production").map_err(told(failed))?;
    let (mut in_lane, mut events) = (0, 0);
    for (round, (at, course)) in (0..).zip(courses) {
        let story = story(service, round, *at, *course)?;
        let stream = StreamId::deployment(&story.id).map_err(told(failed))?;
        let by = DeploymentId::new(story.id.clone()).map_err(told(failed))?;
        let mut taken = vec![LaneEvent::Taken { by }];
        let over = story.state.as_ref().is_some_and(State::watch_over);
        for (record, rows) in &story.records {
            let at = record.revision.cast_signed() - 1;
            let mut transaction =
                Transaction::at(record.at).append(&stream, at, vec![encoded(&record.event)?]);
            let rows = taken.drain(..).chain(rows.iter().cloned());
            let rows: Vec<NewEvent> = rows
                .map(|row| codec::encode_lane(&row))
                .collect::<Result<_, _>>()
                .map_err(told(failed))?;
            events += 1 + rows.len();
            if !rows.is_empty() {
                let before = in_lane;
                in_lane += rows.len() as i64;
                transaction = transaction.append(&lane, before, rows);
            }
            if over && record.revision == story.records.len() as u64 {
                transaction = transaction.close(&stream);
            }
            writer.append(transaction).await.map_err(told(failed))?;
        }
        if !over {
            set_timers(&writer, &stream, &story).await?;
        }
    }
    Ok(events)
}

/// What goes on needs its timers, or it would never end.
async fn set_timers(
    writer: &journal::Writer,
    stream: &StreamId,
    story: &Story,
) -> Result<(), String> {
    let mut transaction = Transaction::at(story.now);
    for timer in story.timers.keys() {
        let payload = serde_json::to_value(timer).map_err(told("a timer"))?;
        let due = story
            .now
            .saturating_add(SignedDuration::from_hours(24))
            .map_err(told("a time"))?;
        transaction = transaction.set_timer(stream, timer.key(), due, payload);
    }
    let set = writer.append(transaction).await;
    set.map(drop).map_err(told("the timers cannot be set"))
}

fn encoded(event: &Event) -> Result<NewEvent, String> {
    codec::encode(event).map_err(told("an event"))
}
