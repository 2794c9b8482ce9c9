//! What a source has of a service: which metrics, with which labels. Fetched by whoever can fetch; judged here.

use super::reads::{Reads, Wanted};
use super::{ALL, preset};
use crate::signal::PresetName;
use crate::text::Matchers;
use std::collections::{BTreeMap, BTreeSet};

/// The label that holds a metric's name.
const NAME: &str = "__name__";

/// The metrics that are there, each with the label sets that [`Present::query`] asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Present(BTreeMap<String, BTreeSet<BTreeMap<String, String>>>);

impl Present {
    /// What was answered: one set of labels a series, `__name__` included.
    pub fn of<I>(answered: I) -> Self
    where
        I: IntoIterator<Item = BTreeMap<String, String>>,
    {
        let mut present = Self::default();
        for mut labels in answered {
            labels.retain(|_, value| !value.is_empty());
            if let Some(metric) = labels.remove(NAME) {
                present.0.entry(metric).or_default().insert(labels);
            }
        }
        present
    }

    /// One query that asks for all metrics that these presets know, with the labels that matter. Few rows
    /// come back whatever the service's size. With `past` it looks that far back, such as `1h`.
    #[must_use]
    pub fn query(presets: &[PresetName], matchers: &Matchers, past: Option<&str>) -> String {
        let mut names = BTreeSet::new();
        let mut labels = BTreeSet::from([NAME.to_owned()]);
        for wanted in presets.iter().flat_map(|name| wanted(*name)) {
            names.insert(wanted.selector.metric().to_owned());
            labels.extend(
                wanted
                    .selector
                    .matchers()
                    .tests()
                    .map(|(label, ..)| label.to_owned()),
            );
        }
        let names: Vec<String> = names.into_iter().collect();
        let labels: Vec<String> = labels.into_iter().collect();
        let mut inner = format!("__name__=~\"{}\"", names.join("|"));
        if !matchers.is_empty() {
            inner = format!("{inner},{matchers}");
        }
        let series = match past {
            Some(past) => format!("last_over_time({{{inner}}}[{past}])"),
            None => format!("{{{inner}}}"),
        };
        format!("count by ({}) ({series})", labels.join(","))
    }

    /// Whether nothing at all was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether there is such a metric.
    #[must_use]
    pub fn has(&self, metric: &str) -> bool {
        self.0.contains_key(metric)
    }

    /// Presets of which something was found beyond `up`, in their usual order.
    #[must_use]
    pub fn fitting(&self) -> Vec<PresetName> {
        let fits = |name: &PresetName| {
            preset(*name).dialects.iter().any(|dialect| {
                let own = dialect.rows.iter().filter(|row| row.0 != "availability");
                own.into_iter().any(|row| self.offers(row.1))
            })
        };
        ALL.into_iter().filter(fits).collect()
    }

    /// Whether everything is there that this reads.
    pub(crate) fn offers(&self, reads: Reads) -> bool {
        reads.wants().iter().all(|wanted| self.has_series(wanted))
    }

    fn has_series(&self, wanted: &Wanted) -> bool {
        // A native histogram has no `_bucket`; its buckets are made of itself.
        let metric = wanted.selector.metric();
        let series = self.0.get(metric).or_else(|| {
            self.0.get(
                metric
                    .strip_suffix("_bucket")
                    .filter(|_| !wanted.labels_only)?,
            )
        });
        series.is_some_and(|series| {
            series.iter().any(|labels| {
                let mut tests = wanted.selector.matchers().tests();
                tests.all(|(label, operator, value)| match operator {
                    "=" if wanted.labels_only => labels.contains_key(label),
                    "=" => labels.get(label).is_some_and(|has| has == value),
                    "=~" => labels.contains_key(label),
                    "!=" if value.is_empty() => labels.contains_key(label) || wanted.labels_only,
                    _ => true,
                })
            })
        })
    }
}

/// Everything that a preset may read under any name.
fn wanted(name: PresetName) -> impl Iterator<Item = Wanted> {
    let rows = preset(name)
        .dialects
        .iter()
        .flat_map(|dialect| dialect.rows);
    rows.flat_map(|row| row.1.wants())
}
