//! How often each service is scraped.

use super::Candidate;
use super::ask::Asker;
use sources::metrics::ScrapeTarget;
use std::time::Duration;

/// The interval of each candidate, in their order: as the source configures it, or as its samples show.
pub(crate) async fn intervals(asker: &Asker, candidates: &[Candidate]) -> Vec<Option<Duration>> {
    // Not every source knows targets; samples tell the same a little less surely.
    let targets = asker
        .prometheus
        .targets()
        .await
        .map(|answer| answer.value)
        .unwrap_or_default();
    let mut found = Vec::with_capacity(candidates.len());
    for candidate in candidates {
        found.push(match configured(&targets, candidate) {
            Some(interval) => Some(interval),
            None => shown(asker, &candidate.selector).await,
        });
    }
    found
}

fn configured(targets: &[ScrapeTarget], candidate: &Candidate) -> Option<Duration> {
    let of_it = |target: &&ScrapeTarget| {
        let job = target.labels.get("job");
        job.is_some_and(|job| super::ask::equals("job", job) == candidate.selector)
    };
    let intervals = targets
        .iter()
        .filter(of_it)
        .filter_map(|target| target.scrape_interval);
    intervals.max()
}

async fn shown(asker: &Asker, selector: &str) -> Option<Duration> {
    let selector = format!("{{{selector}}}").parse().ok()?;
    let back_ms = 300_000;
    let answer = asker
        .prometheus
        .raw(&selector, asker.now_ms - back_ms, asker.now_ms)
        .await
        .ok()?;
    let gaps = answer.value.iter().filter_map(|series| {
        let mut gaps: Vec<i64> = series
            .samples
            .windows(2)
            .map(|pair| pair[1].0 - pair[0].0)
            .collect();
        gaps.sort_unstable();
        gaps.get(gaps.len() / 2).copied()
    });
    let gap_ms = gaps.min().filter(|gap| *gap > 0)?;
    // Samples are taken a little early or late; intervals are whole seconds, or halves of one.
    let halves = (gap_ms as f64 / 500.0).round().max(1.0);
    Some(Duration::from_millis((halves * 500.0) as u64))
}
