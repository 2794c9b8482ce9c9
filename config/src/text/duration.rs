//! Durations: `500ms`, `90s`, `5m`, `1h30m`, `14d`.

use crate::reader::{Reader, shown};
use crate::shape::Shape;
use crate::value::{Value, compare_whole};
use crate::yaml::Node;
use std::time::Duration;

const EXPECTED: &str = "a duration with its unit, such as `500ms`, `90s`, `5m`, `1h30m` or `14d`";

impl Value for Duration {
    fn shape() -> Shape {
        Shape::Text("duration")
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let text = reader.text(node, EXPECTED)?;
        // A bare number would leave open whether seconds or milliseconds are meant.
        let bare = text.parse::<f64>().is_ok();
        match humantime::parse_duration(&text) {
            Ok(duration) if !bare => Some(duration),
            _ => {
                reader.wrong(node.at, shown(node), EXPECTED);
                None
            }
        }
    }

    compare_whole!();
}
