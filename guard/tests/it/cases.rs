//! The product's own cases: which change did it, and which deployments are innocent.

use crate::house::{root, text};
use guard::suspects::{Case, Verdict, rank};
use serde_json::Value;

fn case(name: &str) -> Case {
    let read = |file: &str| text(&format!("tests/cases/{name}/{file}"));
    Case {
        deployment: serde_json::from_str(&read("case.json")).unwrap(),
        changes: read("changes.jsonl")
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect(),
        symptoms: serde_json::from_str(&read("symptoms.json")).unwrap(),
        context: serde_json::from_str(&read("context.json")).unwrap(),
    }
}

#[test]
fn of_the_made_cases_the_guilty_come_first_and_the_innocent_are_acquitted() {
    assert!(root().join("tests/cases").is_dir());
    let (mut guilty, mut first, mut third) = (0, 0, 0);
    for label in text("tests/cases/labels.jsonl").lines() {
        let label: Value = serde_json::from_str(label).unwrap();
        let name = label["case"].as_str().unwrap();
        let culprit = label["culprit"].as_str().unwrap();
        let case = case(name);
        let ranking = rank(&case);
        assert_eq!(ranking.order.len(), case.changes.len(), "{name}");
        if culprit == "none" {
            assert_eq!(ranking.verdict, Verdict::NotThisDeployment, "{name}");
            continue;
        }
        assert_ne!(ranking.verdict, Verdict::NotThisDeployment, "{name}");
        let place = ranking.order.iter().position(|id| id == culprit).unwrap();
        guilty += 1;
        first += u32::from(place == 0);
        third += u32::from(place < 3);
    }
    assert!(guilty >= 40, "{guilty}");
    assert!(first * 100 >= guilty * 80, "{first} of {guilty}");
    assert!(third * 100 >= guilty * 90, "{third} of {guilty}");
}
