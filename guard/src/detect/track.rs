//! What is remembered of one signal of one instance.

use serde::{Deserialize, Serialize};

use super::cells::Ring;
use super::spec::SignalKind;

/// Slots of recent samples, at the scrape interval.
const FINE: usize = 128;
/// Slots of at least `COARSE_S` seconds, for the long windows.
const COARSE: usize = 96;
/// Seconds of a coarse slot.
const COARSE_S: f64 = 15.0;
/// Seconds of history before the deployment that the baseline is learned from.
const HISTORY_S: f64 = 3600.0;
/// Seconds of a history slot: histograms are wide, so theirs are longer.
const HISTORY_SLOT_S: f64 = 5.0;
const HISTORY_SLOT_WIDE_S: f64 = 10.0;
/// Channel of the weight: seconds covered, or samples.
pub(crate) const WEIGHT: usize = 0;
/// First channel of content.
pub(crate) const FIRST: usize = 1;
/// Channel of bad events of a ratio.
pub(crate) const BAD: usize = 2;
/// Channel of good events of a ratio.
pub(crate) const GOOD: usize = 3;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Track {
    pub(crate) last_t: Option<f64>,
    pub(crate) nan: bool,
    /// Sums of the first channels since the deployment, which the rings forget.
    #[serde(default)]
    pub(crate) seen: [f64; GOOD + 1],
    coarsened: usize,
    pub(crate) history: Ring,
    pub(crate) fine: Ring,
    pub(crate) coarse: Ring,
}

pub(crate) fn steps(seconds: f64, interval_s: f64) -> i64 {
    ((seconds / interval_s).ceil() as i64).max(1)
}

pub(crate) fn width_of(kind: SignalKind, buckets: usize) -> usize {
    match kind {
        SignalKind::Ratio => 4,
        SignalKind::Histogram => 1 + buckets,
        SignalKind::Rate
        | SignalKind::Gauge
        | SignalKind::Throughput
        | SignalKind::Availability => 2,
    }
}

pub(crate) fn coarse_step(interval_s: f64) -> i64 {
    steps(COARSE_S, interval_s)
}

pub(crate) fn history_step(kind: SignalKind, interval_s: f64) -> i64 {
    let wide = kind == SignalKind::Histogram;
    steps(
        if wide {
            HISTORY_SLOT_WIDE_S
        } else {
            HISTORY_SLOT_S
        },
        interval_s,
    )
}

impl Track {
    pub(crate) fn new(kind: SignalKind, buckets: usize, interval_s: f64) -> Self {
        let width = width_of(kind, buckets);
        let step = history_step(kind, interval_s);
        let slots = ((HISTORY_S / interval_s) as usize / step as usize).max(1);
        Self {
            last_t: None,
            nan: false,
            seen: [0.0; GOOD + 1],
            coarsened: 0,
            history: Ring::new(width, slots, step),
            fine: Ring::new(width, FINE, 1),
            coarse: Ring::new(width, COARSE, coarse_step(interval_s)),
        }
    }

    pub(crate) fn add(&mut self, cell: i64, channel: usize, value: f64) {
        if cell <= 0 {
            self.history.add(cell, channel, value);
        } else {
            self.fine.add(cell, channel, value);
            self.coarse.add(cell, channel, value);
        }
    }

    /// Counts what the rings forget.
    pub(crate) fn count(&mut self, cell: i64, channel: usize, amount: f64) {
        if let Some(sum) = self.seen.get_mut(channel).filter(|_| cell > 0) {
            *sum += amount;
        }
    }

    /// Halves the resolution of the history until it was halved `level` times.
    pub(crate) fn coarsen_history(&mut self, level: usize) {
        while self.coarsened < level {
            self.history.halve();
            self.coarsened += 1;
        }
    }

    /// Makes room for a bucket that was declared late.
    pub(crate) fn widen(&mut self, width: usize) {
        for ring in [&mut self.history, &mut self.fine, &mut self.coarse] {
            ring.widen(width);
        }
    }

    pub(crate) fn bytes(&self) -> usize {
        self.history.bytes() + self.fine.bytes() + self.coarse.bytes()
    }
}

/// Longest window of the fine ring, in cells.
pub(crate) const FINE_CELLS: i64 = FINE as i64 - 2;
/// Longest window of the coarse ring, in slots.
pub(crate) const COARSE_SLOTS: i64 = COARSE as i64 - 2;
