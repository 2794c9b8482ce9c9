//! From the entries of `signals` to signals: presets laid out, limits brought into the signal's unit.

use super::{Adjustment, Direction, KindWord, PresetEntry, Signal, SignalEntry, SignalKind, Unit};
use crate::presets;
use crate::reader::{Reader, Step, nearest, shown};
use crate::text::{Amount, Measure};
use crate::value::Value;
use crate::yaml::{Kind, Node};
use guard::ids::SignalKey;

/// The quantile of a histogram's limits when none is said.
const QUANTILE: f64 = 0.99;

/// Reads the list.
pub(super) fn signals(node: &Node, reader: &mut Reader<'_>) -> Option<Vec<Signal>> {
    let Kind::List(items) = &node.kind else {
        reader.wrong_value(node, "a list of presets and signals (`- preset: http`)");
        return None;
    };
    let mut all: Vec<Signal> = Vec::new();
    let mut complete = true;
    for (index, item) in items.iter().enumerate() {
        let read = reader.inside(Step::Item(index), |reader| {
            let read = one(item, reader)?;
            all_new(&read, &all, item, reader).then_some(read)
        });
        match read {
            Some(read) => all.extend(read),
            None => complete = false,
        }
    }
    complete.then_some(all)
}

fn one(node: &Node, reader: &mut Reader<'_>) -> Option<Vec<Signal>> {
    if node.get("preset").is_some() {
        return preset(node, reader);
    }
    if node.get("kind").is_none() && node.get("key").is_none() {
        reader.wrong_value(node, "`preset`, or `key` and `kind`");
        return None;
    }
    own(node, reader).map(|signal| vec![signal])
}

fn all_new(read: &[Signal], known: &[Signal], node: &Node, reader: &mut Reader<'_>) -> bool {
    let mut new = true;
    for signal in read {
        if known.iter().any(|other| other.key == signal.key) {
            new = false;
            let value = node.get("key").unwrap_or(node);
            reader.wrong(
                value.at,
                format!("a second signal `{}`", signal.key),
                "each key once; `omit` or `adjust` changes a preset's signal",
            );
        }
    }
    new
}

fn preset(node: &Node, reader: &mut Reader<'_>) -> Option<Vec<Signal>> {
    let entry = PresetEntry::read(node, reader)?;
    let flavours = presets::flavours(entry.preset);
    let wanted = entry.flavour.as_deref().unwrap_or(presets::DEFAULT_FLAVOUR);
    let Some(flavour) = flavours.iter().find(|flavour| flavour.name == wanted) else {
        let names: Vec<&str> = flavours.iter().map(|flavour| flavour.name).collect();
        let near = nearest(wanted, names.iter().copied());
        let value = node.get("flavour").unwrap_or(node);
        reader.inside(Step::Field("flavour".to_owned()), |reader| {
            let expected = format!("one of {}", names.join(", "));
            reader.wrong_near(value.at, shown(value), expected, near);
        });
        return None;
    };
    let keys: Vec<&str> = flavour.signals.iter().map(|signal| signal.key).collect();
    let adjusted: Vec<SignalKey> = entry.adjust.keys().cloned().collect();
    let mut fine = true;
    for (field, named) in [
        ("include", &entry.include),
        ("omit", &entry.omit),
        ("adjust", &adjusted),
    ] {
        fine &= all_known(node, field, named, &keys, reader);
    }
    let taken = flavour.signals.iter().filter(|signal| {
        let named = |list: &[SignalKey]| list.iter().any(|key| key.as_str() == signal.key);
        !named(&entry.omit) && (!signal.on_request || named(&entry.include))
    });
    let mut signals: Vec<Signal> = taken
        .filter_map(|signal| signal.to_signal(entry.preset))
        .collect();
    for signal in &mut signals {
        if let Some(change) = entry.adjust.get(&signal.key) {
            let at = node
                .get("adjust")
                .and_then(|all| all.get(signal.key.as_str()));
            let key = signal.key.to_string();
            fine &= reader.inside(Step::Field("adjust".to_owned()), |reader| {
                reader.inside(Step::Field(key), |reader| {
                    adjust(signal, change, at.unwrap_or(node), reader)
                })
            });
        }
    }
    fine.then_some(signals)
}

fn all_known(
    node: &Node,
    field: &str,
    named: &[SignalKey],
    keys: &[&str],
    reader: &mut Reader<'_>,
) -> bool {
    let mut fine = true;
    let list = node.get(field).unwrap_or(node);
    for (index, key) in named.iter().enumerate() {
        if keys.contains(&key.as_str()) {
            continue;
        }
        fine = false;
        let (at, step) = match &list.kind {
            Kind::Map(entries) => (
                entries
                    .iter()
                    .find(|entry| entry.key == key.as_str())
                    .map_or(list.at, |entry| entry.at),
                Step::Field(key.to_string()),
            ),
            _ => (
                list.items().get(index).map_or(list.at, |item| item.at),
                Step::Item(index),
            ),
        };
        reader.inside(Step::Field(field.to_owned()), |reader| {
            reader.inside(step, |reader| {
                let near = nearest(key.as_str(), keys.iter().copied());
                let expected = format!("a signal of the preset: one of {}", keys.join(", "));
                reader.wrong_near(at, format!("`{key}`"), expected, near);
            });
        });
    }
    fine
}

fn adjust(signal: &mut Signal, change: &Adjustment, node: &Node, reader: &mut Reader<'_>) -> bool {
    let amounts = Amounts {
        tolerance: change
            .tolerance
            .as_ref()
            .map(|tolerance| tolerance.absolute),
        warn: change.warn_limit,
        hard: change.hard_limit,
    };
    let fine = amounts.fit(signal.unit, node, reader);
    if let Some(tolerance) = &change.tolerance {
        signal.tolerance = Some(tolerance.read_as());
    }
    if let Some(warn) = change.warn_limit {
        signal.warn_limit = Some(warn.value);
    }
    if let Some(hard) = change.hard_limit {
        signal.hard_limit = Some(hard.value);
    }
    if change.action_on_failure.is_some() {
        signal.action_on_failure = change.action_on_failure;
    }
    fine && in_order(signal, node, reader)
}

fn own(node: &Node, reader: &mut Reader<'_>) -> Option<Signal> {
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

struct Amounts {
    tolerance: Option<Amount>,
    warn: Option<Amount>,
    hard: Option<Amount>,
}

impl Amounts {
    /// Whether each was said in a measure that the unit can be compared with.
    fn fit(&self, unit: Unit, node: &Node, reader: &mut Reader<'_>) -> bool {
        let mut fine = true;
        for (path, amount) in [
            (["tolerance", "absolute"].as_slice(), self.tolerance),
            (["warn_limit"].as_slice(), self.warn),
            (["hard_limit"].as_slice(), self.hard),
        ] {
            let Some(amount) = amount else { continue };
            if fits(amount.measure, unit) {
                continue;
            }
            fine = false;
            let value = path
                .iter()
                .try_fold(node, |node, field| node.get(field))
                .unwrap_or(node);
            let depth = path.len();
            let steps = path.iter().map(|field| Step::Field((*field).to_owned()));
            reader.at.0.extend(steps);
            let expected = format!("an amount in the signal's unit, {}", unit.as_str());
            reader.wrong_value(value, expected);
            reader.at.0.truncate(reader.at.0.len() - depth);
        }
        fine
    }
}

fn fits(measure: Measure, unit: Unit) -> bool {
    match measure {
        Measure::Plain => true,
        Measure::Ratio => unit == Unit::Ratio,
        Measure::Seconds => unit == Unit::Seconds,
        Measure::Bytes => unit == Unit::Bytes,
    }
}

fn in_order(signal: &Signal, node: &Node, reader: &mut Reader<'_>) -> bool {
    let (Some(warn), Some(hard)) = (signal.warn_limit, signal.hard_limit) else {
        return true;
    };
    let ordered = match signal.direction {
        Direction::Up => warn <= hard,
        Direction::Down => warn >= hard,
    };
    if !ordered {
        let value = node
            .get("hard_limit")
            .or_else(|| node.get("warn_limit"))
            .unwrap_or(node);
        let side = match signal.direction {
            Direction::Up => "not below",
            Direction::Down => "not above",
        };
        reader.inside(Step::Field("hard_limit".to_owned()), |reader| {
            reader.wrong_value(
                value,
                format!(
                    "a limit {side} the warn limit ({warn}), since this signal gets worse {}",
                    match signal.direction {
                        Direction::Up => "upwards",
                        Direction::Down => "downwards",
                    }
                ),
            );
        });
    }
    ordered
}
