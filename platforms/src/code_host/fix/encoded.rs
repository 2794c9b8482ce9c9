//! Names in paths of an API.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

const PART: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');
const PATH: &AsciiSet = &PART.remove(b'/');

/// A branch, a path or a project as one part of a path.
pub(super) fn part(text: &str) -> String {
    utf8_percent_encode(text, PART).to_string()
}

/// A branch or a path, whose slashes stay.
pub(super) fn path(text: &str) -> String {
    utf8_percent_encode(text, PATH).to_string()
}
