//! What a message must know beside the deployment.

use crate::locale::Locale;
use crate::text::Text;
use crate::words::Words;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// For whom, when and from where a message is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// The language.
    pub locale: Locale,
    /// The present moment: a time of another day is shown with its date.
    pub now: Timestamp,
    /// Where Tawny's own page is; no links without it.
    pub base_url: Option<BaseUrl>,
}

impl Context {
    /// The words of the language.
    #[must_use]
    pub fn words(&self) -> Words {
        Words::new(self.locale)
    }

    /// A moment, in UTC: `14:05:10` today, `2026-11-20 14:05` on any other day.
    #[must_use]
    pub fn time(&self, at: Timestamp) -> Text {
        let zoned = at.to_zoned(TimeZone::UTC);
        let today = self.now.to_zoned(TimeZone::UTC).date() == zoned.date();
        let pattern = if today { "%H:%M:%S" } else { "%Y-%m-%d %H:%M" };
        Text::time(at, zoned.strftime(pattern).to_string())
    }

    /// A moment with its date, in UTC, for what is kept: `2026-11-20 14:05:10`.
    #[must_use]
    pub fn date(&self, at: Timestamp) -> Text {
        let zoned = at.to_zoned(TimeZone::UTC);
        Text::time(at, zoned.strftime("%Y-%m-%d %H:%M:%S").to_string())
    }
}

/// The address of Tawny's page, as configured: `http://` or `https://`, without the last slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(String);

/// Why an address cannot be the page's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "base url `{0}` is not usable: expected http:// or https://, a host, and no blanks, quotes or `?`"
)]
pub struct BadBaseUrl(String);

impl BaseUrl {
    /// Checks the address and takes it.
    pub fn new(url: &str) -> Result<Self, BadBaseUrl> {
        let bad = || BadBaseUrl(url.chars().take(80).collect());
        let rest = url
            .strip_prefix("https://")
            .or_else(|| url.strip_prefix("http://"))
            .ok_or_else(bad)?;
        let allowed = |c: char| c.is_ascii_alphanumeric() || "-._~:/[]%".contains(c);
        let usable = rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[')
            && rest.chars().all(allowed)
            && url.len() <= 500;
        if usable {
            Ok(Self(url.trim_end_matches('/').to_owned()))
        } else {
            Err(bad())
        }
    }

    /// The address, without the last slash.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_could_leave_its_attribute_is_refused() {
        for bad in [
            "javascript:alert(1)",
            "http://",
            "http://a b",
            "http://a\"b",
            "http://a<b",
            "ftp://a",
            "http://?x",
        ] {
            assert!(BaseUrl::new(bad).is_err(), "{bad} was taken");
        }
        assert_eq!(
            BaseUrl::new("http://[::1]:8080/").unwrap().as_str(),
            "http://[::1]:8080"
        );
    }
}
