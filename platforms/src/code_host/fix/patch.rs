//! A unified diff that a model wrote, brought onto a text: pure.

use guard::fix::Unusable;
use std::fmt::Write;

/// What becomes of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patched {
    /// The text as it becomes.
    pub text: String,
    /// Lines that come.
    pub added: Vec<String>,
    /// How many go.
    pub removed: usize,
}

/// Brings a diff onto a text. Models miscount lines: what its headers count is counted anew, and where a hunk belongs is found by
/// its lines, nearest to where it says.
///
/// # Errors
/// Why it cannot be used.
pub fn patched(text: &str, diff: &str) -> Result<Patched, Unusable> {
    let mut out = "--- a\n+++ b\n".to_owned();
    let (mut added, mut removed) = (Vec::new(), 0);
    let hunks = hunks(diff);
    if hunks.is_empty() {
        return Err(Unusable::Nothing);
    }
    for (place, lines) in hunks {
        let came = lines.iter().filter_map(|line| line.strip_prefix('+'));
        let before = added.len();
        added.extend(came.map(str::to_owned));
        let (comes, goes) = (
            added.len() - before,
            lines.iter().filter(|line| line.starts_with('-')).count(),
        );
        let stays = lines.iter().filter(|line| line.starts_with(' ')).count();
        if stays + goes == 0 {
            // Nothing says where it belongs.
            return Err(Unusable::Apart);
        }
        removed += goes;
        let (old, new) = (stays + goes, stays + comes);
        let _ = writeln!(out, "@@ -{place},{old} +{place},{new} @@");
        for line in lines {
            let _ = writeln!(out, "{line}");
        }
    }
    let patch = diffy::Patch::from_str(&out).map_err(|_| Unusable::Unreadable)?;
    let becomes = diffy::apply(text, &patch).map_err(|_| Unusable::Apart)?;
    if becomes == text {
        return Err(Unusable::Nothing);
    }
    Ok(Patched {
        text: becomes,
        added,
        removed,
    })
}

/// Where each hunk says that it belongs, and its lines.
fn hunks(diff: &str) -> Vec<(usize, Vec<String>)> {
    let mut hunks: Vec<(usize, Vec<String>)> = Vec::new();
    let mut within = false;
    for line in diff.lines() {
        if let Some(header) = line.strip_prefix("@@") {
            let digits = |c: char| !c.is_ascii_digit();
            let number = header.split(digits).find(|part| !part.is_empty());
            let place = number.and_then(|number| number.parse().ok()).unwrap_or(1);
            hunks.push((place, Vec::new()));
            within = true;
        } else if let Some((_, lines)) = hunks.last_mut().filter(|_| within) {
            match line.chars().next() {
                Some(' ' | '+' | '-' | '\\') => lines.push(line.to_owned()),
                // An empty line of the text, of which the blank was lost.
                None => lines.push(" ".to_owned()),
                Some(_) => within = false,
            }
        }
    }
    for (_, lines) in &mut hunks {
        // What is empty at the end belongs to no file.
        while lines.last().is_some_and(|line| line == " ") {
            lines.pop();
        }
    }
    hunks.retain(|(_, lines)| !lines.is_empty());
    hunks
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "def respond(error):\n    raise error\n\ndef other():\n    pass\n";

    #[test]
    fn a_diff_whose_headers_are_miscounted_is_brought_where_its_lines_are() {
        let diff = "```diff\n--- a/app/errors.py\n+++ b/app/errors.py\n@@ -7,9 +7,2 @@ def x\n def respond(error):\n-    raise error\n+    return str(error)\n\n def other():\n```\n";
        let done = patched(TEXT, diff).unwrap();
        assert_eq!(done.text, TEXT.replace("raise error", "return str(error)"));
        assert_eq!(
            (&done.added[..], done.removed),
            (&["    return str(error)".to_owned()][..], 1)
        );
    }

    #[test]
    fn what_does_not_apply_changes_nothing_or_belongs_nowhere_is_refused() {
        for (diff, why) in [
            ("", Unusable::Nothing),
            ("I would rather not.", Unusable::Nothing),
            (
                "@@ -1 +1 @@\n-    raise other\n+    pass\n",
                Unusable::Apart,
            ),
            ("@@ -1,0 +1,1 @@\n+import os\n", Unusable::Apart),
            ("@@ -1,1 +1,1 @@\n def respond(error):\n", Unusable::Nothing),
        ] {
            assert_eq!(patched(TEXT, diff), Err(why), "{diff}");
        }
    }
}
