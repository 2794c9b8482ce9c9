//! From the entries of `signals` to signals: presets laid out, adjusted and told apart.

use super::limits::{Amounts, in_order};
use super::own::own;
use super::{Adjustment, PresetEntry, Signal};
use crate::near::nearest;
use crate::presets;
use crate::reader::{Reader, Step, shown};
use crate::value::Value;
use crate::yaml::{Kind, Node};
use guard::ids::SignalKey;

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
