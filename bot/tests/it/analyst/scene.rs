//! A deployment that hurts, an analyst, and what a competent model says.

use crate::model::{Answer, Double, KEY};
use crate::stage::Stage;
use crate::story;
use bot::agent::{Agent, AgentMeters, Investigation, Looking, Models, Question};
use config::{Live, Lookup, Settings};
use engine::clock::Clock;
use guard::cause::Cause;
use guard::event::Recorded;
use guard::input::Happened;
use guard::redact::redact;
use messages::Locale;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, Mutex};

/// The guilty one, and one that only came with it.
pub(crate) const GUILTY: &str = "3f2a9c1b7d3f2a9c1b7d3f2a9c1b7d3f2a9c1b7d";
pub(crate) const INNOCENT: &str = "9d8e7f6a5b9d8e7f6a5b9d8e7f6a5b9d8e7f6a5b";

pub(crate) struct Scene {
    pub(crate) stage: Stage,
    pub(crate) agent: Agent,
    pub(crate) question: Question,
    pub(crate) looked: Arc<Mutex<Vec<Looking>>>,
    /// Milliseconds since 1970, as the accounts see them.
    pub(crate) clock: Arc<AtomicI64>,
}

/// What the ranking came to; `note` stands wherever somebody else could have written it.
pub(crate) fn cause(note: &str) -> Cause {
    let with = |text: &str| format!("{text}{note}");
    let change = |id: &str, title: &str, probability: f64| {
        json!({
            "id": id, "title": with(title), "author": with("Mei"), "merged_at": "2026-11-21T02:50:00Z", "probability": probability,
            "reasons": [], "hunks": [{"path": with("src/pool.rs"), "first": 40, "last": 48}],
        })
    };
    let cause = json!({
        "verdict": "change", "probability": 0.93,
        "suspects": [change(GUILTY, "Give connections back later", 0.9), change(INNOCENT, "Show prices with two digits", 0.03)],
        "order": [GUILTY, INNOCENT], "changes": 2, "signals": ["errors"],
        "signatures": [{
            "change": "new", "level": "error",
            // The reader of logs masks what it reads.
            "template": redact(&with("pool exhausted: <*> of <*>")), "sample": redact(&with("pool exhausted: 20 of 20")),
            "before": 0, "after": 41, "before_per_minute": 0.0, "after_per_minute": 20.5,
        }],
    });
    serde_json::from_value(cause).unwrap()
}

/// A draft that says what is so.
pub(crate) fn truth() -> Value {
    let cite = json!({"kind": "evidence", "id": "ev_1", "path": null, "line": null, "value": 0.31, "quote": null});
    let conclusion = json!({"was": "suspect", "id": GUILTY});
    json!({
        "summary": "Errors rose to 31 % with v2, because connections are given back later.",
        "impact": [{"text": "31 % of requests fail.", "cites": [cite]}],
        "queries": [{"promql": "rate(http_requests_total[1m])", "value": 0.31, "unit": null, "evidence": "ev_1"}],
        "hypotheses": [
            {"conclusion": conclusion, "because": "The pool was changed and is exhausted.", "refuted_by": null},
            {"conclusion": {"was": "none", "id": null}, "because": "Something else moved.",
             "refuted_by": {"text": "Only changed instances fail.", "cites": []}},
        ],
        "evidence_for": [{"text": "The pool is exhausted.", "cites": [{"kind": "hunk", "id": GUILTY, "path": "src/pool.rs", "line": 41, "value": null, "quote": null}]}],
        "evidence_against": [], "ruled_out": [], "conclusion": conclusion, "mechanism": "Connections are held too long.",
        "place": {"path": "src/pool.rs", "line": 41}, "contributing": [], "time_lost": [],
        "recommendation": {"action": "roll_back", "because": "It began with v2.", "risk": "None is known."},
        "solution": "Give connections back at once.", "action_items": ["Test cancelled requests."],
    })
}

/// As [`truth`], with this in it.
pub(crate) fn truth_with(change: impl FnOnce(&mut Value)) -> String {
    let mut draft = truth();
    change(&mut draft);
    draft.to_string()
}

/// A model that plans, looks at two things at once, and knows.
pub(crate) fn competent(before: usize) -> Answer {
    match before {
        0 => Answer::Calls(vec![
            (
                "note_plan",
                json!({"hypotheses": [{"suspect": GUILTY, "would_show": "a", "would_refute": "b"}]}),
            ),
            ("get_deployment", json!({"deployment": "dep_1"})),
            ("get_timeline", json!({"deployment": "dep_1"})),
        ]),
        2 => Answer::Calls(vec![("rank_suspects", json!({"deployment": "dep_1"}))]),
        _ => Answer::Text(truth().to_string()),
    }
}

/// The settings of a world with this section `agent`.
pub(crate) fn with_agent(settings: &Settings, section: &str) -> Settings {
    let text = format!(
        "metrics: {{p: {{type: prometheus, url: \"http://127.0.0.1:9\"}}}}\nservices: [{{name: a, platform: {{type: observed}}, metrics: {{selector: \"job=\\\"a\\\"\"}}, signals: [{{preset: http}}]}}]\nagent: {section}\n"
    );
    let read = config::parse(
        &text,
        "agent.yaml",
        Path::new("/"),
        &Lookup::of_variables(&[]),
    );
    let read = read.unwrap_or_else(|errors| panic!("{errors}"));
    let agent = read.agent;
    Settings {
        agent,
        ..settings.clone()
    }
}

/// An endpoint at a double.
pub(crate) fn endpoint(name: &str, double: &Double, more: &str) -> String {
    format!(
        "{{name: {name}, url: \"{}\", model: wise-1, key: {KEY}{more}}}",
        double.url()
    )
}

impl Scene {
    /// An analyst whose only endpoint is this double.
    pub(crate) async fn at(double: &Double) -> Self {
        Self::of(
            &format!("{{endpoints: [{}]}}", endpoint("main", double, "")),
            "",
        )
        .await
    }

    /// An analyst that is configured so; others wrote `note`, too, wherever they could.
    pub(crate) async fn of(section: &str, note: &str) -> Self {
        let stage = Stage::new().await;
        stage.add("dep_1", &records(note)).await;
        Self::on(stage, section, note)
    }

    /// The same on a stage that is there.
    pub(crate) fn on(mut stage: Stage, section: &str, note: &str) -> Self {
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let settings = with_agent(&stage.world.settings.get(), section);
        stage.world.settings = Live::new(settings);
        let now = story::start().as_millisecond() + 120_000;
        let clock = Arc::new(AtomicI64::new(now));
        let models = Models::new(
            stage.world.settings.clone(),
            stage.journal.reader(),
            Some(stage.journal.inbox().unwrap()),
            Clock::Manual(Arc::clone(&clock)),
            AgentMeters::default(),
        );
        Self {
            agent: Agent::new(stage.world.clone(), models),
            stage,
            question: Question {
                deployment: "dep_1".parse().unwrap(),
                service: "shop".parse().unwrap(),
                environment: "prod".parse().unwrap(),
                revision: None,
                locale: Locale::En,
                channel: None,
                cause: Some(cause(note)),
                asked: None,
                before: Vec::new(),
            },
            looked: Arc::default(),
            clock,
        }
    }

    pub(crate) async fn investigate(&self) -> Investigation {
        let looked = Arc::clone(&self.looked);
        let looking = move |what| looked.lock().unwrap().push(what);
        self.agent.investigate(&self.question, looking).await
    }
}

fn records(note: &str) -> Vec<Recorded> {
    let mut records = story::paused("dep_1");
    story::tell(&mut records, 14, Happened::Ranked(Box::new(cause(note))));
    records
}

/// What a message of a request says.
pub(crate) fn said(request: &Value, place: usize) -> String {
    request["messages"][place]["content"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

/// What the last message of a request says.
pub(crate) fn last(request: &Value) -> String {
    let all = request["messages"].as_array().unwrap();
    all.last().unwrap()["content"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}
