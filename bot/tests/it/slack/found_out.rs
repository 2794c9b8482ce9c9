//! From the finding to the report of the analyst, as a channel sees it.

use super::scenes::shown;
use super::workspace::{Kind, Said, Workspace};
use super::{begun, pausing};
use crate::commands::tawny;
use crate::git::Git;
use crate::model::{Answer, Double, KEY};
use crate::packages::SERVES;
use crate::reload::{journalled, write};
use crate::settings::{CY, Guarding};
use crate::suspected::page;
use crate::wait::until;
use crate::why::repository;
use crate::world::World;
use bot::scripted::play;
use reqwest::Method;
use serde_json::Value;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// What the ranking has to name.
pub(super) const GUILTY: &str = "Raise errors instead of answering them";

/// The section `agent` with these endpoints.
pub(super) fn agent(endpoints: &[String], more: &str) -> String {
    format!("agent: {{endpoints: [{}]{more}}}\n", endpoints.join(", "))
}

pub(super) fn endpoint(name: &str, double: &Double) -> String {
    let url = double.url();
    format!("{{name: {name}, url: \"{url}\", model: wise-1, key: {KEY}, timeout: 20s}}")
}

/// A world whose bad release pauses and whose code is known, told in a workspace in this language.
async fn analysed(repository: &Git, language: &str, agent: &str) -> (World, Workspace) {
    let guarding = Guarding {
        repo: Some(repository.path().to_owned()),
        ..pausing()
    };
    let world = World::of(&[("shop", 2)], &guarding).await;
    let slack = Workspace::start(world.at(18500), world.at(17700)).await;
    let settings = slack.settings();
    let settings = settings.replace("locale: en", &format!("locale: {language}"));
    let world = begun(world, &(settings + agent)).await;
    slack.take();
    (world, slack)
}

async fn hurts(world: &mut World) -> String {
    world.prometheus.spoil("v2");
    let package = world.put("shop", "v2", SERVES);
    world.deploy("shop", "v2", &package).await
}

/// Everything that was said, as it goes on.
pub(super) struct Heard<'w> {
    slack: &'w Workspace,
    pub(super) said: Vec<Said>,
}

impl<'w> Heard<'w> {
    pub(super) fn new(slack: &'w Workspace) -> Self {
        Self {
            slack,
            said: Vec::new(),
        }
    }

    /// Listens until somebody says what is wanted, and returns that.
    pub(super) async fn until(&mut self, what: &str, wanted: impl Fn(&Said) -> bool) -> Said {
        until(what, async || {
            self.said.extend(self.slack.take());
            self.said.iter().find(|said| wanted(said)).cloned()
        })
        .await
    }

    /// Everything that became of a message.
    fn of(&self, ts: &str) -> Vec<&Said> {
        self.said.iter().filter(|said| said.ts == ts).collect()
    }

    /// What was said in the thread: of a deployment that pauses nothing but its findings, the question, what was ranked
    /// and what the analyst says.
    pub(super) fn replies(&self) -> Vec<&Said> {
        let thread = [Kind::Reply, Kind::Broadcast];
        let told = self.said.iter();
        let told: Vec<&Said> = told.filter(|said| thread.contains(&said.kind)).collect();
        for said in &self.said {
            let public = !matches!(
                said.kind,
                Kind::Whisper(_) | Kind::Dialog(_) | Kind::Home(_)
            );
            assert!(public, "to one person alone: {said:#?}");
        }
        told
    }
}

/// Numbers and names that differ each time as what they are.
pub(super) fn masked(text: &str) -> String {
    let mut out = String::new();
    let mut run = String::new();
    for c in text.chars().chain(['\n']) {
        if c.is_ascii_alphanumeric() || "_.:,".contains(c) && !run.is_empty() {
            run.push(c);
            continue;
        }
        let word = run.trim_end_matches(['.', ':', ',', '_']);
        let hex = word.len() >= 7 && word.chars().all(|c| c.is_ascii_hexdigit());
        let id = ["ev_", "dep_"].into_iter().find(|id| word.starts_with(id));
        match id {
            _ if !word.contains(|c: char| c.is_ascii_digit()) => out.push_str(word),
            Some(id) => out.push_str(&format!("{id}…")),
            None if hex => out.push_str("COMMIT"),
            None if word.starts_with('v') => out.push_str(word),
            None => {
                let unit =
                    word.trim_start_matches(|c: char| c.is_ascii_digit() || ".:,TZ".contains(c));
                out.push('N');
                out.push_str(unit);
            }
        }
        out.push_str(&run[word.len()..]);
        run.clear();
        out.push(c);
    }
    out.trim_end().to_owned()
}

fn kept(name: &str, text: &str) {
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(name, text);
    });
}

pub(super) async fn report(world: &World, id: &str, more: &str) -> Value {
    let path = format!("deployments/{id}/root-cause?{more}");
    let (status, report) = world.server.call(CY, Method::GET, &path, None).await;
    assert_eq!(status, 200, "{report}");
    report
}

/// The report is on the page, as Markdown and as JSON, and says the same everywhere.
async fn is_everywhere(world: &World, id: &str, language: &str, words: &str) {
    let json = report(world, id, "").await;
    assert_eq!(json["schema"], "tawny.root_cause/1");
    assert_eq!(json["report"]["written_by"]["by"], "model", "{json:#}");
    assert_eq!(json["report"]["cut"], 0, "all of it is there: {json:#}");
    let commit = json["report"]["conclusion"]["id"].as_str().unwrap();
    let why = tawny(world, CY, &["--json", "why", id]).await;
    let ranked = why.document("tawny.why/1");
    assert_eq!(ranked["suspects"][0]["id"], commit);
    let markdown = report(world, id, &format!("format=markdown&lang={language}")).await;
    let markdown = markdown.as_str().unwrap();
    for part in [words, GUILTY, "app/errors.py", "wise-1"] {
        assert!(markdown.contains(part), "{part}: {markdown}");
    }
    let page = page(world, &format!("{id}/root-cause")).await;
    for part in [words, GUILTY, "app/errors.py", "wise-1"] {
        assert!(page.contains(part), "{part}: {page}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_model_looks_into_what_hurts_while_the_suspects_stand_and_its_report_takes_the_place_of_what_it_looked_at()
 {
    let gate = Arc::new(Semaphore::new(0));
    let held = Arc::clone(&gate);
    let double = Double::of(move |request, before| match before {
        // Until it was seen what stands in the thread meanwhile.
        0..=2 => Answer::Held(Arc::clone(&held), Box::new(play(request).into())),
        _ => play(request).into(),
    })
    .await;
    let repository = repository();
    let section = agent(&[endpoint("main", &double)], "");
    let (mut world, slack) = analysed(&repository, "en", &section).await;
    let id = hurts(&mut world).await;
    let mut heard = Heard::new(&slack);

    // Nobody waits for the model: it was not allowed to answer yet.
    let skeleton = heard
        .until("the suspects are told", |said| {
            said.kind == Kind::Reply && shown(said).contains(GUILTY)
        })
        .await;
    until("the model is asked", async || {
        (double.requests().len() == 1).then_some(())
    })
    .await;
    gate.add_permits(1);
    let looking = heard
        .until("it is told what is looked at", |said| {
            said.kind == Kind::Reply && said.text.contains("Looking into it")
        })
        .await;
    gate.add_permits(1);
    heard
        .until("something else is looked at", |said| {
            said.ts == looking.ts && said.kind == Kind::Edit
        })
        .await;
    gate.add_permits(1);
    let reported = |said: &Said| said.ts == looking.ts && shown(said).contains("wise-1");
    let told = heard.until("it is reported", reported).await;
    world.at_rest().await;
    heard.said.extend(slack.take());
    assert_eq!(double.refused(), Vec::<String>::new());

    // One message, edited until it was the report; the suspects stand above it as they stood.
    let history = heard.of(&looking.ts);
    assert_eq!(history.last(), Some(&&told), "{history:#?}");
    for said in &history[..history.len() - 1] {
        assert!(said.text.contains("Looking into it"), "{history:#?}");
    }
    let replies = heard.replies();
    let ones = replies.iter().filter(|said| said.text.contains("Looking"));
    assert_eq!(ones.count(), 1, "{replies:#?}");
    assert_eq!(heard.of(&skeleton.ts).len(), 1, "nothing became of it");
    let after = replies.iter().position(|said| said.ts == looking.ts);
    assert!(after > replies.iter().position(|said| said.ts == skeleton.ts));
    let blocks = Said {
        text: String::new(),
        ..told.clone()
    };
    let lines = shown(&blocks);
    let lines: Vec<&str> = lines.lines().skip(1).collect();
    assert!(lines.len() <= 12, "{lines:#?}");
    kept("found_out_en", &masked(&shown(&told)));
    kept("suspects_en", &masked(&shown(&skeleton)));
    is_everywhere(&world, &id, "en", "went from").await;

    // It decided nothing: people are asked as they were, and nobody was asked twice.
    let events = world.events(&id).await;
    let count = |name: &str| events.iter().filter(|event| *event == name).count();
    assert_eq!(count("root_cause_reported"), 1, "{events:?}");
    assert_eq!(count("approval_asked"), 1, "{events:?}");
    assert_eq!(count("request_made"), 0, "{events:?}");
    let view = world
        .view(&id, "paused", |view| view["status"] == "paused")
        .await;
    assert!(view["approval"].is_object(), "{view}");
    world.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_model_that_is_named_while_the_server_runs_is_asked_and_writes_in_the_language_of_the_channel()
 {
    let double = Double::of(|request, _| play(request).into()).await;
    let repository = repository();
    let (mut world, slack) = analysed(&repository, "zh-CN", "").await;
    let file = world.dir.path().join("main/tawny.yaml");
    let text = std::fs::read_to_string(file).unwrap();
    write(&world, &(text + &agent(&[endpoint("main", &double)], "")));
    until("it is applied", async || {
        (!journalled(&world).await.is_empty()).then_some(())
    })
    .await;
    let id = hurts(&mut world).await;
    let mut heard = Heard::new(&slack);
    let told = heard
        .until("it is reported", |said| shown(said).contains("wise-1"))
        .await;
    world.event(&id, "approval_asked").await;
    world.at_rest().await;
    heard.said.extend(slack.take());
    let replies = heard.replies();
    let skeleton = replies
        .iter()
        .find(|said| said.ts != told.ts && shown(said).contains(GUILTY));
    kept("suspects_zh-CN", &masked(&shown(skeleton.unwrap())));
    kept("found_out_zh-CN", &masked(&shown(&told)));
    is_everywhere(&world, &id, "zh-CN", "上线时").await;
    assert_eq!(double.refused(), Vec::<String>::new());
    world.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_one_model_hangs_and_the_other_is_overrun_the_suspects_stand_and_it_is_said() {
    let hangs = Double::of(|_, _| Answer::Hang).await;
    let busy = Double::of(|_, _| {
        let error = serde_json::json!({"message": "Rate limit reached", "type": "requests"});
        Answer::Status(429, vec![("retry-after", "1")], error)
    })
    .await;
    let repository = repository();
    let endpoints = [
        endpoint("first", &hangs).replace("20s", "1s"),
        endpoint("second", &busy),
    ];
    let section = agent(&endpoints, ", incident: {time: 30s}");
    let (mut world, slack) = analysed(&repository, "en", &section).await;
    let id = hurts(&mut world).await;
    let mut heard = Heard::new(&slack);
    let told = heard
        .until("it is said that nothing came of it", |said| {
            said.kind == Kind::Reply && said.text.contains("No word from the model")
        })
        .await;
    world.event(&id, "approval_asked").await;
    world.at_rest().await;
    heard.said.extend(slack.take());
    assert!(!hangs.requests().is_empty() && !busy.requests().is_empty());
    let replies = heard.replies();
    let skeleton = replies.iter().find(|said| shown(said).contains(GUILTY));
    let skeleton = skeleton.unwrap_or_else(|| panic!("{replies:#?}"));
    assert_eq!(heard.of(&skeleton.ts).len(), 1, "it stays as it was");
    assert_eq!(heard.of(&told.ts).len(), 1);
    let looked = replies.iter().filter(|said| said.text.contains("Looking"));
    assert_eq!(looked.count(), 0, "nobody looked at anything: {replies:#?}");
    let json = report(&world, &id, "").await;
    assert_eq!(json["report"]["written_by"]["by"], "rules", "{json:#}");
    assert_eq!(json["report"]["ended"]["ended"], "partial", "{json:#}");
    let markdown = report(&world, &id, "format=markdown").await;
    assert!(markdown.as_str().unwrap().contains(GUILTY), "{markdown}");
    world.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_the_channel_has_spent_its_day_no_model_is_asked_and_it_is_said_until_when() {
    let double = Double::of(|request, _| play(request).into()).await;
    let repository = repository();
    let section = agent(&[endpoint("main", &double)], ", channel: {tokens: 1000}");
    let (mut world, slack) = analysed(&repository, "en", &section).await;
    let id = hurts(&mut world).await;
    let mut heard = Heard::new(&slack);
    let told = heard
        .until("it is said that nothing came of it", |said| {
            said.kind == Kind::Reply && said.text.contains("No word from the model")
        })
        .await;
    for part in ["bound of this channel", "From "] {
        assert!(told.text.contains(part), "{part}: {}", told.text);
    }
    world.event(&id, "approval_asked").await;
    world.at_rest().await;
    heard.said.extend(slack.take());
    let replies = heard.replies();
    assert!(replies.iter().any(|said| shown(said).contains(GUILTY)));
    assert_eq!(double.requests().len(), 0, "nothing is spent");
    let json = report(&world, &id, "").await;
    assert_eq!(json["report"]["written_by"]["by"], "rules", "{json:#}");
    let over = &json["report"]["spent"]["over"];
    assert_eq!(over["bound"], "channel", "{json:#}");
    assert!(
        over["until"].as_str().unwrap().ends_with("T00:00:00Z"),
        "{over}"
    );
    world.server.stop().await;
}
