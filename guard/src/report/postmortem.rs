//! What a postmortem can know by itself: what happened, what it cost, what is known of the cause, what went
//! well and where time was lost. The rest is for people to fill in.

use super::deeds::Word;
use super::gaps::Gap;
use super::impact::{Contribution, Impact};
use super::risk::RiskFactor;
use super::signals::FindingRow;
use super::suggest::Suggestion;
use super::times::{GOAL_DETECT_S, GOAL_RECOVER_S, Times};
use super::{Outcome, Report};
use crate::action::ActionKind;
use crate::at::At;
use crate::incident::{Incident, Standing};
use crate::verdict::Attribution;
use serde::Serialize;

/// A part of the way that took no longer is not worth a word, in seconds.
const SHORT_S: f64 = 5.0;

/// What is known of the cause.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cause {
    /// What the strongest findings are blamed on.
    pub attribution: Attribution,
    /// The version before; none at a first release.
    pub from: Option<String>,
    /// The version with which it began.
    pub to: String,
    /// The signal that began to move first.
    pub first_signal: String,
    /// When.
    pub first_at: At,
    /// Seconds between the first instance with the new version and that.
    pub after_change_s: Option<f64>,
    /// The values of labels that account for the excess.
    pub accounts: Vec<Contribution>,
}

/// Something that went well.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum Well {
    /// It was found as soon as it should be.
    FoundInTime {
        /// Seconds it took.
        seconds: f64,
        /// Seconds it may take.
        goal: f64,
    },
    /// It was over as soon as it should be.
    OverInTime {
        /// Seconds it took.
        seconds: f64,
        /// Seconds it may take.
        goal: f64,
    },
    /// It met some of the instances and not all.
    Contained {
        /// Instances that had the new version.
        instances: usize,
        /// Of all.
        of: usize,
    },
    /// The policy rolled back without waiting for anybody.
    RolledBackAlone,
    /// That the rollback helped was shown by the same signals.
    CureProven,
    /// It came back by itself.
    CameBack,
}

/// A part of the way that took time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// From its beginning until it was found.
    Detect,
    /// Until it was decided what to do.
    Decide,
    /// Until the old version ran everywhere again.
    RollBack,
    /// Until it was shown that this helped.
    Prove,
}

/// Where time was lost.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Lost {
    /// In which part of the way.
    pub part: Part,
    /// How long it took, in seconds.
    pub seconds: f64,
    /// Its part of the whole way, 0 to 1.
    pub share: f64,
}

/// What is known of an incident.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Postmortem {
    /// The deployment.
    pub deployment: String,
    /// What changed.
    pub service: String,
    /// Where.
    pub environment: String,
    /// The version before; none at a first release.
    pub from: Option<String>,
    /// The new version.
    pub to: String,
    /// What the deployment has come to.
    pub outcome: Outcome,
    /// Whether the incident is over: until then this is a draft.
    pub closed: bool,
    /// What happened to it.
    pub incident: Incident,
    /// What moved.
    pub findings: Vec<FindingRow>,
    /// What it cost.
    pub impact: Option<Impact>,
    /// How long things took.
    pub times: Times,
    /// When something was missing.
    pub gaps: Vec<Gap>,
    /// What is known of the cause; none where nothing is.
    pub cause: Option<Cause>,
    /// Which change did it, as far as it was ranked.
    pub suspects: Option<crate::cause::Cause>,
    /// Which change did it, as each person last said.
    pub named: Vec<super::Blamed>,
    /// What made it worse, or likelier.
    pub contributing: Vec<RiskFactor>,
    /// What went well.
    pub went_well: Vec<Well>,
    /// Where time was lost, the most first.
    pub time_lost: Vec<Lost>,
    /// What would make the next one safer.
    pub action_items: Vec<Suggestion>,
}

impl Postmortem {
    /// The postmortem of a report; none where there was no incident.
    #[must_use]
    pub fn of(report: &Report) -> Option<Self> {
        let incident = report.incident.clone()?;
        Some(Self {
            deployment: report.deployment.clone(),
            service: report.service.clone(),
            environment: report.environment.clone(),
            from: report.from.clone(),
            to: report.to.clone(),
            outcome: report.outcome,
            closed: incident.standing.over(),
            findings: report.findings.clone(),
            impact: report.impact.clone(),
            times: report.times.clone(),
            gaps: report.gaps.clone(),
            cause: cause(report),
            suspects: report.cause.clone(),
            named: report.named.clone(),
            contributing: report.risk.factors.clone(),
            went_well: went_well(report, &incident),
            time_lost: time_lost(&report.times),
            action_items: report.suggestions.clone(),
            incident,
        })
    }
}

fn cause(report: &Report) -> Option<Cause> {
    let first = report.findings.iter().min_by_key(|row| row.onset_at)?;
    let gravest = report
        .findings
        .iter()
        .max_by_key(|row| (row.hard_limit_crossed, row.severe))?;
    let changed = report.times.to_first_instance_s;
    let accounts = report.impact.as_ref().map(|impact| impact.accounts.clone());
    Some(Cause {
        attribution: gravest.attribution,
        from: report.from.clone(),
        to: report.to.clone(),
        first_signal: first.signal.clone(),
        first_at: first.onset_at,
        after_change_s: changed.map(|s| report.requested_at.until(first.onset_at) - s),
        accounts: accounts.unwrap_or_default(),
    })
}

fn went_well(report: &Report, incident: &Incident) -> Vec<Well> {
    let times = &report.times;
    let in_time = |took: Option<f64>, goal: f64| took.filter(|seconds| *seconds <= goal);
    let mut all = Vec::new();
    if let Some(seconds) = in_time(times.to_detect_s, GOAL_DETECT_S) {
        let goal = GOAL_DETECT_S;
        all.push(Well::FoundInTime { seconds, goal });
    }
    if let Some(seconds) = in_time(times.to_recover_s, GOAL_RECOVER_S) {
        let goal = GOAL_RECOVER_S;
        all.push(Well::OverInTime { seconds, goal });
    }
    let back = report
        .deeds
        .iter()
        .find(|deed| deed.action == ActionKind::RollBack);
    let hurt = back.map_or(report.changed, |deed| deed.instances);
    if hurt < report.instances {
        all.push(Well::Contained {
            instances: hurt,
            of: report.instances,
        });
    }
    if back.is_some_and(|deed| deed.word == Word::Policy) {
        all.push(Well::RolledBackAlone);
    }
    match incident.standing {
        Standing::Cured => all.push(Well::CureProven),
        Standing::Recovered => all.push(Well::CameBack),
        _ => {}
    }
    all
}

fn time_lost(times: &Times) -> Vec<Lost> {
    let parts = [
        (Part::Detect, times.to_detect_s),
        (Part::Decide, times.to_decide_s),
        (Part::RollBack, times.to_roll_back_s),
        (Part::Prove, times.to_prove_s),
    ];
    let whole: f64 = parts.iter().filter_map(|(_, seconds)| *seconds).sum();
    let mut lost: Vec<Lost> = parts
        .into_iter()
        .filter_map(|(part, seconds)| {
            let seconds = seconds.filter(|seconds| *seconds >= SHORT_S)?;
            Some(Lost {
                part,
                seconds,
                share: seconds / whole,
            })
        })
        .collect();
    lost.sort_by(|a, b| b.seconds.total_cmp(&a.seconds));
    lost
}
