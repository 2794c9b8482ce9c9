//! What only a source knows: under which names its signals are read, which instances and versions there are.

use super::{Signal, Source, Watch, load};
use guard::ids::{InstanceId, SignalKey, Version};
use sources::metrics::{Labels, MetricsError, Problem, QueryValue};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What sources are asked before the signals are known.
#[derive(Clone)]
pub struct Open {
    /// Each asks which series there are now, and which there were lately.
    pub queries: Vec<OpenQuery>,
    /// The signals by the answers, one list of label sets for each query.
    pub settle: Settle,
}

/// From what the sources have to what is read: pure, so the same answers give the same signals. Without an
/// answer the usual names stay.
pub type Settle = Arc<dyn Fn(&[Vec<Labels>]) -> Settled + Send + Sync>;

/// One question about what there is.
#[derive(Clone)]
pub struct OpenQuery {
    /// Of now.
    pub now: String,
    /// Of the last hour: for a service that is down at the moment.
    pub lately: String,
    /// Who is asked, if not the watch's own source.
    pub source: Option<Source>,
    /// What was answered; none until then.
    pub answer: Option<Vec<Labels>>,
}

/// The signals of a watch, once the sources were asked.
#[derive(Clone)]
pub struct Settled {
    /// Those that are read.
    pub signals: Vec<Signal>,
    /// Those that the service does not export.
    pub absent: Vec<SignalKey>,
}

/// What came of asking.
#[derive(Debug, Default)]
pub struct Settling {
    /// Whether the signals may be others than before.
    pub changed: bool,
    /// Sources that did not answer, and are asked again: until then their signals have the usual names.
    pub silent: BTreeMap<String, MetricsError>,
}

impl Watch {
    /// Asks the sources what they had at this time (Unix milliseconds), as far as they have not answered yet, and
    /// chooses the signals by it. Asked again for the same time, the answer is the same. A source that refuses
    /// to tell leaves its signals with their usual names.
    pub async fn settle(&mut self, at_ms: i64) -> Settling {
        let Some(open) = &mut self.open else {
            return Settling::default();
        };
        let mut settling = Settling::default();
        for query in &mut open.queries {
            let source = query.source.as_ref().unwrap_or(&self.source);
            if query.answer.is_some() || settling.silent.contains_key(&source.name) {
                continue;
            }
            let answer = match there(source, &query.now, &query.lately, at_ms).await {
                Ok(answer) => answer,
                Err(error) if refuses(&error) => {
                    tracing::warn!(source = source.name, %error, "a metrics source does not tell which metrics it has");
                    Vec::new()
                }
                Err(error) => {
                    settling.silent.insert(source.name.clone(), error);
                    continue;
                }
            };
            query.answer = Some(answer);
            settling.changed = true;
        }
        if settling.changed {
            self.choose();
        }
        settling
    }

    fn choose(&mut self) {
        let Some(open) = &self.open else { return };
        let answers: Vec<Vec<Labels>> = open
            .queries
            .iter()
            .map(|query| query.answer.clone().unwrap_or_default())
            .collect();
        let whole = open.queries.iter().all(|query| query.answer.is_some());
        let settled = (open.settle)(&answers);
        // The choice names the sources as they were when the watch was configured.
        let before = self.clone();
        self.signals = settled.signals;
        self.absent = settled.absent;
        self.load = load(&self.signals);
        if whole {
            self.open = None;
        }
        self.renew(&before);
    }

    /// The instances that the metrics show at this time (Unix milliseconds), in the order of their names.
    ///
    /// # Errors
    /// The source does not answer.
    pub async fn members_at(&self, at_ms: i64) -> Result<Vec<InstanceId>, MetricsError> {
        let Some(query) = &self.members else {
            return Ok(Vec::new());
        };
        let found = labels(&self.source, query, at_ms).await?;
        let names: BTreeSet<InstanceId> = found
            .iter()
            .filter_map(|labels| self.instance_of(labels, &self.instance_label))
            .collect();
        Ok(names.into_iter().collect())
    }

    /// The versions that the metrics show at this time (Unix milliseconds).
    ///
    /// # Errors
    /// The source does not answer.
    pub async fn versions_at(&self, at_ms: i64) -> Result<BTreeSet<Version>, MetricsError> {
        let Some((label, query)) = &self.versions else {
            return Ok(BTreeSet::new());
        };
        let found = labels(&self.source, query, at_ms).await?;
        let versions = found.iter().filter_map(|labels| labels.get(label));
        Ok(versions
            .filter_map(|text| Version::new(text.clone()).ok())
            .collect())
    }
}

async fn there(
    source: &Source,
    now: &str,
    lately: &str,
    at_ms: i64,
) -> Result<Vec<Labels>, MetricsError> {
    let found = labels(source, now, at_ms).await?;
    if found.is_empty() {
        labels(source, lately, at_ms).await
    } else {
        Ok(found)
    }
}

/// Whether it answers, but not to this.
fn refuses(error: &MetricsError) -> bool {
    matches!(
        *error.problem,
        Problem::Refused { .. } | Problem::TooLarge { .. }
    )
}

/// The label sets of an instant query's answer.
async fn labels(source: &Source, query: &str, at_ms: i64) -> Result<Vec<Labels>, MetricsError> {
    let prometheus = source.gathering.prometheus();
    Ok(match prometheus.instant(query, at_ms).await?.value {
        QueryValue::Vector(series) => series.into_iter().map(|one| one.labels).collect(),
        QueryValue::Matrix(_) | QueryValue::Scalar(_) | QueryValue::String(_) => Vec::new(),
    })
}
