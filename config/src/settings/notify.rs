//! Who is told, beside the page.

use crate::reader::{Reader, Step};
use crate::text::{Name, Secret};
use crate::value::settings;
use crate::yaml::Node;

settings! {
    /// Who is told, beside the page.
    pub struct Notify {
        /// Addresses that get each message as signed JSON.
        webhooks: Vec<Webhook> = "[]",
    }

    /// An address that gets each message as signed JSON.
    pub struct Webhook check web_address {
        /// What it is called in the record.
        name: Name,
        /// Where to send. Treated as a secret, since such addresses often are.
        url: Secret,
        /// Signs each delivery (HMAC-SHA-256).
        secret: Secret,
    }
}

fn web_address(webhook: &Webhook, node: &Node, reader: &mut Reader<'_>) -> Option<()> {
    let good = url::Url::parse(webhook.url.expose())
        .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if good {
        return Some(());
    }
    let at = node.get("url").map_or(node.at, |value| value.at);
    reader.inside(Step::Field("url".to_owned()), |reader| {
        reader.wrong(at, "no web address", "an `https://` or `http://` URL");
    });
    None
}
