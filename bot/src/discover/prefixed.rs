//! Metrics of the usual form under a service's own name: `shop_http_requests_total`. No preset can know them;
//! they become signals that are written out.

use super::ask::Asker;
use sources::metrics::MetricsError;
use std::collections::{BTreeMap, BTreeSet};

/// Ends of names of a counter of requests, the surest first.
const COUNTERS: [&str; 4] = [
    "_http_requests_total",
    "_http_request_total",
    "_requests_total",
    "_request_count_total",
];
/// Ends of names of a histogram of durations, with by what they are multiplied to be seconds.
const HISTOGRAMS: [(&str, f64); 6] = [
    ("_http_request_duration_seconds_bucket", 1.0),
    ("_http_requests_duration_seconds_bucket", 1.0),
    ("_request_duration_seconds_bucket", 1.0),
    ("_request_latency_seconds_bucket", 1.0),
    ("_request_duration_milliseconds_bucket", 0.001),
    ("_request_duration_ms_bucket", 0.001),
];
/// Labels in which a status may be.
const STATUS: [&str; 6] = [
    "code",
    "status",
    "status_code",
    "http_status",
    "response_code",
    "statusCode",
];
/// What libraries count of themselves.
const LIBRARIES: &str = "promhttp_.*|prometheus_.*|grpc_.*|go_.*|process_.*|rest_client_.*";

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Prefixed {
    /// The counter of requests, with the label that holds the status where there is one.
    pub(crate) requests: Option<(String, Option<String>)>,
    /// The histogram without `_bucket`, and by what it is multiplied to be seconds.
    pub(crate) duration: Option<(String, f64)>,
}

/// Looks for the names.
pub(crate) async fn look(asker: &Asker, selector: &str) -> Result<Option<Prefixed>, MetricsError> {
    let ends: Vec<&str> = COUNTERS
        .into_iter()
        .chain(HISTOGRAMS.iter().map(|(end, _)| *end))
        .collect();
    let query = format!(
        "count by (__name__,{}) ({{__name__=~\".+({})\",__name__!~\"{LIBRARIES}\",{selector}}})",
        STATUS.join(","),
        ends.join("|"),
    );
    let mut there: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (labels, _) in asker.rows(&query).await? {
        let Some(name) = labels.get("__name__") else {
            continue;
        };
        let own = there.entry(name.clone()).or_default();
        own.extend(labels.keys().filter(|label| *label != "__name__").cloned());
    }
    Ok(choose(&there))
}

/// The surest of each; of equals the first by name.
fn choose(there: &BTreeMap<String, BTreeSet<String>>) -> Option<Prefixed> {
    let counter = COUNTERS
        .iter()
        .find_map(|end| there.iter().find(|(name, _)| name.ends_with(end)));
    let requests = counter.map(|(name, labels)| {
        let status = STATUS.iter().find(|label| labels.contains(**label));
        (name.clone(), status.map(|label| (*label).to_owned()))
    });
    let duration = HISTOGRAMS.iter().find_map(|(end, scale)| {
        let name = there.keys().find(|name| name.ends_with(end))?;
        Some((name.strip_suffix("_bucket")?.to_owned(), *scale))
    });
    (requests.is_some() || duration.is_some()).then_some(Prefixed { requests, duration })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn there(names: &[(&str, &[&str])]) -> BTreeMap<String, BTreeSet<String>> {
        let set = |labels: &[&str]| labels.iter().map(|label| (*label).to_owned()).collect();
        names
            .iter()
            .map(|(name, labels)| ((*name).to_owned(), set(labels)))
            .collect()
    }

    #[test]
    fn a_counter_and_a_histogram_under_the_services_own_name_are_found_with_their_status_and_unit()
    {
        let found = choose(&there(&[
            ("shop_http_requests_total", &["status"]),
            ("shop_http_request_duration_ms_bucket", &[]),
            ("shop_cache_requests_total", &[]),
        ]));
        assert_eq!(
            found,
            Some(Prefixed {
                requests: Some((
                    "shop_http_requests_total".to_owned(),
                    Some("status".to_owned())
                )),
                duration: Some(("shop_http_request_duration_ms".to_owned(), 0.001)),
            })
        );
        assert_eq!(choose(&there(&[("shop_orders", &[])])), None);
    }
}
