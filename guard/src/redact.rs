//! Takes secrets and people out of foreign text, before it is kept anywhere.
//!
//! What looks like a secret is one: a masked word costs little, a kept key much.

use crate::hostile::ascii_words;
use crate::suspects::facts::is_secret;
use regex::{Captures, Regex, RegexSet};
use std::borrow::Cow;
use std::sync::LazyLock;

/// What stands for a secret.
pub const MASK: &str = "•••";
/// What stands for an address of a person.
const ADDRESS: &str = "[e-mail]";
/// What stands for the number of a card.
const CARD: &str = "[card]";

/// How a match is replaced.
#[derive(Clone, Copy)]
enum With {
    /// By this, in which `$1` is a part of the match that stays.
    Text(&'static str),
    /// Only where the name before the value is one of a secret.
    Named,
    /// Only where the digits are those of a card.
    Luhn,
}

const RULES: [(&str, With); 14] = [
    // A block that was cut off is one too.
    (
        r"(?s)-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|\z)",
        With::Text(MASK),
    ),
    // Up to the last `@` of the word: passwords hold slashes and signs that they should not.
    (
        r#"(?i)\b([a-z][a-z0-9+.-]{0,20}://)[^\s'"<>@/]*(?::[^\s'"<>]*)?@"#,
        With::Text("${1}•••@"),
    ),
    // One that somebody cut before its `@`: what is no number behind the colon is no port.
    (
        r#"(?i)\b([a-z][a-z0-9+.-]{0,20}://)[^\s'"<>@/:\[]+:[^\s'"<>@/]*[^\s'"<>@/0-9][^\s'"<>@/]*"#,
        With::Text("${1}•••"),
    ),
    (
        r#"[^\s'"<>:/@]+:[^\s'"<>@]+@((?:tcp|udp|unix)\()"#,
        With::Text("•••@$1"),
    ),
    (
        r#"(?i)((?:set-)?cookie\\*["']?\s*:\s*)[^\r\n"]+"#,
        With::Text("${1}•••"),
    ),
    (
        r#"(?i)(authorization\\*["']?\s*[:=]\s*\\*["']?)(?:[a-z]+\s+)?[^\s"',;\\]+"#,
        With::Text("${1}•••"),
    ),
    (
        r#"(?i)([\w.-]*(?:passw(?:or)?d|passphrase|pwd|secret|token|api[_-]?key|private|credential|dsn|access[_-]?key|auth[_-]?key|salt|signing|session[_-]?id|otp|cvv|cvc)[\w.-]*)(\\*["']?\s*(?:=>|[:=])\s*)("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\\*["']?[^\s,;&"'}\])]+)"#,
        With::Named,
    ),
    (
        r"(?i)\b(bearer|basic)\s+[a-z0-9._~+/=-]{12,}",
        With::Text("$1 •••"),
    ),
    (
        r"\beyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*)?",
        With::Text(MASK),
    ),
    (
        r"\b(?:AKIA|ASIA|AROA|AIDA|AGPA|ANPA|ANVA|ABIA|ACCA)[A-Z0-9]{16}\b",
        With::Text(MASK),
    ),
    (
        r"\b(?:gh[pousr]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{16,}|xox[abeoprs]-[A-Za-z0-9-]{8,}|xapp-[A-Za-z0-9-]{8,}|[prs]k_(?:live|test)_[A-Za-z0-9]{8,}|whsec_[A-Za-z0-9+/=]{16,}|AIza[A-Za-z0-9_-]{30,}|ya29\.[A-Za-z0-9_-]{20,}|npm_[A-Za-z0-9]{30,}|pypi-[A-Za-z0-9_-]{30,}|sk-[A-Za-z0-9_-]{20,}|SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,})",
        With::Text(MASK),
    ),
    (
        r"(hooks\.slack\.com/)(?:services|workflows)/[A-Za-z0-9/_+-]+",
        With::Text("${1}•••"),
    ),
    (
        r"[A-Za-z0-9._%+'-]+(?:@|%40)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}",
        With::Text(ADDRESS),
    ),
    (r"\b[2-6]\d(?:[ -]?\d){11,17}\b", With::Luhn),
];

struct Rules {
    any: RegexSet,
    each: Vec<(Regex, With)>,
}

#[allow(
    clippy::expect_used,
    reason = "the patterns are constants; without one of them secrets would get out"
)]
static KNOWN: LazyLock<Rules> = LazyLock::new(|| Rules {
    any: RegexSet::new(RULES.map(|(pattern, _)| ascii_words(pattern)))
        .expect("the rules are patterns"),
    each: RULES
        .iter()
        .map(|(pattern, with)| {
            let pattern = Regex::new(&ascii_words(pattern));
            (pattern.expect("each rule is a pattern"), *with)
        })
        .collect(),
});

/// The text without keys, tokens, passwords, private keys, e-mail addresses and numbers of cards.
#[must_use]
pub fn redact(text: &str) -> Cow<'_, str> {
    let found = KNOWN.any.matches(text);
    if !found.matched_any() {
        return Cow::Borrowed(text);
    }
    let mut clean = Cow::Borrowed(text);
    for (pattern, with) in found.iter().filter_map(|which| KNOWN.each.get(which)) {
        let replaced = match with {
            With::Text(text) => pattern.replace_all(&clean, *text),
            With::Named => pattern.replace_all(&clean, named),
            With::Luhn => pattern.replace_all(&clean, card),
        };
        if let Cow::Owned(owned) = replaced {
            clean = Cow::Owned(owned);
        }
    }
    clean
}

fn named(found: &Captures<'_>) -> String {
    let (key, between, value) = (&found[1], &found[2], &found[3]);
    // What is masked already keeps its form, or `Bearer` would go and the rest stay.
    if value.contains(MASK) || !(is_secret(key) || is_short(key)) {
        return found[0].to_owned();
    }
    format!("{key}{between}{MASK}")
}

/// Names of secrets that are too short to be looked for in names of files.
fn is_short(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    let last = key.rsplit(['.', '-', '_']).next().unwrap_or_default();
    ["pwd", "passphrase", "otp", "cvv", "cvc"].contains(&last)
        || key.ends_with("session_id")
        || key.ends_with("sessionid")
        || key.ends_with("session-id")
}

fn card(found: &Captures<'_>) -> String {
    let digits = found[0].bytes().filter(u8::is_ascii_digit);
    let digits: Vec<u32> = digits.map(|byte| u32::from(byte - b'0')).collect();
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| match (place % 2, digit * 2) {
            (0, _) => *digit,
            (_, double @ 0..=9) => double,
            (_, double) => double - 9,
        })
        .sum();
    if sum.is_multiple_of(10) {
        CARD.to_owned()
    } else {
        found[0].to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Put together here, so that no scanner takes this file for a leak.
    fn joined(parts: &[&str]) -> String {
        parts.concat()
    }

    #[test]
    fn a_cut_address_of_a_database_tells_no_password_and_a_port_stays() {
        assert_eq!(
            redact("by postgres://shop:hunter-2 (90 %)"),
            "by postgres://••• (90 %)"
        );
        for harmless in ["http://db:5432/x", "http://[::1]:80", "http://a.example"] {
            assert_eq!(redact(harmless), harmless);
        }
    }

    #[test]
    fn every_known_kind_of_secret_is_taken_out_and_what_stands_around_it_stays() {
        let secrets = [
            joined(&["AKIA", "IOSFODNN7EXAMPLE"]),
            joined(&[
                "eyJhbGciOiJIUzI1NiJ9",
                ".eyJzdWIiOiIxMjM0In0",
                ".c2lnbmF0dXJl",
            ]),
            joined(&["ghp_", "abcdefghijklmnopqrstuvwxyz0123456789"]),
            joined(&["github_pat_", "11ABCDEFG0abcdefghijkl"]),
            joined(&["glpat-", "abcdefghij0123456789"]),
            joined(&["xoxb-", "123456789012-abcdefghijkl"]),
            joined(&["sk_live_", "abcdefghijklmnop"]),
            joined(&["whsec_", "abcdefghijklmnopqrstuv"]),
            "ann.lee+shop@example.co.uk".to_owned(),
            "4111 1111 1111 1111".to_owned(),
            "5500-0000-0000-0004".to_owned(),
            "378282246310005".to_owned(),
        ];
        for secret in secrets {
            let line = format!("charge of {secret} failed at pay.py:12");
            let clean = redact(&line);
            assert!(!clean.contains(&secret), "{clean}");
            assert!(clean.starts_with("charge of ") && clean.ends_with(" failed at pay.py:12"));
        }
    }

    #[test]
    fn a_secret_right_after_chinese_is_one_too() {
        let key = joined(&["AKIA", "IOSFODNN7EXAMPLE"]);
        let token = joined(&["gh", "p_abcdefghijklmnopqrstuvwxyz0123456789"]);
        let text = format!("密钥{key}已泄露，令牌{token}。");
        assert_eq!(redact(&text), format!("密钥{MASK}已泄露，令牌{MASK}。"));
    }

    #[test]
    fn passwords_are_found_by_their_place() {
        for (line, clean) in [
            (
                "connect postgres://shop:hunter2@db:5432/shop failed",
                "connect postgres://•••@db:5432/shop failed",
            ),
            ("redis://:p/w@ord@cache:6379", "redis://•••@cache:6379"),
            (
                "dial shop:hunter2@tcp(db:3306)/shop",
                "dial •••@tcp(db:3306)/shop",
            ),
            ("DB_PASSWORD=hunter2 host=db", "DB_PASSWORD=••• host=db"),
            (
                r#"{"password": "hun\"ter2", "user": "ann"}"#,
                r#"{"password": •••, "user": "ann"}"#,
            ),
            (
                r#"{"log":"{\"api_key\":\"hunter2\"}"}"#,
                r#"{"log":"{\"api_key\":•••"}"}"#,
            ),
            ("host=db pwd='hunter2';", "host=db pwd=•••;"),
            ("GET /x?token=hunter2&page=2", "GET /x?token=•••&page=2"),
            ("Authorization: Basic aHVudGVyMg==", "Authorization: •••"),
            ("sent Bearer abcdef0123456789", "sent Bearer •••"),
            ("Cookie: sid=hunter2; theme=dark", "Cookie: •••"),
        ] {
            assert_eq!(redact(line), clean, "{line}");
        }
    }

    #[test]
    fn a_private_key_goes_whole_also_where_its_end_is_missing() {
        let begin = joined(&["-----BEGIN RSA PRIVATE", " KEY-----"]);
        let end = joined(&["-----END RSA PRIVATE", " KEY-----"]);
        let whole = format!("key:\n{begin}\nMIIabc\ndef\n{end}\nnext line");
        assert_eq!(redact(&whole), "key:\n•••\nnext line");
        let cut = format!("key: {begin}\nMIIabc");
        assert_eq!(redact(&cut), "key: •••");
    }

    #[test]
    fn what_is_no_secret_stays_as_it_is() {
        for line in [
            "IndexError: list index out of range",
            "  File \"/srv/shop/shop/cart.py\", line 9, in show",
            "token_ttl=30 session timeout=5s",
            "SyntaxError: unexpected token }",
            "order 4111111111111112 of 2026-11-22T03:04:05.123456789Z",
            "GET http://shop:8080/cart?id=7 500",
            "trace 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "5 of 12 workers, 1234567890123 ns",
        ] {
            assert_eq!(redact(line), line);
        }
    }

    #[test]
    fn what_was_redacted_once_is_not_changed_again() {
        let line = "postgres://a:b@db password=x Authorization: Bearer abcdefghijklmnop a@b.com";
        let once = redact(line).into_owned();
        assert_eq!(redact(&once), once);
    }
}
