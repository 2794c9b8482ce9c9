//! What the model of `guard::suspects` sees of every change, as JSON lines: `suspect_features FOLDER > features.jsonl`.
//! `bench/suspects/fit.py` fits the weights to it.

#![allow(clippy::print_stdout, clippy::unwrap_used)] // a tool for those who fit the model

use guard::suspects::{Case, features};
use std::path::Path;

fn main() {
    let folder = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "tests/cases".to_owned());
    let mut cases: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    cases.sort();
    for path in cases.iter().filter(|path| path.join("case.json").exists()) {
        let case = read(path);
        let ids: Vec<&str> = case
            .changes
            .iter()
            .map(|change| change.id.as_str())
            .collect();
        let line = serde_json::json!({
            "case": case.deployment.id,
            "group": case.deployment.repo,
            "changes": ids,
            "features": features(&case),
        });
        println!("{line}");
    }
}

fn read(folder: &Path) -> Case {
    let text =
        |name: &str| std::fs::read_to_string(folder.join(name)).unwrap_or_else(|_| "{}".to_owned());
    Case {
        deployment: serde_json::from_str(&text("case.json")).unwrap(),
        changes: text("changes.jsonl")
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect(),
        symptoms: serde_json::from_str(&text("symptoms.json")).unwrap(),
        context: serde_json::from_str(&text("context.json")).unwrap(),
    }
}
