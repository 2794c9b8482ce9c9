//! What can happen in the demo, and how it has to end.

use clap::ValueEnum;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde::{Deserialize, Serialize};

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Scenario {
    /// A third of the requests begins to fail.
    ErrorSpike,
    /// Requests take half a second longer.
    Latency,
    /// The process exits.
    Crash,
    /// Nothing goes wrong.
    Healthy,
}

/// What the simulated person answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Answer {
    /// Roll back.
    Rollback,
    /// Go on.
    Resume,
    /// Keep paused.
    Hold,
    /// Nobody answers.
    None,
}

/// What is injected into the gray instance.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Injection {
    /// The fault.
    pub(super) kind: &'static str,
    /// How strong.
    pub(super) intensity: f64,
    /// For how long, in seconds.
    pub(super) seconds: f64,
}

/// A scenario as the seed shapes it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Course {
    /// What happens.
    pub(super) scenario: Scenario,
    /// How long the gray instance is fine before the fault begins, in seconds.
    pub(super) fault_after_s: f64,
    /// The fault, if there is one.
    pub(super) injection: Option<Injection>,
}

impl Scenario {
    /// The name on the command line.
    #[must_use]
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::ErrorSpike => "error-spike",
            Self::Latency => "latency",
            Self::Crash => "crash",
            Self::Healthy => "healthy",
        }
    }

    /// The autonomy of the service's policy.
    #[must_use]
    pub(super) fn autonomy(self) -> &'static str {
        match self {
            Self::ErrorSpike | Self::Crash | Self::Healthy => "rollback",
            Self::Latency => "pause",
        }
    }

    /// The seed moves when the fault starts and how strong it is.
    #[must_use]
    pub(super) fn course(self, seed: u64) -> Course {
        let mut dice = StdRng::seed_from_u64(seed);
        let fault_after_s = dice.random_range(4.0..10.0);
        let strength: f64 = dice.random_range(0.8..1.25);
        let fault = |kind, intensity| {
            Some(Injection {
                kind,
                intensity,
                seconds: 900.0,
            })
        };
        let injection = match self {
            Self::ErrorSpike => fault("errors", 0.35 * strength),
            Self::Latency => fault("latency", 0.5 * strength),
            Self::Crash => fault("crash", 1.0),
            Self::Healthy => None,
        };
        Course {
            scenario: self,
            fault_after_s,
            injection,
        }
    }

    /// The outcome, the verdict and the tier that the contract's table demands.
    #[must_use]
    pub(super) fn expected(self, answer: Option<Answer>) -> Expected {
        match self {
            Self::ErrorSpike | Self::Crash => Expected {
                outcome: Some("rolled_back"),
                verdict: "degraded",
                tier: 3,
            },
            Self::Healthy => Expected {
                outcome: Some("promoted"),
                verdict: "healthy",
                tier: 0,
            },
            Self::Latency => {
                let outcome = answer.map(|answer| match answer {
                    Answer::Rollback => "rolled_back",
                    Answer::Resume => "resumed",
                    Answer::Hold => "held",
                    Answer::None => "expired",
                });
                Expected {
                    outcome,
                    verdict: "degraded",
                    tier: 2,
                }
            }
        }
    }
}

/// How a scenario has to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Expected {
    /// The outcome; none when a real person decides.
    pub(super) outcome: Option<&'static str>,
    /// The verdict.
    pub(super) verdict: &'static str,
    /// The tier.
    pub(super) tier: u8,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_course_and_another_seed_another() {
        let course = |seed| Scenario::ErrorSpike.course(seed);
        assert_eq!(course(1), course(1));
        assert_ne!(course(1), course(2));
    }

    #[test]
    fn a_seed_never_moves_a_fault_out_of_its_range() {
        for seed in 0..200 {
            let course = Scenario::ErrorSpike.course(seed);
            let intensity = course.injection.unwrap().intensity;
            assert!((0.25..0.5).contains(&intensity), "{intensity}");
            assert!((4.0..10.0).contains(&course.fault_after_s));
        }
    }
}
