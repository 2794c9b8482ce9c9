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
    /// Memory is leaked, some megabytes a second.
    MemoryLeak,
    /// Connections are lost from the pool until none is left.
    PoolLeak,
    /// A quarter of a core is burnt.
    Cpu,
    /// The process exits.
    Crash,
    /// What the shop calls begins to fail: old and new version suffer alike.
    Dependency,
    /// Four times as many customers come: what moves with them, no commit did.
    TrafficStep,
    /// The machine of the gray instance is bad, and was before the deployment.
    FaultBefore,
    /// Nothing goes wrong.
    Healthy,
    /// Nothing goes wrong, and hardly anybody comes.
    Quiet,
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

/// What is injected into the gray instance, or into what the shop calls.
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
    /// How long the gray instance is fine before the fault begins, in seconds.
    pub(super) fault_after_s: f64,
    /// The fault, if there is one.
    pub(super) injection: Option<Injection>,
    /// By what factor customers become more when the fault would begin, if they do.
    pub(super) more_customers: Option<f64>,
}

/// Requests per second of all customers together.
const RPS: f64 = 50.0;
/// So few that no share of them says anything in time.
const HARDLY_ANY: f64 = 0.2;
/// How long the gray instance is watched, in seconds.
const GRAY_BAKE_S: u64 = 75;
/// How long where the harm grows slowly.
const LEAK_BAKE_S: u64 = 180;
/// How long where nothing will be seen anyway.
const QUIET_BAKE_S: u64 = 30;

impl Scenario {
    /// The name on the command line.
    #[must_use]
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::ErrorSpike => "error-spike",
            Self::Latency => "latency",
            Self::MemoryLeak => "memory-leak",
            Self::PoolLeak => "pool-leak",
            Self::Cpu => "cpu",
            Self::Crash => "crash",
            Self::Dependency => "dependency",
            Self::TrafficStep => "traffic-step",
            Self::FaultBefore => "fault-before",
            Self::Healthy => "healthy",
            Self::Quiet => "quiet",
        }
    }

    /// The autonomy of the service's policy.
    #[must_use]
    pub(super) fn autonomy(self) -> &'static str {
        if self.asks() { "pause" } else { "rollback" }
    }

    /// Whether something happens during the deployment that a rule of its own notices.
    #[must_use]
    pub(super) fn alerts(self) -> bool {
        !matches!(
            self,
            Self::Healthy | Self::Quiet | Self::TrafficStep | Self::FaultBefore
        )
    }

    /// Whether policy leaves what is found to people.
    #[must_use]
    pub(super) fn asks(self) -> bool {
        matches!(
            self,
            Self::Latency
                | Self::MemoryLeak
                | Self::PoolLeak
                | Self::Cpu
                | Self::Dependency
                | Self::TrafficStep
        )
    }

    /// Whether the fault was there before the deployment, and stays.
    #[must_use]
    pub(super) fn begins_before(self) -> bool {
        self == Self::FaultBefore
    }

    /// Requests per second of all customers together.
    #[must_use]
    pub(super) fn rps(self) -> f64 {
        match self {
            Self::Quiet => HARDLY_ANY,
            _ => RPS,
        }
    }

    /// How long the gray instance is watched, in seconds, beside some scrapes.
    #[must_use]
    pub(super) fn gray_bake_s(self) -> u64 {
        match self {
            // An expression of the whole service is weaker evidence than the instances' own samples.
            Self::MemoryLeak | Self::PoolLeak | Self::TrafficStep => LEAK_BAKE_S,
            Self::Quiet => QUIET_BAKE_S,
            _ => GRAY_BAKE_S,
        }
    }

    /// How long the proof is waited for that going back helped, in seconds.
    #[must_use]
    pub(super) fn cure_expiry_s(self) -> u64 {
        match self {
            // It does not help: what the shop calls fails on.
            Self::Dependency => 60,
            _ => 120,
        }
    }

    /// How long customers come before the deployment, in seconds, beside some scrapes.
    #[must_use]
    pub(super) fn warm_up_s(self) -> u64 {
        match self {
            // What nothing else is held against is held against its own past.
            Self::Dependency | Self::TrafficStep => 60,
            // A rehearsal of the same comparison has half of it, and has to show the fault a minute before the change.
            Self::FaultBefore => 150,
            _ => 12,
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
            Self::ErrorSpike | Self::Dependency | Self::FaultBefore => {
                fault("errors", 0.35 * strength)
            }
            Self::Latency => fault("latency", 0.5 * strength),
            // Megabytes a minute.
            Self::MemoryLeak => fault("memory", 120.0 * strength),
            // Connections in a hundred requests.
            Self::PoolLeak => fault("pool", 4.0 * strength),
            Self::Cpu => fault("cpu", 0.24 * strength),
            Self::Crash => fault("crash", 1.0),
            Self::TrafficStep | Self::Healthy | Self::Quiet => None,
        };
        Course {
            fault_after_s,
            injection,
            more_customers: (self == Self::TrafficStep).then_some(4.0 * strength),
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
                attribution: Some("change"),
                acquitted: false,
            },
            // It is told, and stops no release: going back would mend nothing.
            Self::FaultBefore => Expected {
                outcome: Some("promoted"),
                verdict: "degraded",
                tier: 1,
                attribution: Some("unknown"),
                acquitted: true,
            },
            Self::Healthy => Expected {
                outcome: Some("promoted"),
                verdict: "healthy",
                tier: 0,
                attribution: None,
                acquitted: false,
            },
            Self::Quiet => Expected {
                outcome: Some("held"),
                verdict: "inconclusive",
                tier: 0,
                attribution: None,
                acquitted: false,
            },
            Self::Latency
            | Self::MemoryLeak
            | Self::PoolLeak
            | Self::Cpu
            | Self::Dependency
            | Self::TrafficStep => {
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
                    attribution: Some(match self {
                        Self::Dependency => "dependency",
                        Self::TrafficStep => "load",
                        _ => "change",
                    }),
                    acquitted: matches!(self, Self::Dependency | Self::TrafficStep),
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
    /// What it is blamed on, where something is.
    pub(super) attribution: Option<&'static str>,
    /// Whether it has to be said that it was not this deployment.
    pub(super) acquitted: bool,
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
    fn whatever_the_seed_a_fault_is_one_that_its_api_takes() {
        for seed in 0..200 {
            for scenario in Scenario::value_variants() {
                let Some(fault) = scenario.course(seed).injection else {
                    continue;
                };
                let most = match fault.kind {
                    "cpu" => 0.3,
                    "errors" => 1.0,
                    "latency" => 30.0,
                    "memory" => 2000.0,
                    "pool" => 100.0,
                    "crash" => 3.0,
                    other => panic!("{other}"),
                };
                assert!(
                    fault.intensity > 0.0 && fault.intensity <= most,
                    "{fault:?}"
                );
            }
        }
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
