//! One signal: what the detector is told, which series make it up, and a query that shows it.

use super::source::Sources;
use super::{WireError, probe};
use config::settings::Service;
use config::signal::{Dimension, Direction, OnFailure, ShareForm, Signal, SignalKind};
use config::text::{Matchers, MetricName, SeriesSelector};
use engine::services::{Part, Signal as Watched};
use guard::detect;
use guard::verdict::Tier;
use sources::metrics::Selector;
use std::time::Duration;

pub(super) fn signal(
    service: &Service,
    sources: &Sources,
    signal: &Signal,
    matchers: &Matchers,
    label: &str,
    interval: Duration,
) -> Result<Watched, WireError> {
    let parsed = |text: String| -> Result<Selector, WireError> {
        text.parse().map_err(
            |error: sources::metrics::SelectorError| WireError::Selector {
                service: service.name.to_string(),
                signal: signal.key.to_string(),
                selector: text.clone(),
                error: error.to_string(),
            },
        )
    };
    let used = |selector: &SeriesSelector, part: detect::Use| {
        Ok((
            parsed(selector.with(matchers).to_string())?,
            Part::Use(part),
        ))
    };
    let series = match &signal.kind {
        SignalKind::Ratio { bad, total } => vec![
            used(total, detect::Use::Total)?,
            used(bad, detect::Use::Bad)?,
        ],
        SignalKind::Parts { bad, good } => vec![
            used(good, detect::Use::Total)?,
            used(bad, detect::Use::Total)?,
            used(bad, detect::Use::Bad)?,
        ],
        SignalKind::Histogram {
            metric,
            matchers: own,
            ..
        } => {
            vec![(parsed(buckets(metric, &own.and(matchers)))?, Part::Buckets)]
        }
        SignalKind::Rate { selector } => vec![used(selector, detect::Use::Counter)?],
        SignalKind::Throughput { selector } => vec![used(selector, detect::Use::Counter)?],
        SignalKind::Gauge { selector } => vec![used(selector, detect::Use::Gauge)?],
        SignalKind::Availability { selector } => vec![used(selector, detect::Use::Up)?],
        SignalKind::Mean { .. }
        | SignalKind::Share { .. }
        | SignalKind::Promql { .. }
        | SignalKind::Probe { .. } => Vec::new(),
    };
    let query = query(signal, matchers, label, interval);
    Ok(Watched {
        key: signal.key.clone(),
        spec: spec(signal),
        on_failure: signal.action_on_failure.map(|action| match action {
            OnFailure::Warn => Tier::Warn,
            OnFailure::Pause => Tier::Pause,
            OnFailure::Rollback => Tier::RollBack,
        }),
        expression: match &signal.kind {
            SignalKind::Mean { .. } | SignalKind::Share { .. } | SignalKind::Promql { .. } => {
                Some(query.clone())
            }
            _ => None,
        },
        together: signal.together,
        of_dependency: signal.dimension == Dimension::Dependency,
        series,
        query,
        source: match &signal.source {
            Some(name) => Some(sources.of(name.as_str())?),
            None => None,
        },
        scale: signal.scale,
        instance_label: (label != service.metrics.instance_label).then(|| label.to_owned()),
    })
}

fn spec(signal: &Signal) -> detect::SignalSpec {
    let (kind, quantile) = match &signal.kind {
        SignalKind::Ratio { .. } | SignalKind::Parts { .. } => (detect::SignalKind::Ratio, None),
        SignalKind::Histogram { quantile, .. } => (detect::SignalKind::Histogram, Some(*quantile)),
        SignalKind::Rate { .. } => (detect::SignalKind::Rate, None),
        SignalKind::Throughput { .. } => (detect::SignalKind::Throughput, None),
        SignalKind::Gauge { .. }
        | SignalKind::Mean { .. }
        | SignalKind::Share { .. }
        | SignalKind::Promql { .. } => (detect::SignalKind::Gauge, None),
        SignalKind::Probe { probe } if probe.number().is_some() => {
            (detect::SignalKind::Gauge, None)
        }
        SignalKind::Probe { .. } => (detect::SignalKind::Availability, None),
        SignalKind::Availability { .. } => (detect::SignalKind::Availability, None),
    };
    // The detector reads availability as the share of failed scrapes, so that less becomes more.
    let failed = |share: f64| {
        if kind == detect::SignalKind::Availability {
            1.0 - share
        } else {
            share
        }
    };
    let direction = match (kind, signal.direction) {
        (detect::SignalKind::Availability, _) | (_, Direction::Up) => detect::Direction::Up,
        (_, Direction::Down) => detect::Direction::Down,
    };
    let mut spec = detect::SignalSpec::new(signal.key.as_str(), kind, direction)
        .with_unit(signal.unit.as_str());
    if let SignalKind::Probe { probe } = &signal.kind {
        spec.every_s = probe::every_s(probe);
    }
    if signal.accumulates {
        spec = spec.accumulating();
    }
    if let Some(tolerance) = signal.tolerance {
        spec.tolerance = detect::Tolerance {
            absolute: tolerance.absolute,
            relative: tolerance.relative,
        };
    }
    let quantile = quantile.unwrap_or(detect::Limits::default().quantile);
    spec.with_limits(
        signal.warn_limit.map(failed),
        signal.hard_limit.map(failed),
        quantile,
    )
}

/// The buckets of a histogram, as a selector.
fn buckets(metric: &MetricName, matchers: &Matchers) -> String {
    let whole = metric.with(matchers).to_string();
    let (name, matchers) = whole.split_at(metric.as_str().len());
    format!("{name}_bucket{matchers}")
}

/// A query by instance, over a window that holds some scrapes, in the signal's unit.
fn query(signal: &Signal, matchers: &Matchers, label: &str, interval: Duration) -> String {
    let window = format!("{}s", (interval.as_secs() * 4).max(30));
    let of = |selector: &SeriesSelector| selector.with(matchers).to_string();
    let sum = |what: &str| format!("sum by ({label}) ({what})");
    let growth = |selector: &SeriesSelector| sum(&format!("rate({}[{window}])", of(selector)));
    let value = |selector: &SeriesSelector| sum(&of(selector));
    let scaled = |query: String| match signal.scale {
        1.0 => query,
        scale => format!("({query}) * {scale}"),
    };
    match &signal.kind {
        SignalKind::Ratio { bad, total } => format!("{} / {}", growth(bad), growth(total)),
        SignalKind::Parts { bad, good } => {
            format!("{0} / ({0} + {1})", growth(bad), growth(good))
        }
        SignalKind::Histogram {
            metric,
            matchers: own,
            quantile,
        } => {
            let selector = buckets(metric, &own.and(matchers));
            scaled(format!(
                "histogram_quantile({quantile}, sum by ({label}, le) (rate({selector}[{window}])))"
            ))
        }
        SignalKind::Rate { selector } | SignalKind::Throughput { selector } => {
            scaled(growth(selector))
        }
        SignalKind::Gauge { selector } | SignalKind::Availability { selector } => {
            scaled(of(selector))
        }
        SignalKind::Mean { sum, count } => scaled(format!("{} / {}", growth(sum), growth(count))),
        SignalKind::Share { part, whole, form } => match form {
            ShareForm::Rates => format!("{} / {}", growth(part), growth(whole)),
            ShareForm::Values => format!("{} / ({} > 0)", value(part), value(whole)),
            ShareForm::RateOfValue => format!("{} / ({} > 0)", growth(part), value(whole)),
            ShareForm::FreeOfValues => format!("1 - {} / {}", value(part), value(whole)),
            ShareForm::Fullest => {
                format!("1 - min by ({label}) ({} / {})", of(part), of(whole))
            }
        },
        SignalKind::Promql { query } => scaled(query.to_string()),
        SignalKind::Probe { probe } => probe.told(&config::text::InstanceVars::default()),
    }
}
