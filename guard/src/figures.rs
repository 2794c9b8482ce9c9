//! Figures for those who decide: how often is deployed, what was caught, how fast, and what that spared.

use crate::action::ActionKind;
use crate::finding::Finding;
use crate::judgement::Judgement;
use crate::state::{Moments, State, Status};
use crate::verdict::Tier;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, civil};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How long a bad release would have run everywhere before somebody had noticed, when nobody says otherwise.
pub const NOTICED_AFTER: SignedDuration = SignedDuration::from_mins(15);

/// One deployment, as far as figures go.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// When it was asked for.
    pub at: Timestamp,
    /// The strongest answer.
    pub tier: Tier,
    /// Where it stands.
    pub status: Status,
    /// What people said in hindsight.
    pub judged: Option<Judgement>,
    /// Seconds from the first finding's onset, as estimated, until it was said.
    pub detect_s: Option<f64>,
    /// Seconds from then until it was decided what to do: by policy, or by somebody's word.
    pub decide_s: Option<f64>,
    /// Seconds from the onset until the cure was proven.
    pub recover_s: Option<f64>,
    /// What was spared, if that can be told.
    pub spared: Option<Spared>,
}

/// What a release would have harmed, and did.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Spared {
    /// Requests per second that would have been harmed with the new version everywhere.
    pub everywhere: f64,
    /// Requests that were harmed, as estimated.
    pub harmed: f64,
}

impl Case {
    /// One deployment.
    #[must_use]
    pub fn of(state: &State) -> Self {
        let onset = state.findings().map(|record| record.finding.onset_at).min();
        let Moments {
            told,
            decided,
            cured,
            ..
        } = state.moments;
        let between = |from: Option<Timestamp>, to: Option<Timestamp>| {
            let seconds = to?.duration_since(from?).as_secs_f64();
            (seconds >= 0.0).then_some(seconds)
        };
        Self {
            at: state.requested_at(),
            tier: state.highest_tier(),
            status: state.status(),
            judged: state.judged().map(|judged| judged.judgement),
            detect_s: between(onset, told),
            decide_s: between(told, decided),
            recover_s: between(onset, cured),
            spared: spared(state),
        }
    }

    /// Whether it was stopped before, or as soon as, it did harm everywhere, and nobody says that was wrong.
    #[must_use]
    pub fn caught(&self) -> bool {
        self.tier >= Tier::Pause && self.judged != Some(Judgement::FalseAlarm)
    }
}

/// Only of a release that went back: any other may have been right to go on.
fn spared(state: &State) -> Option<Spared> {
    let rollback = state
        .actions()
        .find(|record| record.action.kind == ActionKind::RollBack)?;
    let back = state.moments.back?;
    let of_requests = state
        .findings()
        .map(|record| &record.finding)
        .filter(|finding| finding.of_requests && finding.effect > 0.0);
    let worst = of_requests.max_by(|a, b| a.effect.total_cmp(&b.effect))?;
    let everywhere = worst.traffic? * worst.effect.min(1.0);
    let all = state.plan().instances().count().max(1);
    let share = rollback.action.instances.len() as f64 / all as f64;
    Some(Spared {
        everywhere,
        harmed: everywhere * share.min(1.0) * seconds(worst, back),
    })
}

fn seconds(finding: &Finding, until: Timestamp) -> f64 {
    until
        .duration_since(finding.onset_at)
        .as_secs_f64()
        .max(0.0)
}

/// How long something took, over many deployments.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Times {
    /// Of how many.
    pub of: u32,
    /// Half of them took no longer, in seconds.
    pub median_s: f64,
    /// Nine of ten took no longer, in seconds.
    pub p90_s: f64,
}

impl Times {
    /// None of nothing.
    #[must_use]
    pub fn of(seconds: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut all: Vec<f64> = seconds.into_iter().collect();
        all.sort_by(f64::total_cmp);
        // The smallest value that so large a share does not exceed.
        let at = |share: f64| {
            let rank = (share * all.len() as f64).ceil() as usize;
            all.get(rank.max(1) - 1).copied()
        };
        Some(Self {
            of: count(all.len()),
            median_s: at(0.5)?,
            p90_s: at(0.9)?,
        })
    }
}

/// What happened in a stretch of time.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    /// Deployments.
    pub deployments: u32,
    /// The same for each week, named by its Monday, UTC; the first and the last may be cut.
    pub weeks: Vec<(civil::Date, u32)>,
    /// Deployments per week on average.
    pub per_week: f64,
    /// Paused or rolled back, and not judged a false alarm.
    pub caught: u32,
    /// Warned about, and no more.
    pub warned: u32,
    /// Nothing was said about them.
    pub silent: u32,
    /// Alarms that were judged false.
    pub false_alarms: u32,
    /// Of those about which too little was said: judged to have done harm.
    pub missed: u32,
    /// Went back.
    pub rolled_back: u32,
    /// From onset to finding.
    pub detect: Option<Times>,
    /// From finding to decision.
    pub decide: Option<Times>,
    /// From onset to cure.
    pub recover: Option<Times>,
    /// Requests that were not harmed because releases went back, as estimated; none where that cannot be told of any.
    pub requests_saved: Option<f64>,
    /// Of how many of those that went back it can be told.
    pub saved_of: u32,
}

impl Figures {
    /// The figures of the deployments that were asked for from `since` until `until`. A release that went back is
    /// taken to have run everywhere for `noticed_after` otherwise.
    #[must_use]
    pub fn of<'c>(
        cases: impl IntoIterator<Item = &'c Case>,
        (since, until): (Timestamp, Timestamp),
        noticed_after: SignedDuration,
    ) -> Self {
        let counted: Vec<&Case> = cases
            .into_iter()
            .filter(|case| (since..=until).contains(&case.at))
            .collect();
        let how_many = |wanted: &dyn Fn(&Case) -> bool| {
            count(counted.iter().filter(|case| wanted(case)).count())
        };
        let times = |of: fn(&Case) -> Option<f64>| Times::of(counted.iter().filter_map(|c| of(c)));
        let saved: Vec<f64> = counted
            .iter()
            .filter_map(|case| case.spared)
            .map(|spared| {
                let otherwise = spared.everywhere * noticed_after.as_secs_f64();
                (otherwise - spared.harmed).max(0.0)
            })
            .collect();
        let weeks = until.duration_since(since).as_secs_f64() / (7.0 * 86_400.0);
        Self {
            deployments: count(counted.len()),
            weeks: by_week(&counted, since, until),
            per_week: counted.len() as f64 / weeks.max(1.0 / 7.0),
            caught: how_many(&Case::caught),
            warned: how_many(&|case| case.tier == Tier::Warn),
            silent: how_many(&|case| case.tier == Tier::Quiet),
            false_alarms: how_many(&|case| case.judged == Some(Judgement::FalseAlarm)),
            missed: how_many(&|case| case.judged == Some(Judgement::Missed)),
            rolled_back: how_many(&|case| case.status == Status::RolledBack),
            detect: times(|case| case.detect_s),
            decide: times(|case| case.decide_s),
            recover: times(|case| case.recover_s),
            requests_saved: (!saved.is_empty()).then(|| saved.iter().sum()),
            saved_of: count(saved.len()),
        }
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn monday(at: Timestamp) -> civil::Date {
    let date = at.to_zoned(TimeZone::UTC).date();
    let since_monday = i64::from(date.weekday().to_monday_zero_offset());
    date.saturating_sub(jiff::Span::new().days(since_monday))
}

/// Every week of the time, also those without any.
fn by_week(cases: &[&Case], since: Timestamp, until: Timestamp) -> Vec<(civil::Date, u32)> {
    let mut weeks: BTreeMap<civil::Date, u32> = BTreeMap::new();
    let (mut week, last) = (monday(since), monday(until));
    while week <= last {
        weeks.insert(week, 0);
        match week.checked_add(jiff::Span::new().days(7)) {
            Ok(next) => week = next,
            Err(_) => break,
        }
    }
    for case in cases {
        *weeks.entry(monday(case.at)).or_default() += 1;
    }
    weeks.into_iter().collect()
}

#[cfg(test)]
pub(crate) mod tests;
