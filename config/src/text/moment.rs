//! When: time zones, times of the day, days of the week.

use crate::reader::{Reader, shown};
use crate::shape::Shape;
use crate::value::{Value, compare_whole, words};
use crate::yaml::Node;
use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;

impl Value for TimeZone {
    fn shape() -> Shape {
        Shape::Text("time zone")
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let expected = "the name of a time zone, such as `Europe/Berlin`, `Asia/Shanghai` or `UTC`";
        let text = reader.text(node, expected)?;
        let found = TimeZone::get(&text).ok();
        if found.is_none() {
            reader.wrong(node.at, shown(node), expected);
        }
        found
    }

    compare_whole!();
}

impl Value for Time {
    fn shape() -> Shape {
        Shape::Text("time of the day")
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let expected = "a time of the day, such as `09:00` or `18:30`";
        let text = reader.text(node, expected)?;
        let found = text
            .split_once(':')
            .filter(|(hours, minutes)| hours.len() == 2 && minutes.len() == 2)
            .and_then(|(hours, minutes)| {
                let (hours, minutes) = (hours.parse().ok()?, minutes.parse().ok()?);
                Time::new(hours, minutes, 0, 0).ok()
            });
        if found.is_none() {
            reader.wrong(node.at, shown(node), expected);
        }
        found
    }

    compare_whole!();
}

words!(Weekday {
    "monday" => Weekday::Monday, "Monday";
    "tuesday" => Weekday::Tuesday, "Tuesday";
    "wednesday" => Weekday::Wednesday, "Wednesday";
    "thursday" => Weekday::Thursday, "Thursday";
    "friday" => Weekday::Friday, "Friday";
    "saturday" => Weekday::Saturday, "Saturday";
    "sunday" => Weekday::Sunday, "Sunday";
});
