//! Whom a message calls: only accounts and groups by their ids, never anything that somebody wrote.

/// Somebody who is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention(String);

impl Mention {
    /// A member such as `U024BE7LH`; none where that is no id.
    #[must_use]
    pub fn user(id: &str) -> Option<Self> {
        is_id(id, &['U', 'W']).then(|| Self(format!("<@{id}>")))
    }

    /// A user group such as `S0614TZR7`; none where that is no id.
    #[must_use]
    pub fn group(id: &str) -> Option<Self> {
        is_id(id, &['S']).then(|| Self(format!("<!subteam^{id}>")))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Characters that ids have at most.
const LONGEST: usize = 64;

fn is_id(id: &str, begins: &[char]) -> bool {
    let plain = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit();
    id.starts_with(begins) && id.len() <= LONGEST && id.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_called_but_by_an_id() {
        assert_eq!(Mention::user("U024BE7LH").unwrap().as_str(), "<@U024BE7LH>");
        assert_eq!(
            Mention::group("S0614TZR7").unwrap().as_str(),
            "<!subteam^S0614TZR7>"
        );
        for bad in [
            "",
            "channel",
            "U1>|<!channel",
            "u024",
            "S1 here",
            "U\u{202e}1",
        ] {
            assert_eq!(Mention::user(bad), None, "{bad}");
            assert_eq!(Mention::group(bad), None, "{bad}");
        }
    }
}
