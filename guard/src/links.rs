//! Links and calls in what a model wrote: those that lead nowhere known, and those that would wake people, go.

use regex::{Captures, Regex};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// What stands for a link.
pub const LINK: &str = "[link removed]";
/// What stands for a call.
pub const CALL: &str = "[mention removed]";

#[allow(clippy::expect_used, reason = "the pattern is a constant")]
static LINKS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"(?i)(?:\b[a-z][a-z0-9+.-]{0,20}:(?://|\\\\)|\b(?:mailto|javascript|data|tel):|(?:^|[\s(<\[|"'])//[a-z0-9-]+\.|\bwww\.)[^\s<>"'`|)\]，。）】]+|\b(?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d+)?/[^\s<>"'`|)\]，。）】]*"#,
    )
    .expect("it is a pattern")
});

#[allow(clippy::expect_used, reason = "the pattern is a constant")]
static CALLS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)<[!@#][^>\s]{1,80}>?|@(?:everyone|channel|here|所有人|全体成员|全员)")
        .expect("it is a pattern")
});

/// The hosts to which links may lead.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hosts(BTreeSet<String>);

impl Hosts {
    /// These hosts, each by its name alone or by an address that is at it.
    #[must_use]
    pub fn new<'h>(hosts: impl IntoIterator<Item = &'h str>) -> Self {
        Self(hosts.into_iter().filter_map(host).collect())
    }

    /// Whether a link leads to one of them, over http or https.
    #[must_use]
    pub fn allow(&self, link: &str) -> bool {
        let lower = link.to_ascii_lowercase();
        let web = lower.starts_with("https://") || lower.starts_with("http://");
        web && !link.contains('\\') && host(link).is_some_and(|host| self.0.contains(&host))
    }
}

/// The text without links to other hosts and without calls, and how many there were.
#[must_use]
pub fn inert<'t>(text: &'t str, hosts: &Hosts) -> (Cow<'t, str>, usize) {
    let mut taken = 0;
    let linked = LINKS.replace_all(text, |found: &Captures<'_>| {
        let link =
            found[0].trim_start_matches(|c: char| c.is_whitespace() || "(<[|\"'".contains(c));
        let before = &found[0][..found[0].len() - link.len()];
        if hosts.allow(link) || is_a_file(link) {
            return found[0].to_owned();
        }
        taken += 1;
        format!("{before}{LINK}")
    });
    let mut called = 0;
    let quiet = CALLS.replace_all(&linked, |_: &Captures<'_>| {
        called += 1;
        CALL
    });
    let count = taken + called;
    match quiet {
        Cow::Borrowed(_) if taken == 0 => (Cow::Borrowed(text), count),
        quiet => (Cow::Owned(quiet.into_owned()), count),
    }
}

/// `src/main.rs/x` and `java.util.list/…` are no addresses: a file's ending is none of a host's.
fn is_a_file(link: &str) -> bool {
    const ENDINGS: [&str; 22] = [
        "c", "cc", "cpp", "cs", "d", "go", "h", "html", "java", "js", "json", "jsx", "kt", "md",
        "php", "py", "rb", "rs", "sql", "ts", "tsx", "yaml",
    ];
    if link.contains(':') || link.to_ascii_lowercase().starts_with("www.") {
        return false;
    }
    let first = link.split('/').next().unwrap_or_default();
    first
        .rsplit('.')
        .next()
        .is_some_and(|ending| ENDINGS.contains(&ending))
}

fn host(text: &str) -> Option<String> {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    let place = rest.split(['/', '?', '#']).next()?;
    let place = place.rsplit('@').next()?;
    let name = match place.rsplit_once(':') {
        Some((name, port)) if port.chars().all(|c| c.is_ascii_digit()) => name,
        _ => place,
    };
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts() -> Hosts {
        Hosts::new(["https://tawny.example:8443/x", "github.com"])
    }

    #[test]
    fn links_to_known_hosts_stay_and_all_others_go() {
        let known = "see https://tawny.example/deployments/d1 and https://github.com/a/b#L3 in src/main.rs:12";
        assert_eq!(inert(known, &hosts()), (Cow::Borrowed(known), 0));
        for foreign in [
            "https://evil.example/x",
            "http://github.com.evil.example/",
            "https://github.com@evil.example/",
            "https://evil.example/?github.com",
            "https:\\\\evil.example",
            "ftp://github.com/a",
            "javascript:alert(1)",
            "data:text/html;base64,AAAA",
            "mailto:a@evil.example",
            "www.evil.example",
            "evil.example/click",
            "//evil.example/x",
        ] {
            for text in [
                format!("look at {foreign} now"),
                format!("[here]({foreign})"),
                format!("<{foreign}|docs>"),
            ] {
                let (said, taken) = inert(&text, &hosts());
                assert!(taken > 0, "{text}");
                assert!(!said.contains("evil") && !said.contains("alert"), "{said}");
            }
        }
    }

    #[test]
    fn nobody_is_called() {
        for call in [
            "<!channel>",
            "<!here|here>",
            "<@U123>",
            "<#C1>",
            "@everyone",
            "@所有人",
        ] {
            let (said, taken) = inert(call, &hosts());
            assert_eq!((said.contains(call), taken), (false, 1), "{said}");
        }
    }

    #[test]
    fn code_is_no_link() {
        for text in [
            "crate::pool::take at pool.rs/3",
            "com.example.shop.Cart.total(Cart.java:41)",
            "rate(http_requests_total{code=~\"5..\"}[5m])",
            "a // comment",
        ] {
            assert_eq!(inert(text, &hosts()), (Cow::Borrowed(text), 0));
        }
    }
}
