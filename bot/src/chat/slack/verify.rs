//! Whether Slack sent it: judged on the bytes as they came, before anything reads them.
//!
//! What is compared is compared in constant time, and no signature is in a log: it would be good for five minutes.

use axum::http::HeaderMap;
use config::Secret;
use config::settings::Slack;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;

/// Seconds that a stamp may be away from now.
const WINDOW: u64 = 300;
const SIGNATURE: &str = "x-slack-signature";
const STAMP: &str = "x-slack-request-timestamp";

/// The signature, if it is good: with the present secret or the one before.
pub(super) fn genuine(
    slack: &Slack,
    headers: &HeaderMap,
    body: &[u8],
    now: Timestamp,
) -> Option<Vec<u8>> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let stamp = text(STAMP)?;
    let at: i64 = stamp.parse().ok()?;
    if at.abs_diff(now.as_second()) > WINDOW {
        return None;
    }
    let signature = hex::decode(text(SIGNATURE)?.strip_prefix("v0=")?).ok()?;
    let secrets = [&slack.signing_secret, &slack.previous_signing_secret];
    let good = |secret: &Secret| {
        let mac = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes());
        mac.is_ok_and(|mac| {
            let mac = mac.chain_update(b"v0:").chain_update(stamp);
            let mac = mac.chain_update(b":").chain_update(body);
            mac.verify_slice(&signature).is_ok()
        })
    };
    let good = secrets.into_iter().flatten().any(good);
    good.then_some(signature)
}

/// What Slack would sign a body with, at a stamp.
pub(crate) fn signature(secret: &Secret, stamp: &str, body: &[u8]) -> Option<String> {
    let mac = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()).ok()?;
    let mac = mac.chain_update(b"v0:").chain_update(stamp);
    let mac = mac.chain_update(b":").chain_update(body);
    Some(format!("v0={}", hex::encode(mac.finalize().into_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_700_000_000;

    const SETTINGS: &str = r#"
metrics: {main: {type: prometheus, url: "http://127.0.0.1:9090"}}
services: [{name: shop, platform: observed, metrics: {selector: 'job="shop"'}, signals: [{preset: up}]}]
chat:
  slack:
    bot_token: xoxb-1
    signing_secret: the-secret-of-today
    previous_signing_secret: the-secret-before
    channels: [{channel: C1}]
"#;

    fn slack() -> Slack {
        let lookup = config::Lookup::of_variables(&[]);
        let place = std::path::Path::new("/etc/tawny");
        let settings = config::parse(SETTINGS, "tawny.yaml", place, &lookup);
        settings
            .unwrap_or_else(|errors| panic!("{errors}"))
            .chat
            .slack
            .unwrap()
    }

    fn headers(secret: &str, at: i64, body: &str) -> HeaderMap {
        let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        let mac = mac.chain_update(format!("v0:{at}:{body}"));
        let signature = format!("v0={}", hex::encode(mac.finalize().into_bytes()));
        let mut headers = HeaderMap::new();
        headers.insert(SIGNATURE, signature.parse().unwrap());
        headers.insert(STAMP, at.to_string().parse().unwrap());
        headers
    }

    fn is_good(headers: &HeaderMap, body: &str) -> bool {
        let now = Timestamp::from_second(NOW).unwrap();
        genuine(&slack(), headers, body.as_bytes(), now).is_some()
    }

    #[test]
    fn the_signature_is_the_one_that_others_make() {
        let secret = Secret::new("the-secret-of-today");
        let made = signature(&secret, &NOW.to_string(), b"payload=x").unwrap();
        assert_eq!(
            headers("the-secret-of-today", NOW, "payload=x")[SIGNATURE],
            made
        );
        // From the tests of slack-morphism.
        let headers = headers(
            "fa2c05deeef5a4077494e89f54394de0",
            1_531_420_618,
            "test-body",
        );
        assert_eq!(
            headers[SIGNATURE],
            "v0=baa91ef62d346e56607bbdd278a8acd570b91226854f15a382f43d33be42f666"
        );
    }

    #[test]
    fn what_is_signed_is_taken_with_the_secret_of_today_and_the_one_before() {
        for secret in ["the-secret-of-today", "the-secret-before"] {
            assert!(is_good(
                &headers(secret, NOW, "payload=%7B%7D"),
                "payload=%7B%7D"
            ));
        }
    }

    #[test]
    fn another_secret_another_body_or_another_stamp_is_refused() {
        let body = "payload=x";
        assert!(!is_good(&headers("another-secret-0123", NOW, body), body));
        let good = headers("the-secret-of-today", NOW, body);
        assert!(!is_good(&good, "payload=y"));
        let mut moved = good.clone();
        moved.insert(STAMP, (NOW + 1).to_string().parse().unwrap());
        assert!(!is_good(&moved, body));
        for (name, value) in [
            (SIGNATURE, "v0="),
            (SIGNATURE, "v0=zz"),
            (SIGNATURE, "v1=00"),
            (STAMP, "now"),
            (STAMP, "-9223372036854775808"),
        ] {
            let mut wrong = good.clone();
            wrong.insert(name, value.parse().unwrap());
            assert!(!is_good(&wrong, body), "{name}: {value}");
        }
        assert!(!is_good(&HeaderMap::new(), body));
    }

    #[test]
    fn a_stamp_is_good_for_five_minutes_to_either_side() {
        for (away, good) in [(300, true), (-300, true), (301, false), (-301, false)] {
            let headers = headers("the-secret-of-today", NOW + away, "x");
            assert_eq!(is_good(&headers, "x"), good, "{away}");
        }
    }
}
