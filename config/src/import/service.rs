//! Services with their validated metrics.

use super::Notes;
use super::recognise::{self, Form};
use crate::text::Matchers;
use crate::yaml::Node;
use guard::ids::{ServiceName, SignalKey};

/// A service, as it will be written.
pub(super) struct Converted {
    pub(super) name: ServiceName,
    pub(super) selector: String,
    pub(super) signals: Vec<ConvertedSignal>,
}

/// A signal, as it will be written: fields in their order.
pub(super) struct ConvertedSignal(pub(super) Vec<(&'static str, String)>);

impl ConvertedSignal {
    fn key(&self) -> &str {
        self.0.first().map_or("", |(_, key)| key)
    }
}

/// Converts one of `post_deployment_validation.services`.
pub(super) fn convert(node: &Node, notes: &mut Notes) -> Option<Converted> {
    let name = node.get("name").and_then(Node::text).unwrap_or_default();
    let name = match ServiceName::new(name) {
        Ok(name) => name,
        Err(bad) => {
            notes.add(node.at, "services", format!("not taken: {bad}"));
            return None;
        }
    };
    notes.unused(node, name.as_str(), &["name", "metrics", "health_check"]);
    let metrics = node.get("metrics").map(Node::items).unwrap_or_default();
    let shared = shared(metrics);
    let selector = match &shared {
        Some(shared) => shared.to_string(),
        None => {
            let guess = format!("job=\"{name}\"");
            notes.add(
                node.at,
                name.as_str(),
                format!("its queries share no label: `{guess}` is a guess to be corrected"),
            );
            guess
        }
    };
    let mut signals: Vec<ConvertedSignal> = Vec::new();
    let converted = metrics
        .iter()
        .filter_map(|metric| signal(metric, &name, shared.as_ref(), notes));
    let mut converted: Vec<ConvertedSignal> = converted.collect();
    if let Some(health) = node.get("health_check") {
        converted.extend(super::health::checks(health, &name, notes));
    }
    for signal in converted {
        if signals.iter().any(|known| known.key() == signal.key()) {
            let subject = format!("{name}.{}", signal.key());
            notes.add(node.at, subject, "not taken: another signal has this key");
        } else {
            signals.push(signal);
        }
    }
    notes.add(
        node.at,
        name.as_str(),
        "`platform: observed`: tawny watches and speaks; give it a platform to have it pause and roll back",
    );
    Some(Converted {
        name,
        selector,
        signals,
    })
}

/// The matchers that all selectors of all queries have in common; none when there are none.
fn shared(metrics: &[Node]) -> Option<Matchers> {
    let mut all = metrics
        .iter()
        .filter_map(|metric| metric.get("query").and_then(Node::text))
        .flat_map(recognise::matchers_in);
    let mut shared = all.next()?;
    for other in all {
        shared = shared.both(&other);
    }
    (!shared.is_empty()).then_some(shared)
}

fn signal(
    node: &Node,
    service: &ServiceName,
    shared: Option<&Matchers>,
    notes: &mut Notes,
) -> Option<ConvertedSignal> {
    let text = |field: &str| node.get(field).and_then(Node::text);
    let name = text("name").unwrap_or_default();
    let subject = format!("{service}.{name}");
    let (Ok(key), Some(query)) = (SignalKey::new(name.replace('_', "-")), text("query")) else {
        notes.add(
            node.at,
            subject,
            "not taken: it needs a `name` and a `query`",
        );
        return None;
    };
    notes.unused(
        node,
        &subject,
        &[
            "name",
            "query",
            "threshold",
            "max_value",
            "duration",
            "action_on_failure",
        ],
    );
    let minimum = text("threshold");
    let limit = minimum.or(text("max_value"));
    let downward = minimum.is_some();
    let own = |matchers: &Matchers| match shared {
        Some(shared) => matchers.without(shared),
        None => matchers.clone(),
    };
    let mut fields = vec![("key", quoted(key.as_str()))];
    let how = match recognise::form(query) {
        Form::Availability { selector } if downward => {
            let selector = selector.narrowed_to(own(selector.matchers()));
            fields.push(("kind", "availability".to_owned()));
            fields.push(("selector", quoted(&selector.to_string())));
            "availability: every scrape of every instance counts"
        }
        Form::Histogram {
            metric,
            matchers,
            quantile,
        } if !downward => {
            let matchers = own(&matchers);
            fields.push(("kind", "histogram".to_owned()));
            fields.push(("metric", quoted(&metric)));
            if !matchers.is_empty() {
                fields.push(("matchers", quoted(&matchers.to_string())));
            }
            fields.push(("quantile", quantile.to_string()));
            "histogram: judged as a whole on its raw buckets, the limit at this quantile"
        }
        Form::Ratio { bad, total } if !downward => {
            let narrow = |selector: &crate::text::SeriesSelector| {
                selector.narrowed_to(own(selector.matchers())).to_string()
            };
            fields.push(("kind", "ratio".to_owned()));
            fields.push(("bad", quoted(&narrow(&bad))));
            fields.push(("total", quoted(&narrow(&total))));
            "ratio: judged on its raw counters"
        }
        _ => {
            fields.push(("kind", "promql".to_owned()));
            fields.push(("query", quoted(query)));
            if downward {
                fields.push(("direction", "down".to_owned()));
            }
            "promql: an expression, judged as a gauge: weaker and slower; keep the instance label in it to have \
             instances compared"
        }
    };
    let limit_said = match limit {
        Some(limit) if limit.parse::<f64>().is_ok_and(f64::is_finite) => {
            fields.push(("hard_limit", limit.to_owned()));
            let side = if downward { "below" } else { "above" };
            format!("hard limit {side} {limit}")
        }
        _ => "no limit, so only a change against what is normal counts".to_owned(),
    };
    let answer = match text("action_on_failure") {
        Some("rollback") => {
            fields.push(("action_on_failure", "rollback".to_owned()));
            "may roll back"
        }
        Some("alert" | "warn" | "notify") => {
            fields.push(("action_on_failure", "warn".to_owned()));
            "warns only"
        }
        Some("pause") => {
            fields.push(("action_on_failure", "pause".to_owned()));
            "pauses at most"
        }
        _ => "answered by the tier policy",
    };
    let window = match text("duration") {
        Some(_) => "; `duration` is not used, since the window is chosen by the evidence",
        None => "",
    };
    notes.add(
        node.at,
        subject,
        format!("{how}; {limit_said}; {answer}{window}"),
    );
    Some(ConvertedSignal(fields))
}

/// A JSON string is a YAML string, whatever is in it.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::String(text.to_owned()).to_string()
}
