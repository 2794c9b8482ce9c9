//! Upright lines with words, which do not lie on each other.

use super::draw::{FONT, INK, wide};
use super::shape::Shape;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// Places, as plotters takes them.
type Place = (f64, f64);

/// The marks of one drawing.
pub(super) struct Marked {
    pub(super) ends: (f64, f64),
    pub(super) floor: f64,
    pub(super) top: f64,
    pub(super) shape: Shape,
    /// In which row words stand already, from where to where.
    pub(super) taken: Vec<(u32, f64, f64)>,
}

impl Marked {
    pub(super) fn line(&self, at: f64, style: ShapeStyle) -> PathElement<Place> {
        PathElement::new(vec![(at, self.floor), (at, self.top)], style)
    }

    /// Words at a mark, on the side that is wanted if they fit there, and in the first row that is free.
    pub(super) fn words(
        &mut self,
        at: f64,
        words: &str,
        wanted: HPos,
    ) -> Text<'static, Place, String> {
        let (from, to) = self.ends;
        let inside = f64::from(self.shape.width - self.shape.values - 20);
        let gap = (to - from) * 5.0 / inside;
        let length = (to - from) * wide(words, self.shape.text) / inside;
        let left = match wanted {
            HPos::Right => at - length >= from,
            _ => at + length > to,
        };
        let (begins, stops) = if left {
            (at - gap - length, at)
        } else {
            (at, at + gap + length)
        };
        let free = |row: u32| {
            let mut taken = self.taken.iter();
            !taken.any(|(other, first, last)| *other == row && begins < *last && stops > *first)
        };
        let row = (0..).find(|row| free(*row)).unwrap_or(0);
        self.taken.push((row, begins, stops));
        let high = f64::from(self.shape.height) - 90.0;
        let step = (self.top - self.floor) * f64::from(self.shape.text) / high;
        let height = self.top - step * f64::from(row);
        let (place, side) = if left {
            (at - gap, HPos::Right)
        } else {
            (at + gap, HPos::Left)
        };
        write(self.shape, words, (place, height), side, VPos::Top)
    }
}

pub(super) fn write(
    shape: Shape,
    words: &str,
    at: Place,
    across: HPos,
    upright: VPos,
) -> Text<'static, Place, String> {
    let style = (FONT, shape.text).into_font().color(&INK);
    Text::new(words.to_owned(), at, style.pos(Pos::new(across, upright)))
}
