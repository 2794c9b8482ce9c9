//! An episode drawn: a panel per signal with the deployment, the estimated onset and the alarms.

use super::explain::clock;
use super::picture::{Line, Picture};
use guard::detect::{SignalSpec, Statement, Summary, amount, tier_of};
use std::fmt::Write;

const WIDTH: f64 = 960.0;
const PANEL: f64 = 118.0;
const LEFT: f64 = 110.0;
const RIGHT: f64 = 20.0;
const TOP: f64 = 46.0;
const PLOT: f64 = 74.0;
const POINTS: usize = 240;
/// Words nearer to each other would touch.
const NEXT_TO: f64 = 80.0;

/// The drawing, a document of its own.
pub(crate) fn svg(picture: &Picture, summary: &Summary, title: &str) -> String {
    let signals: Vec<&SignalSpec> = picture.signals().collect();
    let height = TOP + PANEL * signals.len() as f64 + 12.0;
    // The times are said below the last panel.
    let times = TOP + PANEL * signals.len().saturating_sub(1) as f64 + PLOT + 26.0;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" \
         font-family=\"system-ui, sans-serif\" font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n\
         <text x=\"{LEFT}\" y=\"20\" font-size=\"15\" font-weight=\"600\">{}</text>\n\
         <text x=\"{LEFT}\" y=\"37\" fill=\"#555\">{}; grey: old version; blue: new; red: alarm, dashed: its estimated begin</text>\n",
        escaped(title),
        summary.verdict.word()
    );
    let Some((from, to)) = picture.span() else {
        out.push_str("</svg>\n");
        return out;
    };
    let x = |t: f64| LEFT + (t - from) / (to - from).max(1e-9) * (WIDTH - LEFT - RIGHT);
    for (at, signal) in signals.iter().enumerate() {
        let top = TOP + PANEL * at as f64;
        let _ = writeln!(
            out,
            "<g transform=\"translate(0 {top})\"><text x=\"8\" y=\"20\" font-weight=\"600\">{}</text>",
            escaped(&signal.key)
        );
        panel(&mut out, picture, at, signal, &x);
        out.push_str("</g>\n");
    }
    axis(&mut out, (from, to), times, &x);
    out.push_str("</svg>\n");
    out
}

/// When it begins and ends, around the deployment.
fn axis(out: &mut String, (from, to): (f64, f64), y: f64, x: &impl Fn(f64) -> f64) {
    let mut say = |t: f64, anchor: &str, words: &str| {
        let _ = writeln!(
            out,
            "<text x=\"{:.1}\" y=\"{y}\" text-anchor=\"{anchor}\" fill=\"#555\" font-size=\"10\">{words}</text>",
            x(t)
        );
    };
    say(0.0, "middle", "deployment");
    if x(0.0) - x(from) > NEXT_TO {
        say(from, "start", &clock(from));
    }
    if x(to) - x(0.0) > NEXT_TO {
        say(to, "end", &clock(to));
    }
}

fn panel(
    out: &mut String,
    picture: &Picture,
    at: usize,
    signal: &SignalSpec,
    x: &impl Fn(f64) -> f64,
) {
    let (old, new) = (
        picture.line(at, false, POINTS),
        picture.line(at, true, POINTS),
    );
    let most = old.iter().chain(&new).map(|p| p.1).fold(f64::MIN, f64::max);
    let least = old.iter().chain(&new).map(|p| p.1).fold(f64::MAX, f64::min);
    let bottom = PLOT + 12.0;
    let _ = writeln!(
        out,
        "<rect x=\"{LEFT}\" y=\"12\" width=\"{}\" height=\"{PLOT}\" fill=\"#f6f7f9\"/>\
         <line x1=\"{x0:.1}\" x2=\"{x0:.1}\" y1=\"12\" y2=\"{bottom}\" stroke=\"#111\" stroke-width=\"1.2\"/>",
        WIDTH - LEFT - RIGHT,
        x0 = x(0.0)
    );
    if most < least {
        let _ = writeln!(
            out,
            "<text x=\"{}\" y=\"52\" fill=\"#888\">no samples</text>",
            LEFT + 10.0
        );
        return;
    }
    // A steady line belongs into the middle and not onto the floor.
    let (low, high) = if most > least {
        (least, most)
    } else {
        (
            least - 0.5 * least.abs() - 1e-9,
            most + 0.5 * most.abs() + 1e-9,
        )
    };
    let y = |v: f64| bottom - 3.0 - (v - low) / (high - low) * (PLOT - 6.0);
    for (line, colour) in [(&old, "#8b94a3"), (&new, "#1d63d8")] {
        let _ = writeln!(
            out,
            "<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.4\" points=\"{}\"/>",
            points(line, x, &y)
        );
    }
    let label = |out: &mut String, v: f64, at: f64| {
        let _ = writeln!(
            out,
            "<text x=\"{}\" y=\"{at}\" text-anchor=\"end\" fill=\"#555\" font-size=\"10\">{}</text>",
            LEFT - 6.0,
            escaped(&amount(v, &signal.unit))
        );
    };
    label(out, most, 38.0);
    label(out, least, bottom);
    let deploy_at = picture.watch().map_or(0.0, |w| w.deploy_at);
    let said = picture.said.iter();
    let said = said.filter(|(said, _)| said.signal == signal.key);
    for (k, (statement, comparison)) in said.enumerate() {
        let tier = tier_of(statement, *comparison);
        alarm(out, statement, deploy_at, tier, k, x, bottom);
    }
}

fn alarm(
    out: &mut String,
    said: &Statement,
    deploy_at: f64,
    tier: u8,
    k: usize,
    x: &impl Fn(f64) -> f64,
    bottom: f64,
) {
    let (t, onset) = (x(said.t - deploy_at), x(said.onset_t - deploy_at));
    let (colour, word) = match tier {
        1 => ("#c77700", "warn"),
        2 => ("#c62828", "pause"),
        _ => ("#7b1fa2", "roll back"),
    };
    let _ = writeln!(
        out,
        "<line x1=\"{onset:.1}\" x2=\"{onset:.1}\" y1=\"12\" y2=\"{bottom}\" stroke=\"{colour}\" stroke-dasharray=\"3 3\"/>\
         <line x1=\"{t:.1}\" x2=\"{t:.1}\" y1=\"12\" y2=\"{bottom}\" stroke=\"{colour}\" stroke-width=\"1.6\"><title>{}</title></line>\
         <text x=\"{:.1}\" y=\"{}\" fill=\"{colour}\" font-size=\"10\">{word}</text>",
        escaped(&said.reason),
        t + 3.0,
        22.0 + 11.0 * (k % 5) as f64
    );
}

fn points(line: &Line, x: &impl Fn(f64) -> f64, y: &impl Fn(f64) -> f64) -> String {
    let mut out = String::new();
    for (t, v) in line {
        let _ = write!(out, "{:.1},{:.1} ", x(*t), y(*v));
    }
    out
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
