//! How large a drawing is: words stay readable, so each surface has its own.

/// The size of a drawing, and of what is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shape {
    /// Of the whole.
    pub(super) width: u32,
    pub(super) height: u32,
    /// Of a word, as plotters counts: four fifths of it are the letters.
    pub(super) text: u32,
    /// Left of the values, for theirs.
    pub(super) values: u32,
    /// How many times are written below, and how many values beside.
    pub(super) times: usize,
    pub(super) ticks: usize,
    /// Whether it has a title and a ground of its own.
    pub(super) alone: bool,
    /// A class for styles.
    pub(super) name: &'static str,
}

/// In a chat.
pub(crate) const CHAT: Shape = Shape {
    width: 800,
    height: 420,
    text: 17,
    values: 84,
    times: 8,
    ticks: 5,
    alone: true,
    name: "chat",
};

/// On a page with room.
pub(crate) const WIDE: Shape = Shape {
    width: 900,
    height: 300,
    text: 17,
    values: 76,
    times: 9,
    ticks: 5,
    alone: false,
    name: "wide",
};

/// On a phone.
pub(crate) const NARROW: Shape = Shape {
    width: 360,
    height: 280,
    text: 16,
    values: 58,
    times: 4,
    ticks: 4,
    alone: false,
    name: "narrow",
};
