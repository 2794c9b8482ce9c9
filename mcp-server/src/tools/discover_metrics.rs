//! `discover_metrics`: which metrics there are, what they mean and how many series they have.

use super::{Kind, Tool};
use crate::answer::{Answer, Untrusted};
use crate::call::Call;
use crate::caller::Caller;
use crate::error::ToolError;
use crate::metrics::cost;
use crate::metrics::near::near;
use crate::metrics::place::{Place, place};
use crate::world::World;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sources::metrics::{QueryValue, Selector};
use std::collections::BTreeMap;
use std::str::FromStr;

/// How far back a metric may have been in use.
const BACK_MS: i64 = 3_600_000;
/// Metrics of which type, help and number of series are looked up; a page has fewer.
const MOST: usize = 100;
/// Names that are suggested.
const NEAR: usize = 8;

/// The tool.
pub struct DiscoverMetrics;

/// What to look for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Arguments {
    /// Only metrics of this service.
    service: Option<String>,
    environment: Option<String>,
    /// A source by name; needed without `service` if there are several.
    source: Option<String>,
    /// Words that the name must have, such as `http error`.
    search: Option<String>,
}

/// What there is.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Found {
    source: String,
    /// Label matchers of the service.
    #[serde(skip_serializing_if = "Option::is_none")]
    matchers: Option<String>,
    /// Metrics that were in use within the last hour and have these words.
    metrics_found: usize,
    metrics: Vec<Metric>,
    /// Where nothing has these words: names that resemble them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-untrusted" = "names of metrics, as exporters gave them"))]
    near: Vec<Untrusted>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Metric {
    #[schemars(extend("x-untrusted" = "names of metrics, as exporters gave them"))]
    name: Untrusted,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-untrusted" = "types, as exporters gave them"))]
    r#type: Option<Untrusted>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-untrusted" = "help texts, as exporters gave them"))]
    help: Option<Untrusted>,
    /// Series that it has now.
    series: u64,
}

impl Tool for DiscoverMetrics {
    const NAME: &'static str = "discover_metrics";
    const TITLE: &'static str = "Discover metrics";
    const DESCRIPTION: &'static str = "Names, types, help texts and numbers of series of the metrics of a service or a source. \
        Use before query_metrics, when the name of a metric is not known.";
    const KIND: Kind = Kind::Read;
    const ROWS: Option<&'static str> = Some("metrics");
    type Arguments = Arguments;
    type Output = Found;

    async fn call(
        world: &World,
        caller: &Caller,
        arguments: Arguments,
        _call: &Call,
    ) -> Result<Answer<Found>, ToolError> {
        let place = place(
            world,
            caller,
            arguments.service.as_deref(),
            arguments.environment.as_deref(),
            arguments.source.as_deref(),
        )?;
        let end_ms = world.clock.now().as_millisecond();
        let scope: Vec<Selector> = place.scope().into_iter().collect();
        let names = place
            .prometheus
            .label_values("__name__", &scope, end_ms - BACK_MS, end_ms)
            .await;
        let names = names.map_err(|error| cost::unanswered(&error))?.value;
        let search = arguments.search.unwrap_or_default().to_lowercase();
        let words: Vec<&str> = search
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect();
        let has_all = |name: &&String| {
            let name = name.to_lowercase();
            words.iter().all(|word| name.contains(word))
        };
        let matching: Vec<&String> = names.iter().filter(has_all).collect();
        let near = if matching.is_empty() {
            near(&search, names.iter().map(String::as_str), NEAR)
                .into_iter()
                .map(Untrusted::label)
                .collect()
        } else {
            Vec::new()
        };
        let shown = &matching[..matching.len().min(MOST)];
        let metrics = described(&place, &scope, shown, end_ms).await?;
        let left_out = (matching.len() - shown.len()) as u64;
        let found = Found {
            source: place.name.clone(),
            matchers: place.service.clone(),
            metrics_found: matching.len(),
            metrics,
            near,
        };
        Ok(Answer::of(found).left_out(left_out))
    }
}

/// What each is, and how many series it has.
async fn described(
    place: &Place,
    scope: &[Selector],
    names: &[&String],
    end_ms: i64,
) -> Result<Vec<Metric>, ToolError> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let counts = counts(place, scope, names, end_ms).await?;
    // Not every server has it, and an answer is worth something without it.
    let known = place
        .prometheus
        .metadata(None)
        .await
        .map(|answer| answer.value)
        .unwrap_or_default();
    let metric = |name: &&String| {
        // Of a histogram, the family has the help text.
        let family = ["", "_bucket", "_count", "_sum", "_total"]
            .iter()
            .find_map(|end| known.get(name.strip_suffix(end)?));
        let said = family.and_then(|entries| entries.first());
        Metric {
            name: Untrusted::new(name, 200),
            r#type: said.map(|said| Untrusted::new(&said.kind, 20)),
            help: said
                .filter(|said| !said.help.is_empty())
                .map(|said| Untrusted::new(&said.help, 100)),
            series: counts.get(name.as_str()).copied().unwrap_or(0),
        }
    };
    Ok(names.iter().map(metric).collect())
}

async fn counts(
    place: &Place,
    scope: &[Selector],
    names: &[&String],
    end_ms: i64,
) -> Result<BTreeMap<String, u64>, ToolError> {
    let any: Vec<String> = names.iter().map(|name| regex_quoted(name)).collect();
    let all = Selector::from_str(&format!(
        "{{__name__=~{}}}",
        serde_json::Value::from(any.join("|"))
    ));
    let all = all.map_err(|error| {
        tracing::error!(%error, "names of metrics make no selector");
        ToolError::Failed
    })?;
    let selector = scope
        .iter()
        .flat_map(Selector::matchers)
        .fold(all, |selector, matcher| {
            selector.with(&matcher.label, matcher.op, &matcher.value)
        });
    let query = format!("count by (__name__) ({selector})");
    let answer = place.prometheus.instant(&query, end_ms).await;
    let QueryValue::Vector(vector) = answer.map_err(|error| cost::unanswered(&error))?.value else {
        return Ok(BTreeMap::new());
    };
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a count"
    )]
    let counted = vector
        .into_iter()
        .filter_map(|mut one| Some((one.labels.remove("__name__")?, one.sample?.1 as u64)));
    Ok(counted.collect())
}

/// The text as a pattern that matches it alone.
fn regex_quoted(text: &str) -> String {
    let special = |c: char| !(c.is_alphanumeric() || c == '_' || c == ':');
    text.chars().fold(String::new(), |mut quoted, c| {
        if special(c) {
            quoted.push('\\');
        }
        quoted.push(c);
        quoted
    })
}
