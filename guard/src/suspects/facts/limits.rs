//! Timeouts, pools, retries, limits and caches that code sets otherwise.

use super::super::patch::{Hunk, Side};
use super::{Fact, paired};

const ABOUT: [&str; 20] = [
    "timeout",
    "deadline",
    "pool",
    "retry",
    "retries",
    "attempt",
    "limit",
    "cache",
    "ttl",
    "backoff",
    "concurren",
    "max_",
    "max",
    "batch",
    "buffer",
    "interval",
    "worker",
    "thread",
    "capacity",
    "threshold",
];

pub(super) fn limits(hunk: &Hunk<'_>) -> Vec<(u32, Fact)> {
    let of = |side: Side| -> Vec<(u32, String, String)> {
        let lines = hunk.lines.iter().filter(|line| line.side == side);
        lines
            .filter_map(|line| {
                let (name, value) = setting(line.text)?;
                Some((line.number, name.to_owned(), value.to_owned()))
            })
            .collect()
    };
    paired(of(Side::Removed), of(Side::Added))
        .into_iter()
        .map(|(line, name, old, new)| (line, Fact::Limit { name, old, new }))
        .collect()
}

/// The name that is about a limit, and the number after it: `timeout: Duration::from_secs(30)`, `max_retries = 3`,
/// `.with_timeout(30)`.
fn setting(text: &str) -> Option<(&str, &str)> {
    let named = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut from = 0;
    while let Some(start) = text.get(from..)?.find(named).map(|at| from + at) {
        let end = text[start..]
            .find(|c| !named(c))
            .map_or(text.len(), |at| start + at);
        let name = &text[start..end];
        from = end;
        let small = name.to_ascii_lowercase();
        if !ABOUT.iter().any(|about| small.contains(about))
            || small.bytes().all(|b| b.is_ascii_digit())
        {
            continue;
        }
        let rest = text[end..].trim_start();
        let sets = rest.starts_with([':', '=', '(', ','])
            || rest.starts_with("\"")
            || rest.starts_with('\'');
        let Some(value) = text[end..]
            .find(|c: char| c.is_ascii_digit())
            .filter(|_| sets)
        else {
            continue;
        };
        // The number belongs to the name only if no other statement stands between.
        if value > 40 || text[end..end + value].contains([';', '{']) {
            continue;
        }
        let at = end + value;
        let stop = text[at..]
            .find(|c: char| !named(c) && c != '.')
            .map_or(text.len(), |stop| at + stop);
        return Some((name, &text[at..stop]));
    }
    None
}
