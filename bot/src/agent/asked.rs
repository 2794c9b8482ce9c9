//! What people ask in a thread, with what was said there before, and what stands of the answer.

use super::inquiry::{found, own_hosts};
use super::{Agent, Question, Turn};
use crate::root_cause::check::checked;
use engine::investigate::Inquiry;
use guard::event::Recorded;
use guard::root_cause::{Author, RootCauseReport};
use guard::state::{AnswerRecord, State};
use messages::Locale;

/// Questions with their answers that are in mind when the next one is asked.
const MOST: usize = 6;
/// Characters of each text that is in mind.
const LONGEST: usize = 600;

/// Somebody's question.
#[derive(Debug, Clone)]
pub struct Asked {
    /// What, in their words, without secrets.
    pub question: String,
    /// Who.
    pub by: String,
    /// In which channel.
    pub channel: Option<String>,
    /// The language to answer in.
    pub locale: Locale,
}

impl Agent {
    /// What stands of the answer, within the bounds; written by rules where the model came to no word. None where the
    /// record itself cannot be told.
    pub async fn answer(
        &self,
        state: State,
        records: Vec<Recorded>,
        asked: Asked,
    ) -> Option<RootCauseReport> {
        let plan = state.plan();
        let question = Question {
            deployment: plan.deployment.clone(),
            service: plan.service.clone(),
            environment: plan.environment.clone(),
            revision: None,
            locale: asked.locale,
            channel: asked.channel,
            cause: state.cause().map(|(cause, _)| cause.clone()),
            before: before(&state, &asked.by),
            asked: Some(asked.question),
        };
        let told = self.investigate(&question, drop).await;
        let hosts = own_hosts(&self.models.settings(), self.world.page.as_ref());
        let inquiry = Inquiry {
            of: state.revision(),
            state,
            records,
        };
        let report = checked(&self.world.reader, &hosts, &inquiry, found(told)).await?;
        self.models.meters().checked(&report);
        Some(report)
    }
}

/// What this person has seen of what was said: the report, what everybody sees, and what they were answered alone.
fn before(state: &State, by: &str) -> Vec<Turn> {
    let turn = |who: &str, text: &str| Turn {
        who: who.to_owned(),
        text: text.chars().take(LONGEST).collect(),
    };
    let report = state.explained().map(|(_, report)| report);
    let report = report.filter(|report| report.written_by != Author::Rules);
    let mut said: Vec<Turn> = report
        .map(|report| turn("tawny", &report.summary))
        .into_iter()
        .collect();
    let seen = |known: &&AnswerRecord| known.shared || known.by == by;
    let mut seen: Vec<&AnswerRecord> = state.answers().filter(seen).collect();
    let old = seen.len().saturating_sub(MOST);
    for known in seen.drain(old..) {
        said.push(turn(&known.by, &known.question));
        said.push(turn("tawny", &known.answer.summary));
    }
    said
}
