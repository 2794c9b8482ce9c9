//! What is not counted but looked up at each scrape: how much waits, and since when.

use crate::ops::registry::Meters;
use engine::Engine;
use jiff::Timestamp;
use journal::{Counts, Reader, WorkCounts};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

/// A scrape waits no longer than this for the journal: without it the rest is still worth showing.
const PATIENCE: Duration = Duration::from_secs(3);

#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct State {
    state: &'static str,
}

type Seconds = Gauge<f64, AtomicU64>;

#[derive(Clone, Default)]
pub(super) struct Gauges {
    leader: Gauge,
    journal_up: Gauge,
    open_questions: Gauge,
    outbox: Family<State, Gauge>,
    outbox_oldest: Seconds,
    inbox: Family<State, Gauge>,
    inbox_oldest: Seconds,
    timers: Gauge,
    streams: Gauge,
    events: Gauge,
    evidence: Gauge,
    engine_beat: Seconds,
    watch_beat: Seconds,
}

impl Gauges {
    pub(super) fn register(&self, r: &mut Registry) {
        r.register(
            "leader",
            "Whether this process leads: 1 or 0",
            self.leader.clone(),
        );
        r.register(
            "journal_up",
            "Whether the journal answered this scrape: 1 or 0",
            self.journal_up.clone(),
        );
        r.register(
            "approvals_open",
            "Questions that wait for an answer",
            self.open_questions.clone(),
        );
        r.register(
            "outbox_effects",
            "Effects not yet executed, by state; uncertain ones are pending or claimed too",
            self.outbox.clone(),
        );
        r.register(
            "outbox_oldest_seconds",
            "Age of the oldest effect that is pending or claimed, 0 if there is none",
            self.outbox_oldest.clone(),
        );
        r.register(
            "inbox_inputs",
            "Inputs not yet handled, by state",
            self.inbox.clone(),
        );
        r.register(
            "inbox_oldest_seconds",
            "Age of the oldest input that is pending or claimed, 0 if there is none",
            self.inbox_oldest.clone(),
        );
        r.register("journal_timers", "Timers that are set", self.timers.clone());
        r.register(
            "journal_streams",
            "Streams of the journal",
            self.streams.clone(),
        );
        r.register(
            "journal_events",
            "Events of the journal",
            self.events.clone(),
        );
        r.register("journal_evidence", "Stored evidence", self.evidence.clone());
        r.register(
            "engine_heartbeat_age_seconds",
            "Time since the engine's loop came around",
            self.engine_beat.clone(),
        );
        r.register(
            "watch_heartbeat_age_seconds",
            "Time since the slowest watch ticked, less one interval, 0 if it is on time",
            self.watch_beat.clone(),
        );
    }

    fn take(&self, counts: &Counts, now: Timestamp) {
        let depth = |family: &Family<State, Gauge>, work: &WorkCounts, uncertain: bool| {
            let mut states = vec![
                ("pending", work.pending),
                ("claimed", work.claimed),
                ("quarantined", work.quarantined),
            ];
            if uncertain {
                states.push(("uncertain", work.uncertain));
            }
            for (state, number) in states {
                family.get_or_create(&State { state }).set(whole(number));
            }
        };
        let age = |oldest: Option<Timestamp>| {
            oldest.map_or(0.0, |at| now.duration_since(at).as_secs_f64().max(0.0))
        };
        depth(&self.outbox, &counts.effects, true);
        depth(&self.inbox, &counts.inputs, false);
        self.outbox_oldest.set(age(counts.effects.oldest));
        self.inbox_oldest.set(age(counts.inputs.oldest));
        self.timers.set(whole(counts.timers));
        self.streams.set(whole(counts.streams));
        self.events.set(whole(counts.events));
        self.evidence.set(whole(counts.evidence));
    }
}

fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl Meters {
    /// Looks everything up. Where the journal does not answer, `tawny_journal_up` says so and the last
    /// known numbers stay.
    pub(super) async fn look_up(&self, engine: &Engine, reader: &Reader) {
        let gauges = &self.gauges;
        gauges.leader.set(i64::from(engine.leading()));
        gauges
            .open_questions
            .set(i64::try_from(engine.open_questions()).unwrap_or(i64::MAX));
        let beat = engine.heartbeat();
        gauges
            .engine_beat
            .set(beat.engine.map_or(f64::NAN, |age| age.as_secs_f64()));
        let late = beat
            .slowest_watch
            .map_or(Duration::ZERO, |(age, interval)| {
                age.saturating_sub(interval)
            });
        gauges.watch_beat.set(late.as_secs_f64());
        match tokio::time::timeout(PATIENCE, reader.counts()).await {
            Ok(Ok(counts)) => {
                gauges.journal_up.set(1);
                gauges.take(&counts, Timestamp::now());
            }
            Ok(Err(_)) | Err(_) => {
                gauges.journal_up.set(0);
            }
        }
    }
}
