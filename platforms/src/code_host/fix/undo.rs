//! What becomes of one file when a commit is undone: pure.

/// A file in a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) mode: String,
    pub(super) sha: String,
}

/// What becomes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Becomes {
    /// It is as it was before the commit.
    Same,
    /// It goes.
    Gone,
    /// It becomes what is known already.
    Known(Entry),
    /// What changed since and what is undone have to be brought together, line by line.
    Merged {
        mode: String,
        /// As the commit made it.
        base: String,
        /// As it is.
        ours: String,
        /// As it was before.
        theirs: String,
    },
    /// It cannot be undone.
    Clash(Clash),
}

/// Why one file cannot be undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clash {
    /// It was changed since in the same place.
    Conflict,
    /// It was changed since, and is no text.
    NoText,
    /// It is not there any more.
    Moved,
}

impl Entry {
    /// Whether it is a file with lines that can be brought together: no link and no other repository.
    pub(super) fn is_file(&self) -> bool {
        self.mode.starts_with("100")
    }

    /// The type of the object, as a tree names it.
    pub(super) fn kind(&self) -> &'static str {
        if self.mode == "160000" {
            "commit"
        } else {
            "blob"
        }
    }
}

/// Of a file as it was before the commit, as the commit made it, and as it is now.
pub(super) fn undone(before: Option<&Entry>, made: Option<&Entry>, now: Option<&Entry>) -> Becomes {
    if now == before {
        return Becomes::Same;
    }
    if now == made {
        return before.map_or(Becomes::Gone, |before| Becomes::Known(before.clone()));
    }
    match (before, made, now) {
        (Some(_), Some(_), None) => Becomes::Clash(Clash::Moved),
        (Some(before), Some(made), Some(now)) => of_three(before, made, now),
        // It came with the commit and was changed since; or it went with it, and there is another one.
        _ => Becomes::Clash(Clash::Conflict),
    }
}

fn of_three(before: &Entry, made: &Entry, now: &Entry) -> Becomes {
    let mode = if now.mode == made.mode {
        &before.mode
    } else if made.mode == before.mode {
        &now.mode
    } else {
        return Becomes::Clash(Clash::Conflict);
    };
    let known = |sha: &String| {
        Becomes::Known(Entry {
            mode: mode.clone(),
            sha: sha.clone(),
        })
    };
    if before.sha == made.sha || now.sha == before.sha {
        return known(&now.sha);
    }
    if now.sha == made.sha {
        return known(&before.sha);
    }
    if ![before, made, now].into_iter().all(Entry::is_file) {
        return Becomes::Clash(Clash::NoText);
    }
    Becomes::Merged {
        mode: mode.clone(),
        base: made.sha.clone(),
        ours: now.sha.clone(),
        theirs: before.sha.clone(),
    }
}

/// Brings two changes of a file together, line by line.
pub(super) fn together(base: &[u8], ours: &[u8], theirs: &[u8]) -> Result<Vec<u8>, Clash> {
    if [base, ours, theirs].into_iter().any(is_binary) {
        return Err(Clash::NoText);
    }
    diffy::merge_bytes(base, ours, theirs).map_err(|_| Clash::Conflict)
}

/// As git sees it: a zero in the first eight thousand bytes.
fn is_binary(text: &[u8]) -> bool {
    text.iter().take(8000).any(|byte| *byte == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(sha: &str) -> Option<Entry> {
        of("100644", sha)
    }

    fn of(mode: &str, sha: &str) -> Option<Entry> {
        Some(Entry {
            mode: mode.to_owned(),
            sha: sha.to_owned(),
        })
    }

    #[allow(clippy::needless_pass_by_value, reason = "it reads like a table")]
    fn after(before: Option<Entry>, made: Option<Entry>, now: Option<Entry>) -> Becomes {
        undone(before.as_ref(), made.as_ref(), now.as_ref())
    }

    #[test]
    fn a_file_that_nobody_touched_since_becomes_what_it_was() {
        let known = |entry: Option<Entry>| Becomes::Known(entry.unwrap());
        assert_eq!(after(entry("p"), entry("s"), entry("s")), known(entry("p")));
        assert_eq!(after(None, entry("s"), entry("s")), Becomes::Gone);
        assert_eq!(after(entry("p"), None, None), known(entry("p")));
        // Whatever it is: a link, a picture, another repository.
        assert_eq!(
            after(of("160000", "p"), of("160000", "s"), of("160000", "s")),
            known(of("160000", "p"))
        );
    }

    #[test]
    fn what_is_undone_already_stays() {
        assert_eq!(after(entry("p"), entry("s"), entry("p")), Becomes::Same);
        assert_eq!(after(None, entry("s"), None), Becomes::Same);
    }

    #[test]
    fn what_was_changed_since_is_brought_together_only_where_it_has_lines() {
        assert!(matches!(
            after(entry("p"), entry("s"), entry("h")),
            Becomes::Merged { base, ours, theirs, .. } if (base.as_str(), ours.as_str(), theirs.as_str()) == ("s", "h", "p")
        ));
        for (before, made, now, clash) in [
            (
                of("120000", "p"),
                of("120000", "s"),
                of("120000", "h"),
                Clash::NoText,
            ),
            (entry("p"), entry("s"), None, Clash::Moved),
            (None, entry("s"), entry("h"), Clash::Conflict),
            (entry("p"), None, entry("h"), Clash::Conflict),
            (
                entry("p"),
                of("100755", "s"),
                of("120000", "h"),
                Clash::Conflict,
            ),
        ] {
            assert_eq!(after(before, made, now), Becomes::Clash(clash));
        }
    }

    #[test]
    fn a_mode_is_undone_for_itself() {
        assert_eq!(
            after(entry("p"), of("100755", "p"), of("100755", "h")),
            Becomes::Known(entry("h").unwrap())
        );
    }

    #[test]
    fn changes_apart_come_together_and_those_of_one_place_do_not() {
        let base = "a\nb\nc\nd\ne\nf\ng\n";
        let ours = base.replace("g\n", "G\n");
        let theirs = base.replace("a\n", "A\n");
        let both = together(base.as_bytes(), ours.as_bytes(), theirs.as_bytes());
        assert_eq!(both.unwrap(), b"A\nb\nc\nd\ne\nf\nG\n");
        let theirs = base.replace("g\n", "x\n");
        let clash = together(base.as_bytes(), ours.as_bytes(), theirs.as_bytes());
        assert_eq!(clash, Err(Clash::Conflict));
        assert_eq!(together(b"a\0", b"b", b"c"), Err(Clash::NoText));
    }
}
