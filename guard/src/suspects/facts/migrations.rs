//! Migrations of databases.

use super::super::patch::{Hunk, Side};
use super::Fact;

/// What leaves nothing to go back to, or locks a table while it works.
const DESTRUCTIVE: [&str; 12] = [
    "drop table",
    "drop column",
    "rename column",
    "rename to",
    "alter column",
    "truncate ",
    "delete from",
    "drop_table",
    "remove_column",
    "rename_column",
    "drop index",
    "change_column",
];

pub(super) fn migration(path: &str, hunks: &[Hunk<'_>]) -> Option<(u32, Fact)> {
    let path = path.to_ascii_lowercase();
    let below = path
        .split('/')
        .any(|part| matches!(part, "migrations" | "migration" | "migrate" | "changelogs"));
    let down = path.ends_with("down.sql") || path.contains(".down.");
    let written = [
        ".sql", ".rb", ".py", ".js", ".ts", ".xml", ".yaml", ".php", ".ex", ".exs", ".rs", ".go",
        ".java", ".kt",
    ];
    if !below || down || !written.iter().any(|kind| path.ends_with(kind)) {
        return None;
    }
    let added = hunks
        .iter()
        .flat_map(|hunk| &hunk.lines)
        .filter(|line| line.side == Side::Added);
    let mut worst = None;
    let mut first = None;
    for line in added {
        first = first.or(Some(line.number));
        let small = line.text.to_ascii_lowercase();
        if worst.is_none() && DESTRUCTIVE.iter().any(|mark| small.contains(mark)) {
            worst = Some(line.number);
        }
    }
    Some((
        worst.or(first)?,
        Fact::Migration {
            destructive: worst.is_some(),
        },
    ))
}
