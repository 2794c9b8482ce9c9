//! Where a text leads.

use regex::Regex;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// What begins an address that leads somewhere.
static BEGINS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(?:mailto|data|javascript|tel|slack|vbscript):\S|\b[a-z][a-z0-9+.-]{1,20}://|\bwww\.\S|\(//\w",
    )
    .ok()
});

/// Whether a text leads anywhere else than to these hosts, which are given in small letters.
#[must_use]
pub fn leads_elsewhere(text: &str, hosts: &BTreeSet<String>) -> bool {
    let Some(begins) = BEGINS.as_ref() else {
        return true;
    };
    let mut all = begins.find_iter(text);
    all.any(|found| !host(&text[found.start()..]).is_some_and(|host| hosts.contains(&host)))
}

/// The host of a web address that stands at the beginning of a text. None where somebody stands before it: that is how
/// one host is made to look like another.
fn host(address: &str) -> Option<String> {
    let lower = address.to_ascii_lowercase();
    let rest = lower
        .strip_prefix("https://")
        .or_else(|| lower.strip_prefix("http://"))?;
    let ends = |c: char| c.is_whitespace() || "/?#<>()[]|\\\"'`,;，。）".contains(c);
    let authority = rest.split(ends).next()?;
    if authority.contains('@') {
        return None;
    }
    let host = authority
        .rsplit_once(':')
        .map_or(authority, |(host, _)| host);
    Some(host.trim_end_matches('.').to_owned())
}
