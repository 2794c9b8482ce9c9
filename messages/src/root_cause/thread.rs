//! The report in a thread: at most twelve lines, and a link to the rest.

use super::Told;
use super::lines::{briefly, checked_for};
use super::names::{addressed, advice, ended, headline};
use crate::context::Context;
use crate::model::{Link, Message, Severity};
use crate::say;
use crate::text::Text;
use guard::root_cause::{RootCauseReport, Stated};

/// Lines below the first one; the link is the twelfth.
const LINES: usize = 10;
/// Statements of one kind.
const EACH: usize = 2;

/// The report in the thread.
#[must_use]
pub fn message(told: &Told, context: &Context) -> Message {
    let report = &told.report;
    let first = |all: &[Stated<Text>], key: &'static str| -> Vec<Text> {
        let label = context.words().text(key, Vec::new());
        let all = all.iter().take(EACH);
        all.map(|one| {
            say!(
                context,
                "root-cause-line",
                label = label.clone(),
                text = briefly(one, context)
            )
        })
        .collect()
    };
    let advised = say!(
        context,
        "root-cause-advised",
        advice = advice(report.recommendation.action, context),
        because = report.recommendation.because.clone()
    );
    let short = ended(report.ended, context);
    let warned = report.addressed.first().map(|one| addressed(one, context));
    let last: Vec<Text> = [
        Some(advised),
        warned,
        short,
        Some(checked_for(report, context)),
    ]
    .into_iter()
    .flatten()
    .collect();
    let mut body: Vec<Text> = [report.summary.clone()]
        .into_iter()
        .chain(first(&report.impact, "root-cause-impact"))
        .chain(first(&report.evidence_for, "root-cause-for"))
        .chain(first(&report.evidence_against, "root-cause-against"))
        .filter(|text| !text.is_empty())
        .take(LINES - last.len())
        .collect();
    body.extend(last);
    let headline = headline(&report.conclusion, report.confidence, &told.titles, context);
    Message {
        body,
        links: link(&told.deployment, context).into_iter().collect(),
        ..Message::line(Severity::Warning, headline)
    }
}

/// Why a model wrote nothing.
pub(super) fn short(report: &RootCauseReport, context: &Context) -> Text {
    let why = ended(report.ended, context).unwrap_or_default();
    say!(context, "root-cause-no-word", why = why)
}

/// The same in the thread: what rules write stands.
pub(super) fn nothing_came(
    report: &RootCauseReport,
    deployment: &str,
    context: &Context,
) -> Message {
    Message {
        links: link(deployment, context).into_iter().collect(),
        ..Message::line(Severity::Quiet, short(report, context))
    }
}

/// What an investigation is looking at: one message, which is edited.
#[must_use]
pub fn looking(at: &str, context: &Context) -> Message {
    let headline = say!(context, "root-cause-looking", at = crate::Foreign::new(at));
    Message::line(Severity::Quiet, headline)
}

/// Where the whole report is.
pub(crate) fn link(deployment: &str, context: &Context) -> Option<Link> {
    let base = context.base_url.as_ref()?;
    let url = format!("{}/deployments/{deployment}/root-cause", base.as_str());
    Link::checked(say!(context, "root-cause-link"), &url)
}
