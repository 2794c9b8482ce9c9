//! The report in a thread: at most twelve lines, and a link to the rest.

use super::Told;
use super::lines::{briefly, checked_for};
use super::names::{addressed, advice, ended, headline};
use crate::context::Context;
use crate::model::{Link, Message, Severity};
use crate::say;
use crate::text::Text;
use guard::root_cause::{RootCauseReport, Stated};
use guard::state::State;

/// Lines below the first one; the link is the twelfth.
const LINES: usize = 10;
/// Statements of one kind.
const EACH: usize = 2;

/// The report in the thread.
#[must_use]
pub fn message(told: &Told, context: &Context) -> Message {
    let report = &told.report;
    let advised = say!(
        context,
        "root-cause-advised",
        advice = advice(report.recommendation.action, context),
        because = report.recommendation.because.clone()
    );
    let said = [report.summary.clone()].into_iter().chain(first(
        &report.impact,
        "root-cause-impact",
        context,
    ));
    let body = body(said, Some(advised), report, context);
    let headline = headline(&report.conclusion, report.confidence, &told.titles, context);
    Message {
        body,
        links: link(&told.deployment, context).into_iter().collect(),
        ..Message::line(Severity::Warning, headline)
    }
}

/// What was said first, what speaks for and against it, and what has to be known of how it was written.
fn body(
    said: impl Iterator<Item = Text>,
    advised: Option<Text>,
    report: &RootCauseReport<Text>,
    context: &Context,
) -> Vec<Text> {
    let short = ended(report, context);
    let warned = report.addressed.first().map(|one| addressed(one, context));
    let last: Vec<Text> = [advised, warned, short, Some(checked_for(report, context))]
        .into_iter()
        .flatten()
        .collect();
    let mut body: Vec<Text> = said
        .chain(first(&report.evidence_for, "root-cause-for", context))
        .chain(first(
            &report.evidence_against,
            "root-cause-against",
            context,
        ))
        .filter(|text| !text.is_empty())
        .take(LINES - last.len())
        .collect();
    body.extend(last);
    body
}

fn first(all: &[Stated<Text>], key: &'static str, context: &Context) -> Vec<Text> {
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
}

/// What the analyst answered: the question, the answer, what speaks for and against it. It recommends nothing.
#[must_use]
pub fn answer(
    by: &str,
    question: &str,
    report: &RootCauseReport,
    state: &State,
    context: &Context,
) -> Message {
    let report = super::written(report.clone());
    let said = [report.summary.clone(), report.mechanism.clone()];
    let headline = say!(
        context,
        "ask-headline",
        by = crate::Foreign::from(by),
        question = crate::Foreign::new(question)
    );
    Message {
        body: body(said.into_iter(), None, &report, context),
        links: link(state.plan().deployment.as_str(), context)
            .into_iter()
            .collect(),
        ..Message::line(Severity::Quiet, headline)
    }
}

/// No answer, why not, and what can be asked instead.
#[must_use]
pub fn no_answer(report: &RootCauseReport, context: &Context) -> Message {
    let why = ended(report, context).unwrap_or_default();
    Message::line(Severity::Warning, say!(context, "ask-none", why = why))
}

/// Why a model wrote nothing.
pub(super) fn short(report: &RootCauseReport, context: &Context) -> Text {
    let why = ended(report, context).unwrap_or_default();
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
