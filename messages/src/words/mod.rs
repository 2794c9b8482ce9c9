//! The words of each language, from `locales/`.

use crate::foreign::Foreign;
use crate::locale::Locale;
use crate::text::{Piece, Text};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use std::sync::LazyLock;

mod names;
mod numbers;
pub(crate) mod refusal;

pub use numbers::{amount, change, duration, interval, number, size};
pub use refusal::refusal;

/// Says a key of the locales: `say!(words, "headline-paused", service = Foreign::from(&name), count = 3_u32)`.
///
/// Foreign arguments never pass through the formatter, so they can neither add nor close a placeholder.
#[macro_export]
macro_rules! say {
    ($words:expr, $key:expr $(, $name:ident = $value:expr)* $(,)?) => {
        $words.words().text($key, vec![$((stringify!($name), $crate::words::Arg::from($value))),*])
    };
}

/// The files of a language, in the order of the folder.
#[must_use]
pub fn files(locale: Locale) -> [(&'static str, &'static str); 19] {
    macro_rules! files {
        ($folder:literal) => {
            [
                (
                    "cause.ftl",
                    include_str!(concat!("../../locales/", $folder, "/cause.ftl")),
                ),
                (
                    "chat.ftl",
                    include_str!(concat!("../../locales/", $folder, "/chat.ftl")),
                ),
                (
                    "digest.ftl",
                    include_str!(concat!("../../locales/", $folder, "/digest.ftl")),
                ),
                (
                    "events.ftl",
                    include_str!(concat!("../../locales/", $folder, "/events.ftl")),
                ),
                (
                    "fix.ftl",
                    include_str!(concat!("../../locales/", $folder, "/fix.ftl")),
                ),
                (
                    "health.ftl",
                    include_str!(concat!("../../locales/", $folder, "/health.ftl")),
                ),
                (
                    "incident.ftl",
                    include_str!(concat!("../../locales/", $folder, "/incident.ftl")),
                ),
                (
                    "orders.ftl",
                    include_str!(concat!("../../locales/", $folder, "/orders.ftl")),
                ),
                (
                    "page.ftl",
                    include_str!(concat!("../../locales/", $folder, "/page.ftl")),
                ),
                (
                    "parent.ftl",
                    include_str!(concat!("../../locales/", $folder, "/parent.ftl")),
                ),
                (
                    "refusals.ftl",
                    include_str!(concat!("../../locales/", $folder, "/refusals.ftl")),
                ),
                (
                    "report.ftl",
                    include_str!(concat!("../../locales/", $folder, "/report.ftl")),
                ),
                (
                    "root_cause.ftl",
                    include_str!(concat!("../../locales/", $folder, "/root_cause.ftl")),
                ),
                (
                    "runbook.ftl",
                    include_str!(concat!("../../locales/", $folder, "/runbook.ftl")),
                ),
                (
                    "suspects.ftl",
                    include_str!(concat!("../../locales/", $folder, "/suspects.ftl")),
                ),
                (
                    "thread.ftl",
                    include_str!(concat!("../../locales/", $folder, "/thread.ftl")),
                ),
                (
                    "thresholds.ftl",
                    include_str!(concat!("../../locales/", $folder, "/thresholds.ftl")),
                ),
                (
                    "trust.ftl",
                    include_str!(concat!("../../locales/", $folder, "/trust.ftl")),
                ),
                (
                    "words.ftl",
                    include_str!(concat!("../../locales/", $folder, "/words.ftl")),
                ),
            ]
        };
    }
    match locale {
        Locale::En => files!("en"),
        Locale::ZhCn => files!("zh-CN"),
    }
}

static EN: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| bundle(Locale::En));
static ZH_CN: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| bundle(Locale::ZhCn));

fn bundle(locale: Locale) -> FluentBundle<FluentResource> {
    let mut bundle = FluentBundle::new_concurrent(vec![locale.id()]);
    // Foreign pieces are isolated by the layouts, where it is known how.
    bundle.set_use_isolating(false);
    for (_, source) in files(locale) {
        // A file with a mistake still gives its good part; tests allow neither a mistake nor a key twice.
        let resource = FluentResource::try_new(source.to_owned())
            .unwrap_or_else(|(good_part, _mistakes)| good_part);
        bundle.add_resource_overriding(resource);
    }
    bundle
}

/// What a placeholder is filled with.
#[derive(Debug, Clone)]
pub enum Arg {
    /// A text, with its foreign parts kept apart.
    Text(Text),
    /// A number: it chooses the plural form.
    Count(f64),
}

impl From<Text> for Arg {
    fn from(text: Text) -> Self {
        Self::Text(text)
    }
}

impl From<Foreign> for Arg {
    fn from(text: Foreign) -> Self {
        Self::Text(Text::foreign(text))
    }
}

impl From<u32> for Arg {
    fn from(count: u32) -> Self {
        Self::Count(f64::from(count))
    }
}

impl From<usize> for Arg {
    fn from(count: usize) -> Self {
        Self::Count(count as f64)
    }
}

// Two characters of the private use area mark where a piece goes; a test keeps them out of the locales.
const OPEN: char = '\u{E000}';
const CLOSE: char = '\u{E001}';

/// The words of one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    locale: Locale,
}

impl Words {
    /// The words of this language.
    #[must_use]
    pub fn new(locale: Locale) -> Self {
        Self { locale }
    }

    /// Itself, so that [`say!`](crate::say) takes words and contexts alike.
    #[must_use]
    pub fn words(self) -> Self {
        self
    }

    /// The language.
    #[must_use]
    pub fn locale(self) -> Locale {
        self.locale
    }

    /// Says a key with its arguments. A key that does not exist shows itself in brackets, never nothing.
    #[must_use]
    pub fn text(self, key: &str, args: Vec<(&'static str, Arg)>) -> Text {
        let bundle: &FluentBundle<FluentResource> = match self.locale {
            Locale::En => &EN,
            Locale::ZhCn => &ZH_CN,
        };
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
            return Text::trusted(format!("⟦{key}⟧"));
        };
        let mut values = FluentArgs::new();
        let mut texts = Vec::new();
        for (name, arg) in args {
            match arg {
                Arg::Count(count) => values.set(name, count),
                Arg::Text(text) => {
                    let marked = format!("{OPEN}{}{CLOSE}", texts.len());
                    values.set(name, FluentValue::from(marked));
                    texts.push(text);
                }
            }
        }
        let said = bundle.format_pattern(pattern, Some(&values), &mut Vec::new());
        put_back(&said, &texts)
    }

    /// An enumeration of words.
    #[must_use]
    pub fn listed(self, texts: impl IntoIterator<Item = Text>) -> Text {
        Text::join(texts, &self.text("list-separator", Vec::new()))
    }

    /// An enumeration of parts that have commas of their own.
    #[must_use]
    pub fn clauses(self, texts: impl IntoIterator<Item = Text>) -> Text {
        Text::join(texts, &self.text("clause-separator", Vec::new()))
    }
}

fn put_back(said: &str, texts: &[Text]) -> Text {
    let mut text = Text::default();
    let mut rest = said;
    while let Some((before, after)) = rest.split_once(OPEN) {
        text.push(Piece::Words(before.to_owned()));
        let (place, after) = after.split_once(CLOSE).unwrap_or((after, ""));
        if let Some(piece) = place
            .parse::<usize>()
            .ok()
            .and_then(|place| texts.get(place))
        {
            text.append(piece.clone());
        }
        rest = after;
    }
    text.push(Piece::Words(rest.to_owned()));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_that_looks_like_a_placeholder_stays_foreign_text() {
        let hostile = Foreign::new("{ $by } \u{E000}0\u{E001}");
        let text = say!(Words::new(Locale::En), "quoted", text = hostile.clone());
        let foreign: Vec<_> = text
            .pieces()
            .iter()
            .filter(|piece| matches!(piece, Piece::Foreign(_)))
            .collect();
        assert_eq!(foreign, [&Piece::Foreign(hostile)]);
    }

    #[test]
    fn a_missing_key_shows_itself() {
        let text = say!(Words::new(Locale::En), "no-such-key");
        assert_eq!(text.pieces(), [Piece::Words("⟦no-such-key⟧".to_owned())]);
    }
}
