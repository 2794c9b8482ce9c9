//! An episode told to a human: each signal as a line of blocks, what was said, and why.

use super::picture::{Line, Picture};
use guard::detect::{
    Comparison, Evidence, NoData, Scope, Sensitivity, SignalSpec, SignalState, Statement, Summary,
    amount, tier_of,
};
use std::fmt::Write;

/// Points of a line, before and after the deployment together.
const POINTS: usize = 60;
/// Points of the finest line.
const FINE: usize = 1_000_000;
const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The whole story, ending with a line feed.
pub(crate) fn explain(picture: &Picture, summary: &Summary) -> String {
    let mut out = String::new();
    let Some(watch) = picture.watch() else {
        return out;
    };
    let against = match watch.comparison {
        Comparison::CanaryVsStable { .. } => "the canary against the stable instances",
        Comparison::BeforeVsAfter => "after the deployment against before",
    };
    let (from, to) = picture.span().unwrap_or_default();
    let _ = writeln!(
        out,
        "{against}, one sample every {} s, from {} to {} around the deployment, {}",
        watch.interval_s,
        clock(from),
        clock(to),
        match watch.sensitivity {
            Sensitivity::Careful => "careful",
            Sensitivity::Balanced => "balanced",
            Sensitivity::Eager => "eager",
        }
    );
    for (at, signal) in picture.signals().enumerate() {
        draw(&mut out, picture, at, signal);
        let said = picture.said.iter();
        for (statement, comparison) in said.filter(|(said, _)| said.signal == signal.key) {
            tell(&mut out, statement, watch.deploy_at, *comparison);
        }
    }
    let _ = writeln!(out, "\n{}", summary.verdict.word());
    for state in &summary.signals {
        let Some(signal) = picture.signals().find(|s| s.key == state.key) else {
            continue;
        };
        let _ = writeln!(out, "  {:<14} {}", state.key, known(state, signal));
    }
    out
}

fn draw(out: &mut String, picture: &Picture, at: usize, signal: &SignalSpec) {
    let (old, new) = (picture.line(at, false, FINE), picture.line(at, true, FINE));
    let _ = writeln!(out, "\n{}", signal.key);
    let (least, most) = old
        .iter()
        .chain(&new)
        .fold((f64::MAX, f64::MIN), |(a, b), (_, v)| {
            (a.min(*v), b.max(*v))
        });
    let Some((from, to)) = picture.span().filter(|_| least <= most) else {
        let _ = writeln!(out, "  no samples");
        return;
    };
    let near_s = picture.cell_s();
    let rows: &[(&str, &Line)] = if picture.controlled(at) {
        &[("stable", &old), ("canary", &new)]
    } else {
        let both: Line = old.iter().chain(&new).copied().collect();
        let row = blocks(&both, (from, to), (least, most), near_s);
        let _ = writeln!(out, "  {row}  {}", range(&both, signal));
        return;
    };
    for (name, line) in rows {
        let row = blocks(line, (from, to), (least, most), near_s);
        let _ = writeln!(out, "  {name} {row}  {}", range(line, signal));
    }
}

/// One block per point, a bar where the deployment was.
/// A block without a point of its own shows one that is `near_s` seconds away, or less.
fn blocks(line: &Line, (from, to): (f64, f64), (least, most): (f64, f64), near_s: f64) -> String {
    let width = (to - from).max(1e-9) / POINTS as f64;
    let mut row = String::new();
    for k in 0..POINTS {
        let (a, b) = (from + k as f64 * width, from + (k as f64 + 1.0) * width);
        if a <= 0.0 && b > 0.0 {
            row.push('│');
        }
        let inside = line.iter().filter(|(t, _)| *t > a && *t <= b);
        let (n, sum) = inside.fold((0.0, 0.0), |(n, sum), (_, v)| (n + 1.0, sum + v));
        // Cells wider than a block fill the blocks that they cover.
        let near = || {
            let middle = 0.5 * (a + b);
            let nearest = line
                .iter()
                .min_by(|x, y| (x.0 - middle).abs().total_cmp(&(y.0 - middle).abs()))?;
            ((nearest.0 - middle).abs() <= near_s).then_some(nearest.1)
        };
        let value = if n > 0.0 { Some(sum / n) } else { near() };
        row.push(value.map_or(' ', |value| {
            let level = (value - least) / (most - least).max(1e-12);
            BLOCKS[((level * 7.0).round() as usize).min(7)]
        }));
    }
    row
}

fn range(line: &Line, signal: &SignalSpec) -> String {
    let least = line.iter().map(|p| p.1).fold(f64::MAX, f64::min);
    let most = line.iter().map(|p| p.1).fold(f64::MIN, f64::max);
    if least > most {
        return "no samples".to_owned();
    }
    let say = |v: f64| amount(v, &signal.unit);
    format!("{} to {}", say(least), say(most))
}

fn tell(out: &mut String, said: &Statement, deploy_at: f64, comparison: Comparison) {
    let action = match tier_of(said, comparison) {
        1 => "warn",
        2 => "pause",
        _ => "roll back",
    };
    let say = |v: f64| amount(v, &said.unit);
    let scope = match &said.scope {
        Scope::Group => "all of the new version".to_owned(),
        Scope::Instance(name) => format!("{name} alone"),
    };
    let _ = writeln!(
        out,
        "  {} {action}: {}",
        clock(said.t - deploy_at),
        said.reason
    );
    let _ = writeln!(
        out,
        "      since about {}; effect {} (95 %: {} to {}); {scope}; odds of this in a healthy deployment {}{}{}",
        clock(said.onset_t - deploy_at),
        say(said.effect),
        say(said.interval.0),
        say(said.interval.1),
        odds(said.budget_spent),
        if said.hard_limit_crossed {
            "; beyond the hard limit"
        } else {
            ""
        },
        if said.evidence == Evidence::Rollback && !said.history {
            "; with little history"
        } else {
            ""
        },
    );
}

fn odds(p: f64) -> String {
    if p < 1e-9 {
        "below 1 in 10^9".to_owned()
    } else {
        format!("about 1 in {:.0}", 1.0 / p)
    }
}

fn known(state: &SignalState, signal: &SignalSpec) -> String {
    if let Some(no_data) = &state.no_data {
        return match no_data {
            NoData::NoSeries => "not judged: there is no series".to_owned(),
            NoData::NotStarted => "not judged: the new version has not shown itself".to_owned(),
            NoData::NoBaseline => "not judged: neither a baseline nor a control".to_owned(),
            NoData::Silent(instance) => format!("silent: {instance}"),
            NoData::NotANumber => "not judged: the exporter says NaN".to_owned(),
            NoData::QueryFailed => "not judged: the query failed".to_owned(),
        };
    }
    let visible = state.smallest_visible.map_or_else(
        || "nothing could be seen yet".to_owned(),
        |v| {
            format!(
                "an effect of {} would have been seen",
                amount(v, &signal.unit)
            )
        },
    );
    let tolerated = amount(
        signal.tolerance.at(state.baseline.unwrap_or(0.0)),
        &signal.unit,
    );
    match state.time_to_see_tolerance_s {
        Some(seconds) if seconds > 0.0 => format!(
            "{visible}; the tolerance of {tolerated} in {} more of such traffic",
            clock(seconds).trim_start_matches('+')
        ),
        _ => format!("{visible}; tolerated is {tolerated}"),
    }
}

/// Minutes and seconds since the deployment.
pub(super) fn clock(seconds: f64) -> String {
    let whole = seconds.abs().round() as u64;
    let sign = if seconds < 0.0 { '−' } else { '+' };
    match whole {
        0..3600 => format!("{sign}{}:{:02}", whole / 60, whole % 60),
        3600..172_800 => format!("{sign}{} h {:02} min", whole / 3600, whole % 3600 / 60),
        _ => format!("{sign}{} days", whole / 86_400),
    }
}
