//! What a watch was fed is kept, and replayed it comes to the same statements at the same looks.

use crate::commands::tawny;
use crate::settings::ANN;
use crate::world::World;
use jiff::Timestamp;
use reqwest::Method;
use serde_json::Value;

/// What was said once: signal, scope, and at which look.
type Said = (String, String, usize);

/// The replay of a deployment's recording.
struct Replayed {
    /// When the watch looked, each time.
    looks: Vec<Timestamp>,
    lines: Vec<Value>,
    summary: Value,
    code: i32,
}

async fn replayed(world: &World, id: &str) -> Replayed {
    let config = world.dir.path().join("main/tawny.yaml");
    let file = world.dir.path().join(format!("{id}.jsonl"));
    let (config, file) = (config.to_str().unwrap(), file.to_str().unwrap());
    let arguments = [
        "record",
        "--config",
        config,
        "--deployment",
        id,
        "--out",
        file,
    ];
    let ended = tawny(world, ANN, &arguments).await;
    assert_eq!(ended.code, 0, "{}", ended.err);
    let ended = tawny(world, ANN, &["replay", "--episode", file]).await;
    let mut lines: Vec<Value> = ended
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let summary = lines.pop().unwrap();
    assert_eq!(summary["summary"], true);
    let recording = std::fs::read_to_string(file).unwrap();
    let steps = recording
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let looks = steps
        .filter(|step| step["judged"] == true && step["past"] != true)
        .map(|step| at(&step["now"]));
    Replayed {
        looks: looks.collect(),
        lines,
        summary,
        code: ended.code,
    }
}

fn at(seconds: &Value) -> Timestamp {
    let seconds = seconds.as_f64().unwrap();
    Timestamp::from_millisecond((seconds * 1000.0).round() as i64).unwrap()
}

impl Replayed {
    /// The look that was the last one at that moment.
    fn look(&self, at: Timestamp) -> usize {
        self.looks.partition_point(|look| *look <= at)
    }

    /// What it says, in order.
    fn said(&self) -> Vec<Said> {
        let said = |line: &Value| {
            let scope = line["scope"].as_str().unwrap().to_owned();
            let signal = line["signal"].as_str().unwrap().to_owned();
            (signal, scope, self.look(at(&line["t"])))
        };
        self.lines.iter().map(said).collect()
    }

    /// What was journalled of findings up to and including that event.
    async fn journalled(&self, world: &World, id: &str) -> Vec<Said> {
        let path = format!("deployments/{id}/timeline");
        let (_, lines) = world.server.call(ANN, Method::GET, &path, None).await;
        let findings = lines.as_array().unwrap().iter().filter(|line| {
            let event = line["event"].as_str().unwrap();
            ["finding_opened", "finding_worsened"].contains(&event)
        });
        let said = |line: &Value| {
            let finding = &line["details"]["finding"];
            let scope = match &finding["scope"] {
                Value::String(group) => group.clone(),
                instance => instance["instance"].as_str().unwrap().to_owned(),
            };
            let signal = finding["signal"].as_str().unwrap().to_owned();
            let when = line["at"].as_str().unwrap().parse().unwrap();
            (signal, scope, self.look(when))
        };
        findings.map(said).collect()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_recording_of_a_watch_replays_to_what_was_said_at_the_same_look() {
    let (mut world, bad) = World::that_rolled_back().await;
    let replayed_bad = replayed(&world, &bad).await;
    let journalled = replayed_bad.journalled(&world, &bad).await;
    assert!(!journalled.is_empty());
    // While a rollback is under way and its cure is looked for, what is seen is told to nobody.
    let mut said = replayed_bad.said();
    said.truncate(journalled.len());
    assert_eq!(said, journalled, "{:?}", replayed_bad.lines);
    assert_eq!(replayed_bad.summary["verdict"], "degraded");
    assert_eq!(replayed_bad.code, 1);
    let tiers = replayed_bad.lines.iter().map(|line| line["tier"].as_u64());
    assert_eq!(tiers.max(), Some(Some(3)));

    let good = world.bring_out("shop", "v3").await;
    let replayed_good = replayed(&world, &good).await;
    assert!(replayed_good.looks.len() > 4);
    assert_eq!(replayed_good.journalled(&world, &good).await, []);
    assert_eq!(replayed_good.said(), [], "{:?}", replayed_good.lines);
}
