//! How a feed reads.

use std::time::Duration;

use crate::metrics::native::NativeBounds;

/// How a feed reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedOptions {
    /// How far before the newest sample a tick reads again. Must exceed the time
    /// by which the series of one selector trail each other: a sample has the
    /// time its scrape began and shows up when it ended.
    pub overlap: Duration,
    /// How late samples may show up at all, clock difference to the server
    /// included. A selector without fresh samples is read this far back.
    pub patience: Duration,
    /// Most time read in one tick.
    pub max_window: Duration,
    /// Longest merged query, in bytes.
    pub max_query_bytes: usize,
    /// Bounds at which native histograms are handed out as buckets; without it,
    /// those that fit the metric's name ([`NativeBounds::of_metric`]).
    pub native_bounds: Option<NativeBounds>,
    /// When a silent series is forgotten.
    pub forget_after: Duration,
}

impl FeedOptions {
    /// Options for targets scraped every `interval`. A scrape may last as long as
    /// the interval, so the overlap is a little more than that.
    #[must_use]
    pub fn for_scrape_interval(interval: Duration) -> Self {
        Self {
            overlap: interval + Duration::from_secs(2),
            patience: Duration::from_secs(60).max(interval * 3),
            max_window: Duration::from_secs(15 * 60),
            max_query_bytes: 16 * 1024,
            native_bounds: None,
            forget_after: Duration::from_secs(60 * 60),
        }
    }
}
