//! What `tawny init` says.

use super::found::Found;
use crate::cli::output;
use crate::cli::signals_table;
use crate::discover::Candidate;
use serde_json::{Value, json};

/// The document.
pub(super) fn document(found: &Found) -> Value {
    let services: Vec<Value> = found
        .services
        .iter()
        .map(|(candidate, interval)| {
            let examined = found
                .examined
                .iter()
                .find(|examined| examined.service == candidate.name.as_str());
            json!({
                "name": candidate.name,
                "selector": candidate.selector,
                "instance_label": candidate.instance_label,
                "instances": candidate.instances,
                "up": candidate.up,
                "version_label": candidate.version_label,
                "versions": candidate.versions,
                "presets": presets(candidate),
                "interval_s": interval.as_secs_f64(),
                "past_s": examined.and_then(|examined| examined.past_s),
                "signals": examined.map(|examined| &examined.signals),
                "absent": examined.map(|examined| &examined.absent),
                "error": examined.and_then(|examined| examined.error.as_ref()),
            })
        })
        .collect();
    json!({
        "config": found.config,
        "token_file": found.token_file,
        "prometheus": { "url": found.url, "version": found.server.version },
        "services": services,
    })
}

fn presets(candidate: &Candidate) -> Vec<&'static str> {
    let mut presets: Vec<&str> = candidate
        .presets
        .iter()
        .map(|fitting| fitting.preset.as_str())
        .collect();
    if candidate.prefixed.is_some() {
        presets.push("written out");
    }
    presets
}

/// The same for people.
pub(super) fn print(found: &Found) {
    for (candidate, interval) in &found.services {
        let examined = found
            .examined
            .iter()
            .find(|examined| examined.service == candidate.name.as_str());
        let versions = match &candidate.version_label {
            Some(label) => format!("version {} ({label})", candidate.versions.join(", ")),
            None => "no label tells its version".to_owned(),
        };
        output::line(&format!(
            "{}: {} instances, a sample every {}, {versions}; presets: {}",
            candidate.name,
            candidate.instances.len(),
            humantime::format_duration(*interval),
            presets(candidate).join(", ")
        ));
        if let Some(examined) = examined {
            signals_table::print(examined);
        }
        output::line("");
    }
    let config = found.config.display();
    output::line(&format!(
        "Written: {config} and {} (your token; keep it to yourself)\n\n\
         Next:\n  tawny check-config {config}\n  tawny serve --config {config}\n\
         and, when you deploy, from another terminal:\n  export TAWNY_TOKEN=$(cat {})\n  tawny deploy {} NEW_VERSION --wait",
        found.token_file.display(),
        found.token_file.display(),
        found
            .services
            .first()
            .map_or("SERVICE", |(candidate, _)| candidate.name.as_str()),
    ));
}
