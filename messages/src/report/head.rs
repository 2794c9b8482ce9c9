//! What stands above everything else.

use super::names;
use crate::context::Context;
use crate::foreign::Foreign;
use crate::model::{Fact, Severity};
use crate::say;
use crate::text::Text;
use crate::words::{amount, duration, number};
use guard::report::{Checks, Outcome, Report};
use guard::verdict::{Tier, Verdict};

/// How loud a report is.
pub(super) fn severity(report: &Report) -> Severity {
    match (report.outcome, report.verdict) {
        (Outcome::RolledBack | Outcome::Failed, _) => Severity::Critical,
        (Outcome::Waiting | Outcome::Held | Outcome::Expired, Some(Verdict::Degraded)) => {
            Severity::Alarm
        }
        (_, Some(Verdict::Degraded)) if report.tier >= Tier::Pause => Severity::Alarm,
        (Outcome::Waiting | Outcome::Held | Outcome::Expired | Outcome::Abandoned, _)
        | (_, Some(Verdict::Degraded)) => Severity::Warning,
        (Outcome::Promoted, _) if report.tier == Tier::Quiet => Severity::Good,
        (Outcome::Promoted, _) => Severity::Warning,
        (Outcome::UnderWay | Outcome::Superseded, _) => Severity::Quiet,
    }
}

/// All of it in one sentence.
pub(super) fn headline(report: &Report, context: &Context) -> Text {
    let words = context.words();
    let outcome = names::outcome(report.outcome, context);
    let moved = report.findings.len();
    let said = if moved > 0 {
        say!(
            words,
            "report-headline-moved",
            outcome = outcome,
            count = moved
        )
    } else if report.verdict == Some(Verdict::Healthy) {
        say!(words, "report-headline-healthy", outcome = outcome)
    } else {
        let verdict = words.verdict(report.verdict);
        say!(
            words,
            "report-headline-unsure",
            outcome = outcome,
            verdict = verdict
        )
    };
    match &report.failure {
        Some(why) => say!(
            words,
            "report-headline-failed",
            said = said,
            why = Foreign::from(why)
        ),
        None => said,
    }
}

/// `v1 → v2`.
fn versions(report: &Report, context: &Context) -> Text {
    let to = Foreign::from(&report.to);
    match &report.from {
        Some(from) => say!(context, "from-to", from = Foreign::from(from), to = to),
        None => say!(context, "version-first", to = to),
    }
}

/// Label and value.
pub(super) fn facts(report: &Report, context: &Context) -> Vec<Fact> {
    let words = context.words();
    let fact = |key: &str, value: Text| Fact {
        label: words.text(key, Vec::new()),
        value,
    };
    let mut facts = vec![
        fact("fact-version", versions(report, context)),
        fact("report-fact-begun", context.date(report.requested_at.0)),
        fact("report-fact-outcome", outcome(report, context)),
        fact(
            "fact-verdict",
            say!(
                words,
                "verdict-with-meaning",
                verdict = words.verdict(report.verdict),
                meaning = words.verdict_meaning(report.verdict)
            ),
        ),
        fact("report-fact-answer", words.tier(report.tier)),
        fact("report-fact-score", score(report, context)),
        fact("report-fact-checks", checks(&report.score.checks, context)),
        fact("report-fact-risk", names::level(report.risk.level, context)),
        fact("report-fact-compared", compared(report, context)),
    ];
    facts.extend(times(report, context).map(|said| fact("report-fact-times", said)));
    facts.extend(judged(report, context).map(|said| fact("report-fact-judged", said)));
    facts
}

fn outcome(report: &Report, context: &Context) -> Text {
    say!(
        context,
        "report-outcome",
        outcome = names::outcome(report.outcome, context),
        version = Foreign::from(&report.to),
        changed = report.changed,
        instances = report.instances
    )
}

fn score(report: &Report, context: &Context) -> Text {
    let words = context.words();
    match report.score.own {
        None => say!(words, "report-score-none"),
        Some(own) => say!(
            words,
            "report-score",
            score = number(words, own.round()),
            coverage = amount(
                words,
                (report.score.coverage * 100.0).round() / 100.0,
                "ratio"
            )
        ),
    }
}

/// The three checks, and what they come to.
fn checks(checks: &Checks, context: &Context) -> Text {
    let words = context.words();
    let (Some(percent), Some(healthy)) = (checks.percent, checks.healthy) else {
        return say!(words, "report-checks-none");
    };
    let one = |name: &str, check: &guard::report::Check, unit: &str| {
        let key = if check.passed? {
            "report-check-passed"
        } else {
            "report-check-failed"
        };
        Some(say!(
            words,
            key,
            check = words.text(name, Vec::new()),
            value = amount(words, check.value?, unit)
        ))
    };
    let all = [
        one("check-availability", &checks.availability, "ratio"),
        one("check-response-time", &checks.response_time, "seconds"),
        one("check-errors", &checks.errors, "ratio"),
    ];
    let key = if healthy {
        "report-checks-healthy"
    } else {
        "report-checks-unhealthy"
    };
    say!(
        words,
        key,
        percent = number(words, percent),
        checks = words.clauses(all.into_iter().flatten())
    )
}

fn compared(report: &Report, context: &Context) -> Text {
    let words = context.words();
    let comparison = words.comparison(report.comparison);
    match report.history_s.filter(|seconds| *seconds > 0.0) {
        Some(seconds) => say!(
            words,
            "report-compared",
            comparison = comparison,
            history = duration(words, seconds)
        ),
        None => say!(words, "report-compared-bare", comparison = comparison),
    }
}

fn times(report: &Report, context: &Context) -> Option<Text> {
    let words = context.words();
    let times = &report.times;
    let detect = times.to_detect_s?;
    let found = say!(words, "report-found-in", duration = duration(words, detect));
    let over = times
        .to_recover_s
        .map(|seconds| say!(words, "report-over-in", duration = duration(words, seconds)));
    Some(words.clauses([Some(found), over].into_iter().flatten()))
}

fn judged(report: &Report, context: &Context) -> Option<Text> {
    let judgement = report.judged.as_deref()?.parse().ok()?;
    Some(context.words().judgement(Some(judgement)))
}
