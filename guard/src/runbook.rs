//! What is known for a deployment's runbook: of the service, of its past, and of what is measured of it now. Facts alone;
//! words are made elsewhere.

use crate::detect::Direction;
use crate::plan::Pacing;
use crate::policy::Policy;
use crate::report::{Earlier, RiskFactor, Suggestion};
use crate::thresholds::Load;
use serde::Serialize;

/// How a service is deployed where Tawny does it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OnHosts {
    /// How long an instance may take to stop, in seconds.
    pub stop_s: u64,
    /// Whether it has a command of its own to stop.
    pub own_stop: bool,
    /// Releases that are kept beside the current one.
    pub kept: u32,
    /// Attempts until an instance counts as failed, and seconds between two.
    pub attempts: u32,
    /// Seconds between two attempts.
    pub interval_s: u64,
    /// The status that a healthy instance answers with.
    pub status: u16,
}

/// A signal, with what is usual and from where on it counts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Watched {
    /// Its name.
    pub signal: String,
    /// The unit of all numbers.
    pub unit: String,
    /// Where it is bad.
    pub worse: Direction,
    /// Whether it measures what the service calls.
    pub of_dependency: bool,
    /// Half of the moments of the last day were below, half above.
    pub usual: Option<f64>,
    /// Nine of ten moments of the last day lay between these.
    pub spread: Option<(f64, f64)>,
    /// Beyond what is usual by so much, it matters.
    pub tolerated: Option<f64>,
    /// From here on the watch speaks of it, by what is usual now.
    pub speaks_from: Option<f64>,
    /// Worth a warning beyond it, whatever is usual.
    pub warn_limit: Option<f64>,
    /// Broken beyond it, whatever is usual.
    pub hard_limit: Option<f64>,
    /// PromQL that shows it.
    pub query: String,
}

impl Watched {
    /// With what the last day showed, which need not be in order.
    #[must_use]
    pub fn known(mut self, values: &mut Vec<f64>, tolerated: impl Fn(f64) -> f64) -> Self {
        values.retain(|value| value.is_finite());
        values.sort_by(f64::total_cmp);
        let Some(last) = values.len().checked_sub(1) else {
            return self;
        };
        let part = |share: f64| values[(last as f64 * share).round() as usize];
        let usual = part(0.5);
        let by = tolerated(usual);
        self.usual = Some(usual);
        self.spread = Some((part(0.05), part(0.95)));
        self.tolerated = Some(by);
        self.speaks_from = Some(match self.worse {
            Direction::Up => usual + by,
            Direction::Down => usual - by,
        });
        self
    }
}

/// What is known of a service, for whoever deploys it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Runbook {
    /// The service.
    pub service: String,
    /// Where.
    pub environment: String,
    /// How Tawny deploys it; none where somebody else does and Tawny watches.
    pub hosts: Option<OnHosts>,
    /// Its instances, as far as they are known by name.
    pub instances: Vec<String>,
    /// Where its code is.
    pub repository: Option<String>,
    /// Who answers for it.
    pub owners: Vec<String>,
    /// The lists of who is on call.
    pub on_call: Vec<String>,
    /// The channels in which its deployments are told, and addresses that are told by name.
    pub channels: Vec<String>,
    /// What it calls.
    pub calls: Vec<String>,
    /// What calls it.
    pub called_by: Vec<String>,
    /// The version that runs, and whether it is known good.
    pub version: Option<String>,
    /// Whether that is known good.
    pub known_good: bool,
    /// The last version that was.
    pub last_good: Option<String>,
    /// The deployment under way.
    pub under_way: Option<String>,
    /// Who froze it.
    pub frozen_by: Option<String>,
    /// Versions that going back does not undo.
    pub irreversible: Vec<String>,
    /// At which pace it is released.
    pub pacing: Pacing,
    /// How it is guarded.
    pub policy: Policy,
    /// What is watched.
    pub watched: Vec<Watched>,
    /// Commands that show whether it works.
    pub smoke: Vec<String>,
    /// Requests a second now.
    pub requests: Option<f64>,
    /// A usual day of the last week.
    pub load: Option<Load>,
    /// The last deployments, the newest first.
    pub past: Vec<Earlier>,
    /// What spoke against the last one before it began.
    pub risks: Vec<RiskFactor>,
    /// What would make the next one safer.
    pub mitigations: Vec<Suggestion>,
    /// What could not be read, in words of the source.
    pub missing: Vec<String>,
}
