//! Takes answers apart by selector and finds what is new in them.

use super::SampleFeed;
use super::ask::Brought;
use super::outcome::{FeedTick, Outcome, SelectorSamples, Window};
use crate::metrics::envelope::Answer;
use crate::metrics::value::Series;

impl SampleFeed {
    pub(super) fn absorb(
        &mut self,
        now_ms: i64,
        brought: Vec<Brought>,
        requests: usize,
    ) -> FeedTick {
        let mut found: Vec<Option<SelectorSamples>> = vec![None; self.selectors.len()];
        for Brought {
            index,
            window,
            answer,
        } in brought
        {
            found[index] = Some(match answer {
                Ok(answer) => self.answered(index, window, answer),
                Err(error) => self.entry(index, window, Outcome::Failed(error)),
            });
        }
        let caught_up = self
            .cursors
            .iter()
            .zip(&found)
            .all(|(cursor, samples)| cursor.covers(now_ms) || has_failed(samples.as_ref()));
        FeedTick {
            now_ms,
            selectors: found.into_iter().flatten().collect(),
            requests,
            caught_up,
        }
    }

    fn answered(
        &mut self,
        index: usize,
        window: Window,
        answer: Answer<Vec<Series>>,
    ) -> SelectorSamples {
        let cursor = &mut self.cursors[index];
        let partial = !answer.warnings.is_empty();
        let series = cursor.absorb(window, answer.value, partial, &self.options);
        let silent = cursor.silent(&series);
        let outcome = if !series.is_empty() {
            Outcome::Fresh
        } else if !silent.is_empty() {
            Outcome::NothingNew
        } else {
            Outcome::NoSeries
        };
        SelectorSamples {
            series,
            silent,
            warnings: answer.warnings,
            infos: answer.infos,
            ..self.entry(index, window, outcome)
        }
    }

    fn entry(&self, index: usize, window: Window, outcome: Outcome) -> SelectorSamples {
        SelectorSamples {
            selector: self.selectors[index].clone(),
            window,
            outcome,
            series: Vec::new(),
            silent: Vec::new(),
            warnings: Vec::new(),
            infos: Vec::new(),
        }
    }
}

fn has_failed(samples: Option<&SelectorSamples>) -> bool {
    samples.is_some_and(|s| matches!(s.outcome, Outcome::Failed(_)))
}
