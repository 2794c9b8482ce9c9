//! What the engine counts, for the metrics page of whoever runs it.
//!
//! No label names a deployment, a signal or an instance: their number has no bound.

use guard::approval::Choice;
use guard::verdict::Verdict;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use std::hash::Hash;
use std::time::Duration;

mod events;

/// Upper bounds in seconds of what a tick takes and how late it begins.
const TICK: [f64; 11] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0,
];
/// Upper bounds in seconds of what a release waits for: from a scrape to a working hour.
const STORY: [f64; 13] = [
    1.0, 2.5, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1200.0, 1800.0, 3600.0,
];

/// Labels of one word.
macro_rules! labels {
    ($($name:ident { $($field:ident : $type:ty),+ })+) => {$(
        #[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
        struct $name { $($field: $type),+ }
    )+};
}

labels! {
    Outcome { outcome: &'static str }
    SourceOutcome { source: String, outcome: &'static str }
    KindOutcome { kind: String, outcome: &'static str }
    ActionOutcome { action: &'static str, outcome: &'static str }
    Action { action: &'static str }
    Tiers { tier: u8 }
    Verdicts { verdict: &'static str }
    Choices { choice: &'static str }
    By { by: &'static str }
}

type Histograms<L> = Family<L, Histogram, fn() -> Histogram>;

/// The engine's instruments. Clones share them.
#[derive(Clone, Debug)]
pub struct Meters {
    watches: Gauge,
    ticks: Family<Outcome, Counter>,
    tick_lag: Histogram,
    tick_seconds: Histogram,
    inputs: Family<SourceOutcome, Counter>,
    effects: Family<KindOutcome, Counter>,
    lease_losses: Counter,
    lease_acquisitions: Counter,
    turns_failed: Counter,
    deployments: Family<Outcome, Counter>,
    findings: Counter,
    verdicts: Family<Verdicts, Counter>,
    decisions: Family<Tiers, Counter>,
    actions: Family<ActionOutcome, Counter>,
    action_seconds: Histograms<Action>,
    asked: Counter,
    answered: Family<Choices, Counter>,
    expired: Counter,
    withdrawn: Counter,
    refused: Counter,
    metrics_lost: Counter,
    cures: Family<Outcome, Counter>,
    detect: Histogram,
    decide: Histograms<By>,
    recover: Histogram,
}

fn story() -> Histogram {
    Histogram::new(STORY)
}

/// A family whose labels are all there from the start: what begins at its first event hides that event
/// from a rate.
fn all<L: Clone + Eq + Hash>(labels: impl IntoIterator<Item = L>) -> Family<L, Counter> {
    let family = Family::default();
    for label in labels {
        drop(family.get_or_create(&label));
    }
    family
}

impl Default for Meters {
    fn default() -> Self {
        let outcomes =
            |words: &[&'static str]| all(words.iter().map(|&outcome| Outcome { outcome }));
        let verdicts = [
            Verdict::Healthy,
            Verdict::Degraded,
            Verdict::Inconclusive,
            Verdict::Unmeasured,
        ];
        let choices = [
            Choice::Rollback,
            Choice::Resume,
            Choice::Hold,
            Choice::Promote,
            Choice::Abandon,
            Choice::Pause,
        ];
        let pairs = events::ACTIONS.iter().flat_map(|&action| {
            let pair = move |&outcome: &&'static str| ActionOutcome { action, outcome };
            events::ACTION_OUTCOMES.iter().map(pair)
        });
        let action_seconds = Histograms::new_with_constructor(story as fn() -> Histogram);
        for &action in &events::ACTIONS {
            drop(action_seconds.get_or_create(&Action { action }));
        }
        let decide = Histograms::new_with_constructor(story as fn() -> Histogram);
        for by in ["policy", "person"] {
            drop(decide.get_or_create(&By { by }));
        }
        Self {
            watches: Gauge::default(),
            ticks: outcomes(&["answered", "silent", "failed"]),
            tick_lag: Histogram::new(TICK),
            tick_seconds: Histogram::new(TICK),
            inputs: Family::default(),
            effects: Family::default(),
            lease_losses: Counter::default(),
            lease_acquisitions: Counter::default(),
            turns_failed: Counter::default(),
            deployments: outcomes(&events::DEPLOYMENTS),
            findings: Counter::default(),
            verdicts: all(verdicts.map(|verdict| Verdicts {
                verdict: events::word(verdict),
            })),
            decisions: all((1..=3).map(|tier| Tiers { tier })),
            actions: all(pairs),
            action_seconds,
            asked: Counter::default(),
            answered: all(choices.map(|choice| Choices {
                choice: choice.as_str(),
            })),
            expired: Counter::default(),
            withdrawn: Counter::default(),
            refused: Counter::default(),
            metrics_lost: Counter::default(),
            cures: outcomes(&["confirmed", "failed"]),
            detect: story(),
            decide,
            recover: story(),
        }
    }
}

/// How a tick of a watch went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ticked {
    /// The source answered.
    Answered,
    /// It did not.
    Silent,
    /// Something of ours failed.
    Failed,
}

impl Meters {
    /// Shows them on the page of `registry`.
    pub fn register(&self, registry: &mut Registry) {
        let r = registry;
        let mut put = Putter(r);
        put.metric("watches", "Watches that this process keeps", &self.watches);
        put.metric(
            "ticks",
            "Looks of watches at their source, by outcome",
            &self.ticks,
        );
        put.metric("tick_lag_seconds", "How late ticks began", &self.tick_lag);
        put.metric(
            "tick_seconds",
            "Time of a tick: fetch, judge, and write if anything changed",
            &self.tick_seconds,
        );
        put.metric(
            "inbox_handled",
            "Inputs taken from the inbox, by source and outcome",
            &self.inputs,
        );
        put.metric(
            "outbox_attempts",
            "Tries of effects, by kind and outcome",
            &self.effects,
        );
        put.metric(
            "lease_losses",
            "How often the engine's lease was lost while this process held it",
            &self.lease_losses,
        );
        put.metric(
            "lease_acquisitions",
            "How often this process began to lead",
            &self.lease_acquisitions,
        );
        put.metric(
            "engine_failed_turns",
            "Turns of the engine that ended with an error",
            &self.turns_failed,
        );
        put.metric(
            "deployments",
            "Deployments by what they came to; begun counts each of them",
            &self.deployments,
        );
        put.metric("findings", "Signals found to have moved", &self.findings);
        put.metric(
            "verdicts",
            "Changes of verdicts, by the new verdict",
            &self.verdicts,
        );
        put.metric(
            "decisions",
            "Decisions of the tier policy, by the tier carried out",
            &self.decisions,
        );
        put.metric(
            "actions",
            "Actions on platforms, by outcome; requested counts each of them",
            &self.actions,
        );
        put.metric(
            "action_seconds",
            "Time from the request of an action until it was executed",
            &self.action_seconds,
        );
        put.metric("approvals_asked", "Questions asked", &self.asked);
        put.metric(
            "approvals_answered",
            "Questions that people answered, by choice",
            &self.answered,
        );
        put.metric(
            "approvals_expired",
            "Questions that nobody answered in time",
            &self.expired,
        );
        put.metric(
            "approvals_withdrawn",
            "Questions that the state overtook",
            &self.withdrawn,
        );
        put.metric(
            "approvals_refused",
            "Answers and commands that were refused",
            &self.refused,
        );
        put.metric(
            "metrics_lost",
            "How often the metrics of a watch went silent",
            &self.metrics_lost,
        );
        put.metric(
            "cures",
            "Rollbacks after which the signals came back, or did not",
            &self.cures,
        );
        put.metric(
            "time_to_detect_seconds",
            "Time from the estimated onset to the finding",
            &self.detect,
        );
        put.metric("time_to_decide_seconds", "Time from the finding to the decision of the policy, or from the question to a person's answer", &self.decide);
        put.metric(
            "time_to_recover_seconds",
            "Time from the earliest onset to the confirmed cure",
            &self.recover,
        );
    }

    pub(crate) fn watching(&self, watches: usize) {
        self.watches.set(i64::try_from(watches).unwrap_or(i64::MAX));
    }

    pub(crate) fn ticked(&self, how: Ticked, lag: Duration, took: Duration) {
        let outcome = match how {
            Ticked::Answered => "answered",
            Ticked::Silent => "silent",
            Ticked::Failed => "failed",
        };
        self.ticks.get_or_create(&Outcome { outcome }).inc();
        self.tick_lag.observe(lag.as_secs_f64());
        self.tick_seconds.observe(took.as_secs_f64());
    }

    /// An input was taken in, or was not and comes again.
    pub(crate) fn input(&self, source: &str, handled: bool) {
        let labels = SourceOutcome {
            source: source.to_owned(),
            outcome: if handled { "handled" } else { "failed" },
        };
        self.inputs.get_or_create(&labels).inc();
    }

    /// An effect was tried.
    pub(crate) fn effect(&self, kind: &str, outcome: &'static str) {
        let labels = KindOutcome {
            kind: kind.to_owned(),
            outcome,
        };
        self.effects.get_or_create(&labels).inc();
    }

    /// The kinds of effects there can be: shown from the start.
    pub(crate) fn expect_effects(&self, kinds: &[String]) {
        for kind in kinds {
            for outcome in ["done", "failed", "dropped"] {
                let kind = kind.clone();
                drop(self.effects.get_or_create(&KindOutcome { kind, outcome }));
            }
        }
    }

    pub(crate) fn led(&self) {
        self.lease_acquisitions.inc();
    }

    pub(crate) fn lost_the_lease(&self) {
        self.lease_losses.inc();
    }

    pub(crate) fn turn_failed(&self) {
        self.turns_failed.inc();
    }
}

struct Putter<'a>(&'a mut Registry);

impl Putter<'_> {
    fn metric<M>(&mut self, name: &str, help: &str, metric: &M)
    where
        M: prometheus_client::registry::Metric + Clone,
    {
        self.0.register(name, help, metric.clone());
    }
}
