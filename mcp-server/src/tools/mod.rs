//! The tools: one file each, and one line each in the list below.

use crate::answer::{Answer, Page, Whole};
use crate::call::Call;
use crate::caller::Caller;
use crate::error::ToolError;
use crate::schema;
use crate::world::World;
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use request_action::RequestAction;
use rmcp::model::{CallToolResult, JsonObject, Tool as Definition, ToolAnnotations};
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

pub(crate) mod asking;
pub mod cancel_request;
pub mod compare_windows;
pub mod discover_metrics;
pub mod get_deployment;
pub mod get_diff;
pub mod get_evidence;
pub mod get_report;
pub mod get_service_report;
pub mod get_timeline;
pub mod list_alerts;
pub mod list_deployments;
pub mod list_services;
pub mod query_metrics;
pub mod rank_suspects;
pub mod request_action;
pub mod search_errors;

/// All tools, in the order in which clients see them: the reading ones by how one goes about a deployment, then those that
/// ask.
pub const ALL: &[Entry] = &[
    entry::<list_services::ListServices>(),
    entry::<list_deployments::ListDeployments>(),
    entry::<get_deployment::GetDeployment>(),
    entry::<compare_windows::CompareWindows>(),
    entry::<get_timeline::GetTimeline>(),
    entry::<get_report::GetReport>(),
    entry::<get_service_report::GetServiceReport>(),
    entry::<rank_suspects::RankSuspects>(),
    entry::<get_diff::GetDiff>(),
    entry::<list_alerts::ListAlerts>(),
    entry::<query_metrics::QueryMetrics>(),
    entry::<discover_metrics::DiscoverMetrics>(),
    entry::<search_errors::SearchErrors>(),
    entry::<get_evidence::GetEvidence>(),
    entry::<request_action::RequestAction>(),
    entry::<cancel_request::CancelRequest>(),
];

/// What a tool does with the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It reads, and changes nothing.
    Read,
    /// It asks people for something. Not there for callers without the scope `ask`, nor on the read-only address.
    Ask,
}

/// One tool.
pub trait Tool {
    /// Its name, in `snake_case`.
    const NAME: &'static str;
    /// Its name for people.
    const TITLE: &'static str;
    /// What it gives and when to use it: the first thing a model reads, so it says `Use` and when.
    const DESCRIPTION: &'static str;
    /// Whether it reads or asks.
    const KIND: Kind;
    /// The list in its answer that callers read page by page, always in the same order; the other lists are cut where the
    /// answer gets too long.
    const ROWS: Option<&'static str> = None;
    /// What it takes. Closed: `#[serde(deny_unknown_fields)]`.
    type Arguments: DeserializeOwned + JsonSchema + Send;
    /// What it answers.
    type Output: Serialize + JsonSchema;

    /// Answers. What the caller can mend is a [`ToolError`] that says how.
    fn call(
        world: &World,
        caller: &Caller,
        arguments: Self::Arguments,
        call: &Call,
    ) -> impl Future<Output = Result<Answer<Self::Output>, ToolError>> + Send;
}

type Answering = for<'a> fn(
    &'a World,
    &'a Caller,
    JsonObject,
    &'a Call,
) -> BoxFuture<'a, Result<CallToolResult, ToolError>>;

/// A tool in the list.
pub struct Entry {
    /// Its name.
    pub name: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// What it gives and when to use it.
    pub description: &'static str,
    /// Whether it reads or asks.
    pub kind: Kind,
    define: fn() -> Definition,
    answer: Answering,
}

impl Entry {
    /// As clients see it.
    #[must_use]
    pub fn definition(&self) -> Definition {
        match DEFINITIONS.get(self.name) {
            Some(known) => known.clone(),
            None => (self.define)(),
        }
    }

    /// Calls it.
    ///
    /// # Errors
    /// What the caller has to know about why there is no answer.
    pub async fn call(
        &self,
        world: &World,
        caller: &Caller,
        arguments: JsonObject,
        call: &Call,
    ) -> Result<CallToolResult, ToolError> {
        (self.answer)(world, caller, arguments, call).await
    }
}

/// What clients see of each tool: it does not change while the program runs.
static DEFINITIONS: LazyLock<BTreeMap<&'static str, Definition>> = LazyLock::new(|| {
    ALL.iter()
        .map(|tool| (tool.name, (tool.define)()))
        .collect()
});

/// The tool of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Entry> {
    ALL.iter().find(|tool| tool.name == name)
}

/// The answer to a request that was waited for, as the tool that made it gives it.
pub(crate) fn finished(world: &World, asked: asking::Asked) -> Result<CallToolResult, ToolError> {
    let page = Page::take(RequestAction::NAME, &mut JsonObject::new())?;
    said::<RequestAction>(Answer::of(asked), &page, world.clock.now())
}

const fn entry<T: Tool>() -> Entry {
    Entry {
        name: T::NAME,
        title: T::TITLE,
        description: T::DESCRIPTION,
        kind: T::KIND,
        define: define::<T>,
        answer: answer::<T>,
    }
}

fn define<T: Tool>() -> Definition {
    let reads = T::KIND == Kind::Read;
    // To ask is to add a question for people: it destroys nothing, and asking twice is asking once.
    let hints = ToolAnnotations::with_title(T::TITLE)
        .read_only(reads)
        .destructive(false)
        .idempotent(true)
        .open_world(false);
    let mut input = schema::input::<T::Arguments>();
    if let Some(Value::Object(properties)) = Arc::make_mut(&mut input).get_mut("properties") {
        Page::declare(properties, T::ROWS.is_some(), reads);
    }
    Definition::new(T::NAME, T::DESCRIPTION, input)
        .with_title(T::TITLE)
        .with_raw_output_schema(schema::output::<Whole<T::Output>>())
        .with_annotations(hints)
}

fn answer<'a, T: Tool>(
    world: &'a World,
    caller: &'a Caller,
    arguments: JsonObject,
    call: &'a Call,
) -> BoxFuture<'a, Result<CallToolResult, ToolError>> {
    Box::pin(async move {
        let mut arguments = arguments;
        let page = Page::take(T::NAME, &mut arguments)?;
        let arguments = read::<T::Arguments>(arguments)?;
        // All pages of an answer look at the same moment.
        let now = page.at.unwrap_or_else(|| world.clock.now());
        let world = world.at(now);
        let work = T::call(&world, caller, arguments, call);
        let answer = call.unless_cancelled(work).await?;
        said::<T>(answer, &page, now)
    })
}

fn said<T: Tool>(
    answer: Answer<T::Output>,
    page: &Page,
    now: Timestamp,
) -> Result<CallToolResult, ToolError> {
    let definition = DEFINITIONS.get(T::NAME);
    let schema = definition.and_then(|known| known.output_schema.clone());
    answer.into_result(page, T::ROWS, now, &schema.unwrap_or_default())
}

fn read<T: DeserializeOwned>(arguments: JsonObject) -> Result<T, ToolError> {
    serde_path_to_error::deserialize(Value::Object(arguments)).map_err(|error| {
        let at = error.path().to_string();
        let what = error.into_inner();
        ToolError::Shape(if at == "." {
            what.to_string()
        } else {
            format!("`{at}`: {what}")
        })
    })
}
