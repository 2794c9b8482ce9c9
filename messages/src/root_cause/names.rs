//! The names of what a report says.

use super::Told;
use crate::context::Context;
use crate::foreign::Foreign;
use crate::say;
use crate::text::Text;
use guard::root_cause::{
    Advice, Bound, Conclusion, Confidence, Ended, Injection, Origin, Over, RootCauseReport, Short,
};

/// Digits of a commit that people read.
const SHORT: usize = 10;

/// A commit, by its first digits.
pub(super) fn code(id: &str) -> Text {
    let cut = id.char_indices().nth(SHORT).map_or(id.len(), |(at, _)| at);
    Text::code(Foreign::new(&id[..cut]))
}

pub(super) fn place(path: &str, lines: &str) -> Text {
    Text::code(Foreign::new(&format!("{path}:{lines}")))
}

/// What did it, and how sure that is.
pub(super) fn headline(
    said: &Conclusion,
    sure: Confidence,
    titles: &[(String, String)],
    context: &Context,
) -> Text {
    say!(
        context,
        "root-cause-headline",
        conclusion = concluded(said, titles, context),
        confidence = confidence(sure, context)
    )
}

/// What did it.
#[must_use]
pub fn conclusion(conclusion: &Conclusion, told: &Told, context: &Context) -> Text {
    concluded(conclusion, &told.titles, context)
}

fn concluded(conclusion: &Conclusion, titles: &[(String, String)], context: &Context) -> Text {
    match conclusion {
        Conclusion::Suspect { id } => {
            let title = titles.iter().find(|(known, _)| known == id);
            match title {
                Some((_, title)) => say!(
                    context,
                    "root-cause-was-change-titled",
                    change = code(id),
                    title = Foreign::new(title)
                ),
                None => say!(context, "root-cause-was-change", change = code(id)),
            }
        }
        Conclusion::None => say!(context, "root-cause-was-none"),
        Conclusion::Unknown => say!(context, "root-cause-was-unknown"),
    }
}

/// What to do now.
#[must_use]
pub fn advice(advice: Advice, context: &Context) -> Text {
    match advice {
        Advice::Resume => say!(context, "root-cause-advice-resume"),
        Advice::Hold => say!(context, "root-cause-advice-hold"),
        Advice::RollBack => say!(context, "root-cause-advice-roll-back"),
        Advice::FixForward => say!(context, "root-cause-advice-fix-forward"),
    }
}

pub(super) fn confidence(confidence: Confidence, context: &Context) -> Text {
    match confidence {
        Confidence::Low => say!(context, "root-cause-confidence-low"),
        Confidence::Medium => say!(context, "root-cause-confidence-medium"),
        Confidence::High => say!(context, "root-cause-confidence-high"),
    }
}

/// Why it stops short, if it does.
pub(super) fn ended<T>(report: &RootCauseReport<T>, context: &Context) -> Option<Text> {
    let over = report.spent.as_ref().and_then(|spent| spent.over);
    stopped(report.ended, over, context)
}

/// The same of anything that a model wrote.
pub(super) fn stopped(ended: Ended, over: Option<Over>, context: &Context) -> Option<Text> {
    let Ended::Partial { why } = ended else {
        return None;
    };
    let said = short(why, context);
    Some(match over {
        Some(over) => by_bound(said, over, context),
        None => said,
    })
}

/// The same with the bound that it was, and until when nothing more is asked.
fn by_bound(said: Text, over: Over, context: &Context) -> Text {
    let until = over.until.map(|until| context.time(until));
    match (over.bound, until) {
        (Bound::Day, Some(until)) => {
            say!(context, "root-cause-over-day", said = said, until = until)
        }
        (Bound::Channel, Some(until)) => {
            say!(
                context,
                "root-cause-over-channel",
                said = said,
                until = until
            )
        }
        _ => say!(context, "root-cause-over-incident", said = said),
    }
}

fn short(why: Short, context: &Context) -> Text {
    match why {
        Short::Deadline => say!(context, "root-cause-short-deadline"),
        Short::Budget => say!(context, "root-cause-short-budget"),
        Short::Tokens => say!(context, "root-cause-short-tokens"),
        Short::Steps => say!(context, "root-cause-short-steps"),
        Short::Refused => say!(context, "root-cause-short-refused"),
        Short::Unreadable => say!(context, "root-cause-short-unreadable"),
        Short::Busy => say!(context, "root-cause-short-busy"),
        Short::Failed => say!(context, "root-cause-short-failed"),
        Short::NoModel => say!(context, "root-cause-short-no-model"),
    }
}

/// Which text spoke to whoever reads it.
pub(super) fn addressed(one: &Injection, context: &Context) -> Text {
    let from = match one.from {
        Origin::Commit => say!(context, "root-cause-origin-commit"),
        Origin::Diff => say!(context, "root-cause-origin-diff"),
        Origin::Request => say!(context, "root-cause-origin-request"),
        Origin::Log => say!(context, "root-cause-origin-log"),
        Origin::Metrics => say!(context, "root-cause-origin-metrics"),
        Origin::Alert => say!(context, "root-cause-origin-alert"),
        Origin::Configuration => say!(context, "root-cause-origin-configuration"),
        Origin::Chat => say!(context, "root-cause-origin-chat"),
        Origin::Tool => say!(context, "root-cause-origin-tool"),
    };
    say!(
        context,
        "root-cause-addressed",
        from = from,
        id = Foreign::new(&one.id)
    )
}
