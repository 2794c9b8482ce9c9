//! How the lines of a file differ.

use gix::diff::blob::unified_diff::{ConsumeBinaryHunk, ContextSize};
use gix::diff::blob::{Algorithm, InternedInput, UnifiedDiff, diff_with_slider_heuristics};

/// Lines around a change that are shown.
const CONTEXT: u32 = 3;
/// A zero byte within so many says that a file holds no text.
const SNIFFED: usize = 8000;

/// A unified diff without the lines that name the file.
pub(super) struct Hunks {
    pub(super) additions: u32,
    pub(super) deletions: u32,
    pub(super) patch: String,
    /// Whether its end is left out.
    pub(super) cut: bool,
}

/// The hunks, at most about `most` bytes of them; none where one side is no text.
pub(super) fn hunks(old: &[u8], new: &[u8], most: usize) -> Option<Hunks> {
    let text = |data: &[u8]| !data[..data.len().min(SNIFFED)].contains(&0);
    if !text(old) || !text(new) {
        return None;
    }
    let input = InternedInput::new(old, new);
    let diff = diff_with_slider_heuristics(Algorithm::Histogram, &input);
    let write = ConsumeBinaryHunk::new(gix::bstr::BString::default(), "\n");
    let context = ContextSize::symmetrical(CONTEXT);
    let written = UnifiedDiff::new(&diff, &input, write, context).consume();
    let mut patch = String::from_utf8_lossy(&written.ok()?).into_owned();
    let cut = patch.len() > most;
    if cut {
        patch.truncate(whole_lines(&patch, most));
    }
    Some(Hunks {
        additions: diff.count_additions(),
        deletions: diff.count_removals(),
        patch,
        cut,
    })
}

/// Where the last line that fits into `most` bytes ends.
fn whole_lines(text: &str, most: usize) -> usize {
    text.as_bytes()[..most]
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_changed_are_told_with_those_around_them() {
        let old = b"a\nb\nc\nd\ne\nf\n";
        let new = b"a\nb\nc\nD\ne\nf\n";
        let told = hunks(old, new, 1000).unwrap();
        assert_eq!((told.additions, told.deletions, told.cut), (1, 1, false));
        assert_eq!(told.patch, "@@ -1,6 +1,6 @@\n a\n b\n c\n-d\n+D\n e\n f\n");
    }

    #[test]
    fn what_is_too_long_ends_with_a_whole_line() {
        let new: Vec<u8> = (0..100)
            .flat_map(|n| format!("line {n}\n").into_bytes())
            .collect();
        let told = hunks(b"", &new, 100).unwrap();
        assert_eq!((told.additions, told.cut), (100, true));
        assert!(
            told.patch.len() <= 100 && told.patch.ends_with('\n'),
            "{}",
            told.patch
        );
    }

    #[test]
    fn what_is_no_text_has_no_lines() {
        assert!(hunks(b"a\0b", b"a\0c", 100).is_none());
    }
}
