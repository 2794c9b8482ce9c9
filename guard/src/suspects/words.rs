//! Words of prose and code: identifiers are taken apart, words are cut to their stems.

use super::commonness::Commonness;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Shape {
    /// A word, or a part of an identifier.
    Part,
    /// An identifier of several parts: `retry_limit`, `retryLimit`.
    Name,
    /// Names with dots, slashes, dashes or colons between them: `db.pool.size`, `/api/orders`.
    Chain,
}

/// A token: equal ones have equal hashes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token<'a> {
    pub(super) hash: u64,
    pub(super) shape: Shape,
    pub(super) text: &'a str,
}

/// Longer ones are keys and digests, and not words.
const LONGEST: usize = 40;
const LONGEST_CHAIN: usize = 100;

fn in_name(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_' || b >= 0x80
}

fn joins(b: u8) -> bool {
    matches!(b, b'-' | b'.' | b'/' | b':')
}

/// Every token of a text.
pub(super) fn tokens<'a>(text: &'a str, emit: &mut impl FnMut(Token<'a>)) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if !in_name(bytes[at]) {
            at += 1;
            continue;
        }
        let start = at;
        let mut names = 0;
        while at < bytes.len() && in_name(bytes[at]) {
            let from = at;
            while at < bytes.len() && in_name(bytes[at]) {
                at += 1;
            }
            name(&text[from..at], emit);
            names += 1;
            let gap = bytes[at..].iter().take_while(|b| joins(**b)).count();
            let goes_on = bytes.get(at + gap).is_some_and(|b| in_name(*b));
            if gap == 0 || gap > 2 || !goes_on {
                break;
            }
            at += gap;
        }
        if names > 1 && at - start <= LONGEST_CHAIN {
            give(&text[start..at], Shape::Chain, emit);
        }
    }
}

fn give<'a>(text: &'a str, shape: Shape, emit: &mut impl FnMut(Token<'a>)) {
    let hash = hash(text.bytes().map(|b| b.to_ascii_lowercase()));
    emit(Token { hash, shape, text });
}

/// A run of letters, digits and underscores, and its parts.
fn name<'a>(text: &'a str, emit: &mut impl FnMut(Token<'a>)) {
    let bytes = text.as_bytes();
    let mut from = 0;
    let mut parts = 0;
    for at in 1..=bytes.len() {
        if at < bytes.len() && !begins(bytes, at) {
            continue;
        }
        let part = text.get(from..at).unwrap_or_default().trim_matches('_');
        from = at;
        let number = part.bytes().all(|b| b.is_ascii_digit());
        if part.len() < if number { 3 } else { 2 } || part.len() > LONGEST {
            continue;
        }
        parts += 1;
        emit(Token {
            hash: stemmed(part),
            shape: Shape::Part,
            text: part,
        });
    }
    let whole = text.trim_matches('_');
    if parts > 1 && whole.len() <= LONGEST_CHAIN {
        give(whole, Shape::Name, emit);
    }
}

/// Whether a part of a name begins here: after an underscore, at a capital, between letters and digits.
fn begins(bytes: &[u8], at: usize) -> bool {
    let (before, here) = (bytes[at - 1], bytes[at]);
    let next_small = bytes.get(at + 1).is_some_and(u8::is_ascii_lowercase);
    before == b'_'
        || (here.is_ascii_uppercase() && (before.is_ascii_lowercase() || before.is_ascii_digit()))
        || (here.is_ascii_uppercase() && before.is_ascii_uppercase() && next_small)
        || (here.is_ascii_digit() && before.is_ascii_alphabetic())
}

/// The hash of a word's stem.
pub(super) fn stemmed(word: &str) -> u64 {
    let mut small = [0_u8; LONGEST];
    let length = word.len().min(LONGEST);
    for (to, from) in small.iter_mut().zip(word.bytes()) {
        *to = from.to_ascii_lowercase();
    }
    let length = stem(&small[..length]);
    hash(small[..length].iter().copied())
}

/// How many bytes of the word are its stem. Light: endings of plural, past, and doing.
fn stem(word: &[u8]) -> usize {
    let mut end = word.len();
    if end < 4 || !word.is_ascii() {
        return end;
    }
    if word.ends_with(b"ies") && end > 4 {
        return end - 3;
    }
    if word.ends_with(b"s") && !matches!(word[end - 2], b's' | b'u' | b'i') {
        end -= 1;
    }
    for ending in [&b"ing"[..], b"ed", b"er", b"ion", b"or"] {
        let cut = &word[..end];
        let left = end.saturating_sub(ending.len());
        let voiced = word[..left].iter().any(|b| b"aeiouy".contains(b));
        if cut.ends_with(ending) && left >= 3 && voiced {
            end = left;
            if end > 3 && word[end - 1] == word[end - 2] && !b"lsz".contains(&word[end - 1]) {
                end -= 1;
            }
            break;
        }
    }
    if end > 3 && matches!(word[end - 1], b'e' | b'y' | b'i') {
        end -= 1;
    }
    end
}

pub(super) fn hash(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Words that say nothing about what a sentence is about.
const EMPTY: &str = "a an the and or not no but if then else of to in on at by for from with without into onto \
    over under up down out off is are was were be been being am it its this that these those there here as so we \
    our you your they their them he she his her i my me us who whom which what when where why how all any each \
    every some more most other another such only own same than too very can could will would shall should may \
    might must do does did done has have had having because while before after during again once also just now \
    still since until about between through per via etc due one two both few s t re ve ll d m e g";

/// Words that stand in every report of trouble.
const WEAK: &str = "error errors fail failed failing failure exception cause caused causing trouble problem issue \
    broken break breaking production deploy deployed deployment request response service server app application \
    code line file function method call value null nil none undefined true false user users use using used get \
    set run running change changed add added remove update fix make made see seen work new old start stop time \
    times return returned returning invalid could unable cannot wrong expected unexpected unknown instance \
    message system data type name string object class test http https www com org io module package lib src main \
    info warn warning debug fatal panic stack trace backtrace thread page getting got gets people saw sees lot many \
    much little several different want wanted need needed try tried trying know known think look looking looks find \
    found show shown showing come came go goes going gone take taken took give given put keep kept let left seem \
    seems happen happens happened happening day days week hour minute second seconds first last next way thing \
    things stuff whole part lead leads leading increase increased decrease decreased high higher low lower large \
    larger big bigger small less least always never often sometimes repeatedly again currently recently today \
    yesterday around along across against within whether however therefore instead already yet even enough really \
    actually probably maybe likely possible possibly able good bad better worse best right correct correctly \
    properly successfully success handle handling happen occurred occurring occur attempt number count average \
    point place case cases example like says said report reported reports prevent preventing preventable affect \
    affected affecting impact multiple single environment environments hear hearing create created creating allow \
    allows allowed show display not all also else want back detail details description address site machine \
    machines box boxes node host hosts";

/// How much a word of a symptom says, before it is known how common it is among the changes.
pub(super) struct Common {
    empty: Vec<u64>,
    weak: Vec<u64>,
    commonness: Commonness,
}

impl Common {
    pub(super) fn new() -> Self {
        let sorted = |words: &str| {
            let mut found: Vec<u64> = words.split_whitespace().map(stemmed).collect();
            found.sort_unstable();
            found
        };
        Self {
            empty: sorted(EMPTY),
            weak: sorted(WEAK),
            commonness: Commonness::new(),
        }
    }

    /// 0 for words without a meaning of their own, little for those that stand everywhere.
    pub(super) fn weight(&self, hash: u64) -> f64 {
        if self.empty.binary_search(&hash).is_ok() {
            0.0
        } else {
            let weak = self.weak.binary_search(&hash).is_ok();
            self.commonness.weight(hash) * if weak { 0.3 } else { 1.0 }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<(Shape, &str)> {
        let mut found = Vec::new();
        tokens(text, &mut |token| found.push((token.shape, token.text)));
        found
    }

    #[test]
    fn identifiers_are_taken_apart_and_kept_whole() {
        assert_eq!(
            said("maxPoolSize=HTTPClient2"),
            [
                (Shape::Part, "max"),
                (Shape::Part, "Pool"),
                (Shape::Part, "Size"),
                (Shape::Name, "maxPoolSize"),
                (Shape::Part, "HTTP"),
                (Shape::Part, "Client"),
                (Shape::Name, "HTTPClient2"),
            ]
        );
        assert_eq!(
            said("db.pool_size"),
            [
                (Shape::Part, "db"),
                (Shape::Part, "pool"),
                (Shape::Part, "size"),
                (Shape::Name, "pool_size"),
                (Shape::Chain, "db.pool_size"),
            ]
        );
        assert_eq!(said("429 7"), [(Shape::Part, "429")]);
    }

    #[test]
    fn forms_of_a_word_have_one_stem() {
        for (one, other) in [
            ("queries", "query"),
            ("scheduling", "scheduler"),
            ("retries", "retry"),
            ("timeouts", "timeout"),
            ("dropped", "dropping"),
            ("connections", "connect"),
            ("Migrations", "migrate"),
        ] {
            assert_eq!(stemmed(one), stemmed(other), "{one} {other}");
        }
        assert_ne!(stemmed("status"), stemmed("state"));
    }

    #[test]
    fn any_text_gives_tokens_and_no_panic() {
        for text in [
            "",
            "__",
            "é_ü.ß",
            "a::b..c--d",
            "日本語のエラー 5xx",
            "-.-/:",
        ] {
            said(text);
        }
    }
}
