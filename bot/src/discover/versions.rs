//! Where a service's version is: a label of its targets, or of the series that exist to tell it.

use super::ask::Asker;
use sources::metrics::MetricsError;

/// Labels that carry a version, the surest first.
const LABELS: [&str; 9] = [
    "version",
    "app_version",
    "service_version",
    "app_kubernetes_io_version",
    "image_tag",
    "rollouts_pod_template_hash",
    "pod_template_hash",
    "revision",
    "commit",
];

/// Series whose version is that of a library, a runtime or an exporter's own.
const NOT_THE_SERVICES: &str = "go_info|python_info|nodejs_version_info|jvm_info|jvm_runtime_info|process_.*|promhttp_.*|\
     otel_scope_info|.*exporter_build_info|.*exporter_info|ruby_.*|php_info|dotnet_.*|go_build_info|node_uname_info|node_os_info";

/// The label and its values now; none where nothing carries a version.
pub(crate) async fn look(
    asker: &Asker,
    selector: &str,
    scraped: bool,
) -> Result<(Option<String>, Vec<String>), MetricsError> {
    // What is on the targets is on every series; what only one series tells comes second.
    let targets = scraped.then(|| format!("up{{{selector}}}"));
    let tellers = format!(
        "{{__name__=~\".*build_info|.*_info|target_info\",__name__!~\"{NOT_THE_SERVICES}\",{selector}}}"
    );
    for series in targets.into_iter().chain([tellers]) {
        let rows = asker
            .rows(&format!("count by ({}) ({series})", LABELS.join(",")))
            .await?;
        let carried = LABELS.into_iter().find(|label| {
            rows.iter()
                .any(|(labels, _)| labels.get(*label).is_some_and(|value| !value.is_empty()))
        });
        if let Some(label) = carried {
            let mut versions: Vec<String> = rows
                .iter()
                .filter_map(|(labels, _)| labels.get(label).cloned())
                .filter(|version| !version.is_empty())
                .collect();
            versions.sort();
            versions.dedup();
            return Ok((Some(label.to_owned()), versions));
        }
    }
    Ok((None, Vec::new()))
}
