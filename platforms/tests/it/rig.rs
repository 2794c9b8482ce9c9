//! A service with its instances on a scratch directory, which leaves nothing running behind.

use crate::authority::{Story, plan};
use crate::server::PackageServer;
use guard::ids::{Environment, InstanceId, ServiceName};
use guard::plan::Package;
use platforms::hosts::{
    Brought, HealthGate, HostInstance, Hosts, HostsConfig, HostsError, PackageSources, Stage,
};
use procfs::process::Process;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::ops::ControlFlow;
use std::path::PathBuf;

pub(crate) struct Rig {
    pub(crate) hosts: Hosts,
    pub(crate) server: PackageServer,
    pub(crate) folder: tempfile::TempDir,
    tag: String,
    deployments: u32,
}

impl Rig {
    /// A service with these instances; nothing is installed.
    pub(crate) async fn new(instances: &[&str]) -> Self {
        Self::with(instances, |_| {}).await
    }

    pub(crate) async fn with(instances: &[&str], change: impl FnOnce(&mut HostsConfig)) -> Self {
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let folder = tempfile::tempdir().unwrap();
        let tag = uuid::Uuid::new_v4().to_string();
        let server = PackageServer::start().await;
        let instances = instances
            .iter()
            .map(|name| instance(name, &tag, &folder))
            .collect();
        let mut config = HostsConfig {
            service: ServiceName::new("shop").unwrap(),
            environment: Environment::new("test").unwrap(),
            deploy_path: folder.path().join("deploy"),
            config_path: None,
            start_cmd: "exec sh ./run.sh".to_owned(),
            stop_cmd: None,
            instances,
            health: HealthGate {
                attempts: 100,
                timeout_s: 1.0,
                interval_s: 0.05,
                ..HealthGate::default()
            },
            stop_timeout_s: 2.0,
            keep_releases: 3,
            packages: PackageSources {
                schemes: vec!["http".to_owned(), "file".to_owned()],
                hosts: vec!["127.0.0.1".to_owned()],
                allow_loopback: true,
                file_roots: vec![folder.path().join("files")],
                max_bytes: 1 << 20,
                ..PackageSources::default()
            },
        };
        change(&mut config);
        Self {
            hosts: Hosts::new(config).unwrap(),
            server,
            folder,
            tag,
            deployments: 0,
        }
    }

    pub(crate) fn id(&self) -> InstanceId {
        self.hosts.config().instances[0].id.clone()
    }

    /// A deployment of all instances, its first step authorised.
    pub(crate) fn story(&mut self, from: Option<(&str, &Package)>, to: (&str, &Package)) -> Story {
        self.deployments += 1;
        let name = format!("dep_{}", self.deployments);
        let ids: Vec<InstanceId> = self
            .hosts
            .config()
            .instances
            .iter()
            .map(|instance| instance.id.clone())
            .collect();
        Story::of(plan(&name, &ids, from, to))
    }

    /// Brings the first instance.
    pub(crate) async fn bring(&self, story: &Story) -> Result<Brought, HostsError> {
        self.hosts
            .bring(&story.authority(), &self.id(), &unheeded)
            .await
    }

    /// Puts a version on the shelf and runs it on the first instance.
    pub(crate) async fn run(&mut self, version: &str) -> (Package, Brought) {
        let package = self.server.put(version, crate::release::good(version));
        let story = self.story(None, (version, &package));
        let brought = self.bring(&story).await.unwrap();
        (package, brought)
    }

    /// What the first instance answers.
    pub(crate) async fn answer(&self, path: &str) -> Option<String> {
        let url = format!("{}{path}", self.hosts.config().instances[0].base_url);
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        client.get(url).send().await.ok()?.text().await.ok()
    }

    pub(crate) async fn serving(&self) -> Option<String> {
        let text = self.answer("/version").await?;
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        Some(json["version"].as_str().unwrap().to_owned())
    }

    /// The versions that were started on the first instance, in order.
    pub(crate) fn starts(&self) -> Vec<String> {
        let path = &self.hosts.config().instances[0].env["TEST_STARTS"];
        let text = std::fs::read_to_string(path).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.hosts.config().deploy_path.join(self.id().as_str())
    }

    pub(crate) fn current(&self) -> Option<PathBuf> {
        std::fs::read_link(self.root().join("current")).ok()
    }

    /// The living processes of all instances, by number.
    pub(crate) fn processes(&self) -> Vec<i32> {
        processes(&self.tag)
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        for pid in processes(&self.tag) {
            kill(pid);
        }
    }
}

pub(crate) fn kill(pid: i32) {
    let pid = rustix::process::Pid::from_raw(pid).unwrap();
    let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
}

/// Lets everything happen.
pub(crate) fn unheeded(_: &Stage) -> ControlFlow<String> {
    ControlFlow::Continue(())
}

fn processes(tag: &str) -> Vec<i32> {
    let ours = |process: &Process| {
        let alive = process.stat().is_ok_and(|stat| stat.state != 'Z');
        let tagged = process
            .environ()
            .is_ok_and(|all| all.get(OsStr::new("TEST_TAG")).is_some_and(|t| t == tag));
        alive && tagged
    };
    procfs::process::all_processes()
        .unwrap()
        .filter_map(Result::ok)
        .filter(ours)
        .map(|process| process.pid)
        .collect()
}

fn instance(name: &str, tag: &str, folder: &tempfile::TempDir) -> HostInstance {
    // An address of this machine for each instance: a free port of 127.0.0.1 could be given to somebody
    // else before the service takes it.
    let random = uuid::Uuid::new_v4();
    let [_, a, b, c, ..] = *random.as_bytes();
    let listen = format!("127.{}.{}.{}:20080", a.max(1), b, c.clamp(1, 254));
    let starts = folder.path().join(format!("{name}.starts"));
    HostInstance {
        id: InstanceId::new(name).unwrap(),
        base_url: format!("http://{listen}"),
        env: BTreeMap::from([
            ("TEST_LISTEN".to_owned(), listen),
            ("TEST_TAG".to_owned(), tag.to_owned()),
            ("TEST_STARTS".to_owned(), starts.display().to_string()),
            (
                "TEST_BINARY".to_owned(),
                std::env::current_exe().unwrap().display().to_string(),
            ),
        ]),
    }
}
