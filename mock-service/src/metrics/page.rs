//! From OpenMetrics, which the library writes, to the classic text format.
//!
//! Both carry the same samples. The classic one is read by every tool, and
//! there a counter's type stands under the name its samples have.

use std::fmt::Write;

/// Rewrites the names in `HELP` and `TYPE` and leaves out the end mark.
pub(super) fn classic(openmetrics: &str) -> String {
    let mut page = String::with_capacity(openmetrics.len() + 256);
    let mut help = None;
    for line in openmetrics.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            // Held back: the name depends on the type, which comes next.
            help = rest.split_once(' ').map(|(_, text)| text);
        } else if let Some((name, kind)) = type_of(line) {
            let (suffix, kind) = match kind {
                "counter" => ("_total", "counter"),
                "info" => ("_info", "gauge"),
                same => ("", same),
            };
            if let Some(text) = help.take() {
                writeln!(page, "# HELP {name}{suffix} {text}").ok();
            }
            writeln!(page, "# TYPE {name}{suffix} {kind}").ok();
        } else if line != "# EOF" {
            page.push_str(line);
            page.push('\n');
        }
    }
    page
}

fn type_of(line: &str) -> Option<(&str, &str)> {
    line.strip_prefix("# TYPE ")?.split_once(' ')
}

#[cfg(test)]
mod tests {
    use super::classic;

    #[test]
    fn counters_and_infos_are_announced_under_the_names_of_their_samples() {
        let openmetrics = "# HELP a Requests served.\n# TYPE a counter\na_total{x=\"# EOF\"} 3\n\
             # HELP b Version.\n# TYPE b info\nb_info{version=\"1\"} 1\n\
             # HELP c_seconds Time.\n# TYPE c_seconds histogram\nc_seconds_sum 1.5\n# EOF\n";
        assert_eq!(
            classic(openmetrics),
            "# HELP a_total Requests served.\n# TYPE a_total counter\na_total{x=\"# EOF\"} 3\n\
             # HELP b_info Version.\n# TYPE b_info gauge\nb_info{version=\"1\"} 1\n\
             # HELP c_seconds Time.\n# TYPE c_seconds histogram\nc_seconds_sum 1.5\n"
        );
    }
}
