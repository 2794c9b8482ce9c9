//! What is new since the last look, for many selectors at once.
//!
//! A tick is `plan` (pure: which windows, merged into few queries) → `ask`
//! (HTTP) → `absorb` (pure: what of it is new). Only `absorb` changes the feed,
//! so a tick that fails or is dropped half-way is simply made up for by the next.

mod absorb;
mod ask;
mod batch;
mod cursor;
mod merge;
mod native;
mod options;
mod outcome;

pub use options::FeedOptions;
pub use outcome::{FeedTick, Outcome, RawSeries, SelectorSamples, SilentSeries, Window};

use std::collections::BTreeMap;

use super::client::Prometheus;
use super::selector::Selector;
use batch::Batch;
use cursor::Cursor;
use merge::Part;

/// Follows a list of selectors through time.
#[derive(Debug, Clone)]
pub struct SampleFeed {
    options: FeedOptions,
    selectors: Vec<Selector>,
    cursors: Vec<Cursor>,
}

impl SampleFeed {
    /// A feed of everything newer than `since_ms` (Unix milliseconds), one entry
    /// per selector, in their order. Start it an hour back to get a baseline first.
    #[must_use]
    pub fn new(selectors: Vec<Selector>, since_ms: i64, options: FeedOptions) -> Self {
        let cursors = selectors.iter().map(|_| Cursor::new(since_ms)).collect();
        Self {
            options,
            selectors,
            cursors,
        }
    }

    /// The selectors, in the order of the answers.
    #[must_use]
    pub fn selectors(&self) -> &[Selector] {
        &self.selectors
    }

    /// Follows `selectors` from now on, in their order. Those followed already go on
    /// where they are; new ones begin after `since_ms` (Unix milliseconds).
    pub fn set_selectors(&mut self, selectors: Vec<Selector>, since_ms: i64) {
        let mut known: BTreeMap<Selector, Vec<Cursor>> = BTreeMap::new();
        // Reversed, so that of equal selectors the first is popped first.
        for (selector, cursor) in self.selectors.drain(..).zip(self.cursors.drain(..)).rev() {
            known.entry(selector).or_default().push(cursor);
        }
        let mut cursor = |selector| known.get_mut(selector).and_then(Vec::pop);
        self.cursors = selectors
            .iter()
            .map(|selector| cursor(selector).unwrap_or_else(|| Cursor::new(since_ms)))
            .collect();
        self.selectors = selectors;
    }

    /// Fetches all samples up to `now_ms` (Unix milliseconds) that were not
    /// handed out before. A tick reads at most [`FeedOptions::max_window`]; after
    /// an outage or at the start, call again while [`FeedTick::caught_up`] is false.
    ///
    /// Never fails as a whole: a selector whose query failed says so in its
    /// [`Outcome`], loses nothing, and is read from the same place next time.
    /// Dropping the future is safe as well.
    pub async fn fetch(&mut self, prometheus: &Prometheus, now_ms: i64) -> FeedTick {
        let asked = ask::ask(prometheus, self.plan(now_ms)).await;
        self.absorb(now_ms, asked)
    }

    /// The queries of a tick.
    fn plan(&self, now_ms: i64) -> Vec<Batch> {
        let parts = (0..self.selectors.len()).map(|index| Part {
            index,
            window: self.cursors[index].window(now_ms, &self.options),
            // Who waits for samples looks back further; it must not make the others do so.
            waiting: self.cursors[index].is_waiting(&self.options),
        });
        merge::merge(
            &self.selectors,
            parts.collect(),
            self.options.max_query_bytes,
        )
    }
}
