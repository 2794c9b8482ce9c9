//! `search_errors`: which errors are logged since a deployment, and were not before or not as often.

use super::compare_windows::changed_at;
use super::{Kind, Tool};
use crate::answer::{Answer, Number, Untrusted};
use crate::call::Call;
use crate::caller::Caller;
use crate::error::ToolError;
use crate::record::{self, Deployment};
use crate::said::{time, word};
use crate::world::{LogPlace, World};
use futures_util::future::join_all;
use guard::ids::Version;
use guard::signatures::{Miner, Record, Signature, Spans};
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sources::logs::{Came, LogError, Window};

/// What was logged so long before the change is what is usual.
const BEFORE: SignedDuration = SignedDuration::from_mins(10);
/// So long after it is looked.
const AFTER: SignedDuration = SignedDuration::from_mins(30);
/// Signatures that are found.
const MOST: usize = 40;

/// The tool.
pub struct SearchErrors;

/// Where to look.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Arguments {
    /// The id of a deployment.
    deployment: String,
    /// Only errors with these words.
    search: Option<String>,
}

/// What is logged.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Errors {
    deployment: String,
    service: String,
    /// Before is from `from` to `since`, after from there to `until`.
    from: String,
    since: String,
    until: String,
    /// Where it was read just now.
    places: Vec<Place>,
    /// Those first for which most speaks.
    errors: Vec<Kindred>,
    /// Errors that the watch recorded when it ranked the causes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    recorded: Vec<Kindred>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'static str>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Place {
    name: String,
    lines: u64,
    /// Before this moment there was more than is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    known_since: Option<String>,
    /// Why it could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-untrusted" = "the source of logs"))]
    unread: Option<Untrusted>,
}

/// Errors of one kind.
#[derive(Debug, Serialize, JsonSchema)]
struct Kindred {
    /// `new`, or `more_frequent`.
    change: String,
    level: String,
    /// The message, with `<*>` for what changes.
    #[schemars(extend("x-untrusted" = "logs of the service"))]
    template: Untrusted,
    /// The stack frame that it comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-untrusted" = "logs of the service"))]
    origin: Option<Untrusted>,
    #[schemars(extend("x-untrusted" = "logs of the service"))]
    sample: Untrusted,
    before: u64,
    after: u64,
    before_per_minute: Number,
    after_per_minute: Number,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-untrusted" = "logs of the service"))]
    places: Vec<Untrusted>,
}

impl Tool for SearchErrors {
    const NAME: &'static str = "search_errors";
    const TITLE: &'static str = "Search errors";
    const DESCRIPTION: &'static str = "Kinds of logged errors that are new or more frequent since a deployment, with counts \
        before and after and a sample. Use to learn what fails and in which code, once something moved.";
    const KIND: Kind = Kind::Read;
    const ROWS: Option<&'static str> = Some("errors");
    type Arguments = Arguments;
    type Output = Errors;

    async fn call(
        world: &World,
        caller: &Caller,
        arguments: Arguments,
        call: &Call,
    ) -> Result<Answer<Errors>, ToolError> {
        let deployment = record::deployment(world, caller, &arguments.deployment).await?;
        let plan = deployment.state.plan();
        let window = window(&deployment, world.clock.now())?;
        let outside = world.outside.get();
        let known = outside
            .services
            .get(&(plan.service.clone(), plan.environment.clone()));
        let logs: &[LogPlace] = known.map_or(&[], |place| &place.logs);
        call.progress(0.0, 1.0, "reading logs").await;
        let (places, found) = read(logs, &plan.to, &window).await;
        let search = arguments.search.unwrap_or_default().to_lowercase();
        let wanted = |signature: &&Signature| {
            let text = format!("{}\n{}", signature.template, signature.sample).to_lowercase();
            search.split_whitespace().all(|word| text.contains(word))
        };
        let recorded = deployment
            .state
            .cause()
            .map_or(&[][..], |(cause, _)| &cause.signatures);
        let note = if logs.is_empty() {
            Some(
                "it is not known where this service logs: `logs` of the service in tawny.yaml says so",
            )
        } else if found.is_empty() {
            Some(
                "nothing that is new or clearly more frequent: what is logged as often as before is not listed",
            )
        } else {
            None
        };
        Ok(Answer::of(Errors {
            deployment: plan.deployment.to_string(),
            service: plan.service.to_string(),
            from: time(window.from),
            since: time(window.since),
            until: time(window.until),
            places,
            errors: found.iter().filter(wanted).map(kindred).collect(),
            recorded: recorded.iter().filter(wanted).map(kindred).collect(),
            note,
        }))
    }
}

/// Around the moment when the new version began to run.
fn window(deployment: &Deployment, now: Timestamp) -> Result<Spans, ToolError> {
    let since = changed_at(deployment)?.unwrap_or_else(|| deployment.state.requested_at());
    Ok(Spans {
        from: since - BEFORE,
        since,
        until: now.min(since + AFTER).max(since),
    })
}

/// Reads every place, the time before first.
async fn read(logs: &[LogPlace], version: &Version, spans: &Spans) -> (Vec<Place>, Vec<Signature>) {
    let window = Window {
        from: spans.from,
        until: spans.until,
    };
    let reads = logs.iter().map(|place| async move {
        let mut reader = (place.open)(version);
        let name = reader.place();
        let mut records: Vec<Record> = Vec::new();
        let read = reader
            .read(&window, &place.bounds, &mut |record| records.push(record))
            .await;
        (name, read, records)
    });
    let mut miner = Miner::default();
    let mut places = Vec::new();
    let mut from = spans.from;
    let mut after = Vec::new();
    for (name, read, records) in join_all(reads).await {
        let (before, since): (Vec<Record>, Vec<Record>) = records
            .into_iter()
            .partition(|record| record.at.is_some_and(|at| at < spans.since));
        before
            .iter()
            .for_each(|record| miner.take(record, spans.from.as_second()));
        after.extend(since);
        if let Ok(Came { cut: Some(cut), .. }) = &read {
            from = from.max(*cut);
        }
        places.push(place(name, &read));
    }
    miner.baseline_is_read();
    after
        .iter()
        .for_each(|record| miner.take(record, spans.until.as_second()));
    let spans = Spans {
        from,
        since: spans.since.max(from),
        ..*spans
    };
    (places, miner.signatures(&spans, MOST))
}

fn place(name: String, read: &Result<Came, LogError>) -> Place {
    let came = read.as_ref().ok();
    Place {
        name,
        lines: came.map_or(0, |came| came.lines),
        known_since: came.and_then(|came| came.cut).map(time),
        unread: read
            .as_ref()
            .err()
            .map(|error| Untrusted::line(&error.to_string())),
    }
}

fn kindred(signature: &Signature) -> Kindred {
    Kindred {
        change: word(signature.change),
        level: word(signature.level),
        template: Untrusted::line(&signature.template),
        origin: signature.origin.as_deref().map(Untrusted::line),
        sample: Untrusted::new(&signature.sample, 600),
        before: signature.before,
        after: signature.after,
        before_per_minute: Number(signature.before_per_minute),
        after_per_minute: Number(signature.after_per_minute),
        places: signature
            .places
            .iter()
            .map(|place| Untrusted::label(place))
            .collect(),
    }
}
