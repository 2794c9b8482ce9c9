//! The record: where, and for how long.

use crate::reader::{Reader, Step};
use crate::shape::Shape;
use crate::text::Secret;
use crate::value::{Value, compare_whole, settings, words};
use crate::yaml::Node;
use std::path::PathBuf;
use std::time::Duration;

settings! {
    /// Where the record is kept.
    pub struct Journal check agrees {
        /// `sqlite:PATH`, relative to this file, or `postgres://USER@HOST/DATABASE` to share it between several servers. Without it, `journal.db` in `server.data_dir`. Treated as a secret, since it may hold a password.
        url: Option<JournalUrl>,
        /// PostgreSQL: the password, where it is not in the URL. It needs no escaping here.
        password: Option<Secret>,
        /// PostgreSQL: how the connection is protected. Without it, what `sslmode` in the URL says, and by default nobody checks whom it reaches.
        tls: Option<JournalTls>,
    }

    /// Protection of the connection to PostgreSQL.
    pub struct JournalTls check both_or_none {
        /// What is checked of the server.
        verify: JournalVerify = "full",
        /// Certificates to trust, in PEM; without it, those that everybody trusts.
        ca: Option<PathBuf>,
        /// Our own certificate, in PEM, where the server asks for one.
        certificate: Option<PathBuf>,
        /// Its key, in PEM.
        key: Option<PathBuf>,
    }

    /// How long what is kept. The events of a deployment, without their payload, are kept for good.
    pub struct Retention {
        /// Stored query results that reports cite.
        evidence: Duration = "400d",
        /// Webhooks as they came in.
        deliveries: Duration = "30d",
        /// Calls of models and IDE assistants: who, when, what, how it ended.
        mcp_calls: Duration = "90d",
        /// Requests to a model of the analyst: when, what for, how many tokens, what they cost.
        model_calls: Duration = "400d",
        /// The payload of events of finished deployments; their hashes stay.
        payloads: Duration = "400d",
    }
}

/// What is checked of a PostgreSQL server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JournalVerify {
    /// Who signed its certificate, and that it is for the host of the URL.
    Full,
    /// Who signed its certificate.
    Ca,
    /// Nothing; the connection is only encrypted.
    None,
}

words!(JournalVerify {
    "full" => JournalVerify::Full, "who signed its certificate, and that it is for this host";
    "ca" => JournalVerify::Ca, "who signed its certificate";
    "none" => JournalVerify::None, "nothing: the connection is encrypted, but to whom is not known";
});

/// Where the journal is: a URL of a kind that the journal knows, with absolute paths.
#[derive(Debug, Clone, PartialEq)]
pub struct JournalUrl(Secret);

impl JournalUrl {
    /// The text, for the one place that needs it.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// Whether several servers can share it.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        !self.expose().starts_with("sqlite:")
    }
}

impl Value for JournalUrl {
    fn shape() -> Shape {
        Shape::Secret
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let url = Secret::read(node, reader)?;
        let text = url.expose();
        if let Some(path) = text.strip_prefix("sqlite:") {
            let path = reader.path(path.strip_prefix("//").unwrap_or(path));
            return Some(Self(Secret::new(format!("sqlite:{}", path.display()))));
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Some(Self(Secret::new(with_absolute_files(text, reader))));
        }
        reader.wrong(
            node.at,
            "another kind of URL",
            "`sqlite:PATH` or `postgres://...`",
        );
        None
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

fn agrees(journal: &Journal, node: &Node, reader: &mut Reader<'_>) -> Option<()> {
    let url = journal.url.as_ref().map_or("sqlite:", JournalUrl::expose);
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let authority = url.split_once("://").map_or("", |(_, rest)| rest);
    let user = authority.split('/').next().and_then(|a| a.rsplit_once('@'));
    let postgres = !url.starts_with("sqlite:");
    let mut wrong = |field: &str, found: &str, expected: &str| {
        let at = node.get(field).map_or(node.at, |value| value.at);
        reader.inside(Step::Field(field.to_owned()), |reader| {
            reader.wrong(at, found, expected);
        });
    };
    let mut fine = true;
    for (field, said) in [
        ("password", journal.password.is_some()),
        ("tls", journal.tls.is_some()),
    ] {
        if said && !postgres {
            wrong(
                field,
                "something that only PostgreSQL has",
                "`url: postgres://...` beside it",
            );
            fine = false;
        }
    }
    let in_url = user.is_some_and(|(user, _)| user.contains(':')) || query.contains("password=");
    if journal.password.is_some() && in_url {
        wrong("password", "a second password", "one, here or in `url`");
        fine = false;
    }
    if journal.tls.is_some() && query.contains("ssl") {
        wrong(
            "tls",
            "what `url` says too",
            "it here, or as `sslmode` and the like in `url`",
        );
        fine = false;
    }
    fine.then_some(())
}

fn both_or_none(tls: &JournalTls, node: &Node, reader: &mut Reader<'_>) -> Option<()> {
    if tls.certificate.is_some() == tls.key.is_some() {
        return Some(());
    }
    reader.wrong(
        node.at,
        "a certificate without its key, or a key without its certificate",
        "both `certificate` and `key`, or neither",
    );
    None
}
