//! The deployments of the same service before this one, and where its signals drift over several of them:
//! what is within the tolerance each time may not be over ten times.

use super::signals::SignalRow;
use super::{Outcome, Report};
use crate::action::ActionKind;
use crate::at::At;
use crate::detect::Direction;
use crate::verdict::{Tier, Verdict};
use serde::Serialize;

/// Releases of which a drift is told.
const LEAST_POINTS: usize = 3;

/// A deployment before this one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Earlier {
    /// Its id.
    pub deployment: String,
    /// The version that came.
    pub to: String,
    /// When it was asked for.
    pub requested_at: At,
    /// What it came to.
    pub outcome: Outcome,
    /// The judgement as last journalled.
    pub verdict: Option<Verdict>,
    /// The strongest answer.
    pub tier: Tier,
    /// Our health score.
    pub score: Option<f64>,
    /// Seconds until it was found, where something moved.
    pub to_detect_s: Option<f64>,
    /// Seconds until it was over.
    pub to_recover_s: Option<f64>,
    /// Whether a rollback was carried out.
    pub rolled_back: bool,
    /// What people said in hindsight.
    pub judged: Option<String>,
}

impl Earlier {
    /// What is told of a deployment beside later ones.
    #[must_use]
    pub fn of(report: &Report) -> Self {
        Self {
            deployment: report.deployment.clone(),
            to: report.to.clone(),
            requested_at: report.requested_at,
            outcome: report.outcome,
            verdict: report.verdict,
            tier: report.tier,
            score: report.score.own,
            to_detect_s: report.times.to_detect_s,
            to_recover_s: report.times.to_recover_s,
            rolled_back: went_back(report),
            judged: report.judged.clone(),
        }
    }
}

/// Whether the way back was gone, to its end.
pub(super) fn went_back(report: &Report) -> bool {
    let mut deeds = report.deeds.iter();
    report.outcome == Outcome::RolledBack
        && deeds.any(|deed| deed.action == ActionKind::RollBack && deed.done > 0)
}

/// A signal after one release.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TrendPoint {
    /// Which deployment.
    pub deployment: String,
    /// The version.
    pub version: String,
    /// What was measured with it.
    pub value: f64,
}

/// A signal over releases, the oldest first; this one is the last.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Trend {
    /// Which signal.
    pub signal: String,
    /// Its unit.
    pub unit: String,
    /// After each release that stayed, and after this one.
    pub points: Vec<TrendPoint>,
    /// From the first to the last, as a part of the first; none where that is zero.
    pub drift: Option<f64>,
    /// Whether it got worse each time over the last three releases, by more than the tolerance in all.
    pub worsening: bool,
}

/// The signals over the releases whose version stayed; `before` has the newest first.
pub(super) fn trends(report: &Report, before: &[Report]) -> Vec<Trend> {
    let mut releases: Vec<&Report> = before
        .iter()
        .filter(|earlier| earlier.outcome == Outcome::Promoted)
        .collect();
    releases.reverse();
    releases.push(report);
    report
        .signals
        .iter()
        .filter_map(|row| trend(row, &releases))
        .collect()
}

fn trend(row: &SignalRow, releases: &[&Report]) -> Option<Trend> {
    let points: Vec<TrendPoint> = releases
        .iter()
        .filter_map(|report| {
            let mut rows = report.signals.iter();
            let same = rows.find(|one| one.signal == row.signal && one.unit == row.unit)?;
            Some(TrendPoint {
                deployment: report.deployment.clone(),
                version: report.to.clone(),
                value: same.after?,
            })
        })
        .collect();
    let (first, last) = (points.first()?.value, points.last()?.value);
    if points.len() < 2 {
        return None;
    }
    let newest = points.get(points.len().saturating_sub(LEAST_POINTS)..)?;
    let worse = |from: f64, to: f64| match row.direction {
        Direction::Up => to - from,
        Direction::Down => from - to,
    };
    let each = newest
        .windows(2)
        .all(|pair| worse(pair[0].value, pair[1].value) > 0.0);
    let in_all = worse(newest.first()?.value, last);
    let tolerated = row.tolerated.unwrap_or(f64::INFINITY);
    Some(Trend {
        signal: row.signal.clone(),
        unit: row.unit.clone(),
        drift: (first.abs() > 1e-12).then(|| (last - first) / first.abs()),
        worsening: newest.len() == LEAST_POINTS && each && in_all > tolerated,
        points,
    })
}
