//! Numbers for people: three digits that matter, and the unit they know.

use super::{Arg, Words};
use crate::say;
use crate::text::Text;

/// A plain number: `0.0042`, `4.1`, `12.3`, `1,234`. What is no number says so.
#[must_use]
pub fn number(words: Words, value: f64) -> Text {
    if value.is_finite() {
        Text::trusted(digits(value))
    } else {
        say!(words, "no-value")
    }
}

fn digits(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 {
        return "0".to_owned();
    }
    if !(1e-6..1e15).contains(&size) {
        return format!("{value:.1e}");
    }
    let places = (0..9).find(|places| size * 10_f64.powi(*places) >= 100.0);
    let text = format!("{value:.*}", places.unwrap_or(9) as usize);
    let text = if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    };
    grouped(&text)
}

fn grouped(text: &str) -> String {
    let (sign, rest) = text
        .strip_prefix('-')
        .map_or(("", text), |rest| ("-", rest));
    let (whole, fraction) = rest.split_once('.').unwrap_or((rest, ""));
    let mut out = String::from(sign);
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

/// A measured value in the unit of its signal: `4.1 %`, `850 ms`, `1.5 GiB`, `0.25 cores`.
#[must_use]
pub fn amount(words: Words, value: f64, unit: &str) -> Text {
    if !value.is_finite() {
        return say!(words, "no-value");
    }
    let (value, key) = scaled(value, value, unit);
    with_unit(words, number(words, value), value, key, unit)
}

/// A difference in the unit of its signal, with its sign; ratios in percentage points.
#[must_use]
pub fn change(words: Words, value: f64, unit: &str) -> Text {
    if !value.is_finite() {
        return say!(words, "no-value");
    }
    let (value, key) = scaled(value, value, unit);
    with_unit(words, signed(value), value, points(key), unit)
}

/// The size of a difference, without a sign; ratios in percentage points.
#[must_use]
pub fn size(words: Words, value: f64, unit: &str) -> Text {
    if !value.is_finite() {
        return say!(words, "no-value");
    }
    let (value, key) = scaled(value, value, unit);
    with_unit(words, number(words, value), value, points(key), unit)
}

/// The interval of a difference: `+25 to +36 points`. Both ends in the unit of the larger one.
#[must_use]
pub fn interval(words: Words, ends: (f64, f64), unit: &str) -> Text {
    let (low, high) = ends;
    if !low.is_finite() || !high.is_finite() {
        return say!(words, "no-value");
    }
    let larger = low.abs().max(high.abs());
    let (low, _) = scaled(low, larger, unit);
    let (high, key) = scaled(high, larger, unit);
    let range = say!(words, "range", low = signed(low), high = signed(high));
    with_unit(words, range, high, points(key), unit)
}

fn signed(value: f64) -> Text {
    let plus = if value > 0.0 { "+" } else { "" };
    Text::trusted(format!("{plus}{}", digits(value)))
}

fn points(key: Option<&'static str>) -> Option<&'static str> {
    match key {
        Some("unit-percent") => Some("unit-points"),
        other => other,
    }
}

// The scale is chosen by `by`, so that both ends of an interval get the same one.
fn scaled(value: f64, by: f64, unit: &str) -> (f64, Option<&'static str>) {
    match unit {
        "ratio" => (value * 100.0, Some("unit-percent")),
        "seconds" if by.abs() < 1.0 => (value * 1000.0, Some("unit-milliseconds")),
        "seconds" => (value, Some("unit-seconds")),
        "cores" => (value, Some("unit-cores")),
        "per_second" => (value, Some("unit-per-second")),
        "count" => (value, Some("unit-count")),
        "bytes" => bytes(value, by.abs()),
        _ => (value, None),
    }
}

fn bytes(value: f64, by: f64) -> (f64, Option<&'static str>) {
    const STEPS: [(f64, &str); 4] = [
        (1_099_511_627_776.0, "unit-tebibytes"),
        (1_073_741_824.0, "unit-gibibytes"),
        (1_048_576.0, "unit-mebibytes"),
        (1024.0, "unit-kibibytes"),
    ];
    STEPS
        .iter()
        .find(|(size, _)| by >= *size)
        .map_or((value, Some("unit-bytes")), |(size, key)| {
            (value / size, Some(*key))
        })
}

fn with_unit(
    words: Words,
    number: Text,
    value: f64,
    key: Option<&'static str>,
    unit: &str,
) -> Text {
    match key {
        Some(key) => say!(words, key, number = number, count = Arg::Count(value.abs())),
        None => say!(
            words,
            "unit-other",
            number = number,
            unit = Text::foreign(unit)
        ),
    }
}

/// A length of time, rounded to what matters: `45 s`, `3 min`, `1 h 5 min`, `2 d 3 h`.
#[must_use]
pub fn duration(words: Words, seconds: f64) -> Text {
    if !seconds.is_finite() || seconds < 0.0 {
        return say!(words, "no-value");
    }
    if seconds < 1.0 {
        return say!(
            words,
            "duration-milliseconds",
            number = number(words, (seconds * 1000.0).round())
        );
    }
    let whole = seconds.round().min(1e12) as u64;
    let part = |value: u64| number(words, value as f64);
    let (large, small, rest) = match whole {
        0..60 => return say!(words, "duration-seconds", number = part(whole)),
        60..3600 => (
            ("duration-minutes", whole / 60),
            "duration-seconds",
            if whole < 600 { whole % 60 } else { 0 },
        ),
        3600..86_400 => (
            ("duration-hours", whole / 3600),
            "duration-minutes",
            whole % 3600 / 60,
        ),
        _ => (
            ("duration-days", whole / 86_400),
            "duration-hours",
            whole % 86_400 / 3600,
        ),
    };
    let first = say!(words, large.0, number = part(large.1));
    if rest == 0 {
        return first;
    }
    let second = say!(words, small, number = part(rest));
    say!(words, "duration-two", first = first, second = second)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::plain;
    use crate::locale::Locale;

    const EN: Words = Words { locale: Locale::En };
    const ZH: Words = Words {
        locale: Locale::ZhCn,
    };

    #[test]
    fn a_number_keeps_three_digits_and_no_idle_zeros() {
        for (value, wanted) in [
            (0.0, "0"),
            (-0.0, "0"),
            (0.002, "0.002"),
            (0.12345, "0.123"),
            (4.1, "4.1"),
            (9.996, "10"),
            (99.7, "99.7"),
            (99.96, "100"),
            (31.04, "31"),
            (-12.34, "-12.3"),
            (999.6, "1,000"),
            (1234.5, "1,234"),
            (1_234_567.0, "1,234,567"),
            (1e300, "1.0e300"),
            (1e-9, "1.0e-9"),
        ] {
            assert_eq!(plain::text(&number(EN, value)), wanted, "{value}");
        }
    }

    #[test]
    fn what_is_no_number_is_never_shown_as_one() {
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(plain::text(&amount(EN, value, "ratio")), "no value");
            assert_eq!(plain::text(&change(ZH, value, "seconds")), "无数值");
            assert_eq!(
                plain::text(&interval(EN, (value, 1.0), "ratio")),
                "no value"
            );
        }
    }

    #[test]
    fn each_unit_is_shown_as_people_say_it() {
        for (value, unit, wanted) in [
            (0.041, "ratio", "4.1 %"),
            (0.85, "seconds", "850 ms"),
            (1.25, "seconds", "1.25 s"),
            (0.25, "cores", "0.25 cores"),
            (1.0, "cores", "1 core"),
            (1_610_612_736.0, "bytes", "1.5 GiB"),
            (512.0, "bytes", "512 B"),
            (12.3, "per_second", "12.3/s"),
            (3.0, "count", "3"),
            (7.0, "widgets", "7 widgets"),
        ] {
            assert_eq!(plain::text(&amount(EN, value, unit)), wanted);
        }
        assert_eq!(plain::text(&amount(ZH, 0.25, "cores")), "0.25 核");
    }

    #[test]
    fn a_difference_of_ratios_is_in_percentage_points() {
        assert_eq!(plain::text(&change(EN, 0.308, "ratio")), "+30.8 points");
        assert_eq!(plain::text(&change(ZH, -0.02, "ratio")), "-2 个百分点");
        assert_eq!(
            plain::text(&interval(EN, (0.25, 0.36), "ratio")),
            "+25 to +36 points"
        );
    }

    #[test]
    fn both_ends_of_an_interval_have_the_same_unit() {
        assert_eq!(
            plain::text(&interval(EN, (0.9, 1.4), "seconds")),
            "+0.9 to +1.4 s"
        );
    }

    #[test]
    fn a_duration_says_two_units_at_most() {
        for (seconds, wanted) in [
            (0.25, "250 ms"),
            (45.2, "45 s"),
            (59.7, "1 min"),
            (185.0, "3 min 5 s"),
            (1830.0, "30 min"),
            (3900.0, "1 h 5 min"),
            (183_600.0, "2 d 3 h"),
        ] {
            assert_eq!(plain::text(&duration(EN, seconds)), wanted, "{seconds}");
        }
        assert_eq!(plain::text(&duration(ZH, 3900.0)), "1 小时 5 分钟");
        assert_eq!(plain::text(&duration(EN, -1.0)), "no value");
    }
}
