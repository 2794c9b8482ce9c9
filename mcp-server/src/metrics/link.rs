//! Where people see the same as the tool.

use jiff::Timestamp;
use std::time::Duration;
use url::Url;

/// The query in Prometheus' own page.
pub(crate) fn link(
    base: &str,
    query: &str,
    end: Timestamp,
    window: Option<Duration>,
) -> Option<String> {
    let mut url = Url::parse(base).ok()?;
    url.path_segments_mut().ok()?.pop_if_empty().push("graph");
    {
        let mut pairs = url.query_pairs_mut();
        pairs.append_pair("g0.expr", query);
        let moment = end.strftime("%Y-%m-%d %H:%M:%S").to_string();
        match window {
            Some(window) => pairs
                .append_pair("g0.tab", "0")
                .append_pair("g0.range_input", &format!("{}s", window.as_secs().max(1)))
                .append_pair("g0.end_input", &moment),
            None => pairs
                .append_pair("g0.tab", "1")
                .append_pair("g0.moment_input", &moment),
        };
    }
    // Of a very long query it would cost more than it is worth.
    Some(url.to_string()).filter(|link| link.len() <= 600)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_linked_below_the_prefix_and_quoted() {
        let end: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
        let range = link(
            "http://host/prom",
            "rate(a{b=\"c&d\"}[1m])",
            end,
            Some(Duration::from_secs(900)),
        );
        assert_eq!(
            range.unwrap(),
            "http://host/prom/graph?g0.expr=rate%28a%7Bb%3D%22c%26d%22%7D%5B1m%5D%29&g0.tab=0&g0.range_input=900s&g0.end_input=2026-11-22+10%3A00%3A00"
        );
        let moment = link("http://host:9090", "up", end, None).unwrap();
        assert!(
            moment.ends_with("g0.tab=1&g0.moment_input=2026-11-22+10%3A00%3A00"),
            "{moment}"
        );
        assert_eq!(link("http://host", &"x".repeat(3_000), end, None), None);
    }
}
