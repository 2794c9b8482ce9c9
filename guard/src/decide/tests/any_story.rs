//! What holds in every story, whatever happens in whatever order.

use super::*;
use crate::alert::{Alert, AlertKey, AlertSeverity, AlertStatus, Relation};
use crate::culprit::Culprit;
use crate::duty::Duty;
use crate::event::Reported;
use crate::figures::tests::moments_read;
use crate::finding::Assessment;
use crate::ids::{DeploymentId, Environment, ServiceName};
use crate::judgement::Judgement;
use crate::lane::{Lane, LaneEvent, lane_events};
use crate::queue::{Behind, Ending, TurnLost};
use crate::report::{Level, Report};
use crate::state::State;
use crate::summary::Summary;
use crate::timer::{TimerChange, timers};
use jiff::Timestamp;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use std::collections::BTreeMap;

mod dice;

/// Things that happen in one story at most.
const LONGEST: usize = 60;

/// A story with the timers and the lane as the engine keeps them.
#[derive(Clone)]
struct World {
    story: Story,
    state: Option<State>,
    timers: BTreeMap<TimerName, Timestamp>,
    lane: Lane,
    /// What the metrics said last; none when they do not answer.
    said: Option<Assessment>,
}

impl World {
    fn new(plan: Plan) -> Self {
        let lane = Lane::empty(
            ServiceName::new("shop").unwrap(),
            Environment::new("prod").unwrap(),
        );
        let mut world = Self {
            story: Story::new(),
            state: None,
            timers: BTreeMap::new(),
            lane,
            said: None,
        };
        let taken = world.lane.take(&plan.deployment).unwrap();
        world.in_lane(&taken);
        world.tell(Happened::DeployAsked {
            plan: Box::new(plan),
            by: mei(),
        });
        world
    }

    /// One that waits: the lane was another one's, and is free by now.
    fn waiting(plan: Plan) -> Self {
        let mut world = Self {
            story: Story::new(),
            state: None,
            timers: BTreeMap::new(),
            lane: Lane::empty(plan.service.clone(), plan.environment.clone()),
            said: None,
        };
        let queued = world.lane.wait(&plan.deployment).unwrap();
        world.in_lane(&queued);
        world.tell(Happened::QueueAsked {
            plan: Box::new(plan),
            by: mei(),
            behind: behind("dep_0"),
        });
        world
    }

    fn in_lane(&mut self, event: &LaneEvent) {
        let revision = self.lane.revision() + 1;
        self.lane.push(event, revision, self.story.now);
    }

    /// As the engine gives a turn: the lane is taken with the event, or not at all.
    fn turn(&mut self) -> Vec<Event> {
        let plan = self.state().plan().clone();
        let taken = self.lane.take(&plan.deployment);
        let events = self.tell(Happened::TurnCame {
            plan: Box::new(plan),
        });
        if !events.is_empty() {
            self.in_lane(&taken.unwrap());
        }
        events
    }

    fn state(&self) -> &State {
        self.story.state()
    }

    fn tell(&mut self, what: Happened) -> Vec<Event> {
        let known = self.story.records.len();
        let events = self.story.tell(what);
        for record in &self.story.records[known..] {
            match &mut self.state {
                Some(state) => state.push(record).unwrap(),
                None => self.state = State::fold([record]).unwrap(),
            }
            let state = self.state.as_ref().unwrap();
            for event in lane_events(&record.event, state) {
                self.lane.push(&event, self.lane.revision() + 1, record.at);
            }
            for change in timers(&record.event, record.at, state.plan()) {
                match change {
                    TimerChange::Set { timer, due } => self.timers.insert(timer, due),
                    TimerChange::Cancel { timer } => self.timers.remove(&timer),
                };
            }
        }
        events
    }

    /// Waits for the timer that is due next, and lets it fire.
    fn fire(&mut self) -> Vec<Event> {
        let Some((timer, due)) = self.timers.iter().min_by_key(|(_, due)| **due) else {
            return Vec::new();
        };
        let timer = timer.clone();
        self.story.now = self.story.now.max(*due);
        // The engine looks at every tick, and says what is news.
        if let Some(said) = self.said.clone() {
            self.tell(Happened::Assessed(said));
        }
        self.timers.remove(&timer);
        self.tell(Happened::TimerFired { timer })
    }

    /// Now this one, now that one speaks.
    fn somebody(&self) -> Actor {
        if self.story.records.len().is_multiple_of(3) {
            return Actor::Person {
                id: PersonId::new("bo").unwrap(),
                roles: vec![Role::Operator],
            };
        }
        mei()
    }

    fn command(&mut self, command: Command) -> Vec<Event> {
        let by = self.somebody();
        self.tell(Happened::Commanded {
            by,
            duty: Duty::default(),
            command,
            reason: None,
        })
    }

    fn look(&mut self, verdict: Verdict, findings: Vec<Finding>) -> Vec<Event> {
        let said = assessment(verdict, findings);
        self.said = Some(said.clone());
        self.tell(Happened::Assessed(said))
    }

    fn choose(&mut self, choice: Choice) -> Vec<Event> {
        if self.state().open_approval().is_none() {
            return Vec::new();
        }
        let press = answer(&self.story, self.somebody(), choice);
        self.tell(press)
    }

    fn end(&mut self, outcome: Outcome) -> Vec<Event> {
        match self.state().running_action() {
            Some(_) => {
                let running = self.state().running_action().unwrap();
                let action = running.action.id.clone();
                self.tell(Happened::ActionEnded { action, outcome })
            }
            None => Vec::new(),
        }
    }

    fn one_instance(&mut self) -> Vec<Event> {
        let Some(running) = self.state().running_action() else {
            return Vec::new();
        };
        let mut rest = running.action.instances.iter();
        let Some(instance) = rest.find(|instance| !running.done.contains_key(*instance)) else {
            return Vec::new();
        };
        let (action, instance) = (running.action.id.clone(), instance.clone());
        self.tell(Happened::InstanceDone { action, instance })
    }

    fn check(&self, events: &[Event]) {
        let state = self.state();
        self.in_one_line();
        if state.ended() || state.watch_over() {
            assert!(state.open_approval().is_none(), "asked after the end");
        }
        if state.watch_over() {
            assert!(self.timers.is_empty(), "still set: {:?}", self.timers);
        }
        if state.rolling_back() {
            assert!(state.open_approval().is_none(), "asked while rolling back");
            let quiet = |event: &Event| {
                !matches!(
                    event,
                    Event::ApprovalAsked { .. } | Event::Promoted { .. } | Event::Paused { .. }
                )
            };
            assert!(events.iter().all(quiet), "while rolling back: {events:?}");
        }
        for event in events {
            match event {
                Event::BakeEnded {
                    known_good: true, ..
                } => assert!(
                    matches!(
                        self.said.as_ref().map(|said| said.verdict),
                        Some(Verdict::Healthy | Verdict::Inconclusive)
                    ),
                    "known good by {:?}",
                    self.said
                ),
                Event::Judged { .. }
                | Event::CauseNamed { .. }
                | Event::RootCauseReported { .. }
                | Event::RootCauseRated { .. }
                | Event::QuestionAnswered { .. }
                | Event::AnswerShared { .. }
                | Event::ShareMade { .. }
                | Event::ShareOpened { .. }
                | Event::ShareRevoked { .. } => {
                    assert_eq!(events.len(), 1, "an opinion moved something");
                }
                Event::Promoted { .. } => assert!(state.everywhere()),
                Event::ApprovalAsked { approval } => {
                    self.every_option_is_granted(&approval.options);
                }
                _ => {}
            }
        }
        let own = &state.plan().deployment;
        let held = self.lane.holder() == Some(own);
        assert_eq!(held, state.holds_lane(), "{:?}", state.status());
        assert_eq!(self.lane.waits(own), state.is_queued());
        if state.is_queued() || state.never_began() {
            assert!(state.actions().next().is_none() && state.history_s().is_none());
            assert!(self.timers.is_empty(), "still set: {:?}", self.timers);
        }
        assert_eq!(held || state.is_queued(), state.can_be_given_up());
        if state.can_be_given_up() {
            let mut given_up = self.clone();
            given_up.command(Command::Abandon);
            assert_eq!(given_up.lane.last(), None);
            assert!(given_up.timers.is_empty(), "{:?}", given_up.timers);
        }
    }

    /// What lists keep of it is what its whole stream comes to, and is read back as it was written.
    fn in_one_line(&self) {
        let line = Summary::of(self.state());
        let folded = State::fold(&self.story.records).unwrap().unwrap();
        assert_eq!(line, Summary::of(&folded));
        // What figures and trends show is what reading all that happened shows.
        assert_eq!(folded.moments, moments_read(&self.story.records));
        let report = Report::of(&self.story.records).unwrap().unwrap();
        let shown: Vec<Level> = report.signals.iter().map(Level::of).collect();
        assert_eq!(line.levels, shown);
        let written = serde_json::to_string(&line).unwrap();
        assert_eq!(serde_json::from_str::<Summary>(&written).unwrap(), line);
    }

    /// What was measured is kept where that is wanted; of some signals there is nothing, or the same name twice.
    fn measures(&mut self, dice: u8) {
        let one = |key: &str, value: Option<f64>| {
            let mut one = crate::testing::measured(key);
            one.measure.after = value;
            one
        };
        let value = f64::from(dice) / 256.0;
        let known = |bit: u8| (dice & bit == 0).then_some(value);
        let mut signals = vec![one("errors", known(1)), one("latency", known(2))];
        if dice & 4 == 0 {
            let mut called = one("errors", Some(2.0 * value));
            called.of_dependency = true;
            signals.push(called);
        }
        if dice & 8 == 0 {
            signals.reverse();
        }
        if !dice.is_multiple_of(5) {
            self.tell(Happened::Measured { signals });
        }
    }

    fn every_option_is_granted(&self, options: &[Choice]) {
        assert!((1..=3).contains(&options.len()), "{options:?}");
        for option in options {
            let mut other = self.clone();
            let events = other.choose(*option);
            let refused = match &events[..] {
                // Others have to say it, too.
                [Event::Refused { refusal, .. }] => !matches!(refusal, Refusal::AlreadyFor { .. }),
                _ => false,
            };
            assert!(!refused, "{option:?} was offered: {events:?}");
        }
    }

    /// Left alone, with nothing to hear and every action done, it comes to rest.
    fn comes_to_rest(mut self) {
        for _ in 0..60 {
            let events = if self.state().running_action().is_some() {
                self.end(Outcome::Done)
            } else if self.timers.is_empty() {
                return;
            } else {
                self.fire()
            };
            self.check(&events);
        }
        panic!("still busy with {:?}", self.timers);
    }
}

#[test]
fn a_way_back_from_a_promoted_release_that_is_stopped_frees_the_lane() {
    let mut world = World::new(plan(Autonomy::Observe));
    world.tell(Happened::BaselineCaptured {
        history_s: 40.0,
        blind: vec![],
    });
    for dice in [130, 0, 229, 206, 70, 172] {
        let events = world.happens(dice);
        world.check(&events);
    }
    assert_eq!(world.state().status(), Status::Promoted);
    assert_eq!(world.lane.holder(), None);
    world.comes_to_rest();
}

fn behind(deployment: &str) -> Behind {
    Behind {
        deployment: DeploymentId::new(deployment).unwrap(),
        version: crate::ids::Version::new("v0").unwrap(),
    }
}

fn some_plan() -> impl Strategy<Value = Plan> {
    let autonomy = prop_oneof![
        Just(Autonomy::Observe),
        Just(Autonomy::Pause),
        Just(Autonomy::Rollback)
    ];
    let people = prop_oneof![3 => Just(1), 1 => Just(2)];
    (autonomy, any::<bool>(), any::<bool>(), people).prop_map(
        |(autonomy, first, single, people)| {
            let mut plan = plan(autonomy);
            plan.policy.resume_by = people;
            plan.policy.promote_by = people;
            if first {
                plan.from = None;
                plan.from_known_good = false;
            }
            if single {
                plan.steps.truncate(1);
                plan.comparison = Comparison::BeforeVsAfter;
            }
            plan
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, rng_seed: RngSeed::Fixed(7), ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_the_lane_can_be_freed_and_nothing_is_asked_or_promoted_in_vain(
        plan in some_plan(),
        waits in prop::bool::weighted(0.3),
        dice in vec(any::<u8>(), 0..LONGEST),
    ) {
        let mut world = if waits { World::waiting(plan) } else { World::new(plan) };
        world.tell(Happened::BaselineCaptured { history_s: 40.0, blind: vec![] });
        for dice in &dice {
            let events = world.happens(*dice);
            world.check(&events);
            world.measures(*dice);
        }
        prop_assert!(world.story.records.len() < 40 + 9 * dice.len());
        world.comes_to_rest();
    }
}
