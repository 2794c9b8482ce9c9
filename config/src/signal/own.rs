//! A signal that is written out.

use super::limits::{Amounts, in_order};
use super::{Direction, KindWord, Signal, SignalEntry, SignalKind, Unit};
use crate::reader::{Reader, Step};
use crate::value::Value;
use crate::yaml::{Kind, Node};

/// The quantile of a histogram's limits when none is said.
const QUANTILE: f64 = 0.99;

/// Reads one.
pub(super) fn own(node: &Node, reader: &mut Reader<'_>) -> Option<Signal> {
    let entry = SignalEntry::read(node, reader)?;
    let kind = kind(&entry, node, reader)?;
    let (direction, unit) = habit(entry.kind);
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
        warn_limit: entry.warn_limit.map(|amount| amount.value),
        hard_limit: entry.hard_limit.map(|amount| amount.value),
        action_on_failure: entry.action_on_failure,
        accumulates: entry.accumulates,
        preset: None,
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

/// The direction and the unit that go without saying.
fn habit(kind: KindWord) -> (Direction, Unit) {
    match kind {
        KindWord::Ratio => (Direction::Up, Unit::Ratio),
        KindWord::Histogram => (Direction::Up, Unit::Seconds),
        KindWord::Gauge | KindWord::Promql => (Direction::Up, Unit::Count),
        KindWord::Rate => (Direction::Up, Unit::PerSecond),
        KindWord::Throughput => (Direction::Down, Unit::PerSecond),
        KindWord::Availability => (Direction::Down, Unit::Ratio),
    }
}

fn kind(entry: &SignalEntry, node: &Node, reader: &mut Reader<'_>) -> Option<SignalKind> {
    let allowed: &[&str] = match entry.kind {
        KindWord::Ratio => &["bad", "total"],
        KindWord::Histogram => &["metric", "matchers", "quantile"],
        KindWord::Gauge | KindWord::Rate | KindWord::Throughput | KindWord::Availability => {
            &["selector"]
        }
        KindWord::Promql => &["query"],
    };
    let mut fine = true;
    for field in [
        "bad", "total", "metric", "matchers", "quantile", "selector", "query",
    ] {
        let value = node.get(field).filter(|value| value.kind != Kind::Nothing);
        let needed = allowed.contains(&field) && !matches!(field, "matchers" | "quantile");
        let at = value.map_or(node.at, |value| value.at);
        let found = match value {
            Some(_) if !allowed.contains(&field) => "a field of another kind",
            None if needed => "missing",
            _ => continue,
        };
        fine = false;
        let expected = format!("{} for this kind", allowed.join(", "));
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
    })
}
