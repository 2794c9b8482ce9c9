//! A series of native histograms as the series of buckets it would be otherwise.

use super::options::FeedOptions;
use super::outcome::RawSeries;
use crate::metrics::native::{BucketSamples, NativeBounds, buckets_after, le_label};
use crate::metrics::selector::NAME;
use crate::metrics::value::{Labels, NativeHistogram};

/// The buckets of new `histograms`. `last_ms` is the newest handed out before, and
/// `last` holds its counts.
pub(super) fn buckets(
    labels: &Labels,
    histograms: &[(i64, NativeHistogram)],
    last_ms: i64,
    last: &mut Vec<f64>,
    options: &FeedOptions,
) -> Vec<RawSeries> {
    if histograms.is_empty() {
        return Vec::new();
    }
    let name = labels.get(NAME).map_or("", String::as_str);
    let bounds = options
        .native_bounds
        .unwrap_or_else(|| NativeBounds::of_metric(name));
    let bounds = bounds.bounds();
    // In order of time; what is late says nothing about what came after it.
    let (late, new) = histograms.split_at(histograms.partition_point(|h| h.0 <= last_ms));
    let late = buckets_after(late, &bounds, &mut Vec::new());
    let new = buckets_after(new, &bounds, last);
    let pairs = new.into_iter().zip(late);
    pairs.map(|(new, late)| series(labels, new, late)).collect()
}

fn series(labels: &Labels, new: BucketSamples, late: BucketSamples) -> RawSeries {
    let mut labels = labels.clone();
    if let Some(name) = labels.get_mut(NAME) {
        name.push_str("_bucket");
    }
    labels.insert("le".to_owned(), le_label(new.le));
    RawSeries {
        labels,
        samples: new.samples,
        late: late.samples,
        histograms: Vec::new(),
    }
}
