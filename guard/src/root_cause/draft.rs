//! What was written, before anybody checked it. Nothing of it is believed.

use serde::{Deserialize, Serialize};

/// A report as it was written: by a model in words, by rule in facts that are put into words later.
///
/// Everything may be missing, and what is not known is passed over: models leave out and add as they like.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, bound(deserialize = "T: Deserialize<'de> + Default"))]
pub struct Draft<T = String> {
    /// What happened, in a few sentences.
    pub summary: T,
    /// Whom it hurt, how much and since when.
    pub impact: Vec<Claim<T>>,
    /// The queries that show it.
    pub queries: Vec<Abnormal>,
    /// What did it.
    pub conclusion: Conclusion,
    /// How that came to hurt.
    pub mechanism: T,
    /// The guilty line.
    pub place: Option<Spot>,
    /// What speaks for the conclusion.
    pub evidence_for: Vec<Claim<T>>,
    /// What speaks against it.
    pub evidence_against: Vec<Claim<T>>,
    /// All conclusions that were weighed, this one among them.
    pub hypotheses: Vec<Hypothesis<T>>,
    /// What was looked at and is not it.
    pub ruled_out: Vec<Claim<T>>,
    /// What made it worse, or likelier.
    pub contributing: Vec<Claim<T>>,
    /// Where time was lost.
    pub time_lost: Vec<Claim<T>>,
    /// What to do now. People decide; which buttons there are is decided by policy.
    pub recommendation: Recommendation<T>,
    /// What would mend it for good.
    pub solution: T,
    /// What to do afterwards.
    pub action_items: Vec<T>,
}

/// What did it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "was", rename_all = "snake_case")]
pub enum Conclusion {
    /// One change of the deployment.
    Suspect {
        /// Its commit, as the ranking names it.
        id: String,
    },
    /// Nothing that came with this deployment.
    None,
    /// It cannot be told.
    #[default]
    Unknown,
}

/// A statement, and where it can be looked up.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, bound(deserialize = "T: Deserialize<'de> + Default"))]
pub struct Claim<T = String> {
    /// The statement.
    pub text: T,
    /// Where it can be looked up.
    pub cites: Vec<Cite>,
}

/// A reference to something that is kept.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Cite {
    /// To what kind of thing.
    pub kind: CiteKind,
    /// Its name: an evidence id, a commit or its beginning, a log signature's template.
    pub id: String,
    /// Of a file or a hunk: the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Of a hunk: a line of it, as the file is now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// Of evidence: a number that is said to be in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// Words that are said to be in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote: Option<String>,
}

/// What kind of thing is referred to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CiteKind {
    /// A stored answer of a metrics source or of a tool.
    #[default]
    Evidence,
    /// A change of the deployment.
    Commit,
    /// A file that one of them touched.
    File,
    /// Lines that one of them touched.
    Hunk,
    /// A kind of record that is logged.
    Log,
}

/// A query that shows that something is wrong, and what it answered.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Abnormal {
    /// The query.
    pub promql: String,
    /// What it answered.
    pub value: f64,
    /// The unit of that.
    pub unit: Option<String>,
    /// The stored answer.
    pub evidence: String,
}

/// One of several conclusions that were weighed.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, bound(deserialize = "T: Deserialize<'de> + Default"))]
pub struct Hypothesis<T = String> {
    /// What did it, by this one.
    pub conclusion: Conclusion,
    /// What speaks for it.
    pub because: T,
    /// What refutes it, if anything does.
    pub refuted_by: Option<Claim<T>>,
}

/// A line of a file, as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Spot {
    /// The file.
    pub path: String,
    /// The line, if one is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
}

/// What to do now.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, bound(deserialize = "T: Deserialize<'de> + Default"))]
pub struct Recommendation<T = String> {
    /// What.
    pub action: Advice,
    /// Why.
    pub because: T,
    /// What may go wrong with it.
    pub risk: T,
}

/// What can be done now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Advice {
    /// Go on: this is not the deployment's, or it does no harm.
    Resume,
    /// Keep it as it stands until more is known.
    #[default]
    Hold,
    /// Go back to the version before.
    RollBack,
    /// Mend it and go on.
    FixForward,
}

impl Advice {
    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Resume => "resume",
            Self::Hold => "hold",
            Self::RollBack => "roll_back",
            Self::FixForward => "fix_forward",
        }
    }
}
