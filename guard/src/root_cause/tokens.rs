//! What of a text can be looked up: numbers with their units, times of day, days, and words that hold digits.

use regex::Regex;
use std::sync::LazyLock;

/// Something in a text that can be looked up.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    /// A number.
    Number(Number),
    /// A time of day, in seconds, and how many seconds it leaves open.
    Clock(u32, u32),
    /// A day: year, month, day.
    Day(i16, i8, i8),
    /// A word with digits in it: a version, a commit, an id.
    Word(String),
    /// A file.
    Path(String),
    /// A number in words of which nothing can be looked up.
    Spelled(String),
}

/// A number as it is written.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Number {
    /// As it is written, without its unit.
    pub(super) text: String,
    /// What it says, never negative.
    pub(super) value: f64,
    /// Half of its last digit.
    pub(super) half: f64,
    /// By what it is multiplied in the unit that Tawny counts in.
    pub(super) factor: f64,
    /// Whether it may be kept in its own unit too.
    pub(super) also_plain: bool,
    /// Whether it has no unit.
    pub(super) bare: bool,
}

/// What runs together and holds a digit, or looks like a file.
static RUN: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"[A-Za-z0-9_/.~][A-Za-z0-9_./:@+~-]*(?:%|µs|μs)?").ok());
static NUMBER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^(\d{1,3}(?:,\d{3})+|\d*)(\.\d+)?(?:[eE]([+-]?\d{1,3}))?([A-Za-zµμ%]*)$").ok()
});
static CLOCK: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^(?:(\d{4})-(\d{2})-(\d{2})(?:[Tt]|$))?(?:(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?[Zz]?(?:\+00:00)?)?$").ok()
});
/// Names of quantiles and of families of statuses: they say what is meant, not how much.
static NAMES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^(?i:[1-5]xx|p\d{2,4}|utf-?8|utc\+?0?|i18n|k8s|http/[123](?:\.[01])?)$").ok()
});
static FILE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^[\w.@+~-]*(?:/[\w.@+~-]+)+\.[A-Za-z]{1,10}(?::\d+)?$").ok());
/// Chinese numbers before what is counted, and parts of a hundred.
static SPELLED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"百分之[一二三四五六七八九十百零点两]+|[二三四五六七八九十百千两][一二三四五六七八九十百千万亿零]+").ok()
});

/// All of a text, in order.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let text = narrow(text);
    let mut found = Vec::new();
    if let Some(spelled) = SPELLED.as_ref() {
        let all = spelled.find_iter(&text);
        found.extend(all.map(|one| Token::Spelled(one.as_str().to_owned())));
    }
    let Some(runs) = RUN.as_ref() else {
        return found;
    };
    // `1,234` is one number.
    let joined = thousands(&text);
    for run in runs.find_iter(&joined) {
        let rest = &joined[run.end()..];
        let word = run
            .as_str()
            .trim_end_matches(['.', ':', '/', '-', '+', '@', '~']);
        let word = word.trim_start_matches('~');
        take(word, rest, &mut found);
    }
    found
}

fn take(word: &str, rest: &str, found: &mut Vec<Token>) {
    if FILE.as_ref().is_some_and(|file| file.is_match(word)) {
        let (path, line) = word.rsplit_once(':').unwrap_or((word, ""));
        found.push(Token::Path(path.trim_start_matches("./").to_owned()));
        found.extend(number(line, ""));
        return;
    }
    if !word.contains(|c: char| c.is_ascii_digit()) {
        return;
    }
    if NAMES.as_ref().is_some_and(|names| names.is_match(word)) {
        return;
    }
    if let Some(token) = clock(word) {
        found.extend(token);
        return;
    }
    if let Some(token) = number(word, rest) {
        found.push(token);
        return;
    }
    // `0.3-0.5`, `3/4`: each of them.
    let parts: Vec<&str> = word
        .split(['-', '/', ':'])
        .filter(|part| !part.is_empty())
        .collect();
    let last = parts.len().saturating_sub(1);
    let numbers: Option<Vec<Token>> = parts
        .iter()
        .enumerate()
        .map(|(at, part)| number(part, if at == last { rest } else { "" }))
        .collect();
    match numbers {
        Some(numbers) if parts.len() == 2 => found.extend(numbers),
        _ => found.push(Token::Word(word.to_lowercase())),
    }
}

fn clock(word: &str) -> Option<Vec<Token>> {
    let parts = CLOCK.as_ref()?.captures(word)?;
    let part = |at: usize| {
        parts
            .get(at)
            .and_then(|one| one.as_str().parse::<u32>().ok())
    };
    let mut found = Vec::new();
    if let (Some(year), Some(month), Some(day)) = (part(1), part(2), part(3)) {
        found.push(Token::Day(
            i16::try_from(year).unwrap_or_default(),
            i8::try_from(month).unwrap_or_default(),
            i8::try_from(day).unwrap_or_default(),
        ));
    }
    if let (Some(hour), Some(minute)) = (part(4), part(5)) {
        let open = if part(6).is_some() { 1 } else { 60 };
        found.push(Token::Clock(
            hour * 3600 + minute * 60 + part(6).unwrap_or(0),
            open,
        ));
    }
    (!found.is_empty()).then_some(found)
}

/// A number with the unit that is written to it, or that follows.
fn number(word: &str, rest: &str) -> Option<Token> {
    let parts = NUMBER.as_ref()?.captures(word)?;
    let text = |at: usize| parts.get(at).map_or("", |one| one.as_str());
    let digits = text(1).replace(',', "");
    if digits.is_empty() && text(2).is_empty() {
        return None;
    }
    let written = format!("{digits}{}", text(2));
    let exponent: i32 = text(3).parse().unwrap_or(0);
    let power = libm::pow(10.0, f64::from(exponent));
    let value = written.parse::<f64>().ok()? * power;
    let places = i32::try_from(text(2).len().saturating_sub(1)).unwrap_or(0);
    let half = 0.5 * libm::pow(10.0, f64::from(-places)) * power;
    let unit = if text(4).is_empty() {
        following(rest)
    } else {
        text(4).to_owned()
    };
    let (factor, also_plain, bare) = match factor(&unit) {
        Some((factor, also_plain)) => (factor, also_plain, false),
        None if text(4).is_empty() => (1.0, true, true),
        // `7f`, `3rd`: a word.
        None => return None,
    };
    Some(Token::Number(Number {
        text: written,
        value,
        half,
        factor,
        also_plain,
        bare,
    }))
}

/// The word after a number, where it may be its unit.
fn following(rest: &str) -> String {
    let rest = rest
        .strip_prefix([' ', '\u{a0}', '\u{202f}'])
        .unwrap_or(rest);
    if let Some(sign) = rest.chars().next().filter(|c| "%×".contains(*c)) {
        return sign.to_string();
    }
    let chinese = ["毫秒", "微秒", "分钟", "小时", "秒", "天", "倍", "万", "亿"];
    if let Some(unit) = chinese.into_iter().find(|unit| rest.starts_with(unit)) {
        return unit.to_owned();
    }
    rest.chars().take_while(char::is_ascii_alphabetic).collect()
}

/// By what a unit multiplies, and whether what is kept may be in that unit too. None of what is no unit.
fn factor(unit: &str) -> Option<(f64, bool)> {
    Some(match unit {
        "%" | "percent" | "pct" => (0.01, true),
        "ms" | "millisecond" | "milliseconds" | "毫秒" => (1e-3, true),
        "µs" | "μs" | "us" | "microseconds" | "微秒" => (1e-6, true),
        "s" | "sec" | "secs" | "second" | "seconds" | "秒" => (1.0, true),
        "m" | "min" | "mins" | "minute" | "minutes" | "分钟" => (60.0, false),
        "h" | "hour" | "hours" | "小时" => (3_600.0, false),
        "d" | "day" | "days" | "天" => (86_400.0, false),
        "k" | "K" => (1e3, false),
        "万" => (1e4, false),
        "亿" => (1e8, false),
        "B" | "bytes" => (1.0, true),
        "kB" | "KB" => (1e3, true),
        "MB" => (1e6, true),
        "GB" => (1e9, true),
        "KiB" => (1024.0, true),
        "MiB" => (1_048_576.0, true),
        "GiB" => (1_073_741_824.0, true),
        "x" | "×" | "times" | "倍" => (1.0, true),
        _ => return None,
    })
}

/// Full width digits and signs as plain ones.
pub(super) fn narrow(text: &str) -> String {
    let plain = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => {
            let offset = u32::from(c) - 0xff01 + 0x21;
            char::from_u32(offset).unwrap_or(c)
        }
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        other => other,
    };
    text.chars().map(plain).collect()
}

fn thousands(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let digit = |at: usize| chars.get(at).is_some_and(char::is_ascii_digit);
    let separates = |at: usize| {
        chars[at] == ','
            && at > 0
            && digit(at - 1)
            && (1..=3).all(|after| digit(at + after))
            && !digit(at + 4)
    };
    (0..chars.len())
        .filter(|at| !separates(*at))
        .map(|at| chars[at])
        .collect()
}
