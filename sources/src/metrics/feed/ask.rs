//! Sends the queries of a tick, and smaller ones where a server will not have the large.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::{BoxFuture, FutureExt, join_all};

use super::batch::Batch;
use super::outcome::Window;
use crate::metrics::client::Prometheus;
use crate::metrics::envelope::Answer;
use crate::metrics::error::{MetricsError, Problem};
use crate::metrics::value::{Labels, Series};

/// A query and what came of it.
pub(super) struct Asked {
    pub(super) batch: Batch,
    pub(super) answer: Result<Answer<Vec<Series>>, Arc<MetricsError>>,
    /// HTTP queries it took.
    pub(super) requests: usize,
}

/// What came for one selector.
pub(super) struct Brought {
    pub(super) index: usize,
    pub(super) window: Window,
    pub(super) answer: Result<Answer<Vec<Series>>, Arc<MetricsError>>,
}

impl Asked {
    /// The answer by selector.
    pub(super) fn apart(self) -> Vec<Brought> {
        let members = self.batch.members.iter().map(|m| (m.index, m.window));
        match self.answer {
            Err(error) => members
                .map(|(index, window)| Brought {
                    index,
                    window,
                    answer: Err(Arc::clone(&error)),
                })
                .collect(),
            Ok(Answer {
                value,
                warnings,
                infos,
            }) => members
                .zip(self.batch.taken_apart(value))
                .map(|((index, window), value)| Brought {
                    index,
                    window,
                    answer: Ok(Answer {
                        value,
                        warnings: warnings.clone(),
                        infos: infos.clone(),
                    }),
                })
                .collect(),
        }
    }
}

/// Asks everything at once; the client bounds how much is under way.
pub(super) async fn ask(prometheus: &Prometheus, batches: Vec<Batch>) -> Vec<Asked> {
    let asked = join_all(batches.into_iter().map(|batch| one(prometheus, batch))).await;
    asked.into_iter().flatten().collect()
}

/// Asks one batch. A refusal is split by selectors, so that one that cannot be
/// answered does not take the others with it; too large an answer by selectors
/// and then by time.
pub(super) fn one(prometheus: &Prometheus, batch: Batch) -> BoxFuture<'_, Vec<Asked>> {
    async move {
        // The window's start is excluded, the fetch includes both ends.
        let from_ms = batch.window.from_ms + 1;
        let to_ms = batch.window.to_ms;
        if to_ms < from_ms {
            let answer = Ok(nothing());
            return vec![Asked {
                batch,
                answer,
                requests: 0,
            }];
        }
        let error = match prometheus.raw(&batch.selector(), from_ms, to_ms).await {
            Ok(answer) => {
                let answer = Ok(answer);
                return vec![Asked {
                    batch,
                    answer,
                    requests: 1,
                }];
            }
            Err(error) => error,
        };
        if is_refused(&error.problem)
            && let Some((left, right)) = batch.halves()
        {
            let mut asked = one(prometheus, left).await;
            asked.extend(one(prometheus, right).await);
            count_one_more(&mut asked);
            return asked;
        }
        if is_too_much(&error.problem)
            && let Some((earlier, later)) = batch.earlier_and_later()
        {
            let first = one(prometheus, earlier).await;
            let second = one(prometheus, later).await;
            return vec![joined(batch, first, second)];
        }
        let answer = Err(Arc::new(error));
        vec![Asked {
            batch,
            answer,
            requests: 1,
        }]
    }
    .boxed()
}

fn is_refused(problem: &Problem) -> bool {
    matches!(problem, Problem::Refused { .. } | Problem::TooLarge { .. })
}

fn is_too_much(problem: &Problem) -> bool {
    match problem {
        Problem::TooLarge { .. } => true,
        // "query processing would load too many samples"; VictoriaMetrics says 422.
        Problem::Refused { error_type, .. } => error_type == "execution" || error_type == "422",
        _ => false,
    }
}

fn count_one_more(asked: &mut [Asked]) {
    if let Some(first) = asked.first_mut() {
        first.requests += 1;
    }
}

/// Two halves of the time as one answer; if a half failed, all of it did.
fn joined(batch: Batch, first: Vec<Asked>, second: Vec<Asked>) -> Asked {
    let mut requests = 1;
    let mut all = nothing();
    let mut by_labels: BTreeMap<Labels, Series> = BTreeMap::new();
    let mut failure = None;
    for part in first.into_iter().chain(second) {
        requests += part.requests;
        match part.answer {
            Ok(answer) => {
                for series in answer.value {
                    append(&mut by_labels, series);
                }
                all.warnings.extend(answer.warnings);
                all.infos.extend(answer.infos);
            }
            Err(error) => failure = failure.or(Some(error)),
        }
    }
    all.value = by_labels.into_values().collect();
    let answer = failure.map_or(Ok(all), Err);
    Asked {
        batch,
        answer,
        requests,
    }
}

fn append(by_labels: &mut BTreeMap<Labels, Series>, later: Series) {
    match by_labels.get_mut(&later.labels) {
        Some(known) => {
            known.samples.extend(later.samples);
            known.histograms.extend(later.histograms);
        }
        None => {
            by_labels.insert(later.labels.clone(), later);
        }
    }
}

fn nothing() -> Answer<Vec<Series>> {
    Answer {
        value: Vec::new(),
        warnings: Vec::new(),
        infos: Vec::new(),
    }
}
