//! One line of English for a human. Messages in other languages are made from the fields.

use super::spec::{Comparison, SignalKind};
use super::statement::{Pattern, Scope, Statement};

/// A number with three significant digits.
fn number(x: f64) -> String {
    if x == 0.0 || !x.is_finite() {
        return "0".to_owned();
    }
    let digits = (2 - x.abs().log10().floor() as i32).clamp(0, 9) as usize;
    let text = format!("{x:.digits$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// A value in its unit, as a human reads it.
pub fn amount(x: f64, unit: &str) -> String {
    match unit {
        "ratio" => format!("{} %", number(100.0 * x)),
        "seconds" if x.abs() < 1.0 => format!("{} ms", number(1000.0 * x)),
        "seconds" => format!("{} s", number(x)),
        "bytes" => format!("{} MB", number(x / 1e6)),
        "value" => number(x),
        unit => format!("{} {unit}", number(x)),
    }
}

pub(crate) fn reason(s: &Statement, comparison: Comparison) -> String {
    let place = match &s.scope {
        Scope::Group => String::new(),
        Scope::Instance(name) => format!(" on {name}"),
    };
    let against = match comparison {
        Comparison::CanaryVsStable { .. } => "on the stable instances",
        Comparison::BeforeVsAfter => "before the deployment",
    };
    let (now, then) = (amount(s.current, &s.unit), amount(s.baseline, &s.unit));
    let window = number(s.window_s);
    let signal = &s.signal;
    match (s.pattern, s.kind) {
        (Pattern::Silent, _) => {
            format!("{signal}{place}: {now} of the scrapes answered in the last {window} s")
        }
        (Pattern::Leak, _) => format!(
            "{signal}{place} keeps growing: {now} against {then} {against}, over {window} s"
        ),
        (Pattern::Tail, _) => format!(
            "{signal}{place}: the slowest requests got slower, {now} against {then} {against}, over {window} s"
        ),
        (
            Pattern::Level,
            SignalKind::Ratio
            | SignalKind::Histogram
            | SignalKind::Rate
            | SignalKind::Gauge
            | SignalKind::Throughput
            | SignalKind::Availability,
        ) => {
            format!("{signal}{place}: {now} against {then} {against}, over {window} s")
        }
    }
}
