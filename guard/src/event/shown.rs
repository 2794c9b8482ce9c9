//! Events as whoever asks is shown them.

use super::Event;
use crate::duty::author_name;

impl Event {
    /// The same as whoever asks is shown it: authors by their names, without the addresses that are kept to know them by.
    #[must_use]
    pub fn without_addresses(self) -> Self {
        match self {
            Self::AuthorsKnown { authors } => {
                let mut shown: Vec<String> = Vec::new();
                for author in &authors {
                    let name = author_name(author);
                    if shown.iter().all(|known| known != name) {
                        shown.push(name.to_owned());
                    }
                }
                Self::AuthorsKnown { authors: shown }
            }
            Self::CauseRanked { cause } => Self::CauseRanked {
                cause: Box::new(cause.without_addresses()),
            },
            other => other,
        }
    }
}
