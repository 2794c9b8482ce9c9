//! What was measured before and after a deployment, as its source has it: beside the judgement, never in its place.

use crate::world::{Measured, World};
use guard::health::{AFTER_S, BEFORE_S, WindowRow, Windows};
use guard::ids::{Environment, ServiceName};
use guard::report::Report;
use sources::metrics::{MetricsError, Prometheus, QueryValue};

/// Failures that are told.
const MOST_MISSING: usize = 3;

/// The means of every signal in the half hour before the change and in the quarter of an hour after it.
pub async fn windows(world: &World, report: &Report) -> Windows {
    let mut windows = Windows::default();
    let outside = world.outside.get();
    let (Ok(service), Ok(environment)) = (
        ServiceName::new(report.service.as_str()),
        Environment::new(report.environment.as_str()),
    ) else {
        return windows;
    };
    let Some(place) = outside.services.get(&(service, environment)) else {
        return windows;
    };
    let Some(prometheus) = outside.metrics.get(&place.source) else {
        return windows;
    };
    let begun = report.times.to_first_instance_s.unwrap_or(0.0);
    let changed_s = report.requested_at.0.as_second() + begun.round() as i64;
    let now_s = world.clock.now().as_second();
    windows.before_s = BEFORE_S;
    windows.after_s = (now_s - changed_s).clamp(0, AFTER_S);
    for (signal, unit, query) in queries((place.measures)().await) {
        let before = mean(prometheus, &query, changed_s, windows.before_s).await;
        let after = mean(
            prometheus,
            &query,
            changed_s + windows.after_s,
            windows.after_s,
        )
        .await;
        let mut number = |answer: Result<Option<f64>, MetricsError>| match answer {
            Ok(number) => number,
            Err(error) => {
                if windows.missing.len() < MOST_MISSING {
                    windows.missing.push(error.to_string());
                }
                None
            }
        };
        let (before, after) = (number(before), number(after));
        windows.rows.push(WindowRow {
            signal,
            unit,
            before,
            after,
        });
    }
    windows
}

/// Name, unit and PromQL of what is shown: the mean of the instances, and the requests of all.
fn queries(measured: Measured) -> Vec<(String, String, String)> {
    let signals = measured.signals.into_iter().map(|signal| {
        let query = format!("avg({})", signal.query);
        (signal.spec.key, signal.spec.unit, query)
    });
    let load = measured.load.map(|query| {
        let (name, unit) = ("requests".to_owned(), "per_second".to_owned());
        (name, unit, query)
    });
    signals.chain(load).collect()
}

/// The mean over so many seconds up to a moment; none where nothing was measured.
async fn mean(
    prometheus: &Prometheus,
    query: &str,
    until_s: i64,
    seconds: i64,
) -> Result<Option<f64>, MetricsError> {
    if seconds <= 0 {
        return Ok(None);
    }
    let step = (seconds / 30).max(1);
    let query = format!("avg_over_time(({query})[{seconds}s:{step}s])");
    let answer = prometheus.instant(&query, until_s * 1000).await?;
    let QueryValue::Vector(found) = answer.value else {
        return Ok(None);
    };
    let sample = found.first().and_then(|one| one.sample);
    Ok(sample
        .map(|(_, value)| value)
        .filter(|value| value.is_finite()))
}
