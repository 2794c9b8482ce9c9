//! Numbers with as many digits as say anything.

use schemars::JsonSchema;
use serde::{Serialize, Serializer};

/// Digits that are kept.
const DIGITS: usize = 4;

/// A measured number with four significant digits. `NaN` and infinities, which JSON does not have, are words.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Number(pub f64);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let number = rounded(self.0);
        if number.is_nan() {
            serializer.serialize_str("NaN")
        } else if number.is_infinite() {
            serializer.serialize_str(if number > 0.0 { "+Inf" } else { "-Inf" })
        } else {
            match whole(number) {
                Some(whole) => serializer.serialize_i64(whole),
                None => serializer.serialize_f64(number),
            }
        }
    }
}

impl JsonSchema for Number {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Number".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": ["number", "string"] })
    }
}

/// The same with four significant digits.
#[must_use]
pub fn rounded(number: f64) -> f64 {
    if !number.is_finite() || number == 0.0 {
        return number;
    }
    // By way of the text: a product with a power of ten would bring digits of its own.
    format!("{number:.*e}", DIGITS - 1)
        .parse()
        .unwrap_or(number)
}

/// A whole number without `.0`, as far as it is exact.
#[allow(clippy::cast_possible_truncation, reason = "below 2^53 it is exact")]
fn whole(number: f64) -> Option<i64> {
    (number.fract() == 0.0 && number.abs() < 1e15).then_some(number as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_digits_are_kept_and_whole_numbers_stay_whole() {
        for (number, shown) in [
            (0.123_456, "0.1235"),
            (123_456.0, "123500"),
            (1e-7, "1e-7"),
            (-0.000_012_345_6, "-0.00001235"),
            (3.0, "3"),
            (0.0, "0"),
            (1.5e300, "1.5e+300"),
            (f64::NAN, "\"NaN\""),
            (f64::INFINITY, "\"+Inf\""),
            (f64::NEG_INFINITY, "\"-Inf\""),
        ] {
            let said = serde_json::to_string(&Number(number)).unwrap();
            assert_eq!(said, shown);
        }
    }
}
