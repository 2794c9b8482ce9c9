//! The name of a repository.

/// A repository at a code host: `owner/name`. One that exists is safe in a path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Repository(String);

/// Why a text is no repository.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no repository: expected owner/name of letters, digits, `-`, `_` and `.`")]
pub struct BadRepository;

impl Repository {
    /// Checks the text and takes it.
    ///
    /// # Errors
    /// [`BadRepository`].
    pub fn new(text: &str) -> Result<Self, BadRepository> {
        let good = |part: &str| {
            let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
            !part.is_empty()
                && part.len() <= 100
                && part.chars().all(plain)
                && part.chars().any(|c| c != '.')
        };
        match text.split_once('/') {
            Some((owner, name)) if good(owner) && good(name) => Ok(Self(text.to_owned())),
            _ => Err(BadRepository),
        }
    }

    /// `owner/name`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Repository {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Repository;

    #[test]
    fn a_repository_cannot_leave_its_place_in_a_path() {
        for bad in [
            "",
            "shop",
            "acme/",
            "/shop",
            "acme/../x",
            "acme/..",
            "./shop",
            "acme/a/b",
            "acme/sh op",
            "acme/shop?x",
            "acme/%2e",
        ] {
            assert!(Repository::new(bad).is_err(), "{bad}");
        }
        assert_eq!(
            Repository::new("acme/shop.js").unwrap().as_str(),
            "acme/shop.js"
        );
    }
}
