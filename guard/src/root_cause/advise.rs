//! What rules advise. It makes no button: which answers there are is decided by policy.

use super::draft::{Advice, Conclusion, Recommendation};
use super::fact::{Because, But, Fact, Facts, Mend};
use crate::incident::Standing;
use crate::report::{Outcome, Report, RiskFactor};
use crate::suspects::{Elsewhere, Place, Verdict};
use crate::verdict::Attribution;

/// What to do now.
pub(super) fn advice(report: &Report) -> Recommendation<Facts> {
    let (action, because) = what(report);
    let but = match action {
        Advice::RollBack if has(report, &RiskFactor::TargetNotKnownGood) => Some(But::NotKnownGood),
        Advice::RollBack => changes(report).map(|changes| But::AllGoBack { changes }),
        Advice::FixForward if because == Because::BackAndCured => None,
        Advice::FixForward => Some(But::GoesOn),
        Advice::Hold => match because {
            Because::BackAndCured | Because::BackUnproven => None,
            Because::Unknown => Some(But::MayBeTheChange),
            _ => Some(But::GoesOn),
        },
        Advice::Resume => Some(But::MayComeAgain),
    };
    Recommendation {
        action,
        because: vec![Fact::Because(because)],
        risk: but.map(Fact::But).into_iter().collect(),
    }
}

fn what(report: &Report) -> (Advice, Because) {
    let standing = report.incident.as_ref().map(|incident| incident.standing);
    if report.outcome == Outcome::RolledBack {
        return match standing {
            Some(Standing::Cured | Standing::Recovered) => {
                (Advice::FixForward, Because::BackAndCured)
            }
            Some(Standing::Mitigated) => (Advice::Hold, Because::BackUnproven),
            _ => (Advice::Hold, Because::BackInVain),
        };
    }
    match standing {
        Some(Standing::Recovered | Standing::Cured) => return (Advice::Resume, Because::CameBack),
        Some(Standing::Accepted) => return (Advice::Resume, Because::Accepted),
        _ => {}
    }
    match blamed(report) {
        Attribution::Dependency => (Advice::Hold, Because::Dependency),
        Attribution::Load => (Advice::Hold, Because::Load),
        Attribution::Change => of_the_change(report),
        Attribution::Unknown if before(report) => (Advice::Resume, Because::Older),
        Attribution::Unknown => (Advice::Hold, Because::Unknown),
    }
}

fn of_the_change(report: &Report) -> (Advice, Because) {
    let verdict = report.cause.as_ref().map(|cause| cause.verdict);
    if verdict == Some(Verdict::NotThisDeployment) {
        return (Advice::Hold, Because::Unknown);
    }
    if has(report, &RiskFactor::FirstRelease) {
        return (Advice::FixForward, Because::FirstRelease);
    }
    if has(report, &RiskFactor::Irreversible) {
        return (Advice::FixForward, Because::Irreversible);
    }
    (Advice::RollBack, Because::ChangeHurts)
}

/// What the gravest of what moved is blamed on.
fn blamed(report: &Report) -> Attribution {
    let gravest = report
        .findings
        .iter()
        .max_by_key(|row| (row.hard_limit_crossed, row.severe));
    gravest.map_or(Attribution::Unknown, |row| row.attribution)
}

fn before(report: &Report) -> bool {
    elsewhere(report).any(|why| matches!(why, Elsewhere::Before { .. }))
}

fn elsewhere(report: &Report) -> impl Iterator<Item = &Elsewhere> {
    report.cause.iter().flat_map(|cause| &cause.elsewhere)
}

fn has(report: &Report, factor: &RiskFactor) -> bool {
    report.risk.factors.contains(factor)
}

fn changes(report: &Report) -> Option<usize> {
    let changes = report.cause.as_ref()?.changes;
    (changes > 1).then_some(changes)
}

/// What would mend it for good.
pub(super) fn mend(report: &Report, conclusion: &Conclusion, place: Option<&Place>) -> Facts {
    let service = elsewhere(report).find_map(|why| match why {
        Elsewhere::Dependency { service, .. } => Some(service.clone()),
        _ => None,
    });
    let mend = match (conclusion, blamed(report), service) {
        (Conclusion::Suspect { id }, _, _) => Mend::Change {
            id: id.clone(),
            place: place.cloned(),
        },
        (_, _, Some(service)) => Mend::Owners { service },
        (_, Attribution::Load, None) => Mend::Capacity,
        (Conclusion::None, _, None) if before(report) => Mend::LookBefore,
        _ => Mend::FindOut,
    };
    vec![Fact::Mend(mend)]
}
