//! What the lines are called, below the drawing: told by form as well as by colour.

use super::dashes::BESIDE;
use super::draw::{BEFORE, FONT, INK, SINCE, wide};
use super::shape::Shape;
use messages::chart::Chart;
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// Pixels of a line's sample, and between what belongs together and what does not.
const SAMPLE: i32 = 26;
const GAP: i32 = 6;
const APART: i32 = 22;

/// Which line.
#[derive(Clone, Copy)]
enum Line {
    After,
    Beside,
    Before,
    Band,
}

/// The lines that are there, each with its place.
pub(super) struct Legend<'a> {
    entries: Vec<(Line, &'a str, i32, i32)>,
    height: i32,
    shape: Shape,
}

impl<'a> Legend<'a> {
    pub(super) fn of(chart: &'a Chart, shape: Shape) -> Self {
        let names = &chart.names;
        let has = |points: &messages::chart::Points| points.iter().any(|one| one.1.is_some());
        let all = [
            (has(&chart.after), Line::After, &names.after),
            (has(&chart.beside), Line::Beside, &names.beside),
            (has(&chart.before), Line::Before, &names.before),
            (chart.band.is_some(), Line::Band, &names.band),
        ];
        let step = shape.text as i32 + GAP;
        let (mut x, mut row) = (GAP, 0);
        let mut entries = Vec::new();
        for (_, line, words) in all.into_iter().filter(|one| one.0) {
            let width = SAMPLE + GAP + wide(words, shape.text) as i32;
            if x > GAP && x + width > shape.width as i32 {
                (x, row) = (GAP, row + 1);
            }
            entries.push((line, words.as_str(), x, row * step));
            x += width + APART;
        }
        Self {
            height: if entries.is_empty() {
                0
            } else {
                (row + 1) * step
            },
            entries,
            shape,
        }
    }

    pub(super) fn height(&self) -> u32 {
        self.height.unsigned_abs()
    }

    pub(super) fn draw<B: DrawingBackend>(
        &self,
        root: &DrawingArea<B, Shift>,
    ) -> Result<(), DrawingAreaErrorKind<B::ErrorType>> {
        let top = self.shape.height as i32 - self.height;
        for (line, words, x, y) in &self.entries {
            let middle = top + y + self.shape.text as i32 / 2;
            let ends = vec![(*x, middle), (x + SAMPLE, middle)];
            match line {
                Line::After => {
                    root.draw(&PathElement::new(ends, SINCE.stroke_width(4)))?;
                    root.draw(&Circle::new((x + SAMPLE / 2, middle), 4, SINCE.filled()))?;
                }
                Line::Beside => {
                    root.draw(&PathElement::new(ends, BESIDE.drawn.stroke_width(3)))?;
                }
                Line::Before => root.draw(&PathElement::new(ends, BEFORE.stroke_width(3)))?,
                Line::Band => {
                    let corners = [(*x, middle - 6), (x + SAMPLE, middle + 6)];
                    root.draw(&Rectangle::new(corners, super::draw::band()))?;
                }
            }
            let style = (FONT, self.shape.text).into_font().color(&INK);
            let style = style.pos(Pos::new(HPos::Left, VPos::Center));
            let at = (x + SAMPLE + GAP, middle);
            root.draw(&Text::new((*words).to_owned(), at, style))?;
        }
        Ok(())
    }
}
