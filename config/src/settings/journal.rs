//! The record: where, and for how long.

use crate::reader::{Reader, Step};
use crate::text::Secret;
use crate::value::settings;
use crate::yaml::Node;
use std::time::Duration;

settings! {
    /// Where the record is kept.
    pub struct Journal check known_scheme {
        /// `sqlite:PATH`, or `postgres://...` to share it between several servers. Without it, `journal.db` in `server.data_dir`. Treated as a secret, since it may hold a password.
        url: Option<Secret>,
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

fn known_scheme(journal: &Journal, node: &Node, reader: &mut Reader<'_>) -> Option<()> {
    let url = journal.url.as_ref().map_or("sqlite:", Secret::expose);
    if ["sqlite:", "postgres://", "postgresql://"]
        .iter()
        .any(|scheme| url.starts_with(scheme))
    {
        return Some(());
    }
    let at = node.get("url").map_or(node.at, |value| value.at);
    reader.inside(Step::Field("url".to_owned()), |reader| {
        reader.wrong(
            at,
            "another kind of URL",
            "`sqlite:PATH` or `postgres://...`",
        );
    });
    None
}
