//! Prose for a task, from data: what prompts ask for that need no tools.

use super::Agent;
use super::data;
use super::draft::quiet;
use super::endpoint::{Finish, Request, Said};
use super::ledger::Account;
use super::question::language;
use guard::root_cause::{Ended, Injection, Origin, Short, Spent};
use messages::Locale;
use serde_json::Value;
use std::collections::BTreeSet;

const WRITER: &str = include_str!("../../../prompts/agent/writer.md");

/// What is to be written.
#[derive(Debug, Clone)]
pub struct Writing {
    /// The task, in our own words: an instruction to the model. Nothing that others wrote may be in it.
    pub task: String,
    /// What it is to be written from, each under the name of where it comes from. Others may have written it.
    pub data: Vec<(String, Value)>,
    /// The language to write in.
    pub locale: Locale,
    /// About what: whose account it goes to.
    pub subject: String,
    /// In which channel somebody wants it.
    pub channel: Option<String>,
}

/// What was written.
#[derive(Debug, Clone, PartialEq)]
pub struct Prose {
    /// The text, in Markdown, without links elsewhere and without calls; none where nothing was written.
    pub text: Option<String>,
    /// Whether it is whole.
    pub ended: Ended,
    /// What it cost.
    pub spent: Spent,
    /// Texts that spoke to the analyst.
    pub addressed: Vec<Injection>,
}

impl Agent {
    /// Writes from data, within the bounds.
    pub async fn write(&self, writing: &Writing) -> Prose {
        let settings = self.models.settings();
        let account = Account {
            purpose: "write",
            subject: writing.subject.clone(),
            channel: writing.channel.clone(),
        };
        let mut work = self.models.begin(account, settings.agent.incident.time);
        let mut addressed = BTreeSet::new();
        let mut task = format!(
            "Tawny: {}\nWrite in {}.",
            writing.task,
            language(writing.locale)
        );
        for (source, value) in &writing.data {
            let data = data::from(Origin::Tool, source, value);
            addressed.extend(data.addressed);
            task.push('\n');
            task.push_str(&data::block(source, &data.value));
        }
        let request = Request {
            said: vec![Said::Guidance(WRITER.to_owned()), Said::Task(task)],
            functions: Vec::new(),
            may_call: false,
            wanted: None,
        };
        let (text, short) = match self.models.ask(&mut work, &request).await {
            Err(stop) => (None, Some(stop.why)),
            Ok(reply) if reply.refusal.is_some() || reply.finish == Finish::Filtered => {
                (None, Some(Short::Refused))
            }
            Ok(reply) if reply.text.trim().is_empty() => (None, Some(Short::Unreadable)),
            Ok(reply) => {
                let text = quiet(reply.text.trim(), &self.hosts(), WRITER);
                let short = (reply.finish == Finish::Length).then_some(Short::Tokens);
                (Some(text), short)
            }
        };
        let word = short.map_or("whole", Short::as_str);
        let spent = self.models.spent(&work);
        let meters = self.models.meters();
        meters.ended("write", word, &spent, addressed.len());
        Prose {
            text,
            ended: short.map_or(Ended::Whole, |why| Ended::Partial { why }),
            spent,
            addressed: addressed.into_iter().collect(),
        }
    }
}
