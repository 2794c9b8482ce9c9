//! Names and identifiers. Each is a checked string: a value that exists is a value that is safe
//! to put into a path, a query label or a chat message.

use std::fmt;

/// Why a text cannot be a name of its kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind} `{value}` is not usable: expected {expected}")]
pub struct BadName {
    /// Which kind of name was wanted.
    pub kind: &'static str,
    /// The offending text, shortened to 80 characters.
    pub value: String,
    /// What would have been accepted.
    pub expected: &'static str,
}

macro_rules! name {
    ($(#[$doc:meta])* $type:ident, $kind:literal, $check:path, $expected:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $type(String);

        impl $type {
            /// Checks the text and takes it.
            pub fn new(value: impl Into<String>) -> Result<Self, BadName> {
                let value = value.into();
                if $check(&value) {
                    Ok(Self(value))
                } else {
                    Err(BadName { kind: $kind, value: value.chars().take(80).collect(), expected: $expected })
                }
            }

            /// The text itself.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $type {
            type Error = BadName;
            fn try_from(value: String) -> Result<Self, BadName> {
                Self::new(value)
            }
        }

        impl std::str::FromStr for $type {
            type Err = BadName;
            fn from_str(value: &str) -> Result<Self, BadName> {
                Self::new(value)
            }
        }

        impl From<$type> for String {
            fn from(name: $type) -> String {
                name.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

fn word(text: &str, max: usize, extra: &[char]) -> bool {
    !text.is_empty()
        && text.len() <= max
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || extra.contains(&c))
}

fn plain(text: &str) -> bool {
    word(text, 63, &['-', '_', '.'])
}

// A version becomes a directory name, so `..` is refused although its characters are allowed.
fn version(text: &str) -> bool {
    word(text, 128, &['-', '_', '.', '+', '@']) && !text.contains("..")
}

fn instance(text: &str) -> bool {
    word(text, 253, &['-', '_', '.', ':']) && !text.contains("..")
}

fn opaque(text: &str) -> bool {
    word(text, 64, &['-', '_'])
}

fn person(text: &str) -> bool {
    word(text, 128, &['-', '_', '.', '@', '+', ':'])
}

name!(/// A service, as people call it.
    ServiceName, "service name", plain, "1-63 letters, digits, `-`, `_` or `.`, starting with a letter or digit");
name!(/// Where a service runs: `prod-eu`, `staging`.
    Environment, "environment", plain, "1-63 letters, digits, `-`, `_` or `.`, starting with a letter or digit");
name!(/// A version of a service: a tag, a build number, a commit.
    Version, "version", version, "1-128 letters, digits, `-`, `_`, `.`, `+` or `@`, starting with a letter or digit, without `..`");
name!(/// One running copy of a service.
    InstanceId, "instance", instance, "1-253 letters, digits, `-`, `_`, `.` or `:`, starting with a letter or digit");
name!(/// The key of a signal within its service: `errors`, `latency`.
    SignalKey, "signal", plain, "1-63 letters, digits, `-`, `_` or `.`, starting with a letter or digit");
name!(/// One deployment.
    DeploymentId, "deployment id", opaque, "1-64 letters, digits, `-` or `_`");
name!(/// One incident that belongs to no deployment.
    IncidentId, "incident id", opaque, "1-64 letters, digits, `-` or `_`");
name!(/// One action of a deployment.
    ActionId, "action id", opaque, "1-64 letters, digits, `-` or `_`");
name!(/// One link that shows a deployment. It opens nothing.
    ShareId, "share id", opaque, "1-64 letters, digits, `-` or `_`");
name!(/// One question to people. Opaque and unguessable: buttons carry nothing else.
    ApprovalId, "approval id", opaque, "1-64 letters, digits, `-` or `_`");
name!(/// A stored query result that a report can cite.
    EvidenceId, "evidence id", opaque, "1-64 letters, digits, `-` or `_`");
name!(/// A person or a machine, as the configuration names it.
    PersonId, "person", person, "1-128 letters, digits, `-`, `_`, `.`, `@`, `+` or `:`");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_cannot_climb_out_of_its_directory() {
        for bad in ["..", "../etc", "a/b", "1..2", "", ".hidden", "v 1", "v\n1"] {
            assert!(Version::new(bad).is_err(), "{bad:?} was taken");
        }
        assert!(Version::new("v2.41.0+build.7").is_ok());
    }

    #[test]
    fn a_bad_name_says_its_kind_value_and_what_was_expected() {
        let error = ServiceName::new("check out!").unwrap_err().to_string();
        assert!(error.contains("service name `check out!`"), "{error}");
        assert!(error.contains("expected 1-63 letters"), "{error}");
    }

    #[test]
    fn a_bad_name_in_a_document_is_refused_when_read() {
        assert!(serde_json::from_str::<Version>("\"../../x\"").is_err());
    }
}
