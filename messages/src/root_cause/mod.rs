//! The root-cause report in words: whole as a document, short in a thread, and as plain texts for programs.

use crate::context::Context;
use crate::foreign::Foreign;
use crate::layout::plain;
use crate::model::Message;
use crate::text::Text;
use guard::root_cause::{Advice, Author, Facts, Milestones, Recommendation, RootCauseReport};
use guard::state::{Cure, State, Status};

mod document;
mod facts;
mod lines;
mod names;
mod thread;

pub use document::document;
pub use names::{advice, conclusion};
pub(crate) use thread::link;
pub use thread::{answer, looking, message, no_answer};

/// A report with all that stands around it.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// The report, in words.
    pub report: RootCauseReport<Text>,
    /// When what happened.
    pub milestones: Milestones,
    /// Which deployment.
    pub deployment: String,
    /// What was deployed.
    pub service: String,
    /// Where.
    pub environment: String,
    /// The new version.
    pub version: String,
    /// The first lines of the changes that are known by name.
    pub titles: Vec<(String, String)>,
}

impl Told {
    /// What stands around a report, from the deployment's own.
    #[must_use]
    pub fn of(
        report: RootCauseReport<Text>,
        deployment: &guard::report::Report,
        milestones: Milestones,
    ) -> Self {
        let suspects = deployment.cause.iter().flat_map(|cause| &cause.suspects);
        Self {
            report,
            milestones,
            deployment: deployment.deployment.clone(),
            service: deployment.service.clone(),
            environment: deployment.environment.clone(),
            version: deployment.to.clone(),
            titles: suspects
                .map(|one| (one.id.clone(), one.title.clone()))
                .collect(),
        }
    }
}

/// Why a model stopped short, if it did.
pub(crate) fn stopped(ended: guard::root_cause::Ended, context: &Context) -> Option<Text> {
    names::stopped(ended, None, context)
}

/// What a model concluded, in one line.
pub(crate) fn concluded(report: &RootCauseReport, context: &Context) -> Text {
    if report.written_by == Author::Rules {
        return thread::short(report, context);
    }
    names::headline(&report.conclusion, report.confidence, &[], context)
}

/// What a model wrote, in the thread.
pub(crate) fn reply(report: &RootCauseReport, state: &State, context: &Context) -> Message {
    let plan = state.plan();
    if report.written_by == Author::Rules {
        return thread::nothing_came(report, plan.deployment.as_str(), context);
    }
    let suspects = state
        .cause()
        .into_iter()
        .flat_map(|(cause, _)| &cause.suspects);
    let mut report = written(report.clone());
    if report.recommendation.action == Advice::RollBack && state.status() == Status::RolledBack {
        report.recommendation = gone_back(state.cure(), context);
    }
    let told = Told {
        report,
        milestones: Milestones::default(),
        deployment: plan.deployment.to_string(),
        service: plan.service.to_string(),
        environment: plan.environment.to_string(),
        version: plan.to.to_string(),
        titles: suspects
            .map(|one| (one.id.clone(), one.title.clone()))
            .collect(),
    };
    Message {
        opinions: crate::opinions::opinions(state, context),
        ..message(&told, context)
    }
}

/// What is to be done where it went back while somebody was still about to advise that.
fn gone_back(cure: &Cure, context: &Context) -> Recommendation<Text> {
    let (action, because) = match cure {
        Cure::Confirmed { .. } => (
            Advice::FixForward,
            crate::say!(context, "root-cause-because-cured"),
        ),
        Cure::Failed { .. } => (
            Advice::Hold,
            crate::say!(context, "root-cause-because-in-vain"),
        ),
        Cure::Awaited { .. } | Cure::NotNeeded => (
            Advice::Hold,
            crate::say!(context, "root-cause-because-unproven"),
        ),
    };
    Recommendation {
        action,
        because,
        risk: Text::default(),
    }
}

/// What somebody said of a report.
pub(crate) fn rated(by: &str, useful: bool, context: &Context) -> Text {
    let by = Foreign::new(by);
    if useful {
        crate::say!(context, "root-cause-rated-useful", by = by)
    } else {
        crate::say!(context, "root-cause-rated-not-useful", by = by)
    }
}

/// What somebody asked.
pub(crate) fn asked(by: &str, question: &str, context: &Context) -> Text {
    crate::say!(
        context,
        "ask-event",
        by = Foreign::new(by),
        question = Foreign::new(question)
    )
}

/// What the analyst answered somebody, in the thread; none where it was forgotten.
pub(crate) fn shared(state: &State, number: u32, context: &Context) -> Option<Message> {
    let mut all = state.answers();
    let told = all.find(|known| known.number == number)?;
    Some(answer(
        &told.by,
        &told.question,
        &told.answer,
        state,
        context,
    ))
}

/// What rules say, in words.
#[must_use]
pub fn in_words(report: RootCauseReport<Facts>, context: &Context) -> RootCauseReport<Text> {
    report.map(&mut |said| facts::sentences(&said, context))
}

/// What a model wrote: somebody else's words, which neither call nor lead anywhere.
#[must_use]
pub fn written(report: RootCauseReport) -> RootCauseReport<Text> {
    report.map(&mut |said: String| match said.trim() {
        "" => Text::default(),
        said => Text::foreign(Foreign::new(said)),
    })
}

/// Its texts without any layout, for programs.
#[must_use]
pub fn plainly(report: RootCauseReport<Text>) -> RootCauseReport {
    report.map(&mut |said| plain::text(&said))
}
