//! Everything that a test needs around the server, and the ways in which it is driven.

use crate::examine::{self, Examined};
use crate::fleet::{self, Place};
use crate::packages::{Packages, SERVES, package};
use crate::prometheus::Prometheus;
use crate::receiver::Receiver;
use crate::server::{Life, Server};
use crate::settings::{self, ANN, Facts, Guarding};
use crate::wait::until;
use reqwest::Method;
use serde_json::{Value, json};
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use tempfile::TempDir;

/// The port of what probes ask.
pub(crate) const PROBED: u16 = 18200;

pub(crate) struct World {
    pub(crate) server: Server,
    pub(crate) prometheus: Prometheus,
    pub(crate) packages: Packages,
    pub(crate) receiver: Receiver,
    pub(crate) places: Vec<Place>,
    pub(crate) dir: TempDir,
    guarding: Guarding,
    ip: IpAddr,
    /// Where everything is recorded.
    pub(crate) journal: String,
}

impl World {
    /// One service `shop` with two instances, guarded quickly; the server is not begun.
    pub(crate) async fn small() -> Self {
        Self::of(&[("shop", 2)], &Guarding::default()).await
    }

    /// The same, guarded so that each step ends with a question: nothing is sure within seconds.
    pub(crate) async fn asking() -> Self {
        let guarding = Guarding {
            when_unsure: "hold",
            tolerance: "0.01%",
            ..Guarding::default()
        };
        Self::of(&[("shop", 2)], &guarding).await
    }

    pub(crate) async fn of(services: &[(&str, usize)], guarding: &Guarding) -> Self {
        Self::on(None, services, guarding).await
    }

    /// A watch that lasts some looks, and in it a version that was rolled back; with its id.
    pub(crate) async fn that_rolled_back() -> (Self, String) {
        let guarding = Guarding {
            step_bake_s: 8,
            ..Guarding::default()
        };
        let world = Self::of(&[("shop", 2)], &guarding).await;
        let mut world = world.with_first_version().await;
        world.prometheus.spoil("v2");
        let package = world.put("shop", "v2", SERVES);
        let bad = world.deploy("shop", "v2", &package).await;
        world.over(&bad, "rolled_back").await;
        (world, bad)
    }

    /// As [`World::of`], with its journal in a PostgreSQL database.
    pub(crate) async fn on(
        postgres: Option<String>,
        services: &[(&str, usize)],
        guarding: &Guarding,
    ) -> Self {
        let dir = TempDir::new().unwrap();
        let ip = fleet::own_ip();
        let at = |port| SocketAddr::new(ip, port);
        let places = fleet::places(dir.path(), ip, services);
        let file = dir.path().join("main/data/journal.db");
        let journal = postgres.unwrap_or_else(|| format!("sqlite:{}", file.display()));
        let mut world = Self {
            server: Server::new(PathBuf::new(), at(0)),
            prometheus: Prometheus::start(at(19090), &places).await,
            packages: Packages::start(at(18000)).await,
            receiver: Receiver::start(at(18100)).await,
            places,
            dir,
            guarding: guarding.clone(),
            ip,
            journal,
        };
        world.server = world.another("main", 17700, &world.journal);
        world
    }

    /// A server with a configuration of its own for the same services, not begun.
    pub(crate) fn another(&self, name: &str, port: u16, journal: &str) -> Server {
        let at = |port| SocketAddr::new(self.ip, port);
        let folder = self.dir.path().join(name);
        let facts = Facts {
            dir: self.dir.path(),
            server: name,
            journal: Some(journal),
            listen: at(port),
            prometheus: at(19090),
            packages: at(18000),
            receiver: at(18100),
            probed: at(PROBED),
            places: &self.places,
            guarding: &self.guarding,
        };
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("tawny.yaml"), settings::yaml(&facts)).unwrap();
        Server::new(folder, at(port))
    }

    /// Begins the server and brings `v1` out, as somebody did long before the test.
    pub(crate) async fn with_first_version(mut self) -> Self {
        self.server.begin(&Life::default());
        self.server.ready().await;
        let services: Vec<String> = self.services();
        for service in services {
            self.bring_out(&service, "v1").await;
        }
        self
    }

    fn services(&self) -> Vec<String> {
        let mut all: Vec<String> = self.places.iter().map(|p| p.service.clone()).collect();
        all.dedup();
        all
    }

    /// Deploys a good package of a version and follows it until its watch is over.
    pub(crate) async fn bring_out(&mut self, service: &str, version: &str) -> String {
        let package = self.put(service, version, SERVES);
        let id = self.deploy(service, version, &package).await;
        self.over(&id, "promoted").await;
        id
    }

    /// Brings a version of `shop` out without waiting for its watches.
    pub(crate) async fn promoted_by_hand(&mut self, version: &str) -> String {
        let package = self.put("shop", version, SERVES);
        let id = self.deploy("shop", version, &package).await;
        self.event(&id, "step_finished").await;
        let path = format!("deployments/{id}/promote");
        let (status, said) = self.server.call(ANN, Method::POST, &path, None).await;
        // Where there is one instance, it is out everywhere already.
        assert!([200, 409].contains(&status), "{said}");
        self.over(&id, "promoted").await;
        id
    }

    /// Puts a package on the shelf whose start script, after noting the start, does what is said.
    pub(crate) fn put(&self, service: &str, version: &str, then: &str) -> Value {
        self.packages.put(service, version, package(then))
    }

    /// Asks for a version until it is surely asked for, whatever dies meanwhile: once.
    pub(crate) async fn deploy(&mut self, service: &str, version: &str, package: &Value) -> String {
        until("the deployment is asked for", async || {
            self.server.revive();
            self.ask_once(service, version, package).await
        })
        .await
    }

    /// Asks for a version unless it was asked for before; none when that is not known.
    pub(crate) async fn ask_once(
        &self,
        service: &str,
        version: &str,
        package: &Value,
    ) -> Option<String> {
        if let Some(id) = self.find(service, version).await? {
            return Some(id);
        }
        let body = json!({ "service": service, "version": version, "package": package });
        let asked = self
            .server
            .try_call(ANN, Method::POST, "deployments", Some(&body));
        match asked.await? {
            (201, view) => view["id"].as_str().map(str::to_owned),
            // It does not lead yet, or the one before still holds the lane.
            (409 | 503, _) => None,
            (status, problem) => panic!("{status}: {problem}\n{}", self.server.log()),
        }
    }

    /// The deployment of a version, if there is one; the outer none is no answer.
    async fn find(&self, service: &str, version: &str) -> Option<Option<String>> {
        let path = format!("deployments?service={service}");
        let (status, all) = self.server.try_call(ANN, Method::GET, &path, None).await?;
        if status != 200 {
            return None;
        }
        let of_version = |view: &&Value| view["to"] == version;
        let found = all.as_array()?.iter().find(of_version);
        Some(found.and_then(|view| view["id"].as_str().map(str::to_owned)))
    }

    /// The deployment as the API shows it, whatever dies meanwhile, once it is as wished.
    pub(crate) async fn view(
        &mut self,
        id: &str,
        what: &str,
        wished: impl Fn(&Value) -> bool,
    ) -> Value {
        let path = format!("deployments/{id}");
        let mut last = Value::Null;
        let found = until_or_last(what, &mut last, async |last| {
            self.server.revive();
            let (status, view) = self.server.try_call(ANN, Method::GET, &path, None).await?;
            if status == 200 {
                *last = view;
            }
            wished(last).then(|| last.clone())
        });
        found.await
    }

    /// Waits for the end of a deployment: the status, and after it the end of the watch. Bakes of seconds
    /// leave the detector unsure, so somebody says on the way that a good release may go on.
    pub(crate) async fn over(&mut self, id: &str, status: &str) -> Value {
        let path = format!("deployments/{id}");
        let mut last = Value::Null;
        let view = until_or_last(status, &mut last, async |last| {
            self.server.revive();
            let (code, view) = self.server.try_call(ANN, Method::GET, &path, None).await?;
            if code != 200 {
                return None;
            }
            *last = view;
            let now = last["status"].as_str()?.to_owned();
            let over = ["rolled_back", "failed"].contains(&now.as_str());
            assert!(!over || now == status, "expected {status}: {last:#}");
            if now == "paused" && status == "promoted" {
                self.answer(last, "resume").await;
            }
            (now == status).then(|| last.clone())
        })
        .await;
        let last = match status {
            "promoted" => "bake_ended",
            "rolled_back" => "cure_confirmed",
            _ => "failed",
        };
        self.event(id, last).await;
        view
    }

    /// Answers the open question of a deployment, if there is one and somebody hears it.
    pub(crate) async fn answer(&self, view: &Value, choice: &str) {
        let Some(approval) = view["approval"]["id"].as_str() else {
            return;
        };
        let path = format!("approvals/{approval}");
        let body = json!({ "choice": choice });
        let answered = self
            .server
            .try_call(ANN, Method::POST, &path, Some(&body))
            .await;
        if let Some((status, problem)) = answered {
            // Heard before, or not by somebody who leads.
            let fine = [200, 409, 503].contains(&status);
            assert!(fine, "{status}: {problem}");
        }
    }

    /// Waits for an event and returns it.
    pub(crate) async fn event(&mut self, id: &str, name: &str) -> Value {
        let path = format!("deployments/{id}/timeline");
        let mut last = Value::Null;
        until_or_last(name, &mut last, async |last| {
            self.server.revive();
            let (status, lines) = self.server.try_call(ANN, Method::GET, &path, None).await?;
            if status == 200 {
                *last = lines;
            }
            let mut events = last.as_array()?.iter();
            events.find(|line| line["event"] == name).cloned()
        })
        .await
    }

    /// The names of all events of a deployment.
    pub(crate) async fn events(&self, id: &str) -> Vec<String> {
        let path = format!("deployments/{id}/timeline");
        let (_, lines) = self.server.call(ANN, Method::GET, &path, None).await;
        let name = |line: &Value| line["event"].as_str().unwrap_or_default().to_owned();
        lines.as_array().into_iter().flatten().map(name).collect()
    }

    /// Waits until nothing is left to do.
    pub(crate) async fn at_rest(&mut self) {
        examine::at_rest(self).await;
    }

    /// Waits until nothing is left to do, stops the server and examines what it leaves.
    pub(crate) async fn examine(&mut self) -> Examined {
        Examined::settled(self).await
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // No server may start an instance behind our back.
        self.server.kill();
        for place in &self.places {
            place.clear();
        }
        if std::thread::panicking() {
            eprintln!("{}", self.server.log());
        }
    }
}

/// As [`until`], and tells what was last seen when it is in vain.
async fn until_or_last<T>(
    what: &str,
    last: &mut Value,
    mut look: impl AsyncFnMut(&mut Value) -> Option<T>,
) -> T {
    let deadline = tokio::time::Instant::now() + crate::wait::DEADLINE;
    loop {
        if let Some(found) = look(last).await {
            return found;
        }
        assert!(
            tokio::time::Instant::now() < deadline,
            "in vain waited for {what}; last seen: {last:#}"
        );
        tokio::time::sleep(crate::wait::LOOK_EVERY).await;
    }
}
