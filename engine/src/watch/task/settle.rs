//! What a watch reads and compares, where that is known to the sources alone.

use super::{SILENT_LOOKS, Task};
use crate::watch::fetch::Heard;
use crate::watch::roles::{Roles, roles};
use guard::state::State;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;

impl Task<'_> {
    /// The signals are chosen by what the sources had when the deployment was asked for: a watch that is taken
    /// up again comes to the same ones. Gives the sources that did not answer, with the reason.
    pub(super) async fn settle(&mut self, state: &State) -> BTreeMap<String, String> {
        let at_ms = state.requested_at().as_millisecond();
        let settling = self.service.watch.settle(at_ms).await;
        if settling.changed {
            let roles = self.roles(state, self.engine.clock.now());
            self.begin_anew(state, &roles, &BTreeSet::new());
        }
        if settling.silent.is_empty() {
            self.nameless_looks = 0;
        } else {
            self.nameless_looks = self.nameless_looks.saturating_add(1);
        }
        let silent = settling.silent.into_iter();
        silent
            .map(|(source, error)| (source, error.to_string()))
            .collect()
    }

    /// Whether a source has yet to say under which names it is read. One that never does, though it answers all
    /// else, is read under the usual ones.
    pub(super) fn waits_for_names(&self) -> bool {
        (1..SILENT_LOOKS).contains(&self.nameless_looks)
    }

    /// Where a source did not say what it has, that there is nothing under the usual names says nothing.
    pub(super) fn without_names(&self, heard: &mut Heard, silent: BTreeMap<String, String>) {
        let watch = &self.service.watch;
        for signal in &watch.signals {
            if silent.contains_key(&watch.source_of(signal).name)
                && heard.missing.remove(signal.key.as_str())
            {
                heard.failed.insert(signal.key.to_string());
            }
        }
        for (source, error) in silent {
            if !heard.answered.contains(&source) {
                heard.silent.entry(source).or_insert(error);
            }
        }
    }

    pub(super) fn roles(&self, state: &State, now: Timestamp) -> Roles {
        if self.service.watch.members.is_some() {
            self.seen.roles(state, now, self.service.watch.interval)
        } else {
            roles(state)
        }
    }

    /// Notes which instances there are, where they are known to the metrics alone.
    pub(super) fn see(&mut self, heard: &Heard) {
        if self.service.watch.members.is_some() {
            self.seen.take(&heard.series);
        }
    }

    /// A source that was configured anew is asked as it is configured now; what is measured stays what it was.
    pub(super) fn renew_source(&mut self) {
        let generation = self.engine.generation.load(Ordering::Acquire);
        if generation == self.generation {
            return;
        }
        self.generation = generation;
        let (name, environment) = (&self.service.name, &self.service.environment);
        if let Ok(now) = self.engine.service(name, environment) {
            self.service.watch.renew(&now.watch);
            self.fetcher.renew(&self.service.watch);
        }
    }
}
