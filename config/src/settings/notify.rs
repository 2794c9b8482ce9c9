//! Who is told, beside the page.

use crate::reader::{Reader, Step};
use crate::text::{Name, Secret};
use crate::value::settings;
use crate::yaml::Node;
use base64::prelude::{BASE64_STANDARD, Engine as _};

settings! {
    /// Who is told, beside the page.
    pub struct Notify {
        /// Addresses that get each message as signed JSON.
        webhooks: Vec<Webhook> = "[]",
    }

    /// An address that gets each message as signed JSON.
    pub struct Webhook check usable {
        /// What it is called in the record.
        name: Name,
        /// Where to send. Treated as a secret, since such addresses often are.
        url: Secret,
        /// Signs each delivery (HMAC-SHA-256): base64, as `openssl rand -base64 24` prints it.
        secret: Secret,
    }
}

fn usable(webhook: &Webhook, node: &Node, reader: &mut Reader<'_>) -> Option<()> {
    let url = url::Url::parse(webhook.url.expose())
        .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    let secret = webhook.secret.expose();
    let key = BASE64_STANDARD.decode(secret.strip_prefix("whsec_").unwrap_or(secret));
    let wrong = [
        (
            "url",
            !url,
            "no web address",
            "an `https://` or `http://` URL",
        ),
        (
            "secret",
            !key.is_ok_and(|key| !key.is_empty()),
            "no signing key",
            "base64 with its padding, with or without `whsec_` before it, as `openssl rand -base64 24` prints it",
        ),
    ];
    let mut good = Some(());
    for (field, _, found, expected) in wrong.into_iter().filter(|(_, wrong, ..)| *wrong) {
        let at = node.get(field).map_or(node.at, |value| value.at);
        reader.inside(Step::Field(field.to_owned()), |reader| {
            reader.wrong(at, found, expected);
        });
        good = None;
    }
    good
}
