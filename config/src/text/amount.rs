//! Limits and tolerances in the unit in which people say them: `5%`, `500ms`, `1.5GiB`, `0.05`.

use crate::reader::{Reader, shown};
use crate::shape::Shape;
use crate::value::{Value, compare_whole};
use crate::yaml::Node;

const EXPECTED: &str = "a number, a percentage (`5%`), a duration (`500ms`) or a size (`512MiB`)";

/// The kind of measure that a unit belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// A number without a unit: whatever the signal's unit is.
    Plain,
    /// A fraction; per cent were said.
    Ratio,
    /// Seconds.
    Seconds,
    /// Bytes.
    Bytes,
}

/// A number with the measure it was given in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Amount {
    /// As a fraction, in seconds, in bytes, or plain.
    pub(crate) value: f64,
    pub(crate) measure: Measure,
}

/// Takes the text apart; none if it is no amount.
pub(crate) fn amount(text: &str) -> Option<Amount> {
    let text = text.trim();
    let found = |value: f64, measure| value.is_finite().then_some(Amount { value, measure });
    if let Ok(number) = text.parse::<f64>() {
        return found(number, Measure::Plain);
    }
    if let Some(percent) = text.strip_suffix('%') {
        let number: f64 = percent.trim().parse().ok()?;
        return found(number / 100.0, Measure::Ratio);
    }
    if let Ok(duration) = humantime::parse_duration(text) {
        return found(duration.as_secs_f64(), Measure::Seconds);
    }
    let size: bytesize::ByteSize = text.parse().ok()?;
    found(size.as_u64() as f64, Measure::Bytes)
}

impl Value for Amount {
    fn shape() -> Shape {
        Shape::Text("number, percentage, duration or size")
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let text = reader.text(node, EXPECTED)?;
        let read = amount(&text);
        if read.is_none() {
            reader.wrong(node.at, shown(node), EXPECTED);
        }
        read
    }

    compare_whole!();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_keeps_the_measure_in_which_it_was_said() {
        for (text, value, measure) in [
            ("0.05", 0.05, Measure::Plain),
            ("5%", 0.05, Measure::Ratio),
            ("5 %", 0.05, Measure::Ratio),
            ("500ms", 0.5, Measure::Seconds),
            ("2m", 120.0, Measure::Seconds),
            ("512MiB", 536_870_912.0, Measure::Bytes),
        ] {
            assert_eq!(amount(text), Some(Amount { value, measure }), "{text}");
        }
    }

    #[test]
    fn what_is_no_amount_is_none() {
        for text in ["", "many", "%", "nan", "inf", "5 apples"] {
            assert_eq!(amount(text), None, "{text}");
        }
    }
}
