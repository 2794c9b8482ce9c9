//! A world of its own for each test: a journal in a folder, and settings.

use crate::story;
use config::{Live, Lookup};
use guard::event::Recorded;
use guard::ids::DeploymentId;
use guard::lane::LaneEvent;
use jiff::SignedDuration;
use journal::{Journal, JournalOptions, StreamId, Transaction};
use mcp_server::World;
use mcp_server::world::{Clock, Outside};
use messages::BaseUrl;
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
            histories: std::sync::Arc::default(),
        };
        Self {
            world,
            journal,
            _dir: dir,
        }
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
}
