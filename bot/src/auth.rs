//! Who is calling: bearer tokens of people and machines.

use guard::actor::Actor;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// The tokens that the configuration knows, by their hashes, and whose each is.
#[derive(Clone)]
pub struct Tokens<T = Actor> {
    known: Vec<([u8; 32], T)>,
}

impl<T> Default for Tokens<T> {
    fn default() -> Self {
        Self { known: Vec::new() }
    }
}

impl<T: Clone> Tokens<T> {
    /// Adds a token.
    pub fn add(&mut self, secret: &str, holder: T) {
        self.known.push((digest(secret), holder));
    }

    /// The bearer of an `Authorization` header's value. Every known token is compared, in constant time.
    #[must_use]
    pub fn bearer(&self, header: Option<&str>) -> Option<T> {
        let secret = header?.strip_prefix("Bearer ")?.trim();
        let presented = digest(secret);
        let mut found = None;
        for (known, holder) in &self.known {
            if bool::from(known.ct_eq(&presented)) {
                found = Some(holder.clone());
            }
        }
        found
    }
}

fn digest(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use guard::ids::PersonId;

    #[test]
    fn only_a_known_token_names_its_bearer() {
        let mut tokens = Tokens::default();
        let mei = Actor::Person {
            id: PersonId::new("mei").unwrap(),
            roles: vec![],
        };
        tokens.add("s3cret", mei.clone());
        assert_eq!(tokens.bearer(Some("Bearer s3cret")), Some(mei));
        for wrong in [
            None,
            Some(""),
            Some("Bearer "),
            Some("Bearer s3cre"),
            Some("Basic s3cret"),
            Some("s3cret"),
        ] {
            assert_eq!(tokens.bearer(wrong), None, "{wrong:?}");
        }
    }
}
