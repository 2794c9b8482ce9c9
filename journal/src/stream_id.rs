//! Names of streams.

use std::fmt;
use std::str::FromStr;

use crate::JournalError;

const LONGEST_ID: usize = 400;

/// The name of a stream: a kind and an id within the kind, written `kind/id`.
///
/// One stream per deployment (`deployment/<id>`), one per lane (`lane/<service>/<environment>`), one per incident
/// that belongs to no deployment (`incident/<id>`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StreamId {
    kind: String,
    id: String,
}

impl StreamId {
    /// A stream of a kind. The kind is lower-case letters, digits, `-` or `_`; the id is any text of 1 to
    /// 400 bytes without control characters.
    ///
    /// # Errors
    /// [`JournalError::BadStream`] names what is wrong.
    pub fn new(kind: &str, id: &str) -> Result<Self, JournalError> {
        let kind_is_plain = !kind.is_empty()
            && kind
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_');
        if !kind_is_plain {
            return Err(JournalError::BadStream(format!(
                "kind {kind:?}: expected lower-case letters, digits, - or _"
            )));
        }
        if id.is_empty() || id.len() > LONGEST_ID || id.chars().any(char::is_control) {
            return Err(JournalError::BadStream(format!(
                "id {id:?} of kind {kind}: expected 1 to {LONGEST_ID} bytes without control characters"
            )));
        }
        Ok(Self {
            kind: kind.into(),
            id: id.into(),
        })
    }

    /// The stream of one deployment.
    ///
    /// # Errors
    /// As [`StreamId::new`].
    pub fn deployment(id: &str) -> Result<Self, JournalError> {
        Self::new("deployment", id)
    }

    /// The stream of one lane: a service in an environment. Slashes inside the names are escaped,
    /// so two lanes never share a stream.
    ///
    /// # Errors
    /// As [`StreamId::new`].
    pub fn lane(service: &str, environment: &str) -> Result<Self, JournalError> {
        let escape = |part: &str| part.replace('%', "%25").replace('/', "%2F");
        Self::new(
            "lane",
            &format!("{}/{}", escape(service), escape(environment)),
        )
    }

    /// The kind, as in `deployment`.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The id within the kind.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind, self.id)
    }
}

impl FromStr for StreamId {
    type Err = JournalError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (kind, id) = text.split_once('/').ok_or_else(|| {
            JournalError::BadStream(format!("{text:?}: expected kind/id, as in deployment/d-17"))
        })?;
        Self::new(kind, id)
    }
}
