//! What a tick brings, with "no data" told apart by its reason.

use std::sync::Arc;

use crate::metrics::error::MetricsError;
use crate::metrics::selector::Selector;
use crate::metrics::value::{Labels, NativeHistogram, Sample};

/// Result of one [`SampleFeed::fetch`](super::SampleFeed::fetch).
#[derive(Debug, Clone, PartialEq)]
pub struct FeedTick {
    /// Time the tick was made for, Unix milliseconds.
    pub now_ms: i64,
    /// One entry per selector of the feed, in its order.
    pub selectors: Vec<SelectorSamples>,
    /// HTTP queries sent, retries not counted.
    pub requests: usize,
    /// Whether every selector that answered was read up to `now_ms`.
    pub caught_up: bool,
}

/// What one selector brought.
#[derive(Debug, Clone, PartialEq)]
pub struct SelectorSamples {
    /// The selector.
    pub selector: Selector,
    /// The time that was read, overlap included.
    pub window: Window,
    /// What came, or why nothing did.
    pub outcome: Outcome,
    /// The series with something new.
    pub series: Vec<RawSeries>,
    /// Series seen before that brought nothing new: between two scrapes, gone
    /// stale, or gone for good. `last_ms` tells which.
    pub silent: Vec<SilentSeries>,
    /// Why the answer may be incomplete. The last minute is then read again by
    /// the next tick, so that what was held back is not lost.
    pub warnings: Vec<String>,
    /// Remarks that do not concern completeness.
    pub infos: Vec<String>,
}

/// What came of a selector. No variant is a zero.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// At least one new sample.
    Fresh,
    /// Nothing new, of series that are known.
    NothingNew,
    /// No series at all: never there, or gone for [`FeedOptions::forget_after`](super::FeedOptions::forget_after).
    NoSeries,
    /// The query failed; nothing is known about this time.
    Failed(Arc<MetricsError>),
}

impl SelectorSamples {
    /// Whether the server said that parts may be missing.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        !self.warnings.is_empty()
    }
}

/// Time after `from_ms`, up to and with `to_ms`, in Unix milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Excluded.
    pub from_ms: i64,
    /// Included.
    pub to_ms: i64,
}

impl Window {
    pub(super) fn holds(self, at_ms: i64) -> bool {
        self.from_ms < at_ms && at_ms <= self.to_ms
    }

    pub(super) fn length_ms(self) -> i64 {
        self.to_ms.saturating_sub(self.from_ms)
    }
}

/// New samples of one series. Counter resets are left in.
///
/// A series of native histograms is followed by series of its buckets, as a
/// classic histogram would have them: the name with `_bucket`, the label `le`,
/// cumulative counts. Their bounds never change, so that each is a counter.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RawSeries {
    /// Labels, `__name__` included.
    pub labels: Labels,
    /// Newer than everything handed out of this series before, in order of time.
    /// A gap (no scrape) is a gap between times; `NaN` is kept.
    pub samples: Vec<Sample>,
    /// Older than something handed out before, but new: a slow store or late
    /// delivery. In order of time.
    pub late: Vec<Sample>,
    /// New native histograms in order of time, late ones among them.
    pub histograms: Vec<(i64, NativeHistogram)>,
}

impl RawSeries {
    /// How many of the samples and late samples are `NaN`, which is neither zero nor absence.
    #[must_use]
    pub fn nan_count(&self) -> usize {
        let all = self.samples.iter().chain(&self.late);
        all.filter(|s| s.1.is_nan()).count()
    }
}

/// A known series without anything new.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SilentSeries {
    /// Labels, `__name__` included.
    pub labels: Labels,
    /// Time of its newest sample, Unix milliseconds.
    pub last_ms: i64,
}
