//! Reads a selector's text.

use super::{MatchOp, Matcher, NAME, Selector};

/// Why a text is not a plain selector.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "selector `{text}` is not usable: found {found} at column {column}, expected {expected}; \
     write a plain selector such as http_requests_total{{job=\"shop\"}} without range, offset or function"
)]
pub struct SelectorError {
    /// The text.
    pub text: String,
    /// Column of the first character that does not fit, from 1.
    pub column: usize,
    /// What stands there.
    pub found: String,
    /// What could have stood there.
    pub expected: &'static str,
}

/// `[a-zA-Z_:][a-zA-Z0-9_:]*`
pub(super) fn is_metric_name(text: &str) -> bool {
    is_name(text, |c| c == ':')
}

/// `[a-zA-Z_][a-zA-Z0-9_]*`
pub(super) fn is_label_name(text: &str) -> bool {
    is_name(text, |_| false)
}

fn is_name(text: &str, also: impl Fn(char) -> bool) -> bool {
    let letter = |c: char| c.is_ascii_alphabetic() || c == '_' || also(c);
    let mut chars = text.chars();
    chars.next().is_some_and(letter) && chars.all(|c| letter(c) || c.is_ascii_digit())
}

pub(super) fn selector(text: &str) -> Result<Selector, SelectorError> {
    let mut reader = Reader { text, at: 0 };
    let mut matchers = Vec::new();
    reader.skip_space();
    let name = reader.word(|c| c == ':');
    if !name.is_empty() {
        matchers.push(name_is(name));
    }
    reader.skip_space();
    if reader.eat("{") {
        reader.matchers(&mut matchers)?;
    } else if matchers.is_empty() {
        return Err(reader.error("a metric name or `{`"));
    }
    reader.skip_space();
    if reader.at < text.len() {
        return Err(reader.error("the end of the selector"));
    }
    if matchers.is_empty() {
        return Err(reader.error("at least one matcher"));
    }
    Ok(Selector::of(matchers))
}

fn name_is(metric: String) -> Matcher {
    Matcher {
        label: NAME.to_owned(),
        op: MatchOp::Equal,
        value: metric,
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    /// Everything after `{`, up to and with `}`.
    fn matchers(&mut self, matchers: &mut Vec<Matcher>) -> Result<(), SelectorError> {
        loop {
            self.skip_space();
            if self.eat("}") {
                return Ok(());
            }
            matchers.push(self.matcher()?);
            self.skip_space();
            if !self.eat(",") {
                return if self.eat("}") {
                    Ok(())
                } else {
                    Err(self.error("`,` or `}`"))
                };
            }
        }
    }

    fn matcher(&mut self) -> Result<Matcher, SelectorError> {
        let is_quoted = self.rest().starts_with(['"', '\'', '`']);
        let label = if is_quoted {
            self.string()?
        } else {
            self.word(|_| false)
        };
        if label.is_empty() && !is_quoted {
            return Err(self.error("a label name or `}`"));
        }
        self.skip_space();
        let op = if self.eat("=~") {
            MatchOp::Matches
        } else if self.eat("!~") {
            MatchOp::MatchesNot
        } else if self.eat("!=") {
            MatchOp::NotEqual
        } else if self.eat("=") {
            MatchOp::Equal
        } else if is_quoted {
            // Prometheus 3: a quoted string alone is the metric's name.
            return Ok(name_is(label));
        } else {
            return Err(self.error("`=`, `!=`, `=~` or `!~`"));
        };
        self.skip_space();
        let value = self.string()?;
        Ok(Matcher { label, op, value })
    }

    /// A string in double or single quotes with escapes, or in backticks without.
    fn string(&mut self) -> Result<String, SelectorError> {
        let Some(quote @ ('"' | '\'' | '`')) = self.peek() else {
            return Err(self.error("a quoted value"));
        };
        self.next();
        let mut out = String::new();
        loop {
            match self.peek() {
                None => return Err(self.error("a closing quote")),
                Some('\n') if quote != '`' => return Err(self.error("a closing quote")),
                Some(c) if c == quote => {
                    self.next();
                    return Ok(out);
                }
                Some('\\') if quote != '`' => out.push(self.escape()?),
                Some(c) => {
                    self.next();
                    out.push(c);
                }
            }
        }
    }

    fn escape(&mut self) -> Result<char, SelectorError> {
        let start = self.at;
        self.next();
        let plain = match self.peek() {
            Some('n') => '\n',
            Some('t') => '\t',
            Some('r') => '\r',
            Some('a') => '\u{7}',
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('v') => '\u{b}',
            Some(c @ ('\\' | '"' | '\'')) => c,
            Some('x') => return self.code_point(start, 2),
            Some('u') => return self.code_point(start, 4),
            Some('U') => return self.code_point(start, 8),
            _ => return Err(self.error("an escape such as \\n, \\\\ or \\\"")),
        };
        self.next();
        Ok(plain)
    }

    /// The digits after `\x`, `\u` or `\U`. `\x` above 7f would be half a character.
    fn code_point(&mut self, start: usize, digits: usize) -> Result<char, SelectorError> {
        self.next();
        let code = self.text.get(self.at..self.at + digits);
        let value = code.and_then(|hex| u32::from_str_radix(hex, 16).ok());
        let found = value
            .filter(|v| digits > 2 || *v < 0x80)
            .and_then(char::from_u32);
        let Some(c) = found else {
            self.at = start;
            return Err(self.error("an escape of a whole character"));
        };
        self.at += digits;
        Ok(c)
    }

    /// The longest name here, possibly empty.
    fn word(&mut self, also: impl Fn(char) -> bool) -> String {
        let rest = self.rest();
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || also(c);
        let end = rest.find(|c| !fits(c)).unwrap_or(rest.len());
        let word = &rest[..end];
        if word.starts_with(|c: char| c.is_ascii_digit()) {
            return String::new();
        }
        self.at += end;
        word.to_owned()
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self) {
        self.at += self.peek().map_or(0, char::len_utf8);
    }

    fn eat(&mut self, token: &str) -> bool {
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    fn skip_space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn error(&self, expected: &'static str) -> SelectorError {
        SelectorError {
            text: self.text.chars().take(300).collect(),
            column: self.text[..self.at].chars().count() + 1,
            found: self
                .peek()
                .map_or_else(|| "the end".to_owned(), |c| format!("`{c}`")),
            expected,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(text: &str) -> String {
        selector(text).unwrap().to_string()
    }

    #[test]
    fn every_way_to_write_a_selector_is_read() {
        assert_eq!(canonical("up"), "up");
        assert_eq!(canonical(" job:rate5m { } "), "job:rate5m");
        assert_eq!(canonical(r#"up{b!="2", a = 'x',}"#), r#"up{a="x",b!="2"}"#);
        assert_eq!(canonical(r#"{__name__="up"}"#), "up");
        assert_eq!(
            canonical(r#"{__name__=~"a|b",c!~`\d`}"#),
            r#"{__name__=~"a|b",c!~"\\d"}"#
        );
        assert_eq!(
            canonical(r#"{"http.total", "k.x"="v"}"#),
            r#"{__name__="http.total","k.x"="v"}"#
        );
        assert_eq!(
            canonical(r#"up{a="\u00e9\x41\t\""}"#),
            r#"up{a="éA\u0009\""}"#
        );
    }

    #[test]
    fn what_is_not_a_plain_selector_is_refused_with_its_column() {
        for (text, column, found) in [
            ("", 1, "the end"),
            ("{}", 3, "the end"),
            ("up[5m]", 3, "`[`"),
            ("rate(up[5m])", 5, "`(`"),
            ("up offset 5m", 4, "`o`"),
            ("up{job}", 7, "`}`"),
            ("up{job=shop}", 8, "`s`"),
            (r#"up{job="a""#, 11, "the end"),
            (r#"up{job="a" b="c"}"#, 12, "`b`"),
            (r#"up{job="\q"}"#, 10, "`q`"),
            (r#"up{job="\xff"}"#, 9, "`\\`"),
            ("5xx", 1, "`5`"),
        ] {
            let error = selector(text).unwrap_err();
            assert_eq!(
                (error.column, error.found.as_str()),
                (column, found),
                "{text}: {error}"
            );
        }
    }
}
