//! The tools that the analyst may use: those that read, of the MCP server in this process, and a place for its plan.

use super::data;
use super::endpoint::{AskedCall, Function, Said};
use super::investigate::Looking;
use futures_util::{StreamExt, stream};
use guard::redact::redact;
use guard::root_cause::Injection;
use mcp_server::local::Local;
use mcp_server::{Caller, World};
use rmcp::model::{CallToolResult, JsonObject};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::time::timeout;

/// Calls that are answered at once; further ones of the same answer are refused.
pub(super) const AT_ONCE: usize = 6;
/// Calls under way at once.
const ABREAST: usize = 3;
/// How long one may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// Where the analyst writes down what it wants to tell apart.
pub(super) const PLAN: &str = "note_plan";
/// Characters of what it is looking at, for those who watch.
const SHOWN: usize = 120;

/// What a tool answered during an investigation: what a report is held against afterwards.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolAnswer {
    /// The tool.
    pub tool: String,
    /// What it was asked.
    pub arguments: Value,
    /// What it answered: as it did, not as the model was told it.
    pub answer: Value,
    /// The evidence ids in it.
    pub evidence: Vec<String>,
}

/// The tools, and what was asked of them so far.
pub(super) struct Desk {
    local: Local,
    pub(super) functions: Vec<Function>,
    asked: BTreeSet<String>,
    pub(super) answers: Vec<ToolAnswer>,
    pub(super) addressed: BTreeSet<Injection>,
    /// How often any was asked.
    pub(super) steps: u32,
}

/// What is to be done about a call.
enum Todo {
    Refuse(String),
    Noted,
    Call(JsonObject),
}

impl Desk {
    /// The tools of a caller, always in the same order.
    pub(super) async fn open(world: World, caller: Caller) -> Result<Self, String> {
        let local = Local::connect(world, caller).await;
        let local = local.map_err(|error| error.to_string())?;
        let tools = local.tools().await.map_err(|error| error.to_string())?;
        let mut functions = vec![plan()];
        functions.extend(tools.into_iter().map(|tool| {
            Function {
                name: tool.name.to_string(),
                description: tool
                    .description
                    .map(|text| text.to_string())
                    .unwrap_or_default(),
                parameters: Value::Object((*tool.input_schema).clone()),
            }
        }));
        Ok(Self {
            local,
            functions,
            asked: BTreeSet::new(),
            answers: Vec::new(),
            addressed: BTreeSet::new(),
            steps: 0,
        })
    }

    /// Answers every call, in the order in which they were asked.
    pub(super) async fn answer(
        &mut self,
        calls: &[AskedCall],
        looking: &(impl Fn(Looking) + Send + Sync),
    ) -> Vec<Said> {
        let mut todo = Vec::new();
        for (place, call) in calls.iter().enumerate() {
            todo.push(self.todo(place, call));
        }
        for (call, todo) in calls.iter().zip(&todo) {
            if let Todo::Call(arguments) = todo {
                self.steps += 1;
                looking(Looking {
                    tool: call.name.clone(),
                    about: about(arguments),
                });
            }
        }
        let local = &self.local;
        // Names are owned: a future that borrows from what it is made of cannot be told to live long enough.
        let work = calls.iter().zip(todo).map(|(call, todo)| {
            let name = call.name.clone();
            async move {
                match todo {
                    Todo::Refuse(why) => Err(why),
                    Todo::Noted => Ok(None),
                    Todo::Call(arguments) => {
                        let asked = Value::Object(arguments.clone());
                        let answer = ask(local, &name, arguments).await;
                        answer.map(|answer| Some((asked, answer)))
                    }
                }
            }
        });
        let work: Vec<_> = work.collect();
        let done: Vec<_> = stream::iter(work).buffered(ABREAST).collect().await;
        let answered = calls.iter().zip(done);
        answered
            .map(|(call, answer)| self.told(call, answer))
            .collect()
    }

    fn todo(&mut self, place: usize, call: &AskedCall) -> Todo {
        if place >= AT_ONCE {
            let why =
                format!("too many calls at once: {AT_ONCE} are answered, ask again for this one");
            return Todo::Refuse(why);
        }
        if !self.functions.iter().any(|tool| tool.name == call.name) {
            let names: Vec<_> = self
                .functions
                .iter()
                .map(|tool| tool.name.as_str())
                .collect();
            let name: String = redact(&call.name).chars().take(64).collect();
            return Todo::Refuse(format!(
                "there is no tool `{name}`; there are: {}",
                names.join(", ")
            ));
        }
        let text = if call.arguments.trim().is_empty() {
            "{}"
        } else {
            &call.arguments
        };
        let arguments: JsonObject = match serde_json::from_str(text) {
            Ok(arguments) => arguments,
            Err(error) => {
                return Todo::Refuse(format!("the arguments are not one JSON object: {error}"));
            }
        };
        if call.name == PLAN {
            return Todo::Noted;
        }
        let same = format!("{} {}", call.name, Value::Object(arguments.clone()));
        if !self.asked.insert(same) {
            let why = "this was asked before with the same arguments: its answer stands above";
            return Todo::Refuse(why.to_owned());
        }
        Todo::Call(arguments)
    }

    fn told(&mut self, call: &AskedCall, answer: Result<Option<(Value, Value)>, String>) -> Said {
        let answer = match answer {
            Err(why) => {
                // A tool's error may quote a source.
                let error = data::from(guard::root_cause::Origin::Tool, &call.name, &json!(why));
                self.addressed.extend(error.addressed);
                json!({ "error": error.value }).to_string()
            }
            Ok(None) => json!({ "noted": true }).to_string(),
            Ok(Some((arguments, answer))) => {
                let data = data::of_tool(&call.name, &answer);
                self.addressed.extend(data.addressed);
                let mut evidence = Vec::new();
                ids(&answer, &mut evidence);
                self.answers.push(ToolAnswer {
                    tool: call.name.clone(),
                    arguments,
                    answer,
                    evidence,
                });
                data::block(&call.name, &data.value)
            }
        };
        Said::Tool {
            id: call.id.clone(),
            answer,
        }
    }
}

async fn ask(local: &Local, tool: &str, arguments: JsonObject) -> Result<Value, String> {
    let called = timeout(PATIENCE, local.call(tool, arguments)).await;
    let late = || format!("no answer within {} s: ask for less", PATIENCE.as_secs());
    let result = called
        .map_err(|_| late())?
        .map_err(|error| error.to_string())?;
    if result.is_error == Some(true) {
        return Err(words(&result));
    }
    result
        .structured_content
        .ok_or_else(|| "the tool said nothing".to_owned())
}

fn words(result: &CallToolResult) -> String {
    let said = result.content.iter().filter_map(|block| block.as_text());
    said.map(|block| block.text.as_str()).collect()
}

/// What a call is about, in a few characters and without secrets.
fn about(arguments: &JsonObject) -> String {
    let said = [
        "query", "promql", "path", "signal", "text", "pattern", "commit", "evidence", "service",
    ];
    let value = said.iter().find_map(|name| arguments.get(*name)?.as_str());
    let line = value.unwrap_or_default().replace(char::is_control, " ");
    redact(&line).chars().take(SHOWN).collect()
}

/// Whatever looks like the id of evidence.
fn ids(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => {
            let hex = text.strip_prefix("ev_");
            let is = hex.is_some_and(|hex| {
                !hex.is_empty() && hex.chars().all(|c| c.is_ascii_alphanumeric())
            });
            if is && !found.contains(text) {
                found.push(text.clone());
            }
        }
        Value::Array(items) => items.iter().for_each(|item| ids(item, found)),
        Value::Object(fields) => fields.values().for_each(|value| ids(value, found)),
        _ => {}
    }
}

fn plan() -> Function {
    let text = json!({ "type": "string" });
    Function {
        name: PLAN.to_owned(),
        description: "Write down which hypotheses you will tell apart and what each would show. Use it once, at the start, \
            together with the first calls; nobody answers it."
            .to_owned(),
        parameters: super::schema::object([(
            "hypotheses",
            json!({ "type": "array", "items": super::schema::object([
                ("suspect", text.clone()), ("would_show", text.clone()), ("would_refute", text),
            ])}),
        )]),
    }
}
