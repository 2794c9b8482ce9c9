//! Reverts, and of what.

/// What a change takes back: the id it names, or else the title that it quotes.
#[must_use]
pub fn reverted<'a>(title: &'a str, body: &'a str) -> Option<&'a str> {
    let by_id = body
        .split_once("This reverts commit ")
        .map(|(_, rest)| rest);
    let id = by_id.map(|rest| {
        let end = rest
            .find(|c: char| !c.is_ascii_hexdigit())
            .unwrap_or(rest.len());
        &rest[..end]
    });
    let id = id.filter(|id| id.len() >= 7);
    let quoted = || {
        let rest = title
            .trim()
            .strip_prefix("Revert ")
            .or_else(|| title.trim().strip_prefix("revert: "))?;
        let rest = rest.trim();
        let inner = rest
            .strip_prefix('"')
            .and_then(|rest| rest.rsplit_once('"'))
            .map(|(inner, _)| inner);
        Some(inner.unwrap_or(rest)).filter(|quoted| !quoted.is_empty())
    };
    id.or_else(quoted)
}
