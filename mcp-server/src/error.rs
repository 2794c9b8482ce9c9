//! Why a tool could not answer, in words that let a model mend its call.

use crate::answer::Untrusted;
use guard::ids::BadName;
use journal::JournalError;
use journal::ledger::LedgerError;
use rmcp::model::{CallToolResult, ContentBlock};

/// Characters of an error at most.
const LONGEST: usize = 1_500;

/// Why a tool could not answer. It goes to the caller: no secret may be in it.
#[derive(Debug, thiserror::Error)]
pub enum ToolError {
    /// An argument cannot be used.
    #[error("argument `{name}`: {problem}")]
    Argument {
        /// Which.
        name: &'static str,
        /// What is wrong, and what was expected.
        problem: String,
    },
    /// The arguments do not have the shape that the tool's schema asks for.
    #[error("the arguments do not fit the tool's input schema: {0}")]
    Shape(String),
    /// There is no such thing, or the caller may not see it.
    #[error("{what} `{value}` does not exist or is outside of what this client may see{hint}")]
    Unknown {
        /// What was asked for: `deployment`.
        what: &'static str,
        /// By which name.
        value: String,
        /// `: list_deployments has those that do`, or nothing.
        hint: &'static str,
    },
    /// What was asked for is not there, for a reason that is no fault of the caller.
    #[error("{0}")]
    Absent(String),
    /// The caller may not.
    #[error("{0}")]
    Forbidden(String),
    /// A source did not answer, or not in time.
    #[error("{0}")]
    Unavailable(String),
    /// The caller does not want to know any more.
    #[error("the call was cancelled")]
    Cancelled,
    /// A fault of ours, which the log has.
    #[error(
        "tawny could not read its record just now: try again, and if it stays so look into its log"
    )]
    Failed,
}

impl ToolError {
    /// An argument that cannot be used.
    pub fn argument(name: &'static str, problem: impl std::fmt::Display) -> Self {
        Self::Argument {
            name,
            problem: problem.to_string(),
        }
    }

    /// A deployment that is not there.
    pub fn unknown_deployment(id: impl Into<String>) -> Self {
        Self::Unknown {
            what: "deployment",
            value: id.into(),
            hint: ": list_deployments has those that do",
        }
    }

    /// A service that is not there.
    pub fn unknown_service(name: impl Into<String>) -> Self {
        Self::Unknown {
            what: "service",
            value: name.into(),
            hint: ": list_services has those that do",
        }
    }

    /// As the protocol carries it: an answer that says what is wrong, not a fault of the protocol.
    pub(crate) fn into_result(self) -> CallToolResult {
        // What a source said may be in it, of any length.
        let said = Untrusted::new(&self.to_string(), LONGEST);
        CallToolResult::error(vec![ContentBlock::text(said.as_str())])
    }
}

impl From<BadName> for ToolError {
    fn from(error: BadName) -> Self {
        Self::Argument {
            name: error.kind,
            problem: error.to_string(),
        }
    }
}

impl From<JournalError> for ToolError {
    fn from(error: JournalError) -> Self {
        tracing::error!(%error, "a tool could not read the journal");
        Self::Failed
    }
}

impl From<LedgerError> for ToolError {
    fn from(error: LedgerError) -> Self {
        if error.is_erased() {
            return Self::Absent("it is so old that retention has erased it".to_owned());
        }
        tracing::error!(%error, "a tool could not read the journal");
        Self::Failed
    }
}
