//! Whether what a text names is among what is known.

use super::tokens::{Number, Token, narrow, tokens};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::BTreeSet;

/// A number stands for another one that differs from it by no more than this part of it, or that becomes it when
/// rounded to as many digits.
pub const TOLERANCE: f64 = 0.02;
/// Of a text so many characters are known.
const LONGEST: usize = 40_000;

/// Numbers, moments and words that are known.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts {
    numbers: Vec<f64>,
    moments: Vec<Timestamp>,
    /// Words with digits and numbers, as they are written.
    words: BTreeSet<String>,
    text: String,
}

impl Facts {
    pub(super) fn number(&mut self, number: f64) {
        if number.is_finite() {
            self.numbers.push(number.abs());
        }
    }

    pub(super) fn moment(&mut self, at: Timestamp) {
        self.moments.push(at);
    }

    pub(super) fn text(&mut self, text: &str) {
        for token in tokens(text) {
            match token {
                // The `12` of `#12` is no twelve percent.
                Token::Number(number) if number.bare => drop(self.words.insert(number.text)),
                Token::Number(number) => self.number(number.value * number.factor),
                Token::Word(word) => drop(self.words.insert(word)),
                _ => {}
            }
        }
        let room = LONGEST.saturating_sub(self.text.len());
        self.text.extend(plain(text).chars().take(room));
        self.text.push('\n');
    }

    pub(super) fn extend(&mut self, other: &Self) {
        self.numbers.extend(&other.numbers);
        self.moments.extend(&other.moments);
        self.words.extend(other.words.iter().cloned());
        self.text.push_str(&other.text);
    }

    /// The words with digits and the moments of others, without their numbers.
    pub(super) fn names(&mut self, other: &Self) {
        let word = |word: &&String| word.contains(|c: char| c.is_alphabetic());
        self.words.extend(other.words.iter().filter(word).cloned());
        self.moments.extend(&other.moments);
    }

    /// Whether these words stand in it, however they are spaced.
    pub(super) fn quotes(&self, quote: &str) -> bool {
        let quote = plain(quote);
        !quote.is_empty() && self.text.contains(&quote)
    }

    /// Whether this number is among what is known.
    pub(super) fn value(&self, value: f64) -> bool {
        let value = value.abs();
        let near = |known: &f64| (known - value).abs() <= TOLERANCE * known.max(1e-12);
        value.is_finite() && self.numbers.iter().any(near)
    }

    pub(super) fn has(&self, token: &Token) -> bool {
        match token {
            Token::Number(number) => self.has_number(number),
            Token::Clock(seconds, open) => self.moments.iter().any(|at| {
                let of_day = at.as_second().rem_euclid(86_400);
                let said = i64::from(*seconds);
                // Cut or rounded.
                (of_day - said).abs() <= i64::from(*open)
            }),
            Token::Day(year, month, day) => self.moments.iter().any(|at| {
                let date = at.to_zoned(TimeZone::UTC).date();
                (date.year(), date.month(), date.day()) == (*year, *month, *day)
            }),
            Token::Word(word) => self.words.contains(word) || self.text.contains(word.as_str()),
            Token::Path(path) => self.text.contains(&path.to_lowercase()),
            Token::Spelled(_) => false,
        }
    }

    fn has_number(&self, number: &Number) -> bool {
        let near = |known: f64, value: f64, half: f64| {
            let off = (known - value).abs();
            off <= half * (1.0 + 1e-9) || off <= TOLERANCE * known
        };
        let factor = number.factor;
        (number.bare && self.words.contains(&number.text))
            || self.numbers.iter().any(|known| {
                near(*known, number.value * factor, number.half * factor)
                    || (number.also_plain && near(*known, number.value, number.half))
            })
    }
}

/// In small letters, with one space where there are any.
fn plain(text: &str) -> String {
    let narrow = narrow(text).to_lowercase();
    narrow.split_whitespace().collect::<Vec<_>>().join(" ")
}
