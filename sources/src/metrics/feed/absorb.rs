//! Takes answers apart by selector and finds what is new in them.

use super::SampleFeed;
use super::ask::Asked;
use super::batch::Member;
use super::outcome::{FeedTick, Outcome, SelectorSamples};
use crate::metrics::envelope::Answer;
use crate::metrics::value::Series;

impl SampleFeed {
    pub(super) fn absorb(&mut self, now_ms: i64, asked: Vec<Asked>) -> FeedTick {
        let mut found: Vec<Option<SelectorSamples>> = vec![None; self.selectors.len()];
        let mut requests = 0;
        for one in asked {
            requests += one.requests;
            let members = &one.batch.members;
            match one.answer {
                Ok(answer) => {
                    let apart = one.batch.taken_apart(&answer.value);
                    let remarks = answer.map(|_| ());
                    for (member, own) in members.iter().zip(apart) {
                        found[member.index] = Some(self.answered(member, own, &remarks));
                    }
                }
                Err(error) => {
                    for member in members {
                        let failed = Outcome::Failed(error.clone());
                        found[member.index] = Some(self.entry(member, failed));
                    }
                }
            }
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
        member: &Member,
        own: Vec<Series>,
        remarks: &Answer<()>,
    ) -> SelectorSamples {
        let cursor = &mut self.cursors[member.index];
        let partial = !remarks.warnings.is_empty();
        let series = cursor.absorb(member.window, own, partial, &self.options);
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
            warnings: remarks.warnings.clone(),
            infos: remarks.infos.clone(),
            ..self.entry(member, outcome)
        }
    }

    fn entry(&self, member: &Member, outcome: Outcome) -> SelectorSamples {
        SelectorSamples {
            selector: self.selectors[member.index].clone(),
            window: member.window,
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
