//! Stored episodes, and what has to be said of them: `bench/detection/regressions`.

use super::{Seen, follow};
use flate2::read::GzDecoder;
use guard::detect::tier_of;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

/// What has to be said of an episode.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    /// Where it is from, and what it guards against.
    why: String,
    /// The last word.
    verdict: String,
    /// Each signal of which anything is said; of no other may anything be.
    said: BTreeMap<String, Said>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    /// The highest tier.
    tier: u8,
    /// The first scope: `group`, or an instance.
    scope: String,
    /// Between which seconds after the deployment it is said first.
    first_s: (f64, f64),
}

/// What was said of a signal.
#[derive(Debug)]
struct Found {
    tier: u8,
    scope: String,
    first_s: f64,
}

fn replayed(episode: &Path) -> (String, BTreeMap<String, Found>) {
    let input = BufReader::new(GzDecoder::new(File::open(episode).unwrap()));
    let mut found: BTreeMap<String, Found> = BTreeMap::new();
    let mut deploy_at = 0.0;
    let summary = follow(input, None, |seen| {
        match seen {
            Seen::Began(_, watch) => deploy_at = watch.deploy_at,
            Seen::Said(statement, comparison) => {
                let tier = tier_of(statement, comparison);
                let said = found.entry(statement.signal.clone());
                let said = said.or_insert_with(|| Found {
                    tier,
                    scope: statement.scope.name().to_owned(),
                    first_s: statement.t - deploy_at,
                });
                said.tier = said.tier.max(tier);
            }
            _ => {}
        }
        Ok(())
    });
    let summary = summary.unwrap_or_else(|error| panic!("{}: {error}", episode.display()));
    (summary.verdict.word().to_owned(), found)
}

/// What differs from what is expected, in words.
fn differences(expected: &Expected, verdict: &str, found: &BTreeMap<String, Found>) -> Vec<String> {
    let mut wrong = Vec::new();
    if verdict != expected.verdict {
        wrong.push(format!(
            "{verdict} in the end, expected {}",
            expected.verdict
        ));
    }
    for (signal, said) in &expected.said {
        match found.get(signal) {
            Some(found)
                if found.tier == said.tier
                    && found.scope == said.scope
                    && (said.first_s.0..=said.first_s.1).contains(&found.first_s) => {}
            other => wrong.push(format!("of {signal} {other:?}, expected {said:?}")),
        }
    }
    for (signal, found) in found {
        if !expected.said.contains_key(signal) {
            wrong.push(format!("of {signal} {found:?}, expected nothing"));
        }
    }
    wrong
}

#[test]
fn every_stored_episode_is_judged_as_it_has_to_be() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../bench/detection/regressions");
    let mut episodes: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "gz"))
        .collect();
    episodes.sort();
    assert!(episodes.len() >= 10, "{}", folder.display());
    let mut wrong = Vec::new();
    for episode in &episodes {
        let name = episode.file_name().unwrap().to_string_lossy();
        let name = name.trim_end_matches(".jsonl.gz");
        let beside = folder.join(format!("{name}.expected.json"));
        let text = std::fs::read_to_string(&beside)
            .unwrap_or_else(|error| panic!("{}: {error}", beside.display()));
        let expected: Expected =
            serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", beside.display()));
        assert!(!expected.why.is_empty(), "{name}: say why it is kept");
        let (verdict, found) = replayed(episode);
        let differences = differences(&expected, &verdict, &found);
        wrong.extend(differences.iter().map(|wrong| format!("{name}: {wrong}")));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
