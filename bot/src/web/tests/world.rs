//! A page that is served, with a deployment to look at and a person to be.

use super::story::{measured, start};
use crate::web::Page;
use config::{Lookup, Settings};
use engine::clock::Clock;
use engine::services::Service;
use engine::{Engine, EngineOptions, ledger};
use guard::event::{Event, Recorded};
use guard::ids::{DeploymentId, PersonId};
use guard::lane::LaneEvent;
use jiff::SignedDuration;
use journal::{DbClock, Journal, JournalOptions, ManualClock, NewEvent, StreamId, Transaction};
use messages::BaseUrl;
use reqwest::header::{COOKIE, HOST, ORIGIN, SET_COOKIE};
use reqwest::redirect::Policy as Redirects;
use reqwest::{Client, RequestBuilder, Response};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tokio_util::sync::{CancellationToken, DropGuard};

pub(super) const PAUSED: &str = "/deployments/dep_1";

/// Everything that a test needs; it ends when it is dropped.
pub(super) struct World {
    pub(super) page: Page,
    pub(super) url: String,
    pub(super) http: Client,
    journal: Journal,
    clock: Arc<AtomicI64>,
    /// Of the journal, which decides when a timer is due: moved together with the other.
    due: ManualClock,
    _stop: DropGuard,
    _dir: tempfile::TempDir,
}

/// Somebody who is logged in.
pub(super) struct Visit<'a> {
    world: &'a World,
    pub(super) cookie: String,
}

impl World {
    /// Two people and one deployment, paused and asking.
    pub(super) async fn new() -> Self {
        Self::with("", "").await
    }

    /// As above, with the services of the configuration, of which nothing can be measured.
    pub(super) async fn served() -> Self {
        Self::made("", "", true).await
    }

    /// As above, with more under `server:` and another spelling of the address.
    pub(super) async fn with(server: &str, public: &str) -> Self {
        Self::made(server, public, false).await
    }

    async fn made(server: &str, public: &str, served: bool) -> Self {
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let dir = tempfile::tempdir().unwrap();
        let now = start() + SignedDuration::from_mins(2);
        let due = ManualClock::at(now);
        let journal = journal(dir.path(), &due).await;
        write(&journal, "dep_1", &measured()).await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let clock = Arc::new(AtomicI64::new(now.as_millisecond()));
        let stop = CancellationToken::new();
        let settings = settings(address, server);
        let services = if served {
            crate::wire::services(&settings).unwrap()
        } else {
            Vec::new()
        };
        let engine = leading(&journal, services, &clock, &stop).await;
        let page = page(&journal, engine, &clock, address, settings, public);
        let serve = axum::serve(listener, page.router());
        tokio::spawn(
            serve
                .with_graceful_shutdown(stop.clone().cancelled_owned())
                .into_future(),
        );
        let http = Client::builder()
            .redirect(Redirects::none())
            .build()
            .unwrap();
        Self {
            page,
            url: format!("http://{address}"),
            http,
            journal,
            clock,
            due,
            _stop: stop.drop_guard(),
            _dir: dir,
        }
    }

    pub(super) fn wait(&self, time: SignedDuration) {
        let millis = i64::try_from(time.as_millis()).unwrap();
        self.due.advance(time.unsigned_abs());
        self.clock.fetch_add(millis, Ordering::SeqCst);
    }

    /// A one-time link, as a path.
    pub(super) async fn link(&self, person: &str) -> String {
        let link = self
            .page
            .login_link(&PersonId::new(person).unwrap())
            .await
            .unwrap()
            .0;
        link[link.find("/login/").unwrap()..].to_owned()
    }

    pub(super) async fn login(&self, person: &str) -> Visit<'_> {
        let link = self.link(person).await;
        let answer = self.get(&link).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        Visit {
            world: self,
            cookie: cookie(&answer),
        }
    }

    pub(super) fn get(&self, path: &str) -> RequestBuilder {
        self.http.get(format!("{}{path}", self.url))
    }

    pub(super) async fn events(&self) -> Vec<Event> {
        let id = DeploymentId::new("dep_1").unwrap();
        let records = ledger::records(&self.journal.reader(), &id).await.unwrap();
        records.into_iter().map(|record| record.event).collect()
    }

    /// How many events of this name there are.
    pub(super) async fn count(&self, name: &str) -> usize {
        let events = self.events().await;
        events.iter().filter(|event| event.name() == name).count()
    }

    /// As when it goes back after others could have begun.
    pub(super) async fn takes_lane_again(&self, id: &str) {
        take_lane(&self.journal, id, start()).await;
    }

    pub(super) async fn add(&self, id: &str, events: &[Recorded]) {
        write(&self.journal, id, events).await;
    }

    /// Adds a deployment that waits for its lane.
    pub(super) async fn add_waiting(&self, id: &str, events: &[Recorded]) {
        let deployment = DeploymentId::new(id).unwrap();
        let queued = LaneEvent::Queued { deployment };
        in_lane(&self.journal, &queued, events[0].at).await;
        append(&self.journal, id, events).await;
    }
}

impl Visit<'_> {
    pub(super) fn get(&self, path: &str) -> RequestBuilder {
        self.world.get(path).header(COOKIE, &self.cookie)
    }

    pub(super) async fn read(&self, path: &str) -> String {
        let answer = self.get(path).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.text().await.unwrap()
    }

    /// A form post as a browser on the page sends it.
    pub(super) fn post(&self, path: &str, fields: &[(String, String)]) -> RequestBuilder {
        let url = format!("{}{path}", self.world.url);
        let request = self.world.http.post(url).form(fields);
        request
            .header(COOKIE, &self.cookie)
            .header(ORIGIN, &self.world.url)
    }

    /// The fields of the button for this choice, with `more`.
    pub(super) async fn button(
        &self,
        choice: &str,
        more: &[(&str, &str)],
    ) -> Vec<(String, String)> {
        let page = self.read(PAUSED).await;
        let mut fields = fields(&page, choice).unwrap_or_else(|| panic!("no button {choice}"));
        fields.extend(
            more.iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        fields
    }
}

/// The fields of the form that carries this choice.
pub(super) fn fields(page: &str, choice: &str) -> Option<Vec<(String, String)>> {
    let document = scraper::Html::parse_document(page);
    let forms = scraper::Selector::parse("form[method=post]").unwrap();
    let inputs = scraper::Selector::parse("input[name]").unwrap();
    document.select(&forms).find_map(|form| {
        let fields: Vec<(String, String)> = form
            .select(&inputs)
            .map(|input| {
                let value = |name| input.value().attr(name).unwrap_or_default().to_owned();
                (value("name"), value("value"))
            })
            .collect();
        let wanted = ("choice".to_owned(), choice.to_owned());
        fields.contains(&wanted).then_some(fields)
    })
}

/// The pairs of an answer's cookies, as a browser sends them back.
pub(super) fn cookie(answer: &Response) -> String {
    let headers = answer.headers().get_all(SET_COOKIE).iter();
    let pairs = headers.map(|header| header.to_str().unwrap().split(';').next().unwrap());
    pairs.collect::<Vec<_>>().join("; ")
}

pub(super) fn with_host(request: RequestBuilder, host: &str) -> RequestBuilder {
    request.header(HOST, host)
}

async fn journal(dir: &Path, due: &ManualClock) -> Journal {
    let url = format!("sqlite:{}", dir.join("tawny.db").display());
    let options = JournalOptions {
        known_events: Some(journal::codec::known_events()),
        clock: DbClock::Manual(due.clone()),
        ..JournalOptions::default()
    };
    Journal::open(&url, options).await.unwrap()
}

async fn leading(
    journal: &Journal,
    services: Vec<Service>,
    clock: &Arc<AtomicI64>,
    stop: &CancellationToken,
) -> Engine {
    let options = EngineOptions {
        clock: Clock::Manual(Arc::clone(clock)),
        ..EngineOptions::default()
    };
    let engine = Engine::new(journal, services, Vec::new(), options).unwrap();
    let (working, stop) = (engine.clone(), stop.clone());
    tokio::spawn(async move { working.run(stop).await });
    let mut turns = 0;
    while !engine.leading() {
        turns += 1;
        assert!(turns < 2000, "the engine did not lead");
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    engine
}

fn settings(address: SocketAddr, server: &str) -> Settings {
    let yaml = format!(
        r#"
server:
  listen: {address}
{server}
metrics:
  prometheus: {{type: prometheus, url: "http://127.0.0.1:9"}}
people:
  - {{name: mei, roles: [responder, operator], emails: [mei@example.com]}}
  - {{name: sam, roles: [responder]}}
  - {{name: kim, roles: []}}
environments: [{{name: prod}}]
services:
  - name: shop
    platform: {{type: observed}}
    metrics: {{selector: "job=\"shop\""}}
    signals: [{{preset: http}}]
"#
    );
    let parsed = config::parse(
        &yaml,
        "test.yaml",
        Path::new("/"),
        &Lookup::of_variables(&[]),
    );
    parsed.unwrap_or_else(|errors| panic!("{errors}"))
}

fn page(
    journal: &Journal,
    engine: Engine,
    clock: &Arc<AtomicI64>,
    address: SocketAddr,
    settings: Settings,
    public: &str,
) -> Page {
    let url = if public.is_empty() {
        format!("http://{address}")
    } else {
        public.to_owned()
    };
    let base_url = BaseUrl::new(&url).unwrap();
    let clock = Clock::Manual(Arc::clone(clock));
    let settings = crate::live::Live::new(settings);
    let groups = crate::chat::slack::Groups::new(settings.clone()).unwrap();
    let people = crate::people::People::new(settings.clone(), journal.reader(), groups);
    Page::at(clock, engine, journal, settings, address, base_url, people).unwrap()
}

async fn write(journal: &Journal, id: &str, records: &[Recorded]) {
    take_lane(journal, id, records[0].at).await;
    append(journal, id, records).await;
}

async fn append(journal: &Journal, id: &str, records: &[Recorded]) {
    let stream = StreamId::deployment(id).unwrap();
    let writer = journal.writer().unwrap();
    for record in records {
        let payload = serde_json::to_value(&record.event).unwrap();
        let event = NewEvent::new(
            record.event.name(),
            u32::from(record.event.version()),
            payload,
        );
        let before = i64::try_from(record.revision).unwrap() - 1;
        let transaction = Transaction::at(record.at).append(&stream, before, vec![event]);
        writer.append(transaction).await.unwrap();
    }
}

/// A deployment takes its lane when it is asked for.
async fn take_lane(journal: &Journal, id: &str, at: jiff::Timestamp) {
    let by = DeploymentId::new(id).unwrap();
    in_lane(journal, &LaneEvent::Taken { by }, at).await;
}

async fn in_lane(journal: &Journal, event: &LaneEvent, at: jiff::Timestamp) {
    let lane = StreamId::lane("shop", "prod").unwrap();
    let head = journal.reader().head(&lane).await.unwrap();
    let event = journal::codec::encode_lane(event).unwrap();
    let before = head.map_or(0, |head| head.revision);
    let transaction = Transaction::at(at).append(&lane, before, vec![event]);
    journal.writer().unwrap().append(transaction).await.unwrap();
}

/// The token of any form of the page.
pub(super) fn form_token(page: &str) -> String {
    let document = scraper::Html::parse_document(page);
    let token = scraper::Selector::parse("input[name=form_token]").unwrap();
    let input = document.select(&token).next().unwrap();
    input.value().attr("value").unwrap().to_owned()
}
