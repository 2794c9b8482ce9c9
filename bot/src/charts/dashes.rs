//! Dashes: plotters draws each as a line of its own, which makes drawings ten times as long. A line of a colour that no
//! other has is drawn whole, and gets its dashes afterwards.

use plotters::prelude::RGBColor;

/// A colour to draw with, the colour that is seen, and the dashes.
pub(super) struct Dashed {
    pub(super) drawn: RGBColor,
    seen: RGBColor,
    dashes: &'static str,
}

pub(super) const LIMIT: Dashed = Dashed {
    drawn: RGBColor(34, 34, 35),
    seen: super::draw::INK,
    dashes: "9 6",
};
pub(super) const ONSET: Dashed = Dashed {
    drawn: RGBColor(213, 94, 1),
    seen: super::draw::SINCE,
    dashes: "3 5",
};
pub(super) const BESIDE: Dashed = Dashed {
    drawn: RGBColor(0, 114, 179),
    seen: super::draw::BEFORE,
    dashes: "6 4",
};
pub(super) const MARK: Dashed = Dashed {
    drawn: RGBColor(34, 34, 36),
    seen: super::draw::INK,
    dashes: "1 4",
};

/// Gives every line of these colours its dashes.
pub(super) fn dashed(svg: &str) -> String {
    let all = [LIMIT, ONSET, BESIDE, MARK];
    all.iter().fold(svg.to_owned(), |svg, one| {
        let drawn = format!("stroke=\"{}\"", hex(one.drawn));
        let seen = format!(
            "stroke=\"{}\" stroke-dasharray=\"{}\"",
            hex(one.seen),
            one.dashes
        );
        // Words cannot hold this: their quotes are escaped.
        svg.replace(&drawn, &seen)
    })
}

fn hex(RGBColor(red, green, blue): RGBColor) -> String {
    format!("#{red:02X}{green:02X}{blue:02X}")
}
