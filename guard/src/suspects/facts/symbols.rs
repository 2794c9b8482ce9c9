//! Functions and types that are defined or changed.

use super::super::patch::Hunk;
use super::Fact;

const DEFINES: [&str; 17] = [
    "fn ",
    "func ",
    "def ",
    "class ",
    "struct ",
    "enum ",
    "trait ",
    "interface ",
    "function ",
    "defp ",
    "defmodule ",
    "module ",
    "impl ",
    "object ",
    "fun ",
    "define ",
    "type ",
];

pub(super) fn symbols(hunk: &Hunk<'_>) -> Vec<(u32, Fact)> {
    let mut found = Vec::new();
    // What stands around a hunk is what was changed.
    let around = symbol(hunk.heading).map(|name| (hunk.span().0, name));
    let lines = hunk
        .changed()
        .filter_map(|line| Some((line.number, symbol(line.text)?)));
    for (line, name) in around.into_iter().chain(lines) {
        let fact = Fact::Symbol {
            name: name.to_owned(),
        };
        if !found.iter().any(|(_, known)| *known == fact) {
            found.push((line, fact));
        }
    }
    found
}

fn symbol(text: &str) -> Option<&str> {
    let trimmed = text.trim_start();
    if trimmed.starts_with(['#', '/', '*', '"', '\'']) {
        return None;
    }
    DEFINES.iter().find_map(|define| {
        let at = trimmed.find(define)?;
        let edge = trimmed[..at]
            .chars()
            .next_back()
            .is_none_or(|c| c == ' ' || c == '(');
        let mut rest = trimmed.get(at + define.len()..)?.trim_start();
        // Go writes the receiver before the name.
        if *define == "func " && rest.starts_with('(') {
            rest = rest.split_once(')')?.1.trim_start();
        }
        let end = rest
            .find(|c: char| !c.is_alphanumeric() && !"_:.".contains(c))
            .unwrap_or(rest.len());
        let name = rest[..end].trim_end_matches([':', '.']);
        (edge && name.len() >= 2).then_some(name)
    })
}
