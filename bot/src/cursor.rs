//! A place in a list, as whoever reads the list hands it back: by what never changes about the last thing of a page, so
//! that nothing is told twice or left out because something else happened between two pages.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The longest that is read: ours are far shorter.
const LONGEST: usize = 1000;

/// It names no place of this list.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NoPlace;

/// The place behind this one.
pub(crate) fn of<T: Serialize>(last: &T) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(last).unwrap_or_default())
}

/// The place that is named, if one is.
pub(crate) fn read<T: DeserializeOwned>(cursor: Option<&str>) -> Result<Option<T>, NoPlace> {
    let Some(cursor) = cursor else {
        return Ok(None);
    };
    let short = Some(cursor).filter(|cursor| cursor.len() <= LONGEST);
    let bytes = short.and_then(|cursor| URL_SAFE_NO_PAD.decode(cursor).ok());
    let place = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    place.map(Some).ok_or(NoPlace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_back_and_anything_else_is_refused() {
        let made = of(&(7_i64, "dep_1"));
        assert!(
            made.chars()
                .all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
        );
        assert_eq!(read(Some(&made)), Ok(Some((7_i64, "dep_1".to_owned()))));
        assert_eq!(read::<i64>(None), Ok(None));
        let long = "A".repeat(LONGEST + 1);
        for bad in ["", "%", "bm90IGpzb24", &of(&"another list"), &long] {
            assert_eq!(read::<(i64, String)>(Some(bad)), Err(NoPlace), "{bad}");
        }
    }
}
