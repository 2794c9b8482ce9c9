//! How daring a change calls itself. Authors are honest in the first word of a title.

use super::words::{stemmed, tokens};

/// Something else does the work from now on.
const DARING: &str = "switch replace migrate enable reenable upgrade rewrite overhaul convert default drop swap \
    rollout introduce use move";
/// Nothing is meant to do anything else.
const TIMID: &str = "typo typos docs doc documentation comment comments readme lint linting format formatting \
    prettier clippy rubocop eslint rename spelling whitespace changelog style license";

/// -1 to 1, by what the title says.
pub(super) fn risk(title: &str) -> f64 {
    let list = |words: &str| -> Vec<u64> { words.split_whitespace().map(stemmed).collect() };
    let (daring, timid) = (list(DARING), list(TIMID));
    let (mut dares, mut fears) = (false, false);
    tokens(title, &mut |token| {
        dares |= daring.contains(&token.hash);
        fears |= timid.contains(&token.hash);
    });
    f64::from(u8::from(dares)) - f64::from(u8::from(fears))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_says_how_daring_a_change_is() {
        assert!(risk("Switch to the new HTTP client") > 0.0);
        assert!(risk("Fix typo in the comment") < 0.0);
        assert!(risk("Add discounts") == 0.0);
    }
}
