//! Plays what has happened before a channel of Slack's: each event is journalled, and what it asks for is said by the
//! real channel, at the time at which it happened.

use super::workspace::{CHANNEL, INCIDENTS, Said, Workspace};
use crate::fleet::own_ip;
use bot::chat::slack::{SlackChannel, SlackRounds};
use bot::live::Live;
use config::{Lookup, Settings};
use engine::clock::Clock;
use engine::handler::{Handler, SayError, Utterance};
use engine::{Engine, EngineOptions, ledger};
use guard::cause::Accused;
use guard::effects::{Effect, effects};
use guard::event::{Event, Recorded};
use guard::ids::{DeploymentId, Environment, ServiceName};
use guard::lane::LaneEvent;
use guard::state::State;
use jiff::{SignedDuration, Timestamp};
use journal::{Evidence, Journal, JournalOptions, Reader, Transaction, Writer, codec};
use messages::BaseUrl;
use serde_json::Value;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tempfile::TempDir;

/// What happened, when.
#[derive(Debug, Clone)]
pub(super) struct Moment {
    pub(super) at: Timestamp,
    pub(super) event: Event,
}

/// A scenario of the demo as it was recorded: `scripts/scenarios.py`.
pub(super) struct Recording {
    pub(super) name: String,
    pub(super) moments: Vec<Moment>,
    /// What was stored beside the events; they cite it.
    pub(super) evidence: Vec<Evidence>,
}

impl Recording {
    /// Which changes were ranked, the likeliest first.
    pub(super) fn suspects(&self) -> Vec<String> {
        let suspects = self.accused().map(|one| one.id.clone());
        suspects.collect()
    }

    /// The first line of a change that was ranked.
    pub(super) fn title(&self, id: &str) -> String {
        let found = self.accused().find(|one| one.id == id);
        found.unwrap_or_else(|| panic!("{id}")).title.clone()
    }

    fn accused(&self) -> impl Iterator<Item = &Accused> {
        let causes = self
            .moments
            .iter()
            .filter_map(|moment| match &moment.event {
                Event::CauseRanked { cause } => Some(cause),
                _ => None,
            });
        causes.flat_map(|cause| &cause.suspects)
    }
}

/// What happened in a scenario of the demo.
pub(super) fn scenario(name: &str) -> Vec<Moment> {
    moments(&recorded(name).0)
}

/// The same, with what was stored beside it.
pub(super) fn recording(name: &str) -> Recording {
    let (mut text, stored) = recorded(name);
    let mut evidence = Vec::new();
    for (known_as, one) in stored {
        // An id is made of what it stands for, and the times were moved.
        text = text.replace(&format!("\"{known_as}\""), &format!("\"{}\"", one.id()));
        evidence.push(one);
    }
    Recording {
        name: name.to_owned(),
        moments: moments(&text),
        evidence,
    }
}

/// The lines with events, and what else is there.
fn recorded(name: &str) -> (String, Vec<(String, Evidence)>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/slack/scenarios");
    let text = std::fs::read_to_string(folder.join(format!("{name}.jsonl"))).unwrap();
    let (stored, events): (Vec<&str>, Vec<&str>) = text
        .lines()
        .partition(|line| line.starts_with("{\"evidence\""));
    let stored = stored.into_iter().map(|line| {
        let line: Value = serde_json::from_str(line).unwrap();
        let one = &line["evidence"];
        let text = |name: &str| one[name].as_str().unwrap().to_owned();
        let at = |name: &str| text(name).parse::<Timestamp>().unwrap();
        let evidence = Evidence {
            source: text("source"),
            query: text("query"),
            window_start: at("from"),
            window_end: at("to"),
            taken_at: at("to"),
            result: one["result"].clone(),
        };
        (text("id"), evidence)
    });
    (events.join("\n"), stored.collect())
}

fn moments(text: &str) -> Vec<Moment> {
    let moment = |line: &str| {
        let line: Value = serde_json::from_str(line).unwrap();
        Moment {
            at: line["at"].as_str().unwrap().parse().unwrap(),
            event: serde_json::from_value(line["event"].clone()).unwrap(),
        }
    };
    text.lines().map(moment).collect()
}

/// The same, so much later, as a deployment of this id, service and version.
pub(super) fn retold(
    moments: &[Moment],
    later: SignedDuration,
    (id, service, version): (&str, &str, &str),
) -> Vec<Moment> {
    let mut moments = moments.to_vec();
    for moment in &mut moments {
        moment.at += later;
        if let Event::DeploymentRequested { plan, .. } = &mut moment.event {
            plan.deployment = DeploymentId::new(id).unwrap();
            plan.service = ServiceName::new(service).unwrap();
            plan.to = guard::ids::Version::new(version).unwrap();
        }
    }
    moments
}

pub(super) struct Player {
    pub(super) slack: Workspace,
    pub(super) engine: Engine,
    pub(super) reader: Reader,
    pub(super) writer: Writer,
    pub(super) channel: Arc<SlackChannel>,
    clock: Arc<AtomicI64>,
    known: BTreeMap<DeploymentId, Vec<Recorded>>,
    pub(super) settings: Live<Settings>,
    pub(super) ticking: Clock,
    pub(super) journal: Journal,
    _dir: TempDir,
}

impl Player {
    /// With this list of channels.
    pub(super) async fn with(channels: &str) -> Self {
        Self::of(channels, SHOP).await
    }

    /// The same, with these sources, services and whatever else.
    pub(super) async fn of(channels: &str, more: &str) -> Self {
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let dir = TempDir::new().unwrap();
        let ip = own_ip();
        let at = |port| SocketAddr::new(ip, port);
        let slack = Workspace::start(at(18500), at(17700)).await;
        let chat = slack.settings_of(channels);
        let settings = Live::new(settings(dir.path(), &(more.to_owned() + &chat)));
        let url = format!("sqlite:{}", dir.path().join("journal.db").display());
        let options = JournalOptions::default();
        let journal = Journal::open(&url, options).await.unwrap();
        let clock = Arc::new(AtomicI64::new(0));
        let ticking = Clock::Manual(Arc::clone(&clock));
        let of_slack = settings.get().chat.slack.clone().unwrap();
        let base_url = Some(BaseUrl::new("https://tawny.example").unwrap());
        let (of_channel, by) = (settings.clone(), ticking.clone());
        let channel = SlackChannel::new(&of_slack, of_channel, &journal, base_url, by);
        let channel = Arc::new(channel.unwrap().at_pace(Duration::from_millis(1)));
        let options = EngineOptions {
            clock: ticking.clone(),
            ..EngineOptions::default()
        };
        Self {
            slack,
            engine: Engine::new(&journal, [], Vec::new(), options).unwrap(),
            reader: journal.reader(),
            writer: journal.writer().unwrap(),
            channel,
            clock,
            known: BTreeMap::new(),
            settings,
            ticking,
            journal,
            _dir: dir,
        }
    }

    /// One channel that hears everything, in this language.
    pub(super) async fn in_one_channel(locale: &str) -> Self {
        Self::with(&format!("[{{channel: {CHANNEL}, locale: {locale}}}]")).await
    }

    /// The usual channel, with these settings, and one for incidents, with those.
    pub(super) async fn in_two(usual: &str, incidents: &str) -> Self {
        let usual = format!("{{channel: {CHANNEL}{usual}}}");
        let incidents = format!("{{channel: {INCIDENTS}{incidents}}}");
        Self::with(&format!("[{incidents}, {usual}]")).await
    }

    /// It is so late.
    pub(super) fn set(&self, now: Timestamp) {
        self.clock.store(now.as_millisecond(), Ordering::SeqCst);
    }

    /// What happened at one moment is written at once, and then said as it then is.
    pub(super) async fn play(&mut self, moments: &[Moment]) {
        let id = moments.iter().find_map(|moment| match &moment.event {
            Event::DeploymentRequested { plan, .. } => Some(plan.deployment.clone()),
            _ => None,
        });
        let id = id.unwrap_or_else(|| self.known.keys().next_back().unwrap().clone());
        for same in moments.chunk_by(|one, two| one.at == two.at) {
            let said = self.journal(&id, same).await;
            for (effect, revision) in said {
                self.say(&id, &effect, revision).await.unwrap();
            }
        }
    }

    /// Writes it; what it asks to be said.
    pub(super) async fn journal(
        &mut self,
        id: &DeploymentId,
        moments: &[Moment],
    ) -> Vec<(Effect, u64)> {
        let at = moments[0].at;
        self.set(at);
        let known = self.known.entry(id.clone()).or_default();
        let before = known.len();
        let mut asked = Vec::new();
        for moment in moments {
            let revision = known.len() as u64 + 1;
            let event = moment.event.clone();
            known.push(Recorded {
                revision,
                at,
                event,
            });
            let state = State::fold(known.iter()).unwrap().unwrap();
            let wanted = effects(&moment.event, revision, &state);
            asked.extend(wanted.into_iter().map(|effect| (effect, revision)));
        }
        let new = moments
            .iter()
            .map(|moment| codec::encode(&moment.event).unwrap());
        let stream = ledger::deployment_stream(id).unwrap();
        let transaction = Transaction::at(at);
        let written = transaction.append(&stream, i64::try_from(before).unwrap(), new.collect());
        self.writer.append(written).await.unwrap();
        if let Event::DeploymentRequested { plan, .. } = &moments[0].event {
            let (service, environment) = (plan.service.clone(), plan.environment.clone());
            let taken = LaneEvent::Taken { by: id.clone() };
            self.in_lane((&service, &environment), &taken).await;
        }
        asked.retain(|(effect, _)| !matches!(effect, Effect::Execute { .. }));
        asked
    }

    /// Something happens to a lane.
    pub(super) async fn in_lane(&self, place: (&ServiceName, &Environment), event: &LaneEvent) {
        let stream = ledger::lane_stream(place.0, place.1).unwrap();
        let before = self.reader.events(&stream, 0).await.unwrap().len();
        let written = Transaction::at(self.now()).append(
            &stream,
            i64::try_from(before).unwrap(),
            vec![codec::encode_lane(event).unwrap()],
        );
        self.writer.append(written).await.unwrap();
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.clock.load(Ordering::SeqCst)).unwrap()
    }

    /// Says it as the outbox would.
    pub(super) async fn say(
        &self,
        id: &DeploymentId,
        effect: &Effect,
        revision: u64,
    ) -> Result<Value, SayError> {
        let records = ledger::records(&self.reader, id).await.unwrap();
        let state = State::fold(&records).unwrap().unwrap();
        let record = match effect {
            Effect::ShowParent => None,
            _ => records.iter().find(|record| record.revision == revision),
        };
        let utterance = Utterance {
            id: "an-id",
            effect,
            state: &state,
            records: &records,
            record,
            uncertain: false,
        };
        self.channel.say(utterance).await
    }

    /// One round of whoever leads.
    pub(super) async fn round(&self) {
        let rounds = SlackRounds::new(Arc::clone(&self.channel), self.engine.clone());
        rounds.once().await;
    }

    /// What was said since this was asked last.
    pub(super) fn take(&self) -> Vec<Said> {
        self.slack.take()
    }
}

/// What is watched, where nothing else is said.
const SHOP: &str = r#"metrics: {prometheus: {type: prometheus, url: "http://127.0.0.1:9"}}
services: [{name: shop, platform: {type: observed}, metrics: {selector: 'job="shop"'}}]
"#;

fn settings(dir: &Path, more: &str) -> Settings {
    let text = format!("server: {{data_dir: \"{}\"}}\n{more}", dir.display());
    let read = config::parse(&text, "tawny.yaml", dir, &Lookup::of_variables(&[]));
    read.unwrap_or_else(|errors| panic!("{errors}\n{text}"))
}
