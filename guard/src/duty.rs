//! What a person is to a deployment at the moment they speak, beside their roles.

use crate::ids::PersonId;
use serde::{Deserialize, Serialize};

/// Characters of a reason below which nothing was said.
pub const LEAST_REASON: usize = 10;

/// Whether somebody is on call for the service.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "on_call")]
pub enum OnCall {
    /// Nobody has said who is: whoever has the role counts.
    #[default]
    Anybody,
    /// They are.
    They,
    /// Others are.
    Others {
        /// Who: nobody at all when it is empty.
        who: Vec<PersonId>,
    },
    /// It cannot be found out.
    Unknown {
        /// Why, for people.
        why: String,
    },
}

/// What a person is to a deployment, as the edge has just found out. Nothing, where it was not looked up.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duty {
    /// Whether they are on call.
    #[serde(default)]
    pub on_call: OnCall,
    /// Whether they answer for the service.
    #[serde(default)]
    pub owner: bool,
    /// Whether the change is theirs: written, merged or sent out by them.
    #[serde(default)]
    pub author: bool,
    /// Whether nobody else could agree with them: then a rule that asks for somebody else would stop everything.
    #[serde(default)]
    pub alone: bool,
    /// Whether they mean to go past the rules, and answer for it.
    #[serde(default)]
    pub break_glass: bool,
}

/// Whether an author, as a commit or a request names one, is a person who is known under these names: a login, an
/// address, or the name in front of one. Capitals do not count.
#[must_use]
pub fn is_author<'n>(author: &str, names: impl IntoIterator<Item = &'n str>) -> bool {
    let author = author.to_lowercase();
    let (name, address) = parts(&author);
    let hidden = login_in(address);
    names.into_iter().any(|known| {
        let known = known.trim().to_lowercase();
        !known.is_empty() && [Some(name), Some(address), hidden].contains(&Some(known.as_str()))
    })
}

/// How an author is shown: by the name, or the login. Their address is theirs; it is kept to know them by, and shown to
/// nobody.
#[must_use]
pub fn author_name(author: &str) -> &str {
    let (name, address) = parts(author);
    if !name.is_empty() && !name.contains('@') {
        return name;
    }
    let before = address.split('@').next().unwrap_or_default();
    login_in(address).unwrap_or(before)
}

/// The name and the address; of what is one word, that word as both.
fn parts(author: &str) -> (&str, &str) {
    let author = author.trim();
    match author.split_once('<') {
        Some((name, rest)) => (name.trim(), rest.trim_end_matches('>').trim()),
        None => (author, author),
    }
}

/// Code hosts hide addresses behind one of their own that has the login in it: `12345+login@users.noreply…`.
fn login_in(address: &str) -> Option<&str> {
    let (before, _) = address.split_once("@users.noreply.")?;
    Some(before.rsplit('+').next().unwrap_or(before))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_author_is_known_by_name_address_or_login_and_by_no_part_of_them() {
        let ann = ["ann-ong", "Ann.Ong@example.com", "Ann Ong"];
        for author in [
            "ann-ong",
            "Ann Ong <ann@elsewhere.example>",
            "A. Ong <ann.ong@EXAMPLE.com>",
            "A. Ong <4711+ann-ong@users.noreply.github.com>",
            "ann.ong@example.com",
        ] {
            assert!(is_author(author, ann), "{author}");
        }
        for other in [
            "",
            "ann",
            "Ann Onga <x@y.example>",
            "<>",
            "ann-ong2",
            "Bo <ann-ong@x.example>",
        ] {
            assert!(!is_author(other, ann), "{other}");
        }
        assert!(!is_author("", [""]), "nobody is no author");
    }

    #[test]
    fn an_author_is_shown_by_name_or_login_and_never_by_address() {
        for (author, shown) in [
            ("ann-ong", "ann-ong"),
            (" Ann Ong <ann@elsewhere.example>", "Ann Ong"),
            ("ann.ong@example.com", "ann.ong"),
            ("<ann.ong@example.com>", "ann.ong"),
            ("ann@example.com <ann@example.com>", "ann"),
            ("<4711+ann-ong@users.noreply.github.com>", "ann-ong"),
            ("", ""),
        ] {
            assert_eq!(author_name(author), shown, "{author}");
        }
    }
}
