//! What spoke against the deployment, and what would make the next one safer.

use super::names;
use crate::context::Context;
use crate::document::Section;
use crate::foreign::Foreign;
use crate::say;
use crate::text::Text;
use crate::words::{Words, amount, duration};
use guard::report::{Lost, Part, Report, RiskFactor, Suggestion};

/// How much, and what.
pub(crate) fn risk(report: &Report, context: &Context) -> Section {
    let mut section = Section::new(say!(context, "report-risk"));
    let level = names::level(report.risk.level, context);
    section.body = vec![say!(context, "risk-level", level = level)];
    let factors = report.risk.factors.iter();
    section.items = factors.map(|one| risk_factor(one, context)).collect();
    section
}

/// One thing that speaks against it.
pub(crate) fn risk_factor(factor: &RiskFactor, context: &Context) -> Text {
    let words = context.words();
    match factor {
        RiskFactor::Irreversible => say!(words, "risk-irreversible"),
        RiskFactor::FirstRelease => say!(words, "risk-first-release"),
        RiskFactor::TargetNotKnownGood => say!(words, "risk-target-not-known-good"),
        RiskFactor::NoControl => say!(words, "risk-no-control"),
        RiskFactor::LittleHistory { seconds } => say!(
            words,
            "risk-little-history",
            duration = duration(words, *seconds)
        ),
        RiskFactor::Blind { signals } => say!(words, "risk-blind", count = *signals),
        RiskFactor::LargeStep { instances, of } => {
            say!(words, "risk-large-step", instances = *instances, of = *of)
        }
        RiskFactor::ShortBake { seconds } => say!(
            words,
            "risk-short-bake",
            duration = duration(words, *seconds)
        ),
        RiskFactor::RollbackUntested => say!(words, "risk-rollback-untested"),
        RiskFactor::BadRecord { bad, of } => {
            say!(words, "risk-bad-record", bad = *bad, of = *of)
        }
    }
}

/// All of them.
pub(super) fn suggestions(report: &Report, context: &Context) -> Section {
    let mut section = Section::new(say!(context, "report-suggestions"));
    let all = report.suggestions.iter();
    section.items = all.map(|one| suggestion(one, context)).collect();
    section
}

/// One suggestion with its reason.
pub(crate) fn suggestion(suggestion: &Suggestion, context: &Context) -> Text {
    let words = context.words();
    match suggestion {
        Suggestion::NearlyWarned { .. }
        | Suggestion::NearLimit { .. }
        | Suggestion::BeyondLimitBefore { .. }
        | Suggestion::MendBlind { .. }
        | Suggestion::WatchLonger { .. }
        | Suggestion::StopDrift { .. } => of_a_signal(suggestion, context),
        Suggestion::FoundLate { signal, instances } => say!(
            words,
            "advice-found-late",
            signal = Foreign::from(signal),
            count = *instances
        ),
        Suggestion::SlowToFind { seconds, goal } => say!(
            words,
            "advice-slow-to-find",
            duration = duration(words, *seconds),
            goal = duration(words, *goal)
        ),
        Suggestion::SlowToDecide { seconds } => say!(
            words,
            "advice-slow-to-decide",
            duration = duration(words, *seconds)
        ),
        Suggestion::NobodyAnswered { seconds } => say!(
            words,
            "advice-nobody-answered",
            duration = duration(words, *seconds)
        ),
        Suggestion::LetRollBack => say!(words, "advice-let-roll-back"),
        Suggestion::TestRollback { deployments } => {
            say!(words, "advice-test-rollback", count = *deployments)
        }
        Suggestion::DeclareKnownGood => say!(words, "advice-declare-known-good"),
        Suggestion::SmallerSteps { instances, of } => say!(
            words,
            "advice-smaller-steps",
            instances = *instances,
            of = *of
        ),
        Suggestion::ChangeOneFirst => say!(words, "advice-change-one-first"),
        Suggestion::MoreHistory { seconds } => say!(
            words,
            "advice-more-history",
            duration = duration(words, *seconds)
        ),
        Suggestion::TellDependency { signal } => {
            say!(
                words,
                "advice-tell-dependency",
                signal = Foreign::from(signal)
            )
        }
        Suggestion::WidenTolerance { signal } => {
            say!(
                words,
                "advice-widen-tolerance",
                signal = Foreign::from(signal)
            )
        }
    }
}

fn of_a_signal(suggestion: &Suggestion, context: &Context) -> Text {
    let words = context.words();
    let share = |part: f64| amount(words, (part * 100.0).round() / 100.0, "ratio");
    match suggestion {
        Suggestion::NearlyWarned { signal, part } => say!(
            words,
            "advice-nearly-warned",
            signal = Foreign::from(signal),
            part = share(*part)
        ),
        Suggestion::NearLimit {
            signal,
            value,
            limit,
            unit,
        } => limit_of("advice-near-limit", signal, (*value, *limit), unit, words),
        Suggestion::BeyondLimitBefore {
            signal,
            value,
            limit,
            unit,
        } => limit_of(
            "advice-beyond-limit-before",
            signal,
            (*value, *limit),
            unit,
            words,
        ),
        Suggestion::MendBlind { signal, why } => say!(
            words,
            "advice-mend-blind",
            signal = Foreign::from(signal),
            why = names::no_data(why, context)
        ),
        Suggestion::WatchLonger {
            signal,
            was_s,
            needs_s,
        } => say!(
            words,
            "advice-watch-longer",
            signal = Foreign::from(signal),
            was = duration(words, *was_s),
            needs = duration(words, *needs_s)
        ),
        Suggestion::StopDrift {
            signal,
            drift,
            releases,
        } => {
            let signal = Foreign::from(signal);
            match drift {
                Some(drift) => say!(
                    words,
                    "advice-stop-drift",
                    signal = signal,
                    drift = share(*drift),
                    count = *releases
                ),
                None => say!(
                    words,
                    "advice-stop-drift-from-zero",
                    signal = signal,
                    count = *releases
                ),
            }
        }
        _ => Text::default(),
    }
}

/// Of a signal, what it measured and the limit that it has.
fn limit_of(
    key: &'static str,
    signal: &str,
    (value, limit): (f64, f64),
    unit: &str,
    words: Words,
) -> Text {
    say!(
        words,
        key,
        signal = Foreign::new(signal),
        value = amount(words, value, unit),
        limit = amount(words, limit, unit)
    )
}

/// Where time was lost.
pub(crate) fn lost(one: &Lost, context: &Context) -> Text {
    let words = context.words();
    let key = match one.part {
        Part::Detect => "lost-detect",
        Part::Decide => "lost-decide",
        Part::RollBack => "lost-roll-back",
        Part::Prove => "lost-prove",
    };
    let share = amount(words, (one.share * 100.0).round() / 100.0, "ratio");
    say!(
        words,
        key,
        duration = duration(words, one.seconds),
        share = share
    )
}
