//! A world of its own for each test: a journal in a folder, settings, and who calls.

use crate::story;
use config::{Live, Lookup};
use guard::actor::Actor;
use guard::event::Recorded;
use guard::ids::{DeploymentId, PersonId};
use guard::lane::LaneEvent;
use jiff::SignedDuration;
use journal::{Journal, JournalOptions, StreamId, Transaction};
use mcp_server::caller::Scopes;
use mcp_server::local::Local;
use mcp_server::world::{Clock, Outside};
use mcp_server::{Caller, World};
use messages::BaseUrl;
use rmcp::model::CallToolResult;
use serde_json::Value;
use std::path::Path;

const SETTINGS: &str = r#"
metrics:
  prometheus: {type: prometheus, url: "http://127.0.0.1:9"}
people:
  - {name: mei, roles: [responder, operator]}
environments: [{name: prod}, {name: staging}]
services:
  - name: shop
    owner: team-shop
    repo: https://git.example/shop.git
    platform: {type: observed}
    downstream: [pay]
    environments: [prod]
    metrics: {selector: "job=\"shop\""}
    signals: [{preset: http}]
  - name: pay
    platform: {type: observed}
    metrics: {selector: "job=\"pay\""}
    signals: [{preset: http}]
"#;

/// Everything that a test needs; it ends when it is dropped.
pub(crate) struct Stage {
    pub(crate) world: World,
    pub(crate) journal: Journal,
    _dir: tempfile::TempDir,
}

impl Stage {
    /// An empty journal, two minutes after the story's start.
    pub(crate) async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", dir.path().join("tawny.db").display());
        let options = JournalOptions {
            known_events: Some(journal::codec::known_events()),
            ..JournalOptions::default()
        };
        let journal = Journal::open(&url, options).await.unwrap();
        let lookup = Lookup::of_variables(&[]);
        let settings = config::parse(SETTINGS, "test.yaml", Path::new("/"), &lookup);
        let now = story::start() + SignedDuration::from_mins(2);
        let world = World {
            reader: journal.reader(),
            inbox: Some(journal.inbox().unwrap()),
            settings: Live::new(settings.unwrap_or_else(|errors| panic!("{errors}"))),
            outside: Live::new(Outside::default()),
            page: Some(BaseUrl::new("https://tawny.example").unwrap()),
            clock: Clock::new(move || now),
        };
        Self {
            world,
            journal,
            _dir: dir,
        }
    }

    /// With a deployment that was found wanting and waits for an answer: `dep_1`.
    pub(crate) async fn paused() -> Self {
        let stage = Self::new().await;
        stage.add("dep_1", &story::paused("dep_1")).await;
        stage
    }

    /// A deployment that took its lane when it was asked for.
    pub(crate) async fn add(&self, id: &str, records: &[Recorded]) {
        let by = DeploymentId::new(id).unwrap();
        let lane = StreamId::lane("shop", "prod").unwrap();
        let head = self.world.reader.head(&lane).await.unwrap();
        let taken = journal::codec::encode_lane(&LaneEvent::Taken { by }).unwrap();
        let before = head.map_or(0, |head| head.revision);
        let transaction = Transaction::at(records[0].at).append(&lane, before, vec![taken]);
        let writer = self.journal.writer().unwrap();
        writer.append(transaction).await.unwrap();
        let stream = StreamId::deployment(id).unwrap();
        for record in records {
            let event = journal::codec::encode(&record.event).unwrap();
            let before = i64::try_from(record.revision).unwrap() - 1;
            let transaction = Transaction::at(record.at).append(&stream, before, vec![event]);
            writer.append(transaction).await.unwrap();
        }
    }

    /// Calls a tool as somebody who may read everything, and gives what it answered.
    pub(crate) async fn ask(&self, tool: &str, arguments: Value) -> Value {
        let answer = self.call(&reader(), tool, arguments).await;
        assert_ne!(answer.is_error, Some(true), "{answer:?}");
        answer.structured_content.unwrap()
    }

    /// Calls a tool that refuses, and gives its words.
    pub(crate) async fn refused(&self, tool: &str, arguments: Value) -> String {
        let answer = self.call(&reader(), tool, arguments).await;
        assert_eq!(answer.is_error, Some(true), "{answer:?}");
        text(&answer)
    }

    /// Calls a tool over the protocol.
    pub(crate) async fn call(
        &self,
        caller: &Caller,
        tool: &str,
        arguments: Value,
    ) -> CallToolResult {
        let client = Local::connect(self.world.clone(), caller.clone());
        let client = client.await.unwrap();
        let Value::Object(arguments) = arguments else {
            panic!("arguments are an object");
        };
        client.call(tool, arguments).await.unwrap()
    }
}

/// What an answer says.
pub(crate) fn text(answer: &CallToolResult) -> String {
    let said = answer.content.iter().filter_map(|block| block.as_text());
    said.map(|block| block.text.as_str()).collect()
}

/// Somebody who may read everything.
pub(crate) fn reader() -> Caller {
    let id = PersonId::new("ide").unwrap();
    Caller::reader("ide", Actor::Machine { id, roles: vec![] })
}

/// Somebody who may see these services alone.
pub(crate) fn only(services: &[&str]) -> Caller {
    let services = services.iter().map(|name| name.parse().unwrap()).collect();
    Caller {
        scopes: Scopes {
            services: Some(services),
            ..Scopes::default()
        },
        ..reader()
    }
}
