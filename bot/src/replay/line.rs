//! One scrape: `{"t":-3600,"v":[123,null,"NaN"]}`.

use std::fmt;

use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// One sample of the line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Cell {
    /// No sample.
    None,
    /// The exporter said NaN.
    Nan,
    /// A number.
    Value(f64),
}

impl<'de> Deserialize<'de> for Cell {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct One;
        impl Visitor<'_> for One {
            type Value = Cell;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number, null or \"NaN\"")
            }
            fn visit_unit<E: Error>(self) -> Result<Cell, E> {
                Ok(Cell::None)
            }
            fn visit_u64<E: Error>(self, v: u64) -> Result<Cell, E> {
                Ok(Cell::Value(v as f64))
            }
            fn visit_i64<E: Error>(self, v: i64) -> Result<Cell, E> {
                Ok(Cell::Value(v as f64))
            }
            fn visit_f64<E: Error>(self, v: f64) -> Result<Cell, E> {
                Ok(Cell::Value(v))
            }
            fn visit_str<E: Error>(self, v: &str) -> Result<Cell, E> {
                match v {
                    "NaN" | "+Inf" | "-Inf" | "Inf" => Ok(Cell::Nan),
                    other => other
                        .parse()
                        .map(Cell::Value)
                        .map_err(|_| E::custom(format!("{other:?} is not a number"))),
                }
            }
        }
        deserializer.deserialize_any(One)
    }
}

struct Into<'a>(&'a mut Vec<Cell>);

impl<'de> DeserializeSeed<'de> for Into<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Into<'_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of values")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while let Some(cell) = seq.next_element()? {
            self.0.push(cell);
        }
        Ok(())
    }
}

struct Line<'a>(&'a mut Vec<Cell>);

impl<'de> Visitor<'de> for Line<'_> {
    type Value = Option<f64>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with `t` and `v`")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Option<f64>, A::Error> {
        let mut t = None;
        while let Some(key) = map.next_key::<&str>()? {
            match key {
                "t" => t = Some(map.next_value()?),
                "v" => map.next_value_seed(Into(self.0))?,
                _ => drop(map.next_value::<serde::de::IgnoredAny>()?),
            }
        }
        Ok(t)
    }
}

/// The time of the line; its values go to `cells`.
pub(super) fn parse(text: &[u8], cells: &mut Vec<Cell>) -> Result<f64, String> {
    cells.clear();
    let mut json = serde_json::Deserializer::from_slice(text);
    let t = Deserializer::deserialize_map(&mut json, Line(cells)).map_err(|e| e.to_string())?;
    json.end().map_err(|e| e.to_string())?;
    t.filter(|t| t.is_finite())
        .ok_or_else(|| "expected a number `t`, the time of the scrape".to_owned())
}
