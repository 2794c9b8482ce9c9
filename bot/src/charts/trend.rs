//! A signal over releases: a point for each, joined by a line; the newest one is larger.

use super::draw::{BEFORE, FONT, INK, SINCE};
use super::inline::{inside, lean};
use maud::{Markup, PreEscaped, html};
use messages::chart::TrendChart;
use plotters::prelude::*;

const WIDTH: u32 = 340;
const HEIGHT: u32 = 130;
/// Left of the values, for theirs.
const VALUES: u32 = 66;
const TEXT: u32 = 16;
const FAINT: RGBColor = RGBColor(225, 225, 225);

type Failed<'b> = DrawingAreaErrorKind<<SVGBackend<'b> as DrawingBackend>::ErrorType>;

/// The drawing as part of a page, described by what has this id; nothing where it cannot be drawn.
pub(crate) fn inline(chart: &TrendChart, described_by: &str) -> Markup {
    let mut out = String::new();
    if let Err(error) = draw(&mut out, chart) {
        tracing::error!(%error, "a trend cannot be drawn");
        return html! {};
    }
    html! {
        svg.trend viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img" aria-labelledby=(described_by) {
            // Plotters escapes every word that it writes.
            (PreEscaped(lean(inside(&out))))
        }
    }
}

fn draw<'b>(out: &'b mut String, chart: &TrendChart) -> Result<(), Failed<'b>> {
    let root = SVGBackend::with_string(out, (WIDTH, HEIGHT)).into_drawing_area();
    let points: Vec<(f64, f64)> = (0..)
        .zip(&chart.points)
        .map(|(place, one)| (f64::from(place), one.2))
        .collect();
    let (floor, top) = heights(&points);
    // A point at the very top still has to be seen.
    let top = chart
        .most()
        .map_or(top, |most| top.min(most + 0.05 * (most - floor)));
    let last = points.len().saturating_sub(1) as f64;
    let mut area = ChartBuilder::on(&root)
        .margin(8)
        .y_label_area_size(VALUES)
        .build_cartesian_2d(-0.4..last + 0.4, floor..top)?;
    area.configure_mesh()
        .disable_x_mesh()
        .disable_x_axis()
        .bold_line_style(FAINT)
        .light_line_style(TRANSPARENT)
        .axis_style(FAINT)
        .label_style((FONT, TEXT).into_font().color(&INK))
        .y_labels(3)
        .y_label_formatter(&|value| chart.value(*value))
        .draw()?;
    let colour = if chart.worsening { SINCE } else { BEFORE };
    area.draw_series([PathElement::new(points.clone(), colour.stroke_width(3))])?;
    let dots = points.iter().map(|at| {
        let size = if at.0 < last { 4 } else { 7 };
        Circle::new(*at, size, colour.filled())
    });
    area.draw_series(dots)?;
    drop(area);
    root.present()
}

/// From nothing where that is near, and never so close that noise looks like a shape.
fn heights(points: &[(f64, f64)]) -> (f64, f64) {
    let ends = points.iter().map(|point| point.1);
    let (low, high) = ends.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), one| {
        (low.min(one), high.max(one))
    });
    if low > high {
        return (0.0, 1.0);
    }
    let floor = if low >= 0.0 && low < 0.5 * high {
        0.0
    } else {
        low
    };
    let span = (high - floor).max(0.1 * high.abs()).max(1e-9);
    let below = if floor == 0.0 { 0.0 } else { 0.25 * span };
    (floor - below, floor + 1.25 * span)
}

#[cfg(test)]
mod tests {
    use super::*;
    use guard::report::{Trend, TrendPoint};
    use messages::{Context, Locale};

    fn shown(versions: &[(&str, f64)], worsening: bool) -> String {
        let points = versions.iter().map(|(version, value)| TrendPoint {
            deployment: format!("dep_{version}"),
            version: (*version).to_owned(),
            value: *value,
        });
        let trend = Trend {
            signal: "errors".to_owned(),
            unit: "ratio".to_owned(),
            points: points.collect(),
            drift: None,
            worsening,
        };
        let context = Context {
            locale: Locale::En,
            now: "2026-11-21T03:14:00Z".parse().unwrap(),
            base_url: None,
        };
        let charts = messages::chart::trends(&[trend], &context);
        inline(&charts[0], "t").into_string()
    }

    #[test]
    fn each_release_has_its_point_and_what_gets_worse_has_another_colour() {
        let steady = shown(&[("v1", 0.01), ("v2", 0.012), ("v3", 0.011)], false);
        assert_eq!(steady.matches("<circle").count(), 3, "{steady}");
        assert!(steady.contains("#0072B2") && !steady.contains("#D55E00"));
        let worse = shown(&[("v1", 0.01), ("v2", 0.02), ("v3", 0.03)], true);
        assert!(worse.contains("#D55E00") && !worse.contains("#0072B2"));
        assert!(!worse.contains("style="), "the page's policy forbids it");
        assert!(worse.len() < 2_500, "{} bytes", worse.len());
    }

    #[test]
    fn what_never_changes_or_is_nothing_is_drawn_all_the_same() {
        for value in [0.0, 3.5, -2.0] {
            let drawn = shown(&[("v1", value), ("v2", value)], false);
            assert_eq!(drawn.matches("<circle").count(), 2, "{value}");
        }
    }
}
