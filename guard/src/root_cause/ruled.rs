//! The report that rules write, from the record alone: it stands where there is no model.

use super::advise::{advice, mend};
use super::check::check_words;
use super::draft::{Abnormal, Cite, CiteKind, Claim, Conclusion, Draft, Hypothesis, Spot};
use super::fact::{Fact, Facts};
use super::known::Known;
use super::report::RootCauseReport;
use crate::cause::{Accused, Cause};
use crate::report::{FindingRow, Postmortem, Report};
use crate::suspects::{Place, Reason, Verdict};

/// Reasons against one change that are told.
const MOST_REASONS: usize = 4;
/// Places in which something moved that are told.
const MOST_FINDINGS: usize = 6;
/// A suspect stands out from here.
const STANDS_OUT: f64 = 0.4;

/// What rules make of a deployment about which something was found; none where nothing was.
#[must_use]
pub fn by_rules(report: &Report) -> Option<RootCauseReport<Facts>> {
    let draft = ruled(report)?;
    Some(check_words(draft, &Known::of(report)))
}

/// The same before it is held against the record.
#[must_use]
pub fn ruled(report: &Report) -> Option<Draft<Facts>> {
    let told = Postmortem::of(report)?;
    let cause = report.cause.as_ref();
    let conclusion = cause.map_or(Conclusion::Unknown, concluded);
    let guilty = guilty(cause, &conclusion);
    let place = guilty.and_then(|one| one.hunks.first());
    let (lost, gaps) = (told.time_lost.iter(), told.gaps.iter());
    Some(Draft {
        summary: summary(report),
        impact: impact(report),
        queries: rows(report).filter_map(abnormal).collect(),
        mechanism: guilty.map(mechanism).unwrap_or_default(),
        place: place.map(|place| Spot {
            path: place.path.clone(),
            line: Some(place.first),
        }),
        evidence_for: speaks_for(report, &conclusion),
        evidence_against: speaks_against(cause, &conclusion),
        hypotheses: cause.map(hypotheses).unwrap_or_default(),
        ruled_out: cause
            .map(|cause| ruled_out(cause, &conclusion))
            .unwrap_or_default(),
        contributing: told
            .contributing
            .iter()
            .map(|one| plain(Fact::Risk(one.clone())))
            .collect(),
        time_lost: lost
            .map(|one| plain(Fact::Lost(*one)))
            .chain(gaps.map(|one| plain(Fact::Gap(one.clone()))))
            .collect(),
        recommendation: advice(report),
        solution: mend(report, &conclusion, place),
        action_items: told
            .action_items
            .iter()
            .map(|one| vec![Fact::Suggestion(one.clone())])
            .collect(),
        conclusion,
    })
}

/// The finding's rows that began first, without those that come from elsewhere in the same signal.
fn rows(report: &Report) -> impl Iterator<Item = &FindingRow> {
    report.findings.iter().take(MOST_FINDINGS)
}

fn plain(fact: Fact) -> Claim<Facts> {
    Claim {
        text: vec![fact],
        cites: Vec::new(),
    }
}

fn concluded(cause: &Cause) -> Conclusion {
    let first = cause.suspects.first();
    match (cause.verdict, first) {
        (Verdict::Change, Some(first)) if first.probability >= STANDS_OUT => Conclusion::Suspect {
            id: first.id.clone(),
        },
        (Verdict::NotThisDeployment, _) => Conclusion::None,
        _ => Conclusion::Unknown,
    }
}

fn guilty<'a>(cause: Option<&'a Cause>, conclusion: &Conclusion) -> Option<&'a Accused> {
    let Conclusion::Suspect { id } = conclusion else {
        return None;
    };
    cause?.suspects.iter().find(|one| one.id == *id)
}

fn summary(report: &Report) -> Facts {
    let first = report.findings.iter().min_by_key(|row| row.onset_at);
    let moved = first.map(|row| Fact::Moved(Box::new(row.clone())));
    let ranked = report
        .cause
        .clone()
        .map_or(Fact::NotRanked, |cause| Fact::Ranked(Box::new(cause)));
    moved.into_iter().chain([ranked]).collect()
}

fn impact(report: &Report) -> Vec<Claim<Facts>> {
    let Some(impact) = &report.impact else {
        return Vec::new();
    };
    let counting = |row: &&FindingRow| Some(&row.signal) == impact.counted_by.as_ref();
    let counted = report.findings.iter().find(counting);
    let shown_by: Vec<Cite> = counted.and_then(evidence).into_iter().collect();
    let incident = report.incident.as_ref();
    let lasted = Fact::Lasted {
        seconds: impact.seconds,
        over: incident.is_some_and(|incident| incident.standing.over()),
    };
    let failed = impact.requests_failed.map(|failed| Claim {
        text: vec![Fact::Failed {
            failed,
            of: impact.requests,
        }],
        cites: shown_by,
    });
    let rest = [
        impact.users.map(Fact::Users),
        impact.share_of_traffic.map(Fact::Traffic),
        Some(lasted),
    ];
    let accounts = impact.accounts.iter().cloned().map(Fact::Account);
    failed
        .into_iter()
        .chain(rest.into_iter().flatten().chain(accounts).map(plain))
        .collect()
}

fn evidence(row: &FindingRow) -> Option<Cite> {
    Some(Cite {
        kind: CiteKind::Evidence,
        id: row.evidence_id.clone()?,
        value: Some(row.after),
        ..Cite::default()
    })
}

fn abnormal(row: &FindingRow) -> Option<Abnormal> {
    Some(Abnormal {
        promql: row.query.clone(),
        value: row.after,
        unit: Some(row.unit.clone()),
        evidence: row.evidence_id.clone()?,
    })
}

/// The weightiest reason is how it came to hurt, as far as rules can tell.
fn mechanism(guilty: &Accused) -> Facts {
    let first = guilty.reasons.iter().find(|one| !speaks_against_it(one));
    first.cloned().map(Fact::Reason).into_iter().collect()
}

fn speaks_against_it(reason: &Reason) -> bool {
    matches!(reason, Reason::Undone | Reason::Inert)
}

fn suspected(accused: &Accused, reason: &Reason) -> Fact {
    Fact::Suspected {
        change: accused.id.clone(),
        reason: reason.clone(),
    }
}

fn because_of(accused: &Accused, reason: &Reason) -> Claim<Facts> {
    let place = place_of(reason).map(|place| Cite {
        kind: CiteKind::Hunk,
        id: accused.id.clone(),
        path: Some(place.path.clone()),
        line: Some(place.first),
        ..Cite::default()
    });
    let commit = Cite {
        kind: CiteKind::Commit,
        id: accused.id.clone(),
        ..Cite::default()
    };
    Claim {
        text: vec![suspected(accused, reason)],
        cites: vec![place.unwrap_or(commit)],
    }
}

fn place_of(reason: &Reason) -> Option<&Place> {
    match reason {
        Reason::Frame { place, .. } | Reason::Stumbles { place } | Reason::Does { place, .. } => {
            Some(place)
        }
        Reason::Shares { place, .. } => place.as_ref(),
        Reason::Says { .. }
        | Reason::Topic { .. }
        | Reason::Reverts { .. }
        | Reason::Undone
        | Reason::Inert => None,
    }
}

fn speaks_for(report: &Report, conclusion: &Conclusion) -> Vec<Claim<Facts>> {
    let moved = rows(report).map(|row| Claim {
        text: vec![Fact::Moved(Box::new(row.clone()))],
        cites: evidence(row).into_iter().collect(),
    });
    let Some(cause) = &report.cause else {
        return moved.collect();
    };
    let logged = cause.signatures.iter().map(|one| Claim {
        text: vec![Fact::Logged(Box::new(one.clone()))],
        cites: vec![Cite {
            kind: CiteKind::Log,
            id: one.template.clone(),
            ..Cite::default()
        }],
    });
    let told: Vec<Claim<Facts>> = match conclusion {
        Conclusion::None => cause
            .elsewhere
            .iter()
            .map(|why| plain(Fact::Elsewhere(why.clone())))
            .collect(),
        Conclusion::Suspect { .. } | Conclusion::Unknown => {
            let guilty = guilty(Some(cause), conclusion).into_iter();
            let reasons = guilty.flat_map(|accused| {
                let mut for_it = accused.reasons.iter();
                let for_it = for_it.by_ref().filter(|one| !speaks_against_it(one));
                for_it
                    .map(|reason| because_of(accused, reason))
                    .take(MOST_REASONS)
                    .collect::<Vec<_>>()
            });
            let supports = cause.supports.iter();
            reasons
                .chain(supports.map(|why| plain(Fact::Supports(why.clone()))))
                .collect()
        }
    };
    moved.chain(told).chain(logged).collect()
}

fn speaks_against(cause: Option<&Cause>, conclusion: &Conclusion) -> Vec<Claim<Facts>> {
    let Some(cause) = cause else {
        return Vec::new();
    };
    match conclusion {
        Conclusion::None => {
            let supports = cause.supports.iter();
            supports
                .map(|why| plain(Fact::Supports(why.clone())))
                .collect()
        }
        Conclusion::Suspect { .. } | Conclusion::Unknown => {
            let guilty = guilty(Some(cause), conclusion).into_iter();
            let against = guilty.flat_map(|accused| {
                let against = accused.reasons.iter().filter(|one| speaks_against_it(one));
                against.map(|reason| because_of(accused, reason))
            });
            let elsewhere = cause.elsewhere.iter();
            against
                .chain(elsewhere.map(|why| plain(Fact::Elsewhere(why.clone()))))
                .collect()
        }
    }
}

/// Each suspect, and that it was none of them.
fn hypotheses(cause: &Cause) -> Vec<Hypothesis<Facts>> {
    let suspects = cause.suspects.iter().map(|accused| Hypothesis {
        conclusion: Conclusion::Suspect {
            id: accused.id.clone(),
        },
        because: mechanism(accused),
        refuted_by: accused
            .reasons
            .iter()
            .find(|one| speaks_against_it(one))
            .map(|reason| because_of(accused, reason)),
    });
    let none = Hypothesis {
        conclusion: Conclusion::None,
        because: cause
            .elsewhere
            .iter()
            .cloned()
            .map(Fact::Elsewhere)
            .collect(),
        refuted_by: (cause.verdict == Verdict::Change)
            .then(|| cause.supports.first())
            .flatten()
            .map(|why| plain(Fact::Supports(why.clone()))),
    };
    suspects.chain([none]).collect()
}

/// The other suspects, and what was looked at and did not move.
fn ruled_out(cause: &Cause, conclusion: &Conclusion) -> Vec<Claim<Facts>> {
    let Conclusion::Suspect { id } = conclusion else {
        return Vec::new();
    };
    let others = cause.suspects.iter().filter(|one| one.id != *id);
    let less = others.map(|one| Claim {
        text: vec![Fact::LessLikely {
            change: one.id.clone(),
            title: one.title.clone(),
            probability: one.probability,
        }],
        cites: vec![Cite {
            kind: CiteKind::Commit,
            id: one.id.clone(),
            ..Cite::default()
        }],
    });
    less.collect()
}
