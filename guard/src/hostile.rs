//! Text of others that speaks to the analyst, found and taken out before a model reads it.
//!
//! A model that explains an outage reads logs, commits, labels and chat, and whoever can write one of them can write to the
//! model. What reads like an instruction is replaced by a neutral mark, line by line, and reported. This is one wall of
//! several: what the model could do at all is bounded elsewhere, by tools that only read and by a check of what it wrote.
//!
//! A masked line costs little, an obeyed one much: what might be an instruction is one.

mod fold;
mod patterns;
#[cfg(test)]
mod tests;

use patterns::PATTERNS;
pub(crate) use patterns::ascii_words;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// What stands for a text that spoke to the analyst.
pub const MARK: &str = "[removed: speaks to the analyst]";

/// What somebody tries to do to the analyst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tactic {
    /// To put other instructions in the place of ours.
    Override,
    /// To speak as somebody else, or to make it somebody else.
    Role,
    /// To have it say what is not known.
    Conclude,
    /// To have it leave something out.
    Conceal,
    /// To have it act.
    Act,
    /// To have it tell what it was told, or secrets.
    Reveal,
    /// To have it link, mention or call somebody.
    Reach,
}

/// A text in which nobody speaks to the analyst any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disarmed<'t> {
    /// The text.
    pub text: Cow<'t, str>,
    /// What was tried.
    pub found: BTreeSet<Tactic>,
}

/// Takes out what speaks to the analyst.
#[must_use]
pub fn disarm(text: &str) -> Disarmed<'_> {
    let mut kept = String::with_capacity(text.len());
    let mut found = BTreeSet::new();
    for part in fold::parts(text) {
        let said = tactics(part);
        if said.is_empty() {
            kept.push_str(part);
            continue;
        }
        found.extend(said);
        if !kept.trim_end().ends_with(MARK) {
            kept.push_str(MARK);
        }
        kept.push_str(&part[part.trim_end().len()..]);
    }
    // What only says something across its parts cannot be taken out of one of them.
    let across = tactics(&kept.replace(MARK, " "));
    if !across.is_empty() {
        found.extend(across);
        MARK.clone_into(&mut kept);
    }
    let text = if found.is_empty() {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(kept)
    };
    Disarmed { text, found }
}

fn tactics(text: &str) -> BTreeSet<Tactic> {
    let mut found = BTreeSet::new();
    for view in fold::views(text) {
        for matched in &PATTERNS.set.matches(&view) {
            found.extend(PATTERNS.tactics.get(matched));
        }
    }
    found
}
