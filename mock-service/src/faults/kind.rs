//! What can be broken, and how much.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::Route;

/// A kind of fault.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Burns processor time.
    Cpu,
    /// Leaks memory.
    Memory,
    /// Makes requests slow.
    Latency,
    /// Answers 500.
    Errors,
    /// Leaks database connections.
    Pool,
    /// Makes calls to the service below fail or slow.
    Dependency,
    /// Delays, loses and resets on the connection.
    Network,
    /// Fills the quota folder and slows its syncs.
    Disk,
    /// Exits, hangs, or exits at every start.
    Crash,
    /// Writes senseless log lines.
    LogNoise,
}

impl Kind {
    /// Every kind, in the order of the help.
    pub const ALL: [Self; 10] = [
        Self::Cpu,
        Self::Memory,
        Self::Latency,
        Self::Errors,
        Self::Pool,
        Self::Dependency,
        Self::Network,
        Self::Disk,
        Self::Crash,
        Self::LogNoise,
    ];

    /// The name in requests and answers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Memory => "memory",
            Self::Latency => "latency",
            Self::Errors => "errors",
            Self::Pool => "pool",
            Self::Dependency => "dependency",
            Self::Network => "network",
            Self::Disk => "disk",
            Self::Crash => "crash",
            Self::LogNoise => "log-noise",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// What its `intensity` means.
    #[must_use]
    pub fn unit(self) -> &'static str {
        match self {
            Self::Cpu => "cores burnt",
            Self::Memory => "MB leaked per minute",
            Self::Latency => "seconds added at the median (lognormal)",
            Self::Errors => "share of requests answered 500",
            Self::Pool => "connections lost per 100 requests",
            Self::Dependency => "share of downstream calls failing or slow",
            Self::Network => "seconds of delay",
            Self::Disk => "MB written to its quota folder",
            Self::Crash => "1 exit, 2 hang, 3 crash loop (needs --state-dir)",
            Self::LogNoise => "lines per second",
        }
    }

    /// What its `intensity` may be.
    #[must_use]
    pub fn range(self) -> RangeInclusive<f64> {
        match self {
            Self::Cpu => 0.0..=0.3,
            Self::Memory => 0.0..=2000.0,
            Self::Latency => 0.0..=30.0,
            Self::Errors | Self::Dependency => 0.0..=1.0,
            Self::Pool => 0.0..=100.0,
            Self::Network => 0.0..=10.0,
            Self::Disk => 0.0..=5000.0,
            Self::Crash => 1.0..=3.0,
            Self::LogNoise => 0.0..=10_000.0,
        }
    }

    /// Only whole numbers make sense.
    pub(crate) fn is_whole(self) -> bool {
        self == Self::Crash
    }

    /// The routes it can be limited to; none for what hits the whole process.
    #[must_use]
    pub fn routes(self) -> Vec<Route> {
        let all = Route::ALL.into_iter();
        match self {
            Self::Errors | Self::Latency => all.collect(),
            Self::Pool => all.filter(|r| r.uses_pool()).collect(),
            Self::Dependency => all.filter(|r| r.calls_downstream()).collect(),
            _ => Vec::new(),
        }
    }

    /// Fields of its own, each a share from 0 to 1.
    #[must_use]
    pub fn extras(self) -> &'static [&'static str] {
        match self {
            Self::Network => &["loss", "reset"],
            _ => &[],
        }
    }

    /// The end of `--help`: how to break the shop, and how much.
    pub(crate) fn help() -> String {
        let mut help = String::from(
            "Faults (several at once are fine; each ends by itself):\n  \
             curl -d '{\"kind\":\"errors\",\"intensity\":0.2,\"seconds\":60}' \
             http://127.0.0.1:8081/faults\n  \
             curl http://127.0.0.1:8081/faults\n  \
             curl -X DELETE http://127.0.0.1:8081/faults\n\n  \
             KIND        INTENSITY\n",
        );
        for kind in Self::ALL {
            let (name, unit, range) = (kind.name(), kind.unit(), kind.range());
            let (least, most) = (range.start(), range.end());
            help.push_str(&format!("  {name:<11} {least} to {most}: {unit}\n"));
        }
        help.push_str("\nExits with 70 when a crash fault ends it.");
        help
    }
}
