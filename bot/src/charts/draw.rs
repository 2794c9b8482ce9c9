//! The drawing itself. Colours that are told apart by everybody, on a ground of its own: it is seen on dark and light.

use messages::chart::{Chart, Points};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// Pixels of the drawing.
const WIDTH: u32 = 800;
const HEIGHT: u32 = 400;
/// The family of its words, and what stands in where it is not there.
pub(super) const FONT: &str = "Tawny Sans, system-ui, sans-serif";

// Of the palette of Okabe and Ito.
const BEFORE: RGBColor = RGBColor(0, 114, 178);
const SINCE: RGBColor = RGBColor(213, 94, 0);
const INK: RGBColor = RGBColor(34, 34, 34);
const FAINT: RGBColor = RGBColor(225, 225, 225);

/// Pixels of a word's height, and of the ground's width.
const SIZE: u32 = 16;
const INSIDE: f64 = 680.0;

/// A limit further above the values than this is not drawn: the course would be flat.
const LIMIT_WITHIN: f64 = 3.0;
/// Marks nearer to each other than this part of the width have their words below each other.
const NEXT_TO: f64 = 0.22;

type Failed<'b> = DrawingAreaErrorKind<<SVGBackend<'b> as DrawingBackend>::ErrorType>;

/// Where a time is: a third of the width for what was before, and two for what is since, which is mostly much shorter.
#[derive(Debug, Clone, Copy)]
struct Scale {
    /// Seconds of a unit before the deployment, and since; each is a third. Nothing where nothing was measured before.
    before: f64,
    since: f64,
}

impl Scale {
    fn of((from, to): (f64, f64)) -> Self {
        Self {
            before: -from,
            since: to.max(0.5) / 2.0,
        }
    }

    fn ends(self) -> (f64, f64) {
        (if self.before > 0.0 { -1.0 } else { 0.0 }, 2.0)
    }

    fn place(self, time: f64) -> f64 {
        time / if time < 0.0 { self.before } else { self.since }
    }

    fn time(self, place: f64) -> f64 {
        place * if place < 0.0 { self.before } else { self.since }
    }
}

/// The drawing; none where it fails, which is said.
pub(super) fn svg(chart: &Chart) -> Option<String> {
    let known = || chart.before.iter().chain(&chart.after);
    let times = known().map(|(at, _)| *at).chain([0.0, chart.onset]);
    let scale = Scale::of(ends(times)?);
    let (low, high) = ends(known().filter_map(|(_, value)| *value))?;
    let near =
        |(limit, _): &&(f64, String)| *limit <= high * LIMIT_WITHIN && *limit >= low / LIMIT_WITHIN;
    let limit = chart.limit.as_ref().filter(near);
    let heights = heights(low, high, limit.map(|(limit, _)| *limit));
    let mut out = String::new();
    if let Err(error) = draw(&mut out, chart, scale, heights, limit) {
        tracing::error!(%error, "a chart cannot be drawn");
        return None;
    }
    Some(out)
}

fn draw<'b>(
    out: &'b mut String,
    chart: &Chart,
    scale: Scale,
    (floor, top): (f64, f64),
    limit: Option<&(f64, String)>,
) -> Result<(), Failed<'b>> {
    let root = SVGBackend::with_string(out, (WIDTH, HEIGHT)).into_drawing_area();
    root.fill(&WHITE)?;
    let ends = scale.ends();
    let length = ends.1 - ends.0;
    let mut area = ChartBuilder::on(&root)
        .margin(14)
        .margin_right(34)
        .caption(&chart.title, (FONT, 20).into_font().color(&INK))
        .x_label_area_size(34)
        .y_label_area_size(84)
        .build_cartesian_2d(ends.0..ends.1, floor..top)?;
    area.configure_mesh()
        .disable_x_mesh()
        .bold_line_style(FAINT)
        .light_line_style(TRANSPARENT)
        .axis_style(INK)
        .label_style((FONT, SIZE).into_font().color(&INK))
        .x_labels(8)
        .y_labels(5)
        .x_label_formatter(&|at| chart.time(scale.time(*at)))
        .y_label_formatter(&|value| chart.value(*value))
        .draw()?;
    if let Some((limit, words)) = limit {
        let limit = *limit;
        area.draw_series(DashedLineSeries::new(
            [(ends.0, limit), (ends.1, limit)],
            8,
            6,
            INK.stroke_width(2),
        ))?;
        let at = (ends.0 + length * 0.01, limit);
        area.draw_series([write(words, at, HPos::Left, VPos::Bottom)])?;
    }
    // Where both are near to each other their words are on either side, or below each other.
    let onset = scale.place(chart.onset);
    let near = (onset.abs() / length) < NEXT_TO;
    let below = if near { (top - floor) * 0.09 } else { 0.0 };
    let marked = |at: f64, height: f64| (at, top - height);
    let deployment = vec![(0.0, floor), (0.0, top)];
    area.draw_series([PathElement::new(deployment, INK.stroke_width(2))])?;
    let words = beside(ends, marked(0.0, 0.0), &chart.deployed, HPos::Right);
    area.draw_series([words])?;
    let begin = [(onset, floor), (onset, top)];
    area.draw_series(DashedLineSeries::new(begin, 3, 5, SINCE.stroke_width(2)))?;
    let words = beside(ends, marked(onset, below), &chart.began, HPos::Left);
    area.draw_series([words])?;
    for (points, colour, width) in [(&chart.before, BEFORE, 3), (&chart.after, SINCE, 4)] {
        for run in runs(points, scale) {
            let dots = run.clone();
            area.draw_series(LineSeries::new(run, colour.stroke_width(width)))?;
            // Where a line is only one point, and for who does not see its colour: what was changed has dots.
            if width == 4 || dots.len() == 1 {
                let dots = dots.into_iter();
                area.draw_series(dots.map(|at| Circle::new(at, 4, colour.filled())))?;
            }
        }
    }
    drop(area);
    root.present()
}

/// Words at a mark, on the side that is wanted if they fit there.
fn beside(
    (from, to): (f64, f64),
    (at, height): (f64, f64),
    words: &str,
    wanted: HPos,
) -> Text<'static, (f64, f64), String> {
    let gap = (to - from) * 0.008;
    let length = (to - from) * wide(words) / INSIDE;
    let left = match wanted {
        HPos::Right => at - length >= from,
        _ => at + length > to,
    };
    if left {
        write(words, (at - gap, height), HPos::Right, VPos::Top)
    } else {
        write(words, (at + gap, height), HPos::Left, VPos::Top)
    }
}

/// About how many pixels words take: Chinese ones are as wide as they are high.
fn wide(words: &str) -> f64 {
    let each = words.chars().map(|c| if c.is_ascii() { 0.55 } else { 1.0 });
    each.sum::<f64>() * f64::from(SIZE)
}

fn write(
    words: &str,
    at: (f64, f64),
    across: HPos,
    upright: VPos,
) -> Text<'static, (f64, f64), String> {
    let style = (FONT, SIZE).into_font().color(&INK);
    Text::new(words.to_owned(), at, style.pos(Pos::new(across, upright)))
}

/// What was measured without a gap.
fn runs(points: &Points, scale: Scale) -> Vec<Vec<(f64, f64)>> {
    let mut runs = vec![Vec::new()];
    for (at, value) in points {
        match (value, runs.last_mut()) {
            (Some(value), Some(run)) => run.push((scale.place(*at), *value)),
            _ => runs.push(Vec::new()),
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}

fn ends(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values
        .filter(|value| value.is_finite())
        .fold(None, |ends, value| match ends {
            None => Some((value, value)),
            Some((low, high)) => Some((value.min(low), value.max(high))),
        })
}

/// From zero, where values reach near to it: then the height says how much. With room for words above.
fn heights(low: f64, high: f64, limit: Option<f64>) -> (f64, f64) {
    let high = limit.map_or(high, |limit| high.max(limit));
    let low = limit.map_or(low, |limit| low.min(limit));
    let floor = if low >= 0.0 && low < 0.5 * high {
        0.0
    } else {
        low
    };
    // What hardly moves is drawn flat: noise is no shape.
    let span = (high - floor).max(0.02 * high.abs()).max(1e-9);
    let floor = if floor == 0.0 {
        0.0
    } else {
        floor - 0.1 * span
    };
    (floor, high + 0.25 * span)
}
