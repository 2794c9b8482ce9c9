//! A draft that mends a change: the smallest diff, judged before anybody sees it.

use super::Agent;
use super::data;
use super::draft::{object_of, quiet};
use super::endpoint::{Finish, Request, Said, Wanted};
use super::ledger::Account;
use super::models::kept;
use super::question::language;
use super::schema::object;
use guard::fix::Unusable;
use guard::root_cause::Origin;
use messages::Locale;
use serde::Deserialize;
use serde_json::{Value, json};

const MENDER: &str = include_str!("../../../prompts/agent/mender.md");
const REPAIR: &str = include_str!("../../../prompts/agent/repair.md");
/// How often it is told what is wrong with its answer.
const REPAIRS: usize = 2;
/// Characters of what it says of it.
const LONGEST_WHY: usize = 600;

/// What is to be mended.
#[derive(Debug, Clone)]
pub(crate) struct Mending {
    /// What is known, each under the name of where it comes from. Others may have written it.
    pub(crate) data: Vec<(String, Value)>,
    /// The language in which it says why.
    pub(crate) locale: Locale,
    /// About what: whose account it goes to.
    pub(crate) subject: String,
    /// In which channel the deployment is told.
    pub(crate) channel: Option<String>,
}

/// A change of one file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct FileDiff {
    pub(crate) path: String,
    pub(crate) diff: String,
}

#[derive(Deserialize)]
struct Answer {
    files: Vec<FileDiff>,
    why: String,
}

impl Agent {
    /// Has a model write a draft, and tells it what is wrong with it as long as that may help. What comes back was judged good;
    /// beside it what the model says of it, without links elsewhere, calls and secrets.
    pub(crate) async fn mend<T>(
        &self,
        mending: &Mending,
        judge: impl Fn(&[FileDiff]) -> Result<T, Unusable>,
    ) -> Result<(T, String), Unusable> {
        let settings = self.models.settings();
        let account = Account {
            purpose: "mend",
            subject: mending.subject.clone(),
            channel: mending.channel.clone(),
        };
        let mut work = self.models.begin(account, settings.agent.incident.time);
        let mut task = format!(
            "Tawny: mend this change. Write `why` in {}.",
            language(mending.locale)
        );
        let mut addressed = 0;
        for (source, value) in &mending.data {
            let data = data::from(Origin::Diff, source, value);
            addressed += data.addressed.len();
            task.push('\n');
            task.push_str(&data::block(source, &data.value));
        }
        let mut request = Request {
            said: vec![Said::Guidance(MENDER.to_owned()), Said::Task(task)],
            functions: Vec::new(),
            may_call: false,
            wanted: Some(form()),
        };
        let mut tries = 0;
        let ended = loop {
            let reply = match self.models.ask(&mut work, &request).await {
                Err(_) => break Err(Unusable::Silent),
                Ok(reply) if reply.refusal.is_some() || reply.finish == Finish::Filtered => {
                    break Err(Unusable::Declined);
                }
                Ok(reply) => reply,
            };
            let read: Option<Answer> = serde_json::from_str(object_of(&reply.text)).ok();
            let judged = match read {
                None => Err(Unusable::Unreadable),
                Some(answer) => judge(&answer.files).map(|good| (good, answer.why)),
            };
            match judged {
                Ok((good, why)) => {
                    let why = quiet(why.trim(), &self.hosts(), MENDER);
                    break Ok((good, why.chars().take(LONGEST_WHY).collect()));
                }
                Err(problem) if tries == REPAIRS || problem == Unusable::Secret => {
                    break Err(problem);
                }
                Err(problem) => {
                    tries += 1;
                    request.said.push(kept(&reply));
                    let repair = REPAIR.replace("{problem}", told(problem));
                    request.said.push(Said::Task(repair));
                }
            }
        };
        let word = ended.as_ref().map_or_else(|why| why.as_str(), |_| "whole");
        let spent = self.models.spent(&work);
        let meters = self.models.meters();
        meters.ended("mend", word, &spent, addressed);
        ended
    }
}

/// As a model is told it.
fn told(problem: Unusable) -> &'static str {
    match problem {
        Unusable::Apart => {
            "a diff does not apply: its context and removed lines have to be exactly those of the file"
        }
        Unusable::Elsewhere | Unusable::OffLimits => "it changes a file that is not listed",
        Unusable::TooLong => "it changes too many lines: be smaller",
        Unusable::Nothing => "it changes nothing",
        Unusable::Secret => "it holds a secret",
        Unusable::Silent | Unusable::Declined | Unusable::Unreadable => {
            "it is not one JSON object with `files` and `why`"
        }
    }
}

fn form() -> Wanted {
    let text = || json!({ "type": "string" });
    let file = object([("path", text()), ("diff", text())]);
    Wanted {
        name: "mended",
        schema: object([
            ("files", json!({ "type": "array", "items": file })),
            ("why", text()),
        ]),
    }
}
