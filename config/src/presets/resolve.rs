//! Which dialect a source speaks: decided by what it has, the same for the same answer.

use super::reads::Reads;
use super::{Dialect, Present, Preset, Template, preset};
use crate::signal::{PresetName, Signal};
use guard::ids::SignalKey;

/// The signals of a service, given what its source has.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Given {
    /// Those that can be read, and those that should be and cannot: they will be blind.
    pub signals: Vec<Signal>,
    /// Signals of presets that this service does not export, though it exports others of the same set.
    pub absent: Vec<SignalKey>,
}

/// Chooses the dialect for the signals of one preset entry that names none: the one with the most signals, of
/// equals the first; what it lacks is taken from the others in their order. Where nothing fits, the default
/// stays, and its signals will be blind.
pub(crate) fn given(name: PresetName, signals: &[Signal], present: &Present) -> Given {
    let preset = preset(name);
    let wanted: Vec<&Template> = signals
        .iter()
        .filter_map(|signal| template(preset, signal))
        .collect();
    let Some(best) = best(preset, &wanted, present) else {
        let standard = preset.dialects.first();
        let signals = signals.iter().filter(|signal| {
            standard.is_some_and(|dialect| {
                dialect
                    .rows
                    .iter()
                    .any(|row| Some(row.0) == row_of(preset, signal))
            })
        });
        return Given {
            signals: signals.cloned().collect(),
            absent: Vec::new(),
        };
    };
    let mut given = Given::default();
    for signal in signals {
        let order = std::iter::once(best).chain(preset.dialects);
        let found = template(preset, signal).and_then(|template| {
            order
                .into_iter()
                .find_map(|dialect| read(dialect, template, present))
        });
        match found.and_then(|(dialect, reads)| taken(signal, preset, dialect, reads)) {
            Some(signal) => given.signals.push(signal),
            None => given.absent.push(signal.key.clone()),
        }
    }
    given
}

/// The dialect with the most of what is wanted. Availability alone does not make a dialect: every target has it.
fn best<'p>(preset: &'p Preset, wanted: &[&Template], present: &Present) -> Option<&'p Dialect> {
    let score = |dialect: &Dialect| {
        let read = |template: &&&Template| read(dialect, template, present).is_some();
        let own =
            |template: &&&Template| template.row != "availability" || preset.signals.len() == 1;
        wanted.iter().filter(own).filter(read).count()
    };
    let mut best: Option<(&Dialect, usize)> = None;
    for dialect in preset.dialects {
        let score = score(dialect);
        if score > best.map_or(0, |(_, score)| score) {
            best = Some((dialect, score));
        }
    }
    best.map(|(dialect, _)| dialect)
}

fn read<'d>(
    dialect: &'d Dialect,
    template: &Template,
    present: &Present,
) -> Option<(&'d Dialect, Reads)> {
    let rows = dialect.rows.iter().filter(|row| row.0 == template.row);
    let fits = |reads: &Reads| serves(*reads, template) && present.offers(*reads);
    rows.map(|row| row.1)
        .find(fits)
        .map(|reads| (dialect, reads))
}

/// Further quantiles are told by a histogram only.
pub(crate) fn serves(reads: Reads, template: &Template) -> bool {
    let further = template.on_request && template.row == "latency";
    !further || matches!(reads, Reads::Histogram(..))
}

fn taken(
    signal: &Signal,
    preset: &'static Preset,
    dialect: &Dialect,
    reads: Reads,
) -> Option<Signal> {
    let template = template(preset, signal)?;
    Some(Signal {
        kind: reads.to_kind(template.quantile)?,
        scale: reads.scale(),
        dialect: Some(dialect.name),
        ..signal.clone()
    })
}

fn template(preset: &'static Preset, signal: &Signal) -> Option<&'static Template> {
    preset
        .signals
        .iter()
        .find(|template| template.key == signal.key.as_str())
}

fn row_of(preset: &'static Preset, signal: &Signal) -> Option<&'static str> {
    template(preset, signal).map(|template| template.row)
}
