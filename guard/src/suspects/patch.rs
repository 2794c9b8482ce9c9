//! Unified diffs, taken apart.

/// What a line of a diff says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// It is there now.
    Added,
    /// It was there.
    Removed,
    /// It was and is there.
    Kept,
}

/// A line of a hunk, without its sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line<'a> {
    /// Added, removed or kept.
    pub side: Side,
    /// Its number in the new file; of a removed line, the number of the next one that is there.
    pub number: u32,
    /// What it says.
    pub text: &'a str,
}

/// A piece of a diff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hunk<'a> {
    /// The first line in the new file.
    pub start: u32,
    /// Lines that it has in the new file.
    pub length: u32,
    /// What stands around it: the function or the section.
    pub heading: &'a str,
    /// The lines.
    pub lines: Vec<Line<'a>>,
}

impl<'a> Hunk<'a> {
    /// Lines that were added or removed.
    pub fn changed(&self) -> impl Iterator<Item = &Line<'a>> {
        self.lines.iter().filter(|line| line.side != Side::Kept)
    }

    /// The first and the last line that changed, in the new file.
    #[must_use]
    pub fn span(&self) -> (u32, u32) {
        let first = self.changed().map(|line| line.number).min();
        let last = self.changed().map(|line| line.number).max();
        let first = first.unwrap_or(self.start).max(1);
        (first, last.unwrap_or(self.start).max(first))
    }
}

/// The hunks of a diff of one file. What is no diff has none.
#[must_use]
pub fn hunks(patch: &str) -> Vec<Hunk<'_>> {
    let mut found: Vec<Hunk<'_>> = Vec::new();
    let mut number = 0;
    for line in patch.lines() {
        if let Some(hunk) = line.strip_prefix("@@").and_then(head) {
            number = hunk.start;
            found.push(hunk);
            continue;
        }
        let Some(hunk) = found.last_mut() else {
            continue;
        };
        let (side, text) = match line.as_bytes().first() {
            Some(b'+') => (Side::Added, line.get(1..)),
            Some(b'-') => (Side::Removed, line.get(1..)),
            Some(b' ') => (Side::Kept, line.get(1..)),
            None => (Side::Kept, Some("")),
            Some(_) => continue,
        };
        hunk.lines.push(Line {
            side,
            number,
            text: text.unwrap_or_default(),
        });
        if side != Side::Removed {
            number += 1;
        }
    }
    found
}

/// ` -10,7 +12,9 @@ fn pay()`
fn head(rest: &str) -> Option<Hunk<'_>> {
    let (ranges, heading) = rest.split_once("@@")?;
    let new = ranges
        .split_whitespace()
        .find_map(|r| r.strip_prefix('+'))?;
    let (start, length) = new.split_once(',').unwrap_or((new, "1"));
    Some(Hunk {
        start: start.parse().ok()?,
        length: length.parse().ok()?,
        heading: heading.trim(),
        lines: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diff_gives_its_lines_with_their_numbers_in_the_new_file() {
        let patch = "diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -10,3 +12,3 @@ fn pay()\n one\n-two\n+zwei\n three\n\\ No newline at end of file\n@@ -40 +42 @@\n-x\n+y\n";
        let found = hunks(patch);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].heading, "fn pay()");
        let lines: Vec<_> = found[0].lines.iter().map(|l| (l.number, l.text)).collect();
        assert_eq!(
            lines,
            [(12, "one"), (13, "two"), (13, "zwei"), (14, "three")]
        );
        assert_eq!(found[0].span(), (13, 13));
        assert_eq!(found[1].span(), (42, 42));
    }

    #[test]
    fn what_is_no_diff_has_no_hunks() {
        assert!(hunks("").is_empty());
        assert!(hunks("Binary files differ\n@@ nothing\n+a\n").is_empty());
    }
}
