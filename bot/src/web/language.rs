//! The reader's language: chosen on the page, else the browser's, else the configured one.

use super::Page;
use super::session::cookie_of;
use axum::extract::FromRequestParts;
use axum::http::Uri;
use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::request::Parts;
use messages::{Locale, Words};
use std::convert::Infallible;

/// The cookie that remembers a choice. It says nothing about a person.
const COOKIE: &str = "tawny-lang";

/// The language of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Language(pub(super) Locale);

impl Language {
    /// The words of the language; also what `say!` asks for.
    pub(super) fn words(self) -> Words {
        Words::new(self.0)
    }
}

impl FromRequestParts<Page> for Language {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, page: &Page) -> Result<Self, Infallible> {
        let remembered = || Locale::from_tag(cookie_of(&parts.headers, COOKIE)?);
        let browser = || {
            let header = parts.headers.get(ACCEPT_LANGUAGE)?.to_str().ok()?;
            Some(Locale::from_accept_language(header))
        };
        let locale = chosen(&parts.uri)
            .or_else(remembered)
            .or_else(browser)
            .unwrap_or(page.locale);
        Ok(Self(locale))
    }
}

/// The language that `?lang=` asks for.
pub(super) fn chosen(uri: &Uri) -> Option<Locale> {
    let pairs = uri.query()?.split('&');
    pairs
        .filter_map(|pair| pair.strip_prefix("lang="))
        .find_map(Locale::from_tag)
}

/// The header that remembers a choice for a year.
pub(super) fn cookie(locale: Locale) -> String {
    format!(
        "{COOKIE}={}; Path=/; Max-Age=31536000; SameSite=Strict; HttpOnly",
        locale.tag()
    )
}
