//! The record: where, and for how long.

use crate::reader::Reader;
use crate::shape::Shape;
use crate::text::Secret;
use crate::value::{Value, compare_whole, settings};
use crate::yaml::Node;
use std::time::Duration;

settings! {
    /// Where the record is kept.
    pub struct Journal {
        /// `sqlite:PATH`, or `postgres://...` to share it between several servers. A relative path is relative to this file. Without it, `journal.db` in `server.data_dir`. Treated as a secret, since it may hold a password.
        url: Option<JournalUrl>,
    }

    /// How long what is kept. The events of a deployment, without their payload, are kept for good.
    pub struct Retention {
        /// Stored query results that reports cite.
        evidence: Duration = "400d",
        /// Webhooks as they came in.
        deliveries: Duration = "30d",
        /// The payload of events of finished deployments; their hashes stay.
        payloads: Duration = "400d",
    }
}

/// Where the record is kept: an absolute `sqlite:PATH`, or `postgres://...`. Never shown.
#[derive(Debug, Clone, PartialEq)]
pub struct JournalUrl(Secret);

impl JournalUrl {
    /// The text, for the one place that opens it.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl Value for JournalUrl {
    fn shape() -> Shape {
        Shape::Secret
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let secret = Secret::read(node, reader)?;
        let text = secret.expose();
        let absolute = match text.strip_prefix("sqlite:") {
            Some(path) => {
                let path = path.strip_prefix("//").unwrap_or(path);
                Some(format!("sqlite:{}", reader.path(path).display()))
            }
            None if text.starts_with("postgres://") || text.starts_with("postgresql://") => {
                Some(with_absolute_files(text, reader))
            }
            None => None,
        };
        if absolute.is_none() {
            reader.wrong(
                node.at,
                "another kind of URL",
                "`sqlite:PATH` or `postgres://...`",
            );
        }
        absolute.map(|url| Self(Secret::new(url)))
    }

    compare_whole!();
}

/// Certificates that a URL names are files beside the configuration too.
fn with_absolute_files(text: &str, reader: &Reader<'_>) -> String {
    let names_file = |key: &str| matches!(key, "sslrootcert" | "sslcert" | "sslkey");
    let Ok(mut url) = url::Url::parse(text) else {
        return text.to_owned();
    };
    if !url.query_pairs().any(|(key, _)| names_file(&key)) {
        return text.to_owned();
    }
    let pairs: Vec<(String, String)> = url
        .query_pairs()
        .map(|(key, value)| {
            let value = if names_file(&key) {
                reader.path(&value).display().to_string()
            } else {
                value.into_owned()
            };
            (key.into_owned(), value)
        })
        .collect();
    url.query_pairs_mut().clear().extend_pairs(pairs);
    url.into()
}
