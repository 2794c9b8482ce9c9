//! What is told of why it hurts, for each scenario of the demo: in the thread, on the page and as Markdown, with the played
//! model and without one, in both languages. A demo left the events and the evidence behind (`scripts/scenarios.py`); the
//! channel, the analyst with its tools, the check of what it writes and the page are the real ones.

use super::found_out::masked;
use super::investigated::{Scene, in_thread};
use super::player::{Recording, recording};

/// What has to be told.
enum Told {
    /// That the planted commit did it.
    Guilty,
    /// That it was not this deployment.
    Innocent,
    /// Nothing: nothing hurts.
    Nothing,
}

const SCENARIOS: [(&str, Told); 10] = [
    ("error-spike", Told::Guilty),
    ("latency", Told::Guilty),
    ("memory-leak", Told::Guilty),
    ("pool-leak", Told::Guilty),
    ("cpu", Told::Guilty),
    ("crash", Told::Guilty),
    ("dependency", Told::Innocent),
    ("traffic-step", Told::Innocent),
    ("healthy", Told::Nothing),
    ("quiet", Told::Nothing),
];

async fn explained(model: bool, locale: &'static str) {
    for (name, wanted) in &SCENARIOS {
        let recording = recording(name);
        let mut scene = Scene::new(&recording, locale, model).await;
        let said = scene.play(&recording.moments).await;
        let thread = in_thread(&said);
        let read = scene.read().await;
        if matches!(wanted, Told::Nothing) {
            assert_eq!((thread.as_str(), read), ("", None), "{name}");
            continue;
        }
        let (page, markdown) = read.unwrap();
        for part in [&thread, &page, &markdown] {
            is_right(&scene, &recording, wanted, locale, part);
        }
        let (author, words) = match (model, locale) {
            (true, _) => ("model", "wise-1"),
            (false, "en") => ("rules", "Written by rules"),
            (false, _) => ("rules", "由规则根据记录写成"),
        };
        assert!(
            page.contains(words) && markdown.contains(words),
            "{name}: {page}"
        );
        let whole = format!("{thread}\n=== the page\n{page}\n\n=== as Markdown\n{markdown}");
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(format!("explained_{name}_{author}_{locale}"), unpriced(&whole));
        });
    }
}

/// The planted commit is named before any other, or none is blamed.
fn is_right(scene: &Scene, recording: &Recording, wanted: &Told, locale: &str, part: &str) {
    let name = &recording.name;
    match wanted {
        Told::Guilty => {
            let guilty = scene.guilty.as_ref().unwrap();
            let title = recording.title(guilty);
            assert!(part.contains(&title), "{name}: {title}: {part}");
            let at = |id: &String| part.find(&id[..10]);
            let others = recording.suspects();
            let others = others.iter().filter(|id| *id != guilty);
            let other = others.filter_map(at).min();
            let first = at(guilty).unwrap();
            assert!(other.is_none_or(|other| first < other), "{name}: {part}");
        }
        Told::Innocent | Told::Nothing => {
            assert_eq!(scene.guilty, None, "{name}");
            let acquits = match locale {
                "en" => "not this deployment",
                _ => "不是本次部署",
            };
            assert!(part.contains(acquits), "{name}: {part}");
        }
    }
}

/// What it cost, without what differs from one machine to the next.
fn unpriced(text: &str) -> String {
    let line = |line: &str| match line.contains("token") {
        // A quick machine says it in another unit.
        true => masked(line)
            .replace("N ms", "N s")
            .replace("N 毫秒", "N 秒"),
        false => line.to_owned(),
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_scenario_of_the_demo_ends_with_the_report_of_the_played_model_in_english() {
    explained(true, "en").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_scenario_of_the_demo_ends_with_the_report_of_the_played_model_in_chinese() {
    explained(true, "zh-CN").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_scenario_of_the_demo_ends_with_the_report_of_the_rules_without_a_model_in_english() {
    explained(false, "en").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_scenario_of_the_demo_ends_with_the_report_of_the_rules_without_a_model_in_chinese() {
    explained(false, "zh-CN").await;
}
