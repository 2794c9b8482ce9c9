//! The drawing itself. Colours that are told apart by everybody, on a ground of its own where it stands alone.

use super::dashes::{BESIDE, LIMIT, MARK, ONSET, dashed};
use super::legend::Legend;
use super::marked::{Marked, write};
use super::scale::{self, Scale};
use super::shape::Shape;
use messages::chart::{Chart, Points};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

/// The family of its words, and what stands in where it is not there.
pub(super) const FONT: &str = "Tawny Sans, system-ui, sans-serif";

// Of the palette of Okabe and Ito. A page that is dark gives these very colours others: they are named there.
pub(super) const BEFORE: RGBColor = RGBColor(0, 114, 178);
pub(super) const SINCE: RGBColor = RGBColor(213, 94, 0);
pub(super) const INK: RGBColor = RGBColor(34, 34, 34);
const FAINT: RGBColor = RGBColor(225, 225, 225);

type Failed<'b> = DrawingAreaErrorKind<<SVGBackend<'b> as DrawingBackend>::ErrorType>;

/// A drawing, and where in it things are.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Drawing {
    /// The whole.
    pub(crate) svg: String,
    /// Its shape.
    pub(crate) shape: Shape,
    /// Pixels of the first moment, of the deployment, and of the last moment.
    pub(crate) x: [i32; 3],
    /// Pixels of the highest and the lowest value.
    pub(crate) y: [i32; 2],
    /// Seconds from the first moment to the deployment, and from there to the last.
    pub(crate) seconds: [f64; 2],
}

/// The drawing; none where it fails, which is said.
pub(super) fn drawing(chart: &Chart, shape: Shape) -> Option<Drawing> {
    let scale = Scale::of(chart)?;
    let heights = scale::heights(chart)?;
    let mut out = String::new();
    let places = match draw(&mut out, chart, shape, scale, heights) {
        Ok(places) => places,
        Err(error) => {
            tracing::error!(%error, "a chart cannot be drawn");
            return None;
        }
    };
    let ([left, right], y) = places;
    let (from, to) = scale.ends();
    let zero = f64::from(right - left) * -from / (to - from);
    Some(Drawing {
        svg: dashed(&out),
        shape,
        x: [left, left + zero.round() as i32, right],
        y,
        seconds: [-scale.time(from), scale.time(to)],
    })
}

fn draw<'b>(
    out: &'b mut String,
    chart: &Chart,
    shape: Shape,
    scale: Scale,
    (floor, top): (f64, f64),
) -> Result<([i32; 2], [i32; 2]), Failed<'b>> {
    let root = SVGBackend::with_string(out, (shape.width, shape.height)).into_drawing_area();
    let legend = Legend::of(chart, shape);
    let ends = scale.ends();
    let mut builder = ChartBuilder::on(&root);
    builder
        .margin(if shape.alone { 14 } else { 4 })
        .margin_right(if shape.alone { 34 } else { 44 })
        .margin_bottom(legend.height() + 6)
        .x_label_area_size(shape.text + 14)
        .y_label_area_size(shape.values);
    if shape.alone {
        root.fill(&WHITE)?;
        builder.caption(&chart.title, (FONT, 20).into_font().color(&INK));
    }
    let mut area = builder.build_cartesian_2d(scale.axis(shape.times), floor..top)?;
    let (x, y) = area.plotting_area().get_pixel_range();
    if let Some((low, high)) = chart.band {
        let corners = [(ends.0, low.max(floor)), (ends.1, high.min(top))];
        if low < top && high > floor {
            area.draw_series([Rectangle::new(corners, band())])?;
        }
    }
    area.configure_mesh()
        .disable_x_mesh()
        .bold_line_style(FAINT)
        .light_line_style(TRANSPARENT)
        .axis_style(INK)
        .label_style((FONT, shape.text).into_font().color(&INK))
        .y_labels(shape.ticks)
        .x_label_formatter(&|at| chart.time(scale.time(*at)))
        .y_label_formatter(&|value| chart.value(*value))
        .draw()?;
    let mut page = Marked {
        ends,
        floor,
        top,
        shape,
        taken: Vec::new(),
    };
    if let Some((limit, words)) = scale::limit(chart) {
        let line = vec![(ends.0, *limit), (ends.1, *limit)];
        area.draw_series([PathElement::new(line, LIMIT.drawn.stroke_width(2))])?;
        let at = (ends.0 + (ends.1 - ends.0) * 0.01, *limit);
        area.draw_series([write(shape, words, at, HPos::Left, VPos::Bottom)])?;
    }
    if ends.0 <= 0.0 && 0.0 <= ends.1 {
        let deployed = INK.stroke_width(2);
        area.draw_series([page.line(0.0, deployed)])?;
        area.draw_series([page.words(0.0, &chart.names.deployed, HPos::Right)])?;
    }
    if let Some(onset) = chart.onset {
        let at = scale.place(onset);
        area.draw_series([page.line(at, ONSET.drawn.stroke_width(2))])?;
        area.draw_series([page.words(at, &chart.names.began, HPos::Left)])?;
    }
    for mark in &chart.marks {
        let at = scale.place(mark.at);
        area.draw_series([page.line(at, MARK.drawn.stroke_width(2))])?;
        area.draw_series([page.words(at, &mark.words, HPos::Left)])?;
    }
    let lines = [
        (&chart.before, BEFORE, 3, false),
        (&chart.beside, BESIDE.drawn, 3, false),
        (&chart.after, SINCE, 4, true),
    ];
    for (points, colour, width, dots) in lines {
        for run in runs(points, scale) {
            // Where a line is only one point, and for who does not see its colour: what was changed has dots.
            let dotted = if dots || run.len() == 1 {
                run.clone()
            } else {
                Vec::new()
            };
            area.draw_series([PathElement::new(run, colour.stroke_width(width))])?;
            let dotted = dotted.into_iter();
            area.draw_series(dotted.map(|at| Circle::new(at, 4, colour.filled())))?;
        }
    }
    drop(area);
    legend.draw(&root)?;
    root.present()?;
    Ok(([x.start, x.end], [y.start, y.end]))
}

/// What nobody minds.
pub(super) fn band() -> ShapeStyle {
    BEFORE.mix(0.13).filled()
}

/// About how many pixels words take: Chinese ones are as wide as they are high.
pub(super) fn wide(words: &str, size: u32) -> f64 {
    let each = words.chars().map(|c| if c.is_ascii() { 0.5 } else { 0.85 });
    each.sum::<f64>() * f64::from(size)
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
