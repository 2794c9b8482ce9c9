//! What is new since the last look, for many selectors at once.
//!
//! A tick is `parts` (pure: which windows) → `merge` (pure: few queries) → `ask`
//! (HTTP) → `absorb` (pure: what of it is new). Feeds that tick at the same moment
//! may be merged with each other ([`Gathering`]). Only `absorb` changes the feed,
//! so a tick that fails or is dropped half-way is simply made up for by the next.

mod absorb;
mod ask;
mod batch;
mod cursor;
mod gather;
mod merge;
mod native;
mod options;
mod outcome;

pub use gather::Gathering;
pub use options::FeedOptions;
pub use outcome::{FeedTick, Outcome, RawSeries, SelectorSamples, SilentSeries, Window};

use std::collections::BTreeMap;

use super::client::Prometheus;
use super::selector::Selector;
use cursor::Cursor;
use merge::{Bounds, Part, merge};

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
        let bounds = Bounds::of_bytes(self.options.max_query_bytes);
        let batches = merge(&self.selectors, self.parts(now_ms), bounds);
        let asked = ask::ask(prometheus, batches).await;
        let requests = asked.iter().map(|one| one.requests).sum();
        let brought = asked.into_iter().flat_map(ask::Asked::apart).collect();
        self.absorb(now_ms, brought, requests)
    }

    /// The same, in queries shared with the other feeds that fetch there at this moment.
    /// [`FeedTick::requests`] counts each query that brought something of this feed.
    pub async fn fetch_together(&mut self, gathering: &Gathering, now_ms: i64) -> FeedTick {
        let parts = self.parts(now_ms);
        let bytes = self.options.max_query_bytes;
        let (brought, requests) = gathering.ask(&self.selectors, parts, bytes).await;
        self.absorb(now_ms, brought, requests)
    }

    /// What to read in a tick.
    fn parts(&self, now_ms: i64) -> Vec<Part> {
        let parts = self.cursors.iter().enumerate().map(|(index, cursor)| Part {
            index,
            window: cursor.window(now_ms, &self.options),
            // Who waits for samples looks back further; it must not make the others do so.
            waiting: cursor.is_waiting(&self.options),
        });
        parts.collect()
    }
}
