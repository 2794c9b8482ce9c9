//! The deployments of the same service before this one, and where its signals drift over several of them:
//! what is within the tolerance each time may not be over ten times.

use super::signals::{SignalRow, of_measured};
use super::{Outcome, Report};
use crate::action::ActionKind;
use crate::at::At;
use crate::detect::Direction;
use crate::state::State;
use crate::verdict::{Tier, Verdict};
use serde::{Deserialize, Serialize};

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

/// What a signal was with one release, as its report says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Level {
    /// Which signal.
    pub signal: String,
    /// The unit of all numbers.
    pub unit: String,
    /// The direction in which it gets worse.
    pub direction: Direction,
    /// What was measured.
    pub after: Option<f64>,
    /// The smallest change that matters.
    pub tolerated: Option<f64>,
}

impl Level {
    /// Of a row of a report.
    #[must_use]
    pub fn of(row: &SignalRow) -> Self {
        Self {
            signal: row.signal.clone(),
            unit: row.unit.clone(),
            direction: row.direction,
            after: row.after,
            tolerated: row.tolerated,
        }
    }
}

/// What its signals were, in the order of its report.
#[must_use]
pub fn levels(state: &State) -> Vec<Level> {
    let rows = of_measured(state, state.levels.of_the_change());
    rows.iter().map(Level::of).collect()
}

/// A release, as far as trends go.
#[derive(Debug, Clone, Copy)]
pub struct Release<'a> {
    /// Which deployment.
    pub deployment: &'a str,
    /// The version.
    pub version: &'a str,
    /// What its signals were.
    pub levels: &'a [Level],
}

/// The signals over the releases whose version stayed; `before` has the newest first.
pub(super) fn of_reports(report: &Report, before: &[Report]) -> Vec<Trend> {
    let stayed = before
        .iter()
        .filter(|earlier| earlier.outcome == Outcome::Promoted);
    let all: Vec<(&Report, Vec<Level>)> = std::iter::once(report)
        .chain(stayed)
        .map(|report| (report, report.signals.iter().map(Level::of).collect()))
        .collect();
    let newest_first = all.iter().map(|(report, levels)| Release {
        deployment: &report.deployment,
        version: &report.to,
        levels,
    });
    trends(newest_first)
}

/// The signals of the first of these releases, over all of them; they come with the newest first.
pub fn trends<'a>(
    newest_first: impl DoubleEndedIterator<Item = Release<'a>> + Clone,
) -> Vec<Trend> {
    let Some(newest) = newest_first.clone().next() else {
        return Vec::new();
    };
    let releases: Vec<Release<'a>> = newest_first.rev().collect();
    newest
        .levels
        .iter()
        .filter_map(|level| trend(level, &releases))
        .collect()
}

fn trend(level: &Level, releases: &[Release<'_>]) -> Option<Trend> {
    let points: Vec<TrendPoint> = releases
        .iter()
        .filter_map(|release| {
            let mut levels = release.levels.iter();
            let same = levels.find(|one| one.signal == level.signal && one.unit == level.unit)?;
            Some(TrendPoint {
                deployment: release.deployment.to_owned(),
                version: release.version.to_owned(),
                value: same.after?,
            })
        })
        .collect();
    let (first, last) = (points.first()?.value, points.last()?.value);
    if points.len() < 2 {
        return None;
    }
    let newest = points.get(points.len().saturating_sub(LEAST_POINTS)..)?;
    let worse = |from: f64, to: f64| match level.direction {
        Direction::Up => to - from,
        Direction::Down => from - to,
    };
    let each = newest
        .windows(2)
        .all(|pair| worse(pair[0].value, pair[1].value) > 0.0);
    let in_all = worse(newest.first()?.value, last);
    let tolerated = level.tolerated.unwrap_or(f64::INFINITY);
    Some(Trend {
        signal: level.signal.clone(),
        unit: level.unit.clone(),
        drift: (first.abs() > 1e-12).then(|| (last - first) / first.abs()),
        worsening: newest.len() == LEAST_POINTS && each && in_all > tolerated,
        points,
    })
}
