//! A signal that is written out.

use super::limits::{Amounts, in_order};
use super::{Direction, KindWord, Place, Signal, SignalEntry, SignalKind, Unit};
use crate::reader::{Reader, Step};
use crate::settings::Probe;
use crate::value::Value;
use crate::yaml::{Kind, Node};

/// The quantile of a histogram's limits when none is said.
const QUANTILE: f64 = 0.99;

/// Reads one.
pub(super) fn own(node: &Node, reader: &mut Reader<'_>) -> Option<Signal> {
    let entry = SignalEntry::read(node, reader)?;
    let kind = kind(&entry, node, reader)?;
    let probe = entry.probe.as_ref();
    let (direction, unit) = habit(entry.kind, probe);
    if !apart_from_the_probe(&entry, node, reader) {
        return None;
    }
    let (warn_limit, hard_limit) = usual_limits(&entry);
    let signal = Signal {
        key: entry.key,
        dimension: entry.dimension,
        kind,
        direction: entry.direction.unwrap_or(direction),
        unit: entry.unit.unwrap_or(unit),
        tolerance: entry
            .tolerance
            .as_ref()
            .map(super::entry::ToleranceEntry::read_as),
        warn_limit,
        hard_limit,
        action_on_failure: entry.action_on_failure,
        accumulates: entry.accumulates,
        scale: entry.scale,
        together: entry.of.is_some(),
        place: entry.of.map(|selector| Place {
            selector: Some(selector),
            instance_label: None,
        }),
        preset: None,
        source: entry.source,
        dialect: None,
    };
    let amounts = Amounts {
        tolerance: entry.tolerance.as_ref().map(|tolerance| tolerance.absolute),
        warn: entry.warn_limit,
        hard: entry.hard_limit,
    };
    let fit = amounts.fit(signal.unit, node, reader);
    let ordered = in_order(&signal, node, reader);
    (fit && ordered).then_some(signal)
}

/// The limits as said, or else those that a probe brings: a check's are those of availability, a printed number's
/// is its `max` or `min`.
fn usual_limits(entry: &SignalEntry) -> (Option<f64>, Option<f64>) {
    let said = |amount: Option<crate::text::Amount>| amount.map(|amount| amount.value);
    let (warn, hard) = (said(entry.warn_limit), said(entry.hard_limit));
    match &entry.probe {
        None => (warn, hard),
        Some(probe) => match probe.number() {
            Some(number) => (
                warn,
                hard.or(number.max.or(number.min).map(|number| number.0)),
            ),
            None => (warn.or(Some(0.99)), hard.or(Some(0.95))),
        },
    }
}

/// Whether nothing is said twice: by the signal and by its probe, or by a metric source that it does not read.
fn apart_from_the_probe(entry: &SignalEntry, node: &Node, reader: &mut Reader<'_>) -> bool {
    let Some(probe) = &entry.probe else {
        return true;
    };
    let bounded = probe
        .number()
        .is_some_and(|number| number.max.is_some() || number.min.is_some());
    let mut fine = true;
    for (field, wrong, expected) in [
        (
            "source",
            true,
            "no source: a probe asks itself and reads no metrics",
        ),
        (
            "hard_limit",
            bounded,
            "`hard_limit`, or `max` or `min` of the probe: they say the same",
        ),
        (
            "direction",
            bounded || probe.number().is_none(),
            "no direction: the probe says in which one it gets worse",
        ),
        (
            "unit",
            probe.number().is_none(),
            "no unit: a check is good or bad",
        ),
    ] {
        let Some(value) = node.get(field).filter(|_| wrong) else {
            continue;
        };
        fine = false;
        reader.inside(Step::Field(field.to_owned()), |reader| {
            reader.wrong_value(value, expected);
        });
    }
    fine
}

/// The direction and the unit that go without saying.
fn habit(kind: KindWord, probe: Option<&Probe>) -> (Direction, Unit) {
    match kind {
        KindWord::Ratio => (Direction::Up, Unit::Ratio),
        KindWord::Histogram => (Direction::Up, Unit::Seconds),
        KindWord::Gauge | KindWord::Promql => (Direction::Up, Unit::Count),
        KindWord::Rate => (Direction::Up, Unit::PerSecond),
        KindWord::Throughput => (Direction::Down, Unit::PerSecond),
        KindWord::Availability => (Direction::Down, Unit::Ratio),
        KindWord::Probe => match probe.and_then(Probe::number) {
            Some(number) if number.min.is_some() => (Direction::Down, Unit::Count),
            Some(_) => (Direction::Up, Unit::Count),
            None => (Direction::Down, Unit::Ratio),
        },
    }
}

fn kind(entry: &SignalEntry, node: &Node, reader: &mut Reader<'_>) -> Option<SignalKind> {
    let allowed: &[&str] = match entry.kind {
        KindWord::Ratio => &["bad", "total", "of"],
        KindWord::Histogram => &["metric", "matchers", "quantile", "of"],
        KindWord::Rate | KindWord::Throughput => &["selector", "of"],
        KindWord::Gauge | KindWord::Availability => &["selector"],
        KindWord::Promql => &["query"],
        KindWord::Probe => &["probe"],
    };
    let mut fine = true;
    for field in [
        "bad", "total", "metric", "matchers", "quantile", "selector", "of", "query", "probe",
    ] {
        let value = node.get(field).filter(|value| value.kind != Kind::Nothing);
        let needed = allowed.contains(&field) && !matches!(field, "matchers" | "quantile" | "of");
        let at = value.map_or(node.at, |value| value.at);
        let found = match value {
            Some(_) if !allowed.contains(&field) => "a field of another kind",
            None if needed => "missing",
            _ => continue,
        };
        fine = false;
        let own: Vec<&str> = allowed
            .iter()
            .copied()
            .filter(|field| *field != "of")
            .collect();
        let expected = format!("{} for this kind", own.join(", "));
        reader.inside(Step::Field(field.to_owned()), |reader| {
            reader.wrong(at, found, expected);
        });
    }
    if let Some(quantile) = entry.quantile
        && !(quantile > 0.0 && quantile < 1.0)
    {
        fine = false;
        let value = node.get("quantile").unwrap_or(node);
        reader.inside(Step::Field("quantile".to_owned()), |reader| {
            reader.wrong_value(value, "a quantile above 0 and below 1, such as 0.99");
        });
    }
    let scaled = (entry.scale - 1.0).abs() > f64::EPSILON;
    let scalable = matches!(
        entry.kind,
        KindWord::Histogram | KindWord::Gauge | KindWord::Rate | KindWord::Promql
    );
    if entry.scale <= 0.0 || !entry.scale.is_finite() || scaled && !scalable {
        fine = false;
        let value = node.get("scale").unwrap_or(node);
        reader.inside(Step::Field("scale".to_owned()), |reader| {
            reader.wrong_value(
                value,
                "a number above 0, for a histogram, a gauge, a rate or an expression",
            );
        });
    }
    if !fine {
        return None;
    }
    Some(match entry.kind {
        KindWord::Ratio => SignalKind::Ratio {
            bad: entry.bad.clone()?,
            total: entry.total.clone()?,
        },
        KindWord::Histogram => SignalKind::Histogram {
            metric: entry.metric.clone()?,
            matchers: entry.matchers.clone().unwrap_or_default(),
            quantile: entry.quantile.unwrap_or(QUANTILE),
        },
        KindWord::Gauge => SignalKind::Gauge {
            selector: entry.selector.clone()?,
        },
        KindWord::Rate => SignalKind::Rate {
            selector: entry.selector.clone()?,
        },
        KindWord::Throughput => SignalKind::Throughput {
            selector: entry.selector.clone()?,
        },
        KindWord::Availability => SignalKind::Availability {
            selector: entry.selector.clone()?,
        },
        KindWord::Promql => SignalKind::Promql {
            query: entry.query.clone()?,
        },
        KindWord::Probe => SignalKind::Probe {
            probe: Box::new(entry.probe.clone()?),
        },
    })
}
