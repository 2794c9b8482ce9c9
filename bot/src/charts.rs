//! How a signal went, drawn once as SVG: for a page as it is, for chats, which show none, as a picture that is made of it.

mod dashes;
mod draw;
mod inline;
mod legend;
mod marked;
mod scale;
mod shape;
pub(crate) mod trend;

pub(crate) use inline::inline;
pub(crate) use shape::{NARROW, WIDE};

use messages::chart::Chart;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};
use std::sync::{Arc, LazyLock};

/// The words' own font, so that a picture is the same on every machine: a part of Noto Sans SC, by the licence beside it.
const FONT: &[u8] = include_bytes!("charts/tawny-sans.ttf");
/// Pixels of the picture for one of the drawing: words stay sharp on fine screens.
const SCALE: f32 = 2.0;
/// Pixels that a picture may have in either direction.
const MOST: f32 = 4000.0;

static FONTS: LazyLock<Arc<fontdb::Database>> = LazyLock::new(|| {
    let mut fonts = fontdb::Database::new();
    fonts.load_font_data(FONT.to_vec());
    fonts.set_sans_serif_family("Tawny Sans");
    Arc::new(fonts)
});

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoPicture {
    /// It is no drawing.
    #[error("the drawing cannot be read: {0}")]
    Drawing(#[from] resvg::usvg::Error),
    /// It has no size, or too large a one.
    #[error("a picture of {0} × {1} cannot be made")]
    Size(f32, f32),
    /// The picture cannot be written.
    #[error("the picture cannot be written: {0}")]
    Png(String),
}

/// The drawing for a chat, as SVG; none where it cannot be drawn.
pub(crate) fn svg(chart: &Chart) -> Option<String> {
    Some(draw::drawing(chart, shape::CHAT)?.svg)
}

/// The picture of a drawing, as PNG. It takes tens of milliseconds of a processor.
pub(crate) fn png(svg: &str) -> Result<Vec<u8>, NoPicture> {
    let options = Options {
        fontdb: Arc::clone(&FONTS),
        ..Options::default()
    };
    let tree = Tree::from_str(svg, &options)?;
    let (width, height) = (tree.size().width() * SCALE, tree.size().height() * SCALE);
    let size = || NoPicture::Size(width, height);
    if width > MOST || height > MOST {
        return Err(size());
    }
    let mut picture = Pixmap::new(width as u32, height as u32).ok_or_else(size)?;
    let scale = Transform::from_scale(SCALE, SCALE);
    resvg::render(&tree, scale, &mut picture.as_mut());
    picture
        .encode_png()
        .map_err(|error| NoPicture::Png(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(words: &str) -> String {
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"100\" height=\"20\"><rect width=\"100\" height=\"20\" fill=\"#fff\"/>\
             <text x=\"2\" y=\"15\" font-family=\"{}\" font-size=\"12\">{words}</text></svg>",
            draw::FONT
        )
    }

    #[test]
    fn words_are_drawn_in_both_languages_without_a_font_of_the_machine() {
        let empty = png(&written("")).unwrap();
        assert!(empty.starts_with(b"\x89PNG"));
        let drawn: Vec<Vec<u8>> = ["deployed", "部署", "开始变化"]
            .map(|words| png(&written(words)).unwrap())
            .into();
        assert!(drawn.iter().all(|picture| *picture != empty));
        assert_ne!(drawn[0], drawn[1]);
        assert_eq!(drawn[0], png(&written("deployed")).unwrap());
    }

    #[test]
    fn everything_that_a_chart_can_say_is_in_the_font() {
        // What is not in the font is drawn as an empty box.
        let missing = png(&written("\u{3FFFD}")).unwrap();
        for locale in messages::Locale::ALL {
            for (_, words) in messages::words::files(locale) {
                let lines = words
                    .lines()
                    .filter(|line| line.starts_with("chart-") || line.starts_with("duration"));
                for c in lines.flat_map(str::chars) {
                    let one = c.to_string().replace(['<', '&'], "");
                    assert_ne!(png(&written(&one)).unwrap(), missing, "{c}");
                }
            }
        }
    }

    #[test]
    fn what_is_no_drawing_is_an_error() {
        assert!(png("<html/>").is_err());
        assert!(
            png("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9999\" height=\"1\"/>").is_err()
        );
    }
}
