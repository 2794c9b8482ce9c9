//! Series selectors: `http_requests_total{code=~"5.."}`. Checked for their form; the source has the last word.

use crate::reader::{Reader, shown};
use crate::shape::Shape;
use crate::value::{Value, compare_whole};
use crate::yaml::{Kind, Node};
use std::fmt;

/// The name of a metric.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetricName(String);

/// A metric with label matchers: `http_requests_total{code=~"5.."}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeriesSelector {
    metric: String,
    matchers: Matchers,
}

/// Label matchers without a metric: `job="shop",env!="test"`; may be empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Matchers(Vec<String>);

impl MetricName {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn of(selector: &SeriesSelector) -> Self {
        Self(selector.metric.clone())
    }

    /// Its series under these matchers.
    #[must_use]
    pub fn with(&self, matchers: &Matchers) -> SeriesSelector {
        SeriesSelector {
            metric: self.0.clone(),
            matchers: matchers.clone(),
        }
    }
}

impl SeriesSelector {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (metric, rest) = match text.find('{') {
            Some(brace) => text.split_at(brace),
            None => (text, ""),
        };
        let metric = metric.trim();
        if !is_metric(metric) {
            return None;
        }
        Some(Self {
            metric: metric.to_owned(),
            matchers: Matchers::parse(rest)?,
        })
    }

    /// The metric.
    #[must_use]
    pub fn metric(&self) -> &str {
        &self.metric
    }

    /// Its own matchers.
    #[must_use]
    pub fn matchers(&self) -> &Matchers {
        &self.matchers
    }

    /// The same matchers on a metric whose name is longer by this.
    pub(crate) fn with_suffix(&self, suffix: &str) -> Self {
        Self {
            metric: format!("{}{suffix}", self.metric),
            matchers: self.matchers.clone(),
        }
    }

    pub(crate) fn narrowed_to(&self, matchers: Matchers) -> Self {
        Self {
            metric: self.metric.clone(),
            matchers,
        }
    }

    /// The same with more matchers: those of a service and of its environment.
    #[must_use]
    pub fn with(&self, more: &Matchers) -> Self {
        Self {
            metric: self.metric.clone(),
            matchers: self.matchers.and(more),
        }
    }
}

impl Matchers {
    /// Of a text such as `job="shop",env="prod"`; none if it is not that.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        Self::parse(text)
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let inner = match text.strip_prefix('{') {
            Some(rest) => rest.strip_suffix('}')?,
            None => text,
        };
        let mut matchers = Vec::new();
        let mut rest = inner.trim();
        while !rest.is_empty() {
            let (matcher, tail) = matcher(rest)?;
            matchers.push(matcher);
            rest = match tail.trim_start().strip_prefix(',') {
                Some(tail) => tail.trim_start(),
                None if tail.trim().is_empty() => "",
                None => return None,
            };
        }
        Some(Self(matchers))
    }

    /// Each matcher as text: `job="shop"`.
    #[must_use]
    pub fn as_slice(&self) -> &[String] {
        &self.0
    }

    /// Each matcher taken apart: label, operator, value without its quotes.
    pub(crate) fn tests(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        self.0.iter().filter_map(|matcher| {
            let start = matcher.find(['=', '!'])?;
            let (label, rest) = matcher.split_at(start);
            let quote = rest.find('"')?;
            let (operator, value) = rest.split_at(quote);
            Some((label, operator, value.trim_matches('"')))
        })
    }

    /// Whether there is none, so that everything matches.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Those that both have.
    pub(crate) fn both(&self, other: &Self) -> Self {
        let both = self.0.iter().filter(|one| other.0.contains(one));
        Self(both.cloned().collect())
    }

    /// These but not those.
    pub(crate) fn without(&self, other: &Self) -> Self {
        let left = self.0.iter().filter(|one| !other.0.contains(one));
        Self(left.cloned().collect())
    }

    /// These and those.
    #[must_use]
    pub fn and(&self, more: &Self) -> Self {
        let mut all = self.0.clone();
        all.extend(more.0.iter().filter(|one| !self.0.contains(one)).cloned());
        Self(all)
    }
}

impl fmt::Display for MetricName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for SeriesSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.metric)?;
        if self.matchers.is_empty() {
            return Ok(());
        }
        write!(f, "{{{}}}", self.matchers)
    }
}

impl fmt::Display for Matchers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(","))
    }
}

fn is_metric(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with(|c: char| c.is_ascii_digit())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | ':'))
}

/// One matcher at the start of the text, and what follows it.
fn matcher(text: &str) -> Option<(String, &str)> {
    let end = text.find(['=', '!'])?;
    let (label, rest) = text.split_at(end);
    let label = label.trim();
    if !is_metric(label) || label.contains(':') {
        return None;
    }
    let operator = ["=~", "!~", "!=", "="]
        .into_iter()
        .find(|operator| rest.starts_with(operator))?;
    let value = rest.get(operator.len()..)?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let mut escaped = false;
    let close = value.char_indices().skip(1).find_map(|(index, c)| {
        let closes = c == quote && !escaped;
        escaped = c == '\\' && !escaped;
        closes.then_some(index)
    })?;
    let quoted = value.get(..=close)?;
    Some((
        format!("{label}{operator}{}", double(quoted)),
        value.get(close + 1..)?,
    ))
}

// One form for all, so that equal matchers are equal texts.
fn double(quoted: &str) -> String {
    match quoted
        .strip_prefix('\'')
        .and_then(|text| text.strip_suffix('\''))
    {
        Some(inner) => format!("\"{}\"", inner.replace("\\'", "'").replace('"', "\\\"")),
        None => quoted.to_owned(),
    }
}

macro_rules! readable {
    ($type:ty, $name:literal, $expected:literal, $parse:expr) => {
        impl Value for $type {
            fn shape() -> Shape {
                Shape::Text($name)
            }

            fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
                let Kind::Scalar { text, .. } = &node.kind else {
                    reader.wrong_value(node, $expected);
                    return None;
                };
                let read: Option<Self> = $parse(text);
                if read.is_none() {
                    reader.wrong(node.at, shown(node), $expected);
                }
                read
            }

            compare_whole!();
        }
    };
}

readable!(
    MetricName,
    "metric name",
    "the name of a metric, such as `http_request_duration_seconds`, without labels or functions",
    |text: &str| is_metric(text.trim()).then(|| MetricName(text.trim().to_owned()))
);
readable!(
    SeriesSelector,
    "series selector",
    "a metric with label matchers, such as `http_requests_total{code=~\"5..\"}`; for an expression use `kind: promql`",
    SeriesSelector::parse
);
readable!(
    Matchers,
    "label matchers",
    "label matchers, such as `job=\"shop\"`, with quoted values",
    Matchers::parse
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selector_takes_the_matchers_of_its_service() {
        let selector = SeriesSelector::parse("http_requests_total{code=~\"5..\"}").unwrap();
        let service = Matchers::parse("job='shop', env=\"prod\"").unwrap();
        assert_eq!(
            selector.with(&service).to_string(),
            "http_requests_total{code=~\"5..\",job=\"shop\",env=\"prod\"}"
        );
    }

    #[test]
    fn braces_commas_and_quotes_inside_a_value_belong_to_it() {
        let matchers = Matchers::parse("{path=\"/a,{b}\\\"c\", x!=\"\"}").unwrap();
        assert_eq!(matchers.as_slice(), ["path=\"/a,{b}\\\"c\"", "x!=\"\""]);
    }

    #[test]
    fn what_is_no_selector_is_refused() {
        for text in [
            "rate(http_requests_total[5m])",
            "a{b=c}",
            "a{b=\"c\"",
            "a{b=\"c\"}[5m]",
            "a + b",
            "",
            "{job=\"x\"}",
        ] {
            assert_eq!(SeriesSelector::parse(text), None, "{text}");
        }
    }
}
