//! The page in the form that was asked for.

use std::fmt::Write;

/// The classic text format, which every tool reads.
pub(super) const CLASSIC: &str = "text/plain; version=0.0.4; charset=utf-8";
/// What newer collectors ask for.
pub(super) const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Whether an `Accept` header prefers OpenMetrics: a collector that names it, names it first.
pub(super) fn wants_open_metrics(accept: Option<&str>) -> bool {
    accept.is_some_and(|accept| {
        let mut types = accept
            .split(',')
            .map(|one| one.split(';').next().unwrap_or_default().trim());
        types.any(|media| media == "application/openmetrics-text")
    })
}

/// From OpenMetrics to the classic form: there a counter's type stands under the name of its samples.
pub(super) fn classic(open_metrics: &str) -> String {
    let mut page = String::with_capacity(open_metrics.len() + 1024);
    let mut help = None;
    for line in open_metrics.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            // Its name depends on the type, which comes next.
            help = rest.split_once(' ').map(|(_, text)| text);
            continue;
        }
        let kind = line
            .strip_prefix("# TYPE ")
            .and_then(|rest| rest.split_once(' '));
        if let Some((name, kind)) = kind {
            let (suffix, kind) = match kind {
                "counter" => ("_total", "counter"),
                "info" => ("_info", "gauge"),
                same => ("", same),
            };
            // Writing to a string cannot fail.
            if let Some(text) = help.take() {
                let _ = writeln!(page, "# HELP {name}{suffix} {text}");
            }
            let _ = writeln!(page, "# TYPE {name}{suffix} {kind}");
        } else if !line.starts_with("# ") {
            page.push_str(line);
            page.push('\n');
        }
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_collector_that_names_open_metrics_gets_it() {
        let prometheus =
            "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
        assert!(wants_open_metrics(Some(prometheus)));
        for other in [
            None,
            Some("*/*"),
            Some("text/plain"),
            Some("text/html,*/*;q=0.8"),
        ] {
            assert!(!wants_open_metrics(other), "{other:?}");
        }
    }

    #[test]
    fn counters_and_infos_stand_under_the_names_of_their_samples() {
        let open = "# HELP a Things.\n# TYPE a counter\na_total{x=\"# EOF\"} 3\n# HELP b Version.\n# TYPE b info\n\
             b_info{v=\"1\"} 1\n# TYPE c gauge\n# UNIT c seconds\nc 1\n# EOF\n";
        assert_eq!(
            classic(open),
            "# HELP a_total Things.\n# TYPE a_total counter\na_total{x=\"# EOF\"} 3\n# HELP b_info Version.\n\
             # TYPE b_info gauge\nb_info{v=\"1\"} 1\n# TYPE c gauge\nc 1\n"
        );
    }
}
