//! Tries an endpoint: what its server can, what it lacks, and with which quirks it is understood.

use super::endpoint::{Endpoint, Fault, Function, Reply, Request, Said, Usage, Wanted};
use super::schema::object;
use config::settings::{AnswerForm, ModelEndpoint};
use serde::Serialize;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const TOOL: &str = "read_gauge";
const GUIDANCE: &str = "You are being tried out. Do exactly what the user says, briefly.";

/// What is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ability {
    /// It can be reached, takes the key, knows the model and answers.
    Answers,
    /// It has tools called, and goes on with what they say.
    Tools,
    /// It has several called at once.
    Parallel,
    /// It answers in the form that is asked for.
    Form,
    /// It answers in parts.
    Streams,
    /// It says how many tokens that was.
    Counts,
}

/// How something went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Went {
    /// It can.
    Good,
    /// It cannot, or not as configured; there is another way.
    Otherwise,
    /// It cannot, and an investigation needs it.
    Bad,
}

/// One thing that was tried.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Tried {
    /// What.
    pub ability: Ability,
    /// How it went.
    pub went: Went,
    /// What was seen.
    pub seen: String,
    /// What Tawny does instead, or what to configure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instead: Option<String>,
}

/// What came out for one endpoint.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcome {
    /// The endpoint.
    pub endpoint: String,
    /// The model.
    pub model: String,
    /// Whether it could be spoken to at all.
    pub reached: bool,
    /// What was tried, in order; nothing more once it could not be spoken to.
    pub tried: Vec<Tried>,
    /// The quirks that would have to be configured otherwise.
    pub quirks: serde_json::Map<String, Value>,
    /// Requests that were sent.
    pub requests: u32,
    /// Tokens that were read and written, as far as the server says so.
    pub tokens: u64,
    /// How long all that took, in seconds.
    pub seconds: f64,
}

struct Trial {
    settings: ModelEndpoint,
    outcome: Outcome,
}

/// Tries an endpoint with a handful of small requests.
///
/// # Errors
/// The configuration of the endpoint cannot be used; in words without secrets.
pub async fn attempt(settings: &ModelEndpoint) -> Result<Outcome, String> {
    Endpoint::new(settings)?;
    let began = Instant::now();
    let mut trial = Trial {
        settings: settings.clone(),
        outcome: Outcome {
            endpoint: settings.name.to_string(),
            model: settings.model.clone(),
            reached: false,
            tried: Vec::new(),
            quirks: serde_json::Map::new(),
            requests: 0,
            tokens: 0,
            seconds: 0.0,
        },
    };
    if let Some(reply) = trial.answers().await {
        trial.outcome.reached = true;
        trial.streams(&reply);
        trial.counts(reply.usage);
        trial.tools().await;
        trial.form().await;
    }
    trial.outcome.seconds = began.elapsed().as_secs_f64();
    Ok(trial.outcome)
}

impl Outcome {
    /// Whether an investigation can work with it.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.reached && self.tried.iter().all(|one| one.went != Went::Bad)
    }
}

impl Trial {
    async fn ask(&mut self, request: &Request) -> Result<Reply, Fault> {
        let endpoint = Endpoint::new(&self.settings).map_err(Fault::Shape)?;
        let mut waited = false;
        loop {
            self.outcome.requests += 1;
            match endpoint.ask(request).await {
                Err(Fault::Busy {
                    wait: Some(wait), ..
                }) if !waited && wait <= Duration::from_secs(20) => {
                    waited = true;
                    tokio::time::sleep(wait).await;
                }
                Ok(reply) => {
                    let usage = reply.usage.unwrap_or_default();
                    self.outcome.tokens += usage.input + usage.output;
                    return Ok(reply);
                }
                Err(fault) => return Err(fault),
            }
        }
    }

    fn note(
        &mut self,
        ability: Ability,
        went: Went,
        seen: impl Into<String>,
        instead: Option<&str>,
    ) {
        self.outcome.tried.push(Tried {
            ability,
            went,
            seen: seen.into(),
            instead: instead.map(ToOwned::to_owned),
        });
    }

    /// Speaks to it, first as configured, then with the quirks that servers most often have.
    async fn answers(&mut self) -> Option<Reply> {
        let request = plain("Answer with the one word: ready");
        let as_configured = self.settings.clone();
        let mut first = None;
        for (name, value) in [
            ("", Value::Null),
            ("max_tokens_field", json!("max_tokens")),
            ("stream_usage", json!(false)),
            ("stream", json!(false)),
        ] {
            match name {
                "max_tokens_field" => {
                    "max_tokens".clone_into(&mut self.settings.quirks.max_tokens_field);
                }
                "stream_usage" => self.settings.quirks.stream_usage = false,
                "stream" => self.settings.quirks.stream = false,
                _ => {}
            }
            if !name.is_empty() {
                self.outcome.quirks.insert(name.to_owned(), value);
            }
            match self.ask(&request).await {
                Ok(reply) => {
                    self.said_ready(&reply, first.as_ref());
                    return Some(reply);
                }
                // Only a request that is not taken may be taken in another form.
                Err(fault @ Fault::Request { .. }) => {
                    first.get_or_insert(fault);
                }
                Err(fault) => {
                    first.get_or_insert(fault);
                    break;
                }
            }
        }
        self.settings = as_configured;
        self.outcome.quirks.clear();
        let seen = first.map_or_else(String::new, |fault| fault.to_string());
        self.note(Ability::Answers, Went::Bad, seen, None);
        None
    }

    fn said_ready(&mut self, reply: &Reply, fault: Option<&Fault>) {
        match fault {
            None => {
                let said: String = reply.text.trim().chars().take(40).collect();
                self.note(
                    Ability::Answers,
                    Went::Good,
                    format!("it says `{said}`"),
                    None,
                );
            }
            Some(fault) => {
                let instead = "it answers with the quirks below: configure them";
                self.note(
                    Ability::Answers,
                    Went::Otherwise,
                    fault.to_string(),
                    Some(instead),
                );
            }
        }
    }

    fn streams(&mut self, reply: &Reply) {
        let wanted = self.settings.quirks.stream;
        let (went, seen, instead) = match (wanted, reply.streamed) {
            (_, true) => (Went::Good, "its answers come in parts", None),
            (true, false) => (
                Went::Otherwise,
                "asked for parts, it answers in one piece",
                Some("whole answers are read as well; a silence is noticed only after `timeout`"),
            ),
            (false, false) => (
                Went::Otherwise,
                "it is not asked for parts (`quirks.stream: false`)",
                Some("whole answers are read; a silence is noticed only after `timeout`"),
            ),
        };
        self.note(Ability::Streams, went, seen, instead);
    }

    fn counts(&mut self, usage: Option<Usage>) {
        match usage {
            Some(usage) if usage.input > 0 => {
                let seen = format!(
                    "{} tokens read, {} of them before, {} written",
                    usage.input, usage.cached, usage.output
                );
                self.note(Ability::Counts, Went::Good, seen, None);
            }
            _ => {
                let instead =
                    "tokens are estimated with the o200k encoding, and budgets go by that";
                let seen = "it does not say how many tokens an answer was";
                self.note(Ability::Counts, Went::Otherwise, seen, Some(instead));
            }
        }
    }

    async fn tools(&mut self) {
        let task = format!(
            "Call the tool {TOOL} for the gauges `a` and `b`, both in the same answer. Then add the two numbers."
        );
        let mut request = Request {
            functions: vec![gauge()],
            may_call: true,
            ..plain(&task)
        };
        let reply = match self.ask(&request).await {
            Ok(reply) => reply,
            Err(fault) => {
                let instead = "without tools there is no investigation: the report stays the one that is made without a model";
                self.note(Ability::Tools, Went::Bad, fault.to_string(), Some(instead));
                return;
            }
        };
        let readable =
            |text: &str| serde_json::from_str::<serde_json::Map<String, Value>>(text).is_ok();
        let known = reply
            .calls
            .iter()
            .filter(|call| call.name == TOOL && readable(&call.arguments));
        let known = known.count();
        if known == 0 {
            let said: String = reply.text.chars().take(80).collect();
            let instead = "without tools there is no investigation: the report stays the one that is made without a model";
            self.note(
                Ability::Tools,
                Went::Bad,
                format!("no tool is called; it says `{said}`"),
                Some(instead),
            );
            return;
        }
        let mut calls = reply.calls.clone();
        super::investigate::with_ids(&mut calls, 0);
        request.said.push(Said::Model {
            text: reply.text.clone(),
            calls: calls.clone(),
        });
        for (place, call) in calls.into_iter().enumerate() {
            let answer = json!({ "value": place + 20 }).to_string();
            request.said.push(Said::Tool {
                id: call.id,
                answer,
            });
        }
        match self.ask(&request).await {
            Ok(_) => self.note(
                Ability::Tools,
                Went::Good,
                "it has tools called, and goes on with their answers",
                None,
            ),
            Err(fault) => {
                let seen = format!("it has tools called and does not take their answers: {fault}");
                self.note(Ability::Tools, Went::Bad, seen, None);
            }
        }
        if known > 1 {
            self.note(
                Ability::Parallel,
                Went::Good,
                format!("{known} calls in one answer"),
                None,
            );
        } else {
            let instead = "one call is made after another: an investigation takes more steps";
            self.note(
                Ability::Parallel,
                Went::Otherwise,
                "one call in an answer",
                Some(instead),
            );
        }
    }

    async fn form(&mut self) {
        let configured = self.settings.quirks.answers;
        let forms = [
            AnswerForm::JsonSchema,
            AnswerForm::JsonObject,
            AnswerForm::Text,
        ];
        let from = forms
            .iter()
            .position(|form| *form == configured)
            .unwrap_or(0);
        let request = Request {
            wanted: Some(Wanted {
                name: "trial",
                schema: object([
                    (
                        "colour",
                        json!({ "type": "string", "enum": ["red", "green"] }),
                    ),
                    ("count", json!({ "type": "integer" })),
                ]),
            }),
            ..plain(
                "Give the colour red and the count 3, as a JSON object with `colour` and `count`.",
            )
        };
        let mut first = None;
        for form in &forms[from..] {
            self.settings.quirks.answers = *form;
            let problem = match self.ask(&request).await {
                Ok(reply) => match fits(&reply.text) {
                    true => {
                        self.formed(configured, *form, first);
                        return;
                    }
                    false => {
                        let said: String = reply.text.chars().take(80).collect();
                        format!("the answer has another form: `{said}`")
                    }
                },
                Err(fault) => fault.to_string(),
            };
            first.get_or_insert(problem);
        }
        let instead = "an answer that cannot be read is sent back twice; then the report is made without a model";
        self.note(
            Ability::Form,
            Went::Bad,
            first.unwrap_or_default(),
            Some(instead),
        );
    }

    fn formed(&mut self, configured: AnswerForm, works: AnswerForm, problem: Option<String>) {
        let word = match works {
            AnswerForm::JsonSchema => "json_schema",
            AnswerForm::JsonObject => "json_object",
            AnswerForm::Text => "text",
        };
        if configured == works {
            self.note(
                Ability::Form,
                Went::Good,
                format!("it keeps to the form, asked for as `{word}`"),
                None,
            );
            return;
        }
        self.outcome
            .quirks
            .insert("answers".to_owned(), json!(word));
        let instead = format!("it keeps to the form when asked for as `{word}`: configure that");
        self.note(
            Ability::Form,
            Went::Otherwise,
            problem.unwrap_or_default(),
            Some(&instead),
        );
    }
}

fn fits(text: &str) -> bool {
    let from = text.find('{').unwrap_or(0);
    let to = text.rfind('}').map_or(text.len(), |at| at + 1);
    let document: Value = text
        .get(from..to)
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default();
    document["colour"] == "red" && document["count"] == 3
}

fn plain(task: &str) -> Request {
    Request {
        said: vec![
            Said::Guidance(GUIDANCE.to_owned()),
            Said::Task(format!("Tawny: {task}")),
        ],
        functions: Vec::new(),
        may_call: false,
        wanted: None,
    }
}

fn gauge() -> Function {
    Function {
        name: TOOL.to_owned(),
        description: "Reads a gauge. Use it for each gauge that is asked for.".to_owned(),
        parameters: object([("name", json!({ "type": "string" }))]),
    }
}
