//! Plan, look, weigh, doubt, write: the dialogue of an investigation.

use super::Agent;
use super::data;
use super::draft;
use super::endpoint::{AskedCall, Finish, Reply, Request, Said};
use super::ledger::Account;
use super::models::{Stop, Work, kept};
use super::question::{Question, language};
use super::schema;
use super::tools::{Desk, ToolAnswer};
use guard::links::Hosts;
use guard::redact::redact;
use guard::root_cause::{Conclusion, Draft, Ended, Injection, Origin, Short, Spent};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Times that a model is asked to mend an answer.
const REPAIRS: u32 = 2;
/// The part of the time after which the first answer is asked for, and the second one.
const FIRST_BY: f64 = 0.55;
const SECOND_BY: f64 = 0.85;
/// Steps that are left for doubting.
const DOUBT: u32 = 4;
/// Calls that the sceptic may make.
const DOUBTING_CALLS: usize = 4;
/// The part of what a model can read that may be full before an answer is asked for.
const FULL: f64 = 0.8;

const ANALYST: &str = include_str!("../../../prompts/agent/analyst.md");
const QUESTION: &str = include_str!("../../../prompts/agent/question.md");
const ASKED: &str = include_str!("../../../prompts/agent/asked.md");
const SCEPTIC: &str = include_str!("../../../prompts/agent/sceptic.md");
const FINISH: &str = include_str!("../../../prompts/agent/finish.md");
const REPAIR: &str = include_str!("../../../prompts/agent/repair.md");

/// What the analyst is looking at, for those who watch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looking {
    /// The tool that it asks.
    pub tool: String,
    /// About what, in the words of the call: a query, a path, a signal; may be empty. The model wrote it.
    pub about: String,
}

/// What an investigation came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Investigation {
    /// What the model wrote, if anything; nothing of it is checked yet.
    pub draft: Option<Draft>,
    /// Whether it came to its end.
    pub ended: Ended,
    /// What it cost.
    pub spent: Spent,
    /// What tools answered.
    pub answers: Vec<ToolAnswer>,
    /// Texts that spoke to the analyst.
    pub addressed: Vec<Injection>,
}

/// An investigation under way.
struct Course<'a, L> {
    agent: &'a Agent,
    question: &'a Question,
    desk: Desk,
    request: Request,
    work: Work,
    looking: &'a L,
    steps_left: u32,
    repairs_left: u32,
}

impl Agent {
    /// Investigates, within the bounds. It takes as long as `agent.incident.time` at most, and whoever asks goes on
    /// meanwhile. `looking` hears what is looked at.
    pub async fn investigate(
        &self,
        question: &Question,
        looking: impl Fn(Looking) + Send + Sync,
    ) -> Investigation {
        let settings = self.models.settings();
        let account = Account {
            purpose: if question.asked.is_some() {
                "ask"
            } else {
                "investigate"
            },
            subject: question.deployment.to_string(),
            channel: question.channel.clone(),
        };
        let purpose = account.purpose;
        let mut work = self.models.begin(account, settings.agent.incident.time);
        if !self.is_on() {
            return ended(
                self,
                &work,
                None,
                Some(Short::NoModel),
                Vec::new(),
                BTreeSet::new(),
            );
        }
        let opened = Desk::open(self.world.clone(), question.caller()).await;
        let mut desk = match opened {
            Ok(desk) => desk,
            Err(error) => {
                tracing::error!(error, "the analyst has no tools");
                return ended(
                    self,
                    &work,
                    None,
                    Some(Short::Failed),
                    Vec::new(),
                    BTreeSet::new(),
                );
            }
        };
        let task = task(question, &mut desk.addressed);
        work.tools = 0;
        let request = Request {
            said: vec![Said::Guidance(ANALYST.to_owned()), Said::Task(task)],
            functions: desk.functions.clone(),
            may_call: true,
            wanted: Some(schema::draft()),
        };
        let mut course = Course {
            agent: self,
            question,
            desk,
            request,
            work,
            looking: &looking,
            steps_left: settings.agent.incident.steps.get(),
            repairs_left: REPAIRS,
        };
        let (draft, short) = course.run().await;
        let Course { desk, mut work, .. } = course;
        work.tools = desk.steps;
        let hosts = self.hosts();
        let draft = draft.map(|draft| draft::harmless(&draft, &hosts, ANALYST));
        let word = short.map_or("whole", Short::as_str);
        let spent = self.models.spent(&work);
        let meters = self.models.meters();
        meters.ended(purpose, word, &spent, desk.addressed.len());
        ended(self, &work, draft, short, desk.answers, desk.addressed)
    }

    /// The hosts to which links of a model are let through.
    pub(super) fn hosts(&self) -> Hosts {
        let settings = self.models.settings();
        let mut all: Vec<String> = settings.agent.link_hosts.clone();
        all.extend(
            self.world
                .page
                .as_ref()
                .map(|page| page.as_str().to_owned()),
        );
        all.extend(
            settings
                .code
                .values()
                .map(|host| host.url().as_str().to_owned()),
        );
        Hosts::new(all.iter().map(String::as_str))
    }
}

impl<L: Fn(Looking) + Send + Sync> Course<'_, L> {
    /// The best draft, and why there is no better one.
    async fn run(&mut self) -> (Option<Draft>, Option<Short>) {
        let reserve = DOUBT.min(self.steps_left.saturating_sub(1) / 2);
        let first = match self.until_drafted(reserve, FIRST_BY, usize::MAX).await {
            Ok(first) => first,
            Err(why) => return (None, Some(why)),
        };
        if self.steps_left == 0 {
            return (Some(first), Some(Short::Steps));
        }
        let leading = match &first.conclusion {
            Conclusion::Suspect { id } => format!("suspect `{id}`"),
            Conclusion::None => "`none`".to_owned(),
            Conclusion::Unknown => "`unknown`".to_owned(),
        };
        let doubt = SCEPTIC
            .replace("{leading}", &leading)
            .replace("{calls}", &DOUBTING_CALLS.to_string());
        self.request.said.push(Said::Task(doubt));
        self.request.may_call = true;
        match self.until_drafted(0, SECOND_BY, DOUBTING_CALLS).await {
            Ok(second) => (Some(second), None),
            Err(why) => (Some(first), Some(why)),
        }
    }

    /// Goes on until the model has written a draft: freely while there is room, then at once.
    async fn until_drafted(
        &mut self,
        reserve: u32,
        by: f64,
        mut calls: usize,
    ) -> Result<Draft, Short> {
        loop {
            if self.steps_left == 0 {
                return Err(Short::Steps);
            }
            if self.request.may_call
                && let Some(bound) = self.at_an_end(reserve, by, calls).await
            {
                self.request.may_call = false;
                let finish = FINISH.replace("{bound}", bound);
                self.request.said.push(Said::Task(finish));
            }
            self.steps_left -= 1;
            let reply = self.ask().await?;
            if let Some(refusal) = &reply.refusal {
                tracing::warn!(refusal, "the model refuses");
                return Err(Short::Refused);
            }
            if reply.finish == Finish::Filtered {
                return Err(Short::Refused);
            }
            if !reply.calls.is_empty() && self.request.may_call {
                calls = calls.saturating_sub(reply.calls.len());
                self.call(reply).await;
                continue;
            }
            let text = reply.text.clone();
            self.request.said.push(kept(&Reply {
                calls: Vec::new(),
                ..reply.clone()
            }));
            let problem = match draft::read(&text, self.question) {
                Ok(draft) => return Ok(draft),
                Err(_) if reply.finish == Finish::Length => {
                    "it was longer than there is room for; be shorter".to_owned()
                }
                Err(problem) => problem,
            };
            if !self.asked_for_form().await {
                // It was free to say anything; now the form is asked for, and no answer was wasted.
                self.request.may_call = false;
                let finish = FINISH.replace("{bound}", "reason");
                self.request.said.push(Said::Task(finish));
                continue;
            }
            if self.repairs_left == 0 {
                return draft::read_anyhow(&text, self.question).ok_or(Short::Unreadable);
            }
            self.repairs_left -= 1;
            self.request.may_call = false;
            let repair = REPAIR.replace("{problem}", &problem);
            self.request.said.push(Said::Task(repair));
        }
    }

    /// Which bound is so near that an answer has to be asked for now.
    async fn at_an_end(&self, reserve: u32, by: f64, calls: usize) -> Option<&'static str> {
        if self.steps_left <= reserve + 1 {
            return Some("step");
        }
        if calls == 0 {
            return Some("call");
        }
        if self.work.gone() >= by {
            return Some("time");
        }
        let models = &self.agent.models;
        let (size, room) = models.size(&self.request).await?;
        if size as f64 >= room as f64 * FULL {
            return Some("room");
        }
        // The answer after this request has to fit into what may be spent, too.
        let account = &self.work.account;
        models.nearly_spent(account, size).await.then_some("budget")
    }

    async fn asked_for_form(&self) -> bool {
        !self.request.may_call || self.agent.models.asks_for_form(&self.request).await
    }

    async fn ask(&mut self) -> Result<Reply, Short> {
        let models = &self.agent.models;
        let asked = models.ask(&mut self.work, &self.request).await;
        asked.map_err(|Stop { why, .. }| why)
    }

    /// Has the tools answer, and puts what they say into the dialogue: an answer for each call, whatever it was.
    async fn call(&mut self, mut reply: Reply) {
        with_ids(&mut reply.calls, self.request.said.len());
        let said = self.desk.answer(&reply.calls, self.looking).await;
        for call in &mut reply.calls {
            // Servers read their own models' arguments again, and not all of them bear what is no JSON.
            if serde_json::from_str::<serde_json::Map<String, Value>>(&call.arguments).is_err() {
                "{}".clone_into(&mut call.arguments);
            }
            if call.name.is_empty() {
                "unknown".clone_into(&mut call.name);
            }
        }
        self.request.said.push(kept(&reply));
        self.request.said.extend(said);
    }
}

/// Each call has an id of its own, whatever the server gave.
pub(super) fn with_ids(calls: &mut [AskedCall], turn: usize) {
    let mut seen = BTreeSet::new();
    for (place, call) in calls.iter_mut().enumerate() {
        if call.id.is_empty() || !seen.insert(call.id.clone()) {
            call.id = format!("call_{turn}_{place}");
            seen.insert(call.id.clone());
        }
    }
}

/// What is asked, and what is known so far, as data.
fn task(question: &Question, addressed: &mut BTreeSet<Injection>) -> String {
    let words = if question.asked.is_some() {
        ASKED
    } else {
        QUESTION
    };
    let mut known = json!({
        "deployment": question.deployment,
        "service": question.service,
        "environment": question.environment,
        "suspects": question.suspects(),
    });
    if let Some(cause) = &question.cause {
        let mut cause = cause.clone();
        // Before anything is cut off: half of a secret is not known for one.
        for accused in &mut cause.suspects {
            accused.author = redact(&accused.author).into_owned();
        }
        let cause = cause.without_addresses();
        let cause = json!({
            "verdict": cause.verdict,
            "probability": cause.probability,
            "most_suspect": cause.suspects,
            "elsewhere": cause.elsewhere,
            "changes_looked_at": cause.changes,
            "signals": cause.signals,
            "logged_since": cause.signatures,
        });
        let data = data::from(Origin::Commit, "ranking", &cause);
        addressed.extend(data.addressed);
        known["ranking"] = data.value;
    }
    let mut said = |id: &str, value: Value| {
        let data = data::from(Origin::Chat, id, &value);
        addressed.extend(data.addressed);
        data.value
    };
    if let Some(asked) = &question.asked {
        known["asked"] = said("question", json!(asked));
    }
    if !question.before.is_empty() {
        let before = question.before.iter();
        let before: Vec<_> = before
            .map(|turn| json!({ "who": turn.who, "text": turn.text }))
            .collect();
        known["said_before"] = said("thread", json!(before));
    }
    let words = words.replace("{language}", language(question.locale));
    format!("{words}\n{}", data::block("tawny", &known))
}

fn ended(
    agent: &Agent,
    work: &Work,
    draft: Option<Draft>,
    short: Option<Short>,
    answers: Vec<ToolAnswer>,
    addressed: BTreeSet<Injection>,
) -> Investigation {
    Investigation {
        draft,
        ended: short.map_or(Ended::Whole, |why| Ended::Partial { why }),
        spent: agent.models.spent(work),
        answers,
        addressed: addressed.into_iter().collect(),
    }
}
