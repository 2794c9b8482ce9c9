//! From the entries of `signals` to signals: presets laid out, adjusted and told apart.

use super::limits::{Amounts, in_order};
use super::own::own;
use super::{Adjustment, Place, PresetEntry, PresetName, Signal, Tolerance};
use crate::near::nearest;
use crate::presets::{self, Dialect, Preset, Reads, Template};
use crate::reader::{Reader, Step, shown};
use crate::value::Value;
use crate::yaml::{Kind, Node};
use guard::ids::SignalKey;

/// A message does not list more names than that.
const MOST_NAMES: usize = 5;

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
    let set = presets::preset(entry.preset);
    let named = match &entry.flavour {
        Some(wanted) => Some(flavour(wanted, set, node, reader)?),
        None => None,
    };
    let keys: Vec<&str> = set
        .signals
        .iter()
        .filter(|template| named.is_none_or(|dialect| first_row(dialect, template).is_some()))
        .map(|template| template.key)
        .collect();
    let adjusted: Vec<SignalKey> = entry.adjust.keys().cloned().collect();
    let mut fine = true;
    for (field, named) in [
        ("include", &entry.include),
        ("omit", &entry.omit),
        ("adjust", &adjusted),
    ] {
        fine &= all_known(node, field, named, &keys, reader);
    }
    let place = Place {
        selector: entry.selector.clone(),
        instance_label: entry.instance_label.clone(),
    };
    let place = (place != Place::default()).then_some(place);
    let taken = set.signals.iter().filter(|template| {
        let named = |list: &[SignalKey]| list.iter().any(|key| key.as_str() == template.key);
        !named(&entry.omit) && (!template.on_request || named(&entry.include))
    });
    let mut signals: Vec<Signal> = taken
        .filter_map(|template| laid_out(entry.preset, template, named))
        .map(|signal| Signal {
            place: place.clone(),
            ..signal
        })
        .collect();
    for signal in &mut signals {
        signal.source.clone_from(&entry.source);
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

fn flavour(
    wanted: &str,
    set: &'static Preset,
    node: &Node,
    reader: &mut Reader<'_>,
) -> Option<&'static Dialect> {
    let found = set.dialects.iter().find(|dialect| dialect.name == wanted);
    if found.is_none() {
        let names: Vec<&str> = set.dialects.iter().map(|dialect| dialect.name).collect();
        let near = nearest(wanted, names.iter().copied());
        let value = node.get("flavour").unwrap_or(node);
        reader.inside(Step::Field("flavour".to_owned()), |reader| {
            let some = names
                .get(..MOST_NAMES)
                .filter(|some| some.len() + 1 < names.len());
            let expected = match some {
                Some(some) => format!("a dialect of docs/presets.md: {}, …", some.join(", ")),
                None => format!("one of {}", names.join(", ")),
            };
            reader.wrong_near(value.at, shown(value), expected, near);
        });
    }
    found
}

/// The signal as a named dialect has it, or as the first has it that knows it; none if the named one does not.
fn laid_out(
    preset: PresetName,
    template: &'static Template,
    named: Option<&'static Dialect>,
) -> Option<Signal> {
    let reads = match named {
        Some(dialect) => first_row(dialect, template)?,
        None => presets::preset(preset)
            .dialects
            .iter()
            .find_map(|dialect| first_row(dialect, template))?,
    };
    Some(Signal {
        key: SignalKey::new(template.key).ok()?,
        dimension: template.dimension,
        kind: reads.to_kind(template.quantile)?,
        direction: template.direction,
        unit: template.unit,
        tolerance: template
            .tolerance
            .map(|(absolute, relative)| Tolerance { absolute, relative }),
        warn_limit: template.warn,
        hard_limit: template.hard,
        action_on_failure: None,
        accumulates: template.accumulates,
        scale: reads.scale(),
        place: None,
        together: false,
        preset: Some(preset),
        dialect: named.map(|dialect| dialect.name),
        source: None,
    })
}

fn first_row(dialect: &Dialect, template: &Template) -> Option<Reads> {
    let mut rows = dialect.rows.iter();
    rows.find(|row| row.0 == template.row && presets::serves(row.1, template))
        .map(|row| row.1)
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
