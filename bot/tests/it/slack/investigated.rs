//! What a demo left behind, played again with everything by which it is explained: the shop's commits, what its Prometheus
//! answered, the analyst with its tools before a model that is played, and the page.

use super::found_out::{agent, endpoint};
use super::player::{Moment, Player, Recording};
use super::remembered::remembering;
use super::scenes::shown;
use super::workspace::{CHANNEL, Kind, Said};
use crate::double::Double as Http;
use crate::fleet::own_ip;
use crate::model::Double;
use axum::body::{Body, to_bytes};
use axum::http::header::{COOKIE, HOST, SET_COOKIE};
use axum::http::{Request, StatusCode};
use bot::agent::{Agent, AgentMeters, Models};
use bot::chat::slack::Groups;
use bot::live::Live;
use bot::people::People;
use bot::scripted::play;
use bot::web::Page;
use engine::handler::Handler;
use engine::investigate::{Inquiry, Investigates};
use engine::ledger;
use guard::decide::decide;
use guard::event::Event;
use guard::ids::{DeploymentId, PersonId};
use guard::input::{Happened, Input};
use guard::root_cause::RootCauseReport;
use guard::state::State;
use jiff::{SignedDuration, Timestamp};
use mcp_server::World;
use messages::BaseUrl;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use tower::ServiceExt;

/// What the shop is called by, wherever it is told.
const HOME: &str = "https://tawny.example";
/// So long after the ranking the played model has its report.
const TAKES: SignedDuration = SignedDuration::from_secs(8);

pub(super) struct Scene {
    player: Player,
    /// The commit that does the harm, if one does.
    pub(super) guilty: Option<String>,
    model: Option<(Double, Investigates)>,
    page: Page,
    locale: &'static str,
    _metrics: Http,
    _code: TempDir,
}

impl Scene {
    /// Before anything has happened.
    pub(super) async fn new(recording: &Recording, locale: &'static str, model: bool) -> Self {
        let code = TempDir::new().unwrap();
        let repository = code.path().join("shop");
        // As `scripts/scenarios.py` plays them.
        let guilty = bot::demo::commits(&repository, &recording.name, 1).await;
        let metrics_at = SocketAddr::new(own_ip(), 19090);
        let metrics = remembering(metrics_at, &recording.evidence).await;
        let double = Double::of(|request, _| play(request).into()).await;
        let mut more = format!(
            r#"metrics: {{prometheus: {{type: prometheus, url: "http://{metrics_at}", browse_url: "https://prometheus.example", scrape_interval: 1s}}}}
people: [{{name: ana, roles: [responder, operator]}}]
environments: [{{name: demo}}]
services: [{{name: shop, repo: "{}", platform: {{type: observed}}, metrics: {{selector: 'job="shop"'}}, signals: [{{preset: http}}]}}]
"#,
            repository.display()
        );
        if model {
            more += &agent(&[endpoint("demo", &double)], "");
        }
        let channels = format!("[{{channel: {CHANNEL}, locale: {locale}}}]");
        let player = Player::of(&channels, &more).await;
        for evidence in &recording.evidence {
            player.writer.put_evidence(evidence).await.unwrap();
        }
        let investigates = investigates(&player);
        Self {
            page: page(&player),
            guilty: guilty.unwrap(),
            model: model.then_some((double, investigates)),
            player,
            locale,
            _metrics: metrics,
            _code: code,
        }
    }

    /// Plays all of it; what was before the ranking is not said anew. What the model finds out comes when it would have
    /// come. Everything that was said is returned.
    pub(super) async fn play(&mut self, moments: &[Moment]) -> Vec<Said> {
        let mut said = Vec::new();
        let mut found = None;
        let ranks = |moment: &Moment| matches!(moment.event, Event::CauseRanked { .. });
        let ranked = moments.iter().find(|moment| ranks(moment));
        let untold = ranked.map_or(0, |ranked| {
            let earlier = moments.iter().take_while(|moment| moment.at < ranked.at);
            earlier.count()
        });
        let (untold, moments) = moments.split_at(untold);
        for same in untold.chunk_by(|one, two| one.at == two.at) {
            self.player.journal(&id(), same).await;
        }
        for same in moments.chunk_by(|one, two| one.at == two.at) {
            if let Some((at, _)) = &found
                && *at <= same[0].at
            {
                self.report(found.take().unwrap()).await;
            }
            self.player.play(same).await;
            if same.iter().any(ranks) {
                found = self.investigated(same[0].at).await.or(found);
            }
            said.extend(self.player.take());
        }
        if let Some(found) = found {
            self.report(found).await;
        }
        said.extend(self.player.take());
        if let Some((double, _)) = &self.model {
            assert_eq!(double.refused(), Vec::<String>::new());
            assert_eq!(double.requests().is_empty(), ranked.is_none());
        }
        said
    }

    /// What the analyst finds out of the newest ranking, and when it tells.
    async fn investigated(&self, at: Timestamp) -> Option<(Timestamp, (u64, RootCauseReport))> {
        let (_, investigates) = self.model.as_ref()?;
        let records = ledger::records(&self.player.reader, &id()).await.unwrap();
        let state = State::fold(&records).unwrap().unwrap();
        let newest = records.iter().rev();
        let ranked = newest
            .filter(|record| matches!(record.event, Event::CauseRanked { .. }))
            .map(|record| record.revision);
        let of = ranked.max()?;
        let inquiry = Inquiry {
            state: state.clone(),
            records,
            of,
        };
        let looked: Arc<Mutex<Vec<String>>> = Arc::default();
        let sees = Arc::clone(&looked);
        let looking = Arc::new(move |at| sees.lock().unwrap().push(at));
        let report = investigates(inquiry, looking).await?;
        let looked = looked.lock().unwrap().clone();
        for at in looked {
            self.player.channel.looking(&state, of, &at).await;
        }
        Some((at + TAKES, (of, report)))
    }

    /// It is told, as the engine would.
    async fn report(&mut self, (at, (of, report)): (Timestamp, (u64, RootCauseReport))) {
        let records = ledger::records(&self.player.reader, &id()).await.unwrap();
        let state = State::fold(&records).unwrap();
        let input = Input {
            at,
            nonce: "a-nonce".to_owned(),
            what: Happened::Investigated {
                of,
                report: Box::new(report),
            },
        };
        let events = decide(state.as_ref(), &input);
        assert_eq!(events.len(), 1, "{events:#?}");
        let moments: Vec<Moment> = events
            .into_iter()
            .map(|event| Moment { at, event })
            .collect();
        self.player.play(&moments).await;
    }

    /// The root-cause report on the page, as a person reads it, and as Markdown; none where nothing was to be explained.
    pub(super) async fn read(&self) -> Option<(String, String)> {
        let person = PersonId::new("ana").unwrap();
        let (link, _) = self.page.login_link(&person).await.unwrap();
        let opened = self.get(link.trim_start_matches(HOME), "").await;
        let cookies = opened.headers().get_all(SET_COOKIE).iter();
        let cookies = cookies.map(|one| one.to_str().unwrap().split(';').next().unwrap());
        let cookies = cookies.collect::<Vec<_>>().join("; ");
        let path = format!("/deployments/{}/root-cause", id());
        let mut read = Vec::new();
        for (path, found) in [(path.clone(), true), (path + ".md", false)] {
            let path = format!("{path}?lang={}", self.locale);
            let answer = self.get(&path, &cookies).await;
            if answer.status() == StatusCode::NOT_FOUND {
                return None;
            }
            assert_eq!(answer.status(), StatusCode::OK, "{path}");
            let body = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
            let text = String::from_utf8(body.to_vec()).unwrap();
            read.push(if found { plain(&text) } else { text });
        }
        let markdown = read.pop()?;
        Some((read.pop()?, markdown))
    }

    async fn get(&self, path: &str, cookies: &str) -> axum::response::Response {
        let request = Request::get(path)
            .header(HOST, "tawny.example")
            .header(COOKIE, cookies)
            .body(Body::empty());
        let answered = self.page.router().oneshot(request.unwrap()).await;
        answered.unwrap()
    }
}

fn id() -> DeploymentId {
    DeploymentId::new("dep_1").unwrap()
}

/// What the engine would have look into what hurts.
fn investigates(player: &Player) -> Investigates {
    let (settings, journal) = (&player.settings, &player.journal);
    let services = bot::wire::services(&settings.get()).unwrap();
    let (now, counts_by) = (player.ticking.clone(), player.ticking.clone());
    let world = World {
        reader: journal.reader(),
        inbox: Some(journal.inbox().unwrap()),
        settings: settings.clone(),
        outside: Live::new(bot::outside(&services)),
        page: Some(BaseUrl::new(HOME).unwrap()),
        histories: std::sync::Arc::default(),
        clock: mcp_server::world::Clock::new(move || now.now()),
    };
    let models = Models::new(
        settings.clone(),
        journal.reader(),
        Some(journal.inbox().unwrap()),
        counts_by,
        AgentMeters::default(),
    );
    Agent::new(world, models).investigates(journal.reader())
}

fn page(player: &Player) -> Page {
    let settings = player.settings.clone();
    let groups = Groups::new(settings.clone()).unwrap();
    let people = People::new(settings.clone(), player.journal.reader(), groups);
    let address = SocketAddr::new(own_ip(), 17700);
    let engine = player.engine.clone();
    let home = BaseUrl::new(HOME).unwrap();
    Page::new(engine, &player.journal, settings, address, home, people).unwrap()
}

/// The main part of a page as a person reads it: a line for each block.
fn plain(page: &str) -> String {
    const BLOCKS: [&str; 9] = [
        "<h1", "<h2", "<h3", "<p", "<li", "<tr", "<dt", "<pre", "<footer",
    ];
    let main = page.split("<main").nth(1).unwrap();
    let main = main.split("</main>").next().unwrap();
    let mut text = main.to_owned();
    for block in BLOCKS {
        for end in [">", " "] {
            text = text.replace(&format!("{block}{end}"), &format!("\n{block}{end}"));
        }
    }
    text = text
        .replace("<dd", ": <dd")
        .replace("<td", " <td")
        .replace("<th", " <th");
    let mut out = String::new();
    for part in text.split('<').skip(1) {
        out += part.split_once('>').map_or("", |(_, text)| text);
    }
    for (escaped, plain) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ] {
        out = out.replace(escaped, plain);
    }
    let lines = out.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

/// What stands in the thread of why it hurts in the end: the suspects, and in whose place the report came.
pub(super) fn in_thread(said: &[Said]) -> String {
    let mut messages: Vec<(&str, &Said)> = Vec::new();
    for one in said {
        match (&one.kind, messages.iter_mut().find(|(ts, _)| *ts == one.ts)) {
            (Kind::Edit, Some(known)) => known.1 = one,
            (Kind::Reply, _) => messages.push((&one.ts, one)),
            _ => {}
        }
    }
    let about = |said: &&Said| said.blocks.to_string().contains("/root-cause");
    let last = messages.into_iter().map(|(_, said)| said).filter(about);
    last.map(shown).collect::<Vec<_>>().join("\n")
}
