//! A line as people type it, or as a chat hands it on, cut into words and a reason.

use super::LONGEST;

/// What begins a reason.
const BECAUSE: [&str; 4] = ["because", "--reason", "--", "因为"];

/// The words of a line, and the reason behind them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) words: Vec<String>,
    pub(super) reason: Option<String>,
    /// All of it as it was typed, behind the first word.
    pub(super) behind: String,
}

impl Line {
    /// Cuts a line. A mention of Tawny in front is not part of it, nor is what chats put around code.
    pub(super) fn of(text: &str) -> Self {
        let text: String = text.chars().filter(|c| !unseen(*c)).take(LONGEST).collect();
        let text = text.replace('\u{a0}', " ").replace('：', " : ");
        let mut rest = text.trim().trim_matches('`').trim();
        while let Some(behind) = without_mention(rest) {
            rest = behind;
        }
        let behind = rest
            .split_once(char::is_whitespace)
            .map(|(_, behind)| behind);
        let mut line = Self {
            behind: behind.unwrap_or_default().trim().to_owned(),
            ..Self::default()
        };
        let mut words = rest.split_whitespace();
        while let Some(word) = words.next() {
            if BECAUSE.contains(&word.to_lowercase().as_str()) || word == ":" {
                let reason: Vec<&str> = words.collect();
                line.reason = (!reason.is_empty()).then(|| reason.join(" "));
                break;
            }
            let word = word.trim_matches(['`', '"', '“', '”', '\'', '‘', '’', '*']);
            if !word.is_empty() {
                line.words.push(word.to_owned());
            }
        }
        line
    }
}

/// What nobody sees when it is typed or shown: control characters, and marks that turn or join text.
fn unseen(c: char) -> bool {
    (c.is_control() && !c.is_whitespace())
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

fn without_mention(text: &str) -> Option<&str> {
    let (first, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let first = first.trim_end_matches([',', ':', '，']);
    let mention = first.starts_with("<@") && first.ends_with('>');
    let name = first
        .trim_start_matches(['@', '/'])
        .eq_ignore_ascii_case("tawny");
    (mention || name).then(|| rest.trim_start())
}
