//! How the watch of a release ended.

use super::phrases::new_version;
use crate::context::Context;
use crate::known::Known;
use crate::say;
use crate::text::Text;
use guard::verdict::Verdict;

/// The watch of the promoted release ended.
pub(super) fn bake_ended(
    known_good: bool,
    verdict: Verdict,
    known: &Known<'_>,
    context: &Context,
) -> Text {
    let words = context.words();
    let version = new_version(known, context);
    if known_good {
        return say!(words, "event-bake-ended-good", version = version);
    }
    say!(
        words,
        "event-bake-ended-not-good",
        version = version,
        verdict = words.verdict(Some(verdict))
    )
}
