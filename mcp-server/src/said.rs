//! How small things are said in every answer.

use guard::at::At;
use jiff::Timestamp;
use messages::Text;
use messages::layout::terminal::{self, Colour};
use serde::Serialize;

/// A moment: RFC 3339, UTC, milliseconds.
pub(crate) fn time(at: Timestamp) -> String {
    word(At(at))
}

/// The word by which a plain value is known on every wire.
pub(crate) fn word<T: Serialize>(value: T) -> String {
    let value = serde_json::to_value(value).ok();
    let word = value.and_then(|value| value.as_str().map(ToOwned::to_owned));
    word.unwrap_or_default()
}

/// A text as a line without colours.
pub(crate) fn plain(text: &Text) -> String {
    terminal::text(text, Colour::Off)
}

/// Who wrote something, without the address: `Ann <ann@example.org>` is Ann.
pub(crate) fn name(author: &str) -> &str {
    let name = guard::duty::author_name(author);
    if name.is_empty() { "somebody" } else { name }
}
