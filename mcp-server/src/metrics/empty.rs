//! Of a query without a result: which of its conditions nothing meets, and what was probably meant.

use super::cost::{Cost, counted};
use super::near::near;
use super::place::Place;
use crate::answer::Untrusted;
use crate::error::ToolError;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use sources::metrics::{Matcher, Selector};
use std::str::FromStr;

/// Names that are suggested.
const MOST: usize = 5;
/// How far back a name may have been in use.
const BACK_MS: i64 = 3_600_000;

/// Why there is nothing.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Empty {
    why: String,
    /// Names that resemble what was asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-untrusted" = "names and label values, as exporters gave them"))]
    near: Vec<Untrusted>,
}

/// Looks for the first thing that a query asks for and nobody has.
pub(crate) async fn empty(place: &Place, cost: &Cost, end: Timestamp) -> Result<Empty, ToolError> {
    let Some((missing, _)) = cost.touched.iter().find(|(_, series)| *series == 0) else {
        return Ok(Empty {
            why: "its selectors have series, but what is done with them leaves nothing: look at comparisons, `on` and `by`, and whether a range in [] holds at least two samples".to_owned(),
            near: Vec::new(),
        });
    };
    let end_ms = end.as_millisecond();
    // A selector that only the parser of queries can read is told without suggestions.
    let Ok(selector) = Selector::from_str(&missing.selector) else {
        return Ok(nothing(&missing.selector));
    };
    if let Some(metric) = &missing.metric {
        // Of a service alone, so that nobody learns names of others by guessing.
        let scope: Vec<Selector> = place.scope().into_iter().collect();
        let names = place
            .prometheus
            .label_values("__name__", &scope, end_ms - BACK_MS, end_ms)
            .await;
        let names = names
            .map_err(|error| super::cost::unanswered(&error))?
            .value;
        if !names.iter().any(|name| name == metric) {
            let alike = near(metric, names.iter().map(String::as_str), MOST);
            return Ok(Empty {
                why: format!(
                    "there is no metric `{metric}` in the last hour: discover_metrics finds those that there are"
                ),
                near: alike.into_iter().map(Untrusted::label).collect(),
            });
        }
        return culprit(place, metric, &selector, end).await;
    }
    Ok(nothing(&missing.selector))
}

fn nothing(selector: &str) -> Empty {
    Empty {
        why: format!("`{selector}` has no series at the end of the window"),
        near: Vec::new(),
    }
}

/// The matcher that nothing meets, with values that the label does have.
async fn culprit(
    place: &Place,
    metric: &str,
    selector: &Selector,
    end: Timestamp,
) -> Result<Empty, ToolError> {
    let own = |matcher: &&Matcher| matcher.label != "__name__" && !is_of_service(place, matcher);
    for matcher in selector.matchers().iter().filter(own) {
        let base = service_selector(place, metric);
        let alone = base
            .clone()
            .with(&matcher.label, matcher.op, &matcher.value);
        if counted(place, &alone.to_string(), end).await? > 0 {
            continue;
        }
        let end_ms = end.as_millisecond();
        let values = place
            .prometheus
            .label_values(&matcher.label, &[base], end_ms - BACK_MS, end_ms)
            .await;
        let values = values
            .map_err(|error| super::cost::unanswered(&error))?
            .value;
        let alike = near(&matcher.value, values.iter().map(String::as_str), MOST);
        let shown = if alike.is_empty() {
            values.iter().map(String::as_str).take(MOST).collect()
        } else {
            alike
        };
        return Ok(Empty {
            why: format!(
                "`{metric}` exists, but no series of it has {matcher}; {} values of `{}` are in use",
                values.len(),
                matcher.label
            ),
            near: shown.into_iter().map(Untrusted::label).collect(),
        });
    }
    Ok(Empty {
        why: format!(
            "`{metric}` was there within the last hour, but has no series with all of these labels at the end of the window"
        ),
        near: Vec::new(),
    })
}

fn service_selector(place: &Place, metric: &str) -> Selector {
    let base = Selector::metric(metric);
    let service = place.scope();
    service
        .iter()
        .flat_map(Selector::matchers)
        .fold(base, |selector, matcher| {
            selector.with(&matcher.label, matcher.op, &matcher.value)
        })
}

fn is_of_service(place: &Place, matcher: &Matcher) -> bool {
    place
        .scope()
        .is_some_and(|service| service.matchers().contains(matcher))
}
