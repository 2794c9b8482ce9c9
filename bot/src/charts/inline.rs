//! A drawing within a page: its colours are the page's own, and where its moments are is told to who points at them.

use super::draw::{Drawing, FONT, drawing};
use super::shape::Shape;
use maud::{Markup, PreEscaped, html};
use messages::chart::Chart;

/// The drawing as part of a page, described by what has this id; nothing where it cannot be drawn.
pub(crate) fn inline(chart: &Chart, shape: Shape, described_by: &str) -> Markup {
    let drawn = drawing(chart, shape);
    html! { @if let Some(drawn) = &drawn { (part(drawn, described_by)) } }
}

fn part(drawn: &Drawing, described_by: &str) -> Markup {
    let Shape { width, height, .. } = drawn.shape;
    let [first, zero, last] = drawn.x;
    let [top, bottom] = drawn.y;
    let [before, since] = drawn.seconds;
    html! {
        svg.drawn.(drawn.shape.name) viewBox={ "0 0 " (width) " " (height) } role="img" aria-labelledby=(described_by)
            data-x={ (first) " " (zero) " " (last) } data-y={ (top) " " (bottom) } data-seconds={ (before) " " (since) } {
            // Plotters escapes every word that it writes: a test gives it hostile ones.
            (PreEscaped(lean(inside(&drawn.svg))))
        }
    }
}

/// Without what is so anyway, or what the page's style says: a first visit should be small. Words cannot hold these, their
/// quotes are escaped.
pub(super) fn lean(svg: &str) -> String {
    let family = format!(" font-family=\"{FONT}\"");
    [" opacity=\"1\"", " stroke=\"none\"", &family]
        .iter()
        .fold(svg.to_owned(), |svg, idle| svg.replace(idle, ""))
}

/// What is between the outermost tags.
pub(super) fn inside(svg: &str) -> &str {
    let begun = svg.find('>').and_then(|at| svg.get(at + 1..));
    let ended = begun.and_then(|rest| rest.rfind("</svg>").and_then(|at| rest.get(..at)));
    ended.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::{NARROW, WIDE};
    use guard::state::State;
    use messages::{Context, Locale};
    use scraper::{Html, Selector};

    fn context() -> Context {
        Context {
            locale: Locale::En,
            now: "2026-11-21T03:14:00Z".parse().unwrap(),
            base_url: None,
        }
    }

    fn moved() -> Chart {
        let records = crate::web::tests::story::measured();
        let state = State::fold(&records).unwrap().unwrap();
        messages::chart::signals(&state, None, &context()).remove(0)
    }

    fn tags(markup: &str) -> Vec<String> {
        let page = Html::parse_fragment(markup);
        let all = Selector::parse("*").unwrap();
        page.select(&all)
            .map(|one| one.value().name().to_owned())
            .collect()
    }

    #[test]
    fn hostile_words_stay_words_in_a_drawing() {
        let hostile = "\"/></text></svg><script>alert(1)</script><img src=x onerror=alert(1)>' stroke=\"#222223\"";
        let mut chart = moved();
        let calm = tags(&inline(&chart, WIDE, "c").into_string());
        chart.names.deployed = hostile.to_owned();
        chart.names.after = hostile.to_owned();
        let shown = inline(&chart, WIDE, "c").into_string();
        assert!(shown.contains("&lt;script&gt;"));
        assert_eq!(tags(&shown), calm);
        assert!(!shown.contains("style="), "the page's policy forbids it");
    }

    #[test]
    fn where_a_drawing_has_its_moments_is_told() {
        for shape in [WIDE, NARROW] {
            let drawn = drawing(&moved(), shape).unwrap();
            let [first, zero, last] = drawn.x;
            assert!(
                first < zero && zero < last && last <= shape.width as i32,
                "{:?}",
                drawn.x
            );
            assert!(drawn.y[0] < drawn.y[1]);
            assert!(drawn.seconds.iter().all(|seconds| *seconds > 0.0));
        }
    }

    #[test]
    fn a_drawing_has_dashes_and_stays_small() {
        let drawn = drawing(&moved(), WIDE).unwrap();
        for dashes in ["9 6", "3 5", "6 4"] {
            assert!(
                drawn
                    .svg
                    .contains(&format!("stroke-dasharray=\"{dashes}\"")),
                "{dashes}"
            );
        }
        let shown = inline(&moved(), WIDE, "c").into_string();
        assert!(shown.len() < 7_000, "{} bytes", shown.len());
        assert!(shown.len() < drawn.svg.len());
    }
}
