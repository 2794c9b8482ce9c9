//! Names of others in our addresses.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What may stand in a path or a query as it is.
const PLAIN: AsciiSet = NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// As one segment of a path or one value of a query: a tag may hold a slash, and no version may leave its place.
pub(in crate::code) fn encoded(text: &str) -> String {
    match text {
        // As segments these would be ways, not names.
        "." | ".." => "%20".to_owned(),
        text => utf8_percent_encode(text, &PLAIN).to_string(),
    }
}
