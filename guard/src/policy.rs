//! The tier policy: how strongly a finding is answered.

use crate::finding::{Budget, Finding};
use crate::fix::Offered;
use crate::verdict::{Attribution, Comparison, Tier};
use serde::{Deserialize, Serialize};

/// Seconds of history below which before-vs-after may not roll back.
pub const MIN_HISTORY_FOR_ROLLBACK_S: f64 = 600.0;

/// What Tawny may do on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Autonomy {
    /// Only says what it would have done.
    Observe,
    /// May pause and ask.
    Pause,
    /// May roll back.
    Rollback,
}

impl Autonomy {
    /// The word on the wire and in the configuration: `observe`, `pause`, `rollback`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Observe => "observe",
            Self::Pause => "pause",
            Self::Rollback => "rollback",
        }
    }
}

/// What happens when a bake ends without certainty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhenUnsure {
    /// Hold, and ask people.
    Hold,
    /// Go on, and say so.
    Promote,
}

/// Who may go past the rules of who may answer what, by saying why. It is told to everybody.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BreakGlass {
    /// Nobody.
    Nobody,
    /// Operators, where who is on call, or a second person, stands against it.
    #[default]
    Operators,
    /// Every responder.
    Responders,
}

/// A service's policy, copied into each plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    /// What Tawny may do on its own.
    pub autonomy: Autonomy,
    /// How long a question stays open, in seconds.
    pub approval_expiry_s: f64,
    /// How long the whole release is watched after promotion, in seconds.
    pub bake_s: f64,
    /// What happens when a step's bake ends `inconclusive` or `unmeasured`.
    pub when_unsure: WhenUnsure,
    /// How long an action may wait for its execution before it is asked again, in seconds.
    pub action_expiry_s: f64,
    /// How long after a rollback the cure must show, in seconds.
    pub cure_expiry_s: f64,
    /// How strongly a critical alert of somebody else's is answered that names the service: 2 at most.
    #[serde(default = "usual_alert_tier")]
    pub critical_alert: Tier,
    /// How many people have to be for it that a paused release goes on.
    #[serde(default = "one")]
    pub resume_by: u32,
    /// How many have to be for it that it goes everywhere at once.
    #[serde(default = "one")]
    pub promote_by: u32,
    /// Whether those whose change it is may resume it without somebody else.
    #[serde(default)]
    pub author_may_resume: bool,
    /// Who may go past these rules.
    #[serde(default)]
    pub break_glass: BreakGlass,
    /// Which fixes can be asked for where the code is.
    #[serde(default, skip_serializing_if = "Offered::is_nothing")]
    pub fixes: Offered,
}

fn one() -> u32 {
    1
}

fn usual_alert_tier() -> Tier {
    Tier::Pause
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            autonomy: Autonomy::Rollback,
            approval_expiry_s: 1800.0,
            bake_s: 1800.0,
            when_unsure: WhenUnsure::Hold,
            action_expiry_s: 600.0,
            cure_expiry_s: 300.0,
            critical_alert: usual_alert_tier(),
            resume_by: one(),
            promote_by: one(),
            author_may_resume: false,
            break_glass: BreakGlass::default(),
            fixes: Offered::default(),
        }
    }
}

/// What the policy must know beside the finding.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Circumstances {
    /// Seconds of history before the change.
    pub history_s: f64,
    /// Whether there is a version to go back to that is known good.
    pub target_known_good: bool,
    /// Whether nothing irreversible lies between.
    pub reversible: bool,
}

/// The tier that a finding deserves by its evidence and the circumstances, before autonomy is asked.
#[must_use]
pub fn deserved_tier(finding: &Finding, circumstances: &Circumstances) -> Tier {
    let deserved = match finding.budget {
        Budget::Warn => Tier::Warn,
        Budget::Pause => Tier::Pause,
        Budget::RollBack if may_roll_back(finding, circumstances) => Tier::RollBack,
        Budget::RollBack => Tier::Pause,
    };
    // A release may well be the cure of what was there before it.
    let most = if finding.is_older() {
        Tier::Warn
    } else {
        finding.on_failure.unwrap_or(Tier::RollBack)
    };
    deserved.min(most)
}

fn may_roll_back(finding: &Finding, circumstances: &Circumstances) -> bool {
    // Going back mends nothing that others broke, and perhaps nothing where that is in doubt.
    if finding.attribution != Attribution::Change {
        return false;
    }
    let grave = match finding.comparison {
        Comparison::CanaryVsStable => {
            finding.hard_limit_crossed
                || finding.severe
                || finding.on_failure == Some(Tier::RollBack)
        }
        Comparison::BeforeVsAfter => {
            finding.hard_limit_crossed && circumstances.history_s >= MIN_HISTORY_FOR_ROLLBACK_S
        }
    };
    grave && circumstances.target_known_good && circumstances.reversible
}

/// The tier that is carried out: what the finding deserves, but never beyond the autonomy.
#[must_use]
pub fn allowed_tier(deserved: Tier, autonomy: Autonomy) -> Tier {
    let most = match autonomy {
        Autonomy::Observe => Tier::Warn,
        Autonomy::Pause => Tier::Pause,
        Autonomy::Rollback => Tier::RollBack,
    };
    deserved.min(most)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Circumstance;
    use crate::testing::finding;

    const SAFE: Circumstances = Circumstances {
        history_s: 30.0,
        target_known_good: true,
        reversible: true,
    };

    #[test]
    fn what_a_dependency_is_blamed_for_is_never_rolled_back_without_asking() {
        let grave = Finding {
            budget: Budget::RollBack,
            hard_limit_crossed: true,
            severe: true,
            ..finding()
        };
        assert_eq!(deserved_tier(&grave, &SAFE), Tier::RollBack);
        for attribution in [
            Attribution::Dependency,
            Attribution::Load,
            Attribution::Unknown,
        ] {
            let of_others = Finding {
                attribution,
                ..grave.clone()
            };
            assert_eq!(deserved_tier(&of_others, &SAFE), Tier::Pause);
        }
    }

    #[test]
    fn what_was_there_before_the_change_is_warned_about_and_stops_no_release() {
        let grave = Finding {
            budget: Budget::RollBack,
            hard_limit_crossed: true,
            severe: true,
            on_failure: Some(Tier::RollBack),
            circumstances: vec![Circumstance::Older {
                since: crate::testing::start(),
                level: 0.3,
            }],
            ..finding()
        };
        assert_eq!(deserved_tier(&grave, &SAFE), Tier::Warn);
    }

    #[test]
    fn the_budget_of_the_evidence_sets_the_tier() {
        assert_eq!(
            deserved_tier(
                &Finding {
                    budget: Budget::Warn,
                    ..finding()
                },
                &SAFE
            ),
            Tier::Warn
        );
        assert_eq!(
            deserved_tier(
                &Finding {
                    budget: Budget::Pause,
                    ..finding()
                },
                &SAFE
            ),
            Tier::Pause
        );
    }

    #[test]
    fn rolling_back_needs_a_limit_a_severe_effect_or_the_signals_own_word() {
        let sure = Finding {
            budget: Budget::RollBack,
            ..finding()
        };
        assert_eq!(deserved_tier(&sure, &SAFE), Tier::Pause);
        for grave in [
            Finding {
                hard_limit_crossed: true,
                ..sure.clone()
            },
            Finding {
                severe: true,
                ..sure.clone()
            },
            Finding {
                on_failure: Some(Tier::RollBack),
                ..sure.clone()
            },
        ] {
            assert_eq!(deserved_tier(&grave, &SAFE), Tier::RollBack);
        }
    }

    #[test]
    fn a_signal_that_may_only_warn_never_pauses() {
        let grave = Finding {
            budget: Budget::RollBack,
            severe: true,
            hard_limit_crossed: true,
            ..finding()
        };
        let most = |on_failure| {
            deserved_tier(
                &Finding {
                    on_failure: Some(on_failure),
                    ..grave.clone()
                },
                &SAFE,
            )
        };
        assert_eq!(
            [most(Tier::Warn), most(Tier::Pause), most(Tier::RollBack)],
            [Tier::Warn, Tier::Pause, Tier::RollBack]
        );
    }

    #[test]
    fn nobody_rolls_back_to_an_unknown_version_or_over_a_migration() {
        let grave = Finding {
            budget: Budget::RollBack,
            severe: true,
            hard_limit_crossed: true,
            ..finding()
        };
        assert_eq!(
            deserved_tier(
                &grave,
                &Circumstances {
                    target_known_good: false,
                    ..SAFE
                }
            ),
            Tier::Pause
        );
        assert_eq!(
            deserved_tier(
                &grave,
                &Circumstances {
                    reversible: false,
                    ..SAFE
                }
            ),
            Tier::Pause
        );
    }

    #[test]
    fn before_vs_after_needs_the_hard_limit_and_ten_minutes_of_history() {
        let severe = Finding {
            budget: Budget::RollBack,
            severe: true,
            comparison: Comparison::BeforeVsAfter,
            ..finding()
        };
        let limit = Finding {
            hard_limit_crossed: true,
            ..severe.clone()
        };
        let long = Circumstances {
            history_s: 600.0,
            ..SAFE
        };
        assert_eq!(deserved_tier(&severe, &long), Tier::Pause);
        assert_eq!(deserved_tier(&limit, &SAFE), Tier::Pause);
        assert_eq!(deserved_tier(&limit, &long), Tier::RollBack);
    }

    #[test]
    fn autonomy_caps_what_is_carried_out() {
        assert_eq!(allowed_tier(Tier::RollBack, Autonomy::Observe), Tier::Warn);
        assert_eq!(allowed_tier(Tier::RollBack, Autonomy::Pause), Tier::Pause);
        assert_eq!(
            allowed_tier(Tier::RollBack, Autonomy::Rollback),
            Tier::RollBack
        );
        assert_eq!(allowed_tier(Tier::Warn, Autonomy::Rollback), Tier::Warn);
    }
}
