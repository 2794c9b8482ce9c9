//! Limits and tolerances: in the signal's unit, and in their order.

use super::{Direction, Signal, Unit};
use crate::reader::{Reader, Step};
use crate::text::{Amount, Measure};
use crate::yaml::Node;

/// What was said in amounts.
pub(super) struct Amounts {
    pub(super) tolerance: Option<Amount>,
    pub(super) warn: Option<Amount>,
    pub(super) hard: Option<Amount>,
}

impl Amounts {
    /// Whether each was said in a measure that the unit can be compared with.
    pub(super) fn fit(&self, unit: Unit, node: &Node, reader: &mut Reader<'_>) -> bool {
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

/// Whether the hard limit lies beyond the warn limit.
pub(super) fn in_order(signal: &Signal, node: &Node, reader: &mut Reader<'_>) -> bool {
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
