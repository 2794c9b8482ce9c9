//! Questions that somebody has to look into: answered for who asks alone, until they share it.

use super::{Answer, Carried, Orders, Outcome, Speaker};
use crate::agent::Asked;
use engine::{EngineError, ledger};
use guard::event::Event;
use guard::input::Happened;
use guard::order::{Target, Verb};
use guard::redact::redact;
use guard::root_cause::Author;
use messages::orders::{Done, Trouble};
use messages::root_cause;

impl Orders {
    /// Takes as long as `agent.incident.time` at most.
    pub(super) async fn ask(&self, target: Target, question: &str, speaker: &Speaker) -> Carried {
        let state = self.deployment(target, Verb::Ask, speaker).await?;
        let agent = self.inner.analyst.get().filter(|agent| agent.is_on());
        let agent = agent.ok_or(Trouble::NoAnalyst)?;
        let engine = &self.inner.engine;
        let id = state.plan().deployment.clone();
        let records = ledger::records(engine.reader(), &id).await?;
        let question = redact(question).into_owned();
        let by = speaker.by.name();
        let asked = Asked {
            question: question.clone(),
            by: by.to_owned(),
            channel: speaker.channel.clone(),
            locale: speaker.locale,
        };
        let context = self.context(speaker.locale);
        let Some(report) = agent.answer(state.clone(), records, asked).await else {
            return Err(EngineError::UnknownDeployment(id).into());
        };
        if report.written_by == Author::Rules {
            let message = root_cause::no_answer(&report, &context);
            return Ok(Answer::message(Outcome::Refused, message).about(id));
        }
        let message = root_cause::answer(by, &question, &report, &state, &context);
        let happened = Happened::QuestionAnswered {
            by: speaker.by.clone(),
            question,
            answer: Box::new(report),
        };
        let events = engine.apply(&id, happened).await?;
        let number = events.iter().find_map(|event| match event {
            Event::QuestionAnswered { number, .. } => Some(*number),
            _ => None,
        });
        Ok(Answer {
            share: number.map(|number| format!("{} {id} answer {number}", Verb::Share.as_str())),
            ..Answer::message(Outcome::Shown, message).about(id)
        })
    }

    /// Only who was answered can show it to others.
    pub(super) async fn share(
        &self,
        target: Target,
        answer: Option<u32>,
        speaker: &Speaker,
    ) -> Carried {
        let state = self.deployment(target, Verb::Share, speaker).await?;
        let id = state.plan().deployment.clone();
        let mut own = state.answers().filter(|one| one.by == speaker.by.name());
        let known = match answer {
            Some(number) => own.find(|one| one.number == number),
            None => own.next_back(),
        };
        let number = known.map(|known| known.number);
        let number = number.ok_or(Trouble::NothingToShare)?;
        let by = speaker.by.clone();
        let happened = Happened::AnswerShared { by, number };
        self.inner.engine.apply(&id, happened).await?;
        let context = self.context(speaker.locale);
        Ok(Answer::done(&Done::Given(Verb::Share), &context).about(id))
    }
}
