//! One attempt to log in. The browser keeps it in a cookie, so that any server can go on with it.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Bytes of the path that is gone back to.
const LONGEST_PATH: usize = 200;

/// A secret of which everything else follows, and where to go afterwards.
#[derive(Debug)]
pub(super) struct Attempt {
    seed: String,
    then: String,
}

impl Attempt {
    pub(super) fn new(then: Option<&str>) -> Self {
        Self {
            seed: hex::encode(rand::random::<[u8; 32]>()),
            then: local(then.unwrap_or_default()).to_owned(),
        }
    }

    /// As the browser keeps it.
    pub(super) fn cookie(&self) -> String {
        format!("{}.{}", self.seed, BASE64.encode(&self.then))
    }

    pub(super) fn of_cookie(cookie: &str) -> Option<Self> {
        let (seed, then) = cookie.split_once('.')?;
        let then = String::from_utf8(BASE64.decode(then).ok()?).ok()?;
        Some(Self {
            seed: (seed.len() == 64).then(|| seed.to_owned())?,
            then: local(&then).to_owned(),
        })
    }

    /// What the provider gives back with the browser.
    pub(super) fn state(&self) -> String {
        self.part("state")
    }

    /// What the provider puts into its token.
    pub(super) fn nonce(&self) -> String {
        self.part("nonce")
    }

    /// What proves that whoever exchanges the code has asked for it (RFC 7636).
    pub(super) fn verifier(&self) -> String {
        self.part("verifier")
    }

    /// What the provider is told of that beforehand.
    pub(super) fn challenge(&self) -> String {
        BASE64.encode(Sha256::digest(self.verifier()))
    }

    /// Whether the browser comes back from this attempt.
    pub(super) fn began(&self, state: &str) -> bool {
        self.state().as_bytes().ct_eq(state.as_bytes()).into()
    }

    /// Whether a token answers this attempt.
    pub(super) fn asked_with(&self, nonce: &str) -> bool {
        self.nonce().as_bytes().ct_eq(nonce.as_bytes()).into()
    }

    /// The path to go to afterwards.
    pub(super) fn then(&self) -> &str {
        &self.then
    }

    fn part(&self, name: &str) -> String {
        let of = Sha256::new()
            .chain_update(b"tawny login ")
            .chain_update(name)
            .chain_update(b" ")
            .chain_update(&self.seed);
        BASE64.encode(of.finalize())
    }
}

/// A path of this page; the first page for anything that could lead elsewhere.
fn local(path: &str) -> &str {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/-_.?=&".contains(c);
    let here = path.starts_with('/') && !path.starts_with("//");
    if here && path.len() <= LONGEST_PATH && path.chars().all(plain) {
        path
    } else {
        "/"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attempt_comes_back_as_it_went_and_no_other_is_taken_for_it() {
        let attempt = Attempt::new(Some("/deployments/dep_1"));
        let back = Attempt::of_cookie(&attempt.cookie()).unwrap();
        assert_eq!(back.then(), "/deployments/dep_1");
        assert!(back.began(&attempt.state()) && back.asked_with(&attempt.nonce()));
        let other = Attempt::new(None);
        assert!(!other.began(&attempt.state()) && !other.asked_with(&attempt.nonce()));
        assert_ne!(attempt.state(), attempt.nonce());
        for wrong in ["", ".", "abc.def", "abc"] {
            assert!(Attempt::of_cookie(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn nobody_is_led_away_after_logging_in() {
        for elsewhere in [
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "/%2f%2fevil.example",
            "javascript:alert(1)",
            "/a\nb",
            "",
        ] {
            assert_eq!(Attempt::new(Some(elsewhere)).then(), "/", "{elsewhere}");
        }
    }
}
