//! One word for each word of the domain.

use super::Words;
use crate::text::Text;
use guard::action::ActionKind;
use guard::approval::Choice;
use guard::finding::Scope;
use guard::judgement::Judgement;
use guard::state::Status;
use guard::verdict::{Attribution, Comparison, Tier, Verdict};

impl Words {
    /// `paused`, `rolled back`.
    #[must_use]
    pub fn status(self, status: Status) -> Text {
        let key = match status {
            Status::Pending => "status-pending",
            Status::Progressing => "status-progressing",
            Status::Paused => "status-paused",
            Status::Promoted => "status-promoted",
            Status::RolledBack => "status-rolled-back",
            Status::Failed => "status-failed",
            Status::Superseded => "status-superseded",
        };
        self.text(key, Vec::new())
    }

    /// `healthy`; none is `not judged yet`.
    #[must_use]
    pub fn verdict(self, verdict: Option<Verdict>) -> Text {
        let key = match verdict {
            Some(Verdict::Healthy) => "verdict-healthy",
            Some(Verdict::Degraded) => "verdict-degraded",
            Some(Verdict::Inconclusive) => "verdict-inconclusive",
            Some(Verdict::Unmeasured) => "verdict-unmeasured",
            None => "verdict-none",
        };
        self.text(key, Vec::new())
    }

    /// What a verdict means, in a sentence.
    #[must_use]
    pub fn verdict_meaning(self, verdict: Option<Verdict>) -> Text {
        let key = match verdict {
            Some(Verdict::Healthy) => "verdict-healthy-meaning",
            Some(Verdict::Degraded) => "verdict-degraded-meaning",
            Some(Verdict::Inconclusive) => "verdict-inconclusive-meaning",
            Some(Verdict::Unmeasured) => "verdict-unmeasured-meaning",
            None => "verdict-none-meaning",
        };
        self.text(key, Vec::new())
    }

    /// `tier 2: pause and ask`.
    #[must_use]
    pub fn tier(self, tier: Tier) -> Text {
        let key = match tier {
            Tier::Quiet => "tier-quiet",
            Tier::Warn => "tier-warn",
            Tier::Pause => "tier-pause",
            Tier::RollBack => "tier-rollback",
        };
        self.text(key, Vec::new())
    }

    /// `Roll back`: as on a button.
    #[must_use]
    pub fn choice(self, choice: Choice) -> Text {
        let key = match choice {
            Choice::Rollback => "choice-rollback",
            Choice::Resume => "choice-resume",
            Choice::Hold => "choice-hold",
            Choice::Promote => "choice-promote",
            Choice::Abandon => "choice-abandon",
            Choice::Pause => "choice-pause",
        };
        self.text(key, Vec::new())
    }

    /// `false alarm`; none is `not judged`.
    #[must_use]
    pub fn judgement(self, judgement: Option<Judgement>) -> Text {
        let key = match judgement {
            Some(Judgement::Real) => "judgement-real",
            Some(Judgement::FalseAlarm) => "judgement-false-alarm",
            Some(Judgement::Missed) => "judgement-missed",
            Some(Judgement::Fine) => "judgement-fine",
            None => "judgement-none",
        };
        self.text(key, Vec::new())
    }

    /// `canary against stable`.
    #[must_use]
    pub fn comparison(self, comparison: Comparison) -> Text {
        let key = match comparison {
            Comparison::CanaryVsStable => "comparison-canary-vs-stable",
            Comparison::BeforeVsAfter => "comparison-before-vs-after",
        };
        self.text(key, Vec::new())
    }

    /// `this change`, `a dependency`.
    #[must_use]
    pub fn attribution(self, attribution: Attribution) -> Text {
        let key = match attribution {
            Attribution::Change => "attribution-change",
            Attribution::Dependency => "attribution-dependency",
            Attribution::Load => "attribution-load",
            Attribution::Unknown => "attribution-unknown",
        };
        self.text(key, Vec::new())
    }

    /// `all changed instances`, or the one.
    #[must_use]
    pub fn scope(self, scope: &Scope) -> Text {
        match scope {
            Scope::Group => self.text("scope-group", Vec::new()),
            Scope::Instance(instance) => Text::foreign(instance),
        }
    }

    /// What an action does: `step 2`, `promotion`, `rollback`.
    #[must_use]
    pub fn action(self, kind: Option<ActionKind>) -> Text {
        match kind {
            Some(ActionKind::Advance { step }) => {
                crate::say!(self, "action-step", step = step.saturating_add(1))
            }
            Some(ActionKind::Promote) => self.text("action-promote", Vec::new()),
            Some(ActionKind::RollBack) => self.text("action-rollback", Vec::new()),
            None => self.text("action-unknown", Vec::new()),
        }
    }
}
