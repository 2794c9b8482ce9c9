//! Samples as they were scraped, with their own times.

use super::attempt::Request;
use super::call::seconds;
use super::client::Prometheus;
use super::envelope::Answer;
use super::error::{MetricsError, Problem};
use super::selector::Selector;
use super::value::Series;

/// VictoriaMetrics answers such a query from its export, and only that has this type.
const VICTORIA_EXPORT: &str = "application/stream+json";

impl Prometheus {
    /// Every stored sample of `selector` from `start_ms` to `end_ms` (Unix
    /// milliseconds, both included), each once and in order of time, from every
    /// version of Prometheus. Nothing is interpolated: a gap is a gap, a stale
    /// series just ends.
    ///
    /// # Errors
    /// [`MetricsError`]; no series at all is not one.
    pub async fn raw(
        &self,
        selector: &Selector,
        start_ms: i64,
        end_ms: i64,
    ) -> Result<Answer<Vec<Series>>, MetricsError> {
        // Prometheus 2 includes the left end of a range and 3 leaves it out:
        // ask for a millisecond more and cut it off here.
        let window_ms = end_ms.saturating_sub(start_ms).saturating_add(1);
        let request = Request::api(&["query"])
            .or_form()
            .param("query", format!("{selector}[{window_ms}ms]"))
            .param("time", seconds(end_ms));
        if end_ms < start_ms {
            let reason = format!("start {start_ms} is after end {end_ms}, expected it before");
            return Err(self.error(&request, 0, Problem::Unusable(reason)));
        }
        let body = self.fetch(&request).await?;
        let answer = self.matrix(&request, self.read(&request, &body)?)?;
        let has_markers = body.content_type.starts_with(VICTORIA_EXPORT);
        Ok(answer.map(|mut series| {
            if has_markers {
                series.iter_mut().for_each(without_stale_markers);
            }
            exact(series, start_ms, end_ms)
        }))
    }
}

/// VictoriaMetrics hands out stale markers as `NaN`. It stores no other `NaN`.
fn without_stale_markers(series: &mut Series) {
    series.samples.retain(|s| !s.1.is_nan());
}

/// Cuts to the window, sorts, drops repeated times and series left empty.
/// Stores that merge replicas may answer with neither order nor uniqueness.
fn exact(series: Vec<Series>, start_ms: i64, end_ms: i64) -> Vec<Series> {
    let mut kept = Vec::with_capacity(series.len());
    for mut one in series {
        let inside = |at_ms: i64| (start_ms..=end_ms).contains(&at_ms);
        one.samples.retain(|s| inside(s.0));
        one.samples.sort_by_key(|s| s.0);
        one.samples.dedup_by_key(|s| s.0);
        one.histograms.retain(|h| inside(h.0));
        one.histograms.sort_by_key(|h| h.0);
        one.histograms.dedup_by_key(|h| h.0);
        if !one.samples.is_empty() || !one.histograms.is_empty() {
            kept.push(one);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ends_are_kept_and_what_was_asked_beyond_them_is_cut() {
        let series = Series {
            samples: vec![(9, 0.0), (10, 1.0), (11, 2.0), (20, 3.0)],
            ..Series::default()
        };
        let cut = exact(vec![series], 10, 20);
        assert_eq!(cut[0].samples, [(10, 1.0), (11, 2.0), (20, 3.0)]);
    }

    #[test]
    fn disorder_and_repetition_of_merged_stores_are_mended() {
        let series = Series {
            samples: vec![(12, 3.0), (10, 1.0), (10, 1.0), (11, f64::NAN)],
            ..Series::default()
        };
        let cut = exact(vec![series, Series::default()], 0, 20);
        assert_eq!(cut.len(), 1, "a series without samples is no series");
        let times: Vec<i64> = cut[0].samples.iter().map(|s| s.0).collect();
        assert_eq!(times, [10, 11, 12]);
        assert!(cut[0].samples[1].1.is_nan());
    }
}
