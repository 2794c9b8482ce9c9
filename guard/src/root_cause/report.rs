//! What stands after the check.

use super::draft::{Abnormal, Advice, Cite, Conclusion, Recommendation, Spot};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A report of which every citation was looked up.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, bound(deserialize = "T: Deserialize<'de> + Default"))]
pub struct RootCauseReport<T = String> {
    /// What happened.
    pub summary: T,
    /// Whom it hurt, how much and since when.
    pub impact: Vec<Stated<T>>,
    /// The queries that show it.
    pub queries: Vec<Abnormal>,
    /// What did it.
    pub conclusion: Conclusion,
    /// How that came to hurt.
    pub mechanism: T,
    /// The guilty line.
    pub place: Option<Spot>,
    /// What speaks for the conclusion.
    pub evidence_for: Vec<Stated<T>>,
    /// What speaks against it.
    pub evidence_against: Vec<Stated<T>>,
    /// The conclusions that were weighed.
    pub hypotheses: Vec<Weighed<T>>,
    /// What was looked at and is not it.
    pub ruled_out: Vec<Stated<T>>,
    /// What made it worse, or likelier.
    pub contributing: Vec<Stated<T>>,
    /// Where time was lost.
    pub time_lost: Vec<Stated<T>>,
    /// What to do now.
    pub recommendation: Recommendation<T>,
    /// What would mend it for good.
    pub solution: T,
    /// What to do afterwards.
    pub action_items: Vec<T>,
    /// Statements that were checked.
    pub checked: u32,
    /// Of those, how many were cut because they name what is not there.
    pub cut: u32,
    /// How sure one can be, by the ranking and by what was checked; never by what was written.
    pub confidence: Confidence,
    /// Who wrote it.
    pub written_by: Author,
    /// Texts that addressed whoever reads them for analysis, instead of saying what they are for.
    pub addressed: Vec<Injection>,
    /// What it cost; none where no model was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spent: Option<Spent>,
    /// Whether the investigation came to its end.
    pub ended: Ended,
}

/// A statement that was checked.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, bound(deserialize = "T: Deserialize<'de> + Default"))]
pub struct Stated<T = String> {
    /// The statement.
    pub text: T,
    /// Where it can be looked up.
    pub cites: Vec<Cite>,
    /// What it is worth.
    pub standing: Standing,
}

/// What a statement is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// All that it refers to was found.
    Supported,
    /// Nothing contradicts it, and it refers to nothing that could be looked up.
    #[default]
    Hypothesis,
}

/// One of several conclusions that were weighed.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, bound(deserialize = "T: Deserialize<'de> + Default"))]
pub struct Weighed<T = String> {
    /// What did it, by this one.
    pub conclusion: Conclusion,
    /// What speaks for it.
    pub because: T,
    /// What refutes it, if anything does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refuted_by: Option<Stated<T>>,
}

/// How sure one can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Hardly.
    #[default]
    Low,
    /// Fairly: the ranking says the same, and something that was checked speaks for it.
    Medium,
    /// The ranking is sure of the same, several checked statements speak for it and none against it.
    High,
}

impl Confidence {
    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// Who wrote a report.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Author {
    /// Rules, from the record.
    #[default]
    Rules,
    /// A model.
    Model {
        /// Its name, as the endpoint calls it.
        name: String,
    },
}

/// Whether an investigation came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "ended", rename_all = "snake_case")]
pub enum Ended {
    /// It did.
    #[default]
    Whole,
    /// It did not, and what was known by then stands.
    Partial {
        /// Why.
        why: Short,
    },
}

/// Why an investigation stopped short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Short {
    /// Its time was over.
    Deadline,
    /// Its money was spent.
    Budget,
    /// Its tokens were used up.
    Tokens,
    /// It had taken all the steps that it may take.
    Steps,
    /// The model refused.
    Refused,
    /// What the model answered could not be read, however often it was asked.
    Unreadable,
    /// The endpoint wants fewer requests.
    Busy,
    /// The endpoint could not be reached, or did not do as asked.
    Failed,
    /// No model is configured.
    NoModel,
}

impl Short {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Deadline,
        Self::Budget,
        Self::Tokens,
        Self::Steps,
        Self::Refused,
        Self::Unreadable,
        Self::Busy,
        Self::Failed,
        Self::NoModel,
    ];

    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Deadline => "deadline",
            Self::Budget => "budget",
            Self::Tokens => "tokens",
            Self::Steps => "steps",
            Self::Refused => "refused",
            Self::Unreadable => "unreadable",
            Self::Busy => "busy",
            Self::Failed => "failed",
            Self::NoModel => "no_model",
        }
    }
}

/// What an investigation cost.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Spent {
    /// The model, as the endpoint calls it.
    pub model: String,
    /// The endpoint, as the configuration calls it.
    pub endpoint: String,
    /// Requests to it.
    pub calls: u32,
    /// Tools that were asked.
    pub steps: u32,
    /// Tokens that it read.
    pub tokens_in: u64,
    /// Of those, how many it had read before.
    pub tokens_cached: u64,
    /// Tokens that it wrote.
    pub tokens_out: u64,
    /// What that costs; none where no price is configured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<Money>,
    /// How long it took.
    pub seconds: f64,
    /// The bound that stopped it, where one of tokens or money did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub over: Option<Over>,
}

/// A bound that was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Over {
    /// Which.
    pub bound: Bound,
    /// When there is room again; none where there will be none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// Whose bound it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// That of what happens to one deployment.
    Incident,
    /// That of all of a day.
    Day,
    /// That of one channel in a day.
    Channel,
}

/// An amount of money.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Money {
    /// How much.
    pub amount: f64,
    /// Of what: `USD`, `EUR`, `CNY`.
    pub currency: String,
}

/// A text that addressed whoever reads it for analysis.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Injection {
    /// What kind of text.
    pub from: Origin,
    /// Which: a commit, a request's number, a signal, a log signature.
    pub id: String,
}

/// Where a foreign text comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A commit's message.
    Commit,
    /// What changed in files.
    Diff,
    /// A merged request.
    Request,
    /// A log.
    Log,
    /// Labels, annotations or values of metrics.
    Metrics,
    /// An alert.
    Alert,
    /// A configuration.
    Configuration,
    /// What somebody said in a thread.
    Chat,
    /// Anything else that a tool answered.
    Tool,
}

impl Origin {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Commit,
        Self::Diff,
        Self::Request,
        Self::Log,
        Self::Metrics,
        Self::Alert,
        Self::Configuration,
        Self::Chat,
        Self::Tool,
    ];

    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Commit => "commit",
            Self::Diff => "diff",
            Self::Request => "request",
            Self::Log => "log",
            Self::Metrics => "metrics",
            Self::Alert => "alert",
            Self::Configuration => "configuration",
            Self::Chat => "chat",
            Self::Tool => "tool",
        }
    }
}

impl<T> RootCauseReport<T> {
    /// What it advises.
    #[must_use]
    pub fn advice(&self) -> Advice {
        self.recommendation.action
    }

    /// The same, with what an investigation came to beside the draft.
    #[must_use]
    pub fn investigated(mut self, spent: Spent, ended: Ended, addressed: Vec<Injection>) -> Self {
        self.written_by = Author::Model {
            name: spent.model.clone(),
        };
        self.spent = Some(spent);
        self.ended = ended;
        self.addressed = addressed;
        self
    }

    /// The same, with its texts put into other words.
    pub fn map<U>(self, words: &mut impl FnMut(T) -> U) -> RootCauseReport<U> {
        let stated = |all: Vec<Stated<T>>, words: &mut dyn FnMut(T) -> U| -> Vec<Stated<U>> {
            all.into_iter().map(|one| one.map(words)).collect()
        };
        RootCauseReport {
            summary: words(self.summary),
            impact: stated(self.impact, words),
            queries: self.queries,
            conclusion: self.conclusion,
            mechanism: words(self.mechanism),
            place: self.place,
            evidence_for: stated(self.evidence_for, words),
            evidence_against: stated(self.evidence_against, words),
            hypotheses: self
                .hypotheses
                .into_iter()
                .map(|one| Weighed {
                    conclusion: one.conclusion,
                    because: words(one.because),
                    refuted_by: one.refuted_by.map(|claim| claim.map(words)),
                })
                .collect(),
            ruled_out: stated(self.ruled_out, words),
            contributing: stated(self.contributing, words),
            time_lost: stated(self.time_lost, words),
            recommendation: Recommendation {
                action: self.recommendation.action,
                because: words(self.recommendation.because),
                risk: words(self.recommendation.risk),
            },
            solution: words(self.solution),
            action_items: self.action_items.into_iter().map(&mut *words).collect(),
            checked: self.checked,
            cut: self.cut,
            confidence: self.confidence,
            written_by: self.written_by,
            addressed: self.addressed,
            spent: self.spent,
            ended: self.ended,
        }
    }
}

impl<T> Stated<T> {
    fn map<U>(self, words: &mut (impl FnMut(T) -> U + ?Sized)) -> Stated<U> {
        Stated {
            text: words(self.text),
            cites: self.cites,
            standing: self.standing,
        }
    }
}
