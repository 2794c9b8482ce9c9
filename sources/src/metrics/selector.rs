//! A plain series selector: `http_requests_total{job="shop",code=~"5.."}`.
//!
//! Typed, so that label values are quoted in one place and cannot break out of
//! the query. Ranges, offsets and functions are not part of it: whoever fetches
//! adds the window.

mod parse;

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

pub use parse::SelectorError;

/// The label that holds a metric's name.
pub(super) const NAME: &str = "__name__";

/// Which series are meant. Equal selectors have equal text, in whatever order
/// their matchers were given.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Selector {
    matchers: Vec<Matcher>,
}

/// One condition on one label.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Matcher {
    /// Label name; `__name__` is the metric.
    pub label: String,
    /// How to compare.
    pub op: MatchOp,
    /// Value, or RE2 pattern that must match the whole value.
    pub value: String,
}

/// How a label is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MatchOp {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `=~`
    Matches,
    /// `!~`
    MatchesNot,
}

impl Selector {
    /// All series of `metric`.
    #[must_use]
    pub fn metric(metric: impl Into<String>) -> Self {
        Self::of(vec![Matcher {
            label: NAME.to_owned(),
            op: MatchOp::Equal,
            value: metric.into(),
        }])
    }

    /// The same with one more condition.
    #[must_use]
    pub fn with(self, label: impl Into<String>, op: MatchOp, value: impl Into<String>) -> Self {
        let mut matchers = self.matchers;
        matchers.push(Matcher {
            label: label.into(),
            op,
            value: value.into(),
        });
        Self::of(matchers)
    }

    /// The conditions, sorted.
    #[must_use]
    pub fn matchers(&self) -> &[Matcher] {
        &self.matchers
    }

    pub(super) fn of(mut matchers: Vec<Matcher>) -> Self {
        matchers.sort();
        matchers.dedup();
        Self { matchers }
    }
}

impl FromStr for Selector {
    type Err = SelectorError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse::selector(text)
    }
}

impl Display for Selector {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let in_front = |m: &&Matcher| {
            m.label == NAME && m.op == MatchOp::Equal && parse::is_metric_name(&m.value)
        };
        let name = self.matchers.iter().find(in_front);
        if let Some(name) = name {
            f.write_str(&name.value)?;
        }
        let inside: Vec<String> = self
            .matchers
            .iter()
            .filter(|&m| Some(m) != name)
            .map(ToString::to_string)
            .collect();
        if inside.is_empty() && name.is_some() {
            return Ok(());
        }
        write!(f, "{{{}}}", inside.join(","))
    }
}

impl Display for Matcher {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let op = match self.op {
            MatchOp::Equal => "=",
            MatchOp::NotEqual => "!=",
            MatchOp::Matches => "=~",
            MatchOp::MatchesNot => "!~",
        };
        if parse::is_label_name(&self.label) {
            write!(f, "{}{op}{}", self.label, quoted(&self.value))
        } else {
            write!(f, "{}{op}{}", quoted(&self.label), quoted(&self.value))
        }
    }
}

/// A PromQL string literal.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_hostile_label_value_stays_inside_its_quotes() {
        let selector =
            Selector::metric("up").with("job", MatchOp::Equal, "a\"} or vector(1) #\\\n");
        assert_eq!(selector.to_string(), r#"up{job="a\"} or vector(1) #\\\n"}"#);
    }

    #[test]
    fn names_that_need_quotes_get_them() {
        let selector =
            Selector::metric("http.requests").with("service.name", MatchOp::Matches, "a|b");
        assert_eq!(
            selector.to_string(),
            r#"{__name__="http.requests","service.name"=~"a|b"}"#
        );
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back_the_same(
            metric in "[a-zA-Z_:][a-zA-Z0-9_:.-]{0,8}",
            matchers in prop::collection::vec(("[a-z_][a-z0-9_. ]{0,6}", 0..4_usize, any::<String>()), 0..4),
        ) {
            let ops = [MatchOp::Equal, MatchOp::NotEqual, MatchOp::Matches, MatchOp::MatchesNot];
            let selector = matchers.into_iter().fold(Selector::metric(metric), |s, (label, op, value)| s.with(label, ops[op], value));
            prop_assert_eq!(selector.to_string().parse::<Selector>().unwrap(), selector);
        }
    }
}
