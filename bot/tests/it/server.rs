//! `tawny serve` as a process of its own.

use crate::wait::until;
use reqwest::{Method, StatusCode};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::fs::File;
use std::net::SocketAddr;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};

/// How one life of the server is begun.
#[derive(Debug, Clone, Default)]
pub(crate) struct Life {
    /// The crash point at which it ends, with the pass.
    pub(crate) until: Option<String>,
    pub(crate) lease: Option<&'static str>,
    /// What is logged; `info` when not said.
    pub(crate) log: Option<&'static str>,
    pub(crate) log_format: Option<&'static str>,
}

/// The server, over all its lives.
pub(crate) struct Server {
    dir: PathBuf,
    url: String,
    http: reqwest::Client,
    child: Option<Child>,
    pub(crate) lives: u32,
    lease: Option<&'static str>,
}

impl Server {
    pub(crate) fn new(dir: PathBuf, listen: SocketAddr) -> Self {
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let http = reqwest::Client::builder()
            .no_proxy()
            .pool_max_idle_per_host(0)
            .timeout(std::time::Duration::from_secs(20))
            .build()
            .unwrap();
        Self {
            dir,
            url: format!("http://{listen}"),
            http,
            child: None,
            lives: 0,
            lease: None,
        }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Begins a life. It answers a little later.
    pub(crate) fn begin(&mut self, life: &Life) {
        assert!(self.child.is_none(), "it lives already");
        self.lives += 1;
        self.lease = life.lease.or(self.lease);
        let log = |name: &str| {
            let mut options = File::options();
            let path = self.dir.join(name);
            options.create(true).append(true).open(path).unwrap()
        };
        let mut command = Command::new(env!("CARGO_BIN_EXE_tawny"));
        command
            .args(["serve", "--config"])
            .arg(self.dir.join("tawny.yaml"))
            .env("TAWNY_LOG", life.log.unwrap_or("info"))
            .env_remove(platforms::crash::VARIABLE)
            .env_remove("TAWNY_LEASE")
            .env("TAWNY_LOG_FORMAT", life.log_format.unwrap_or("text"))
            .stdin(Stdio::null())
            .stdout(log("serve.out"))
            .stderr(log("serve.log"));
        if let Some(point) = &life.until {
            command.env(platforms::crash::VARIABLE, point);
        }
        if let Some(lease) = self.lease {
            command.env("TAWNY_LEASE", lease);
        }
        self.child = Some(command.spawn().unwrap());
    }

    /// Waits until it leads.
    pub(crate) async fn ready(&mut self) {
        until("the server leads", async || {
            let ended = self.ended();
            assert!(ended.is_none(), "it ended: {ended:?}\n{}", self.log());
            self.leads().await.then_some(())
        })
        .await;
    }

    /// What it says of who leads, once it is ready to answer.
    pub(crate) async fn readiness(&self) -> Option<String> {
        let asked = self.http.get(format!("{}/readyz", self.url)).send().await;
        let answer = asked
            .ok()
            .filter(|answer| answer.status() == StatusCode::OK)?;
        answer.text().await.ok()
    }

    /// Whether it leads itself, be there others or not.
    pub(crate) async fn leads_itself(&self) -> bool {
        let said = self.readiness().await;
        said.is_some_and(|said| said.contains("this server leads"))
    }

    pub(crate) async fn leads(&self) -> bool {
        let asked = self.http.get(format!("{}/readyz", self.url)).send().await;
        asked.is_ok_and(|answer| answer.status() == StatusCode::OK)
    }

    /// Status and text of a page; none when there is no answer.
    pub(crate) async fn page(&self, path: &str) -> Option<(u16, String)> {
        let answer = self.http.get(format!("{}{path}", self.url)).send().await;
        let answer = answer.ok()?;
        Some((answer.status().as_u16(), answer.text().await.ok()?))
    }

    /// Status and document of a page that always answers.
    pub(crate) async fn report(&self, path: &str) -> (u16, Value) {
        let (status, text) = self.page(path).await.unwrap();
        (status, serde_json::from_str(&text).unwrap())
    }

    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.http
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.url.trim_start_matches("http://").parse().unwrap()
    }

    /// How its present life ended, if it did.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        let status = self.child.as_mut()?.try_wait().unwrap()?;
        self.child = None;
        Some(status)
    }

    /// Begins another life if the last one was killed; any other end is a failure.
    pub(crate) fn revive(&mut self) {
        if let Some(status) = self.ended() {
            assert_eq!(
                status.signal(),
                Some(9),
                "it ended by itself: {status}\n{}",
                self.log()
            );
        }
        if self.child.is_none() {
            self.begin(&Life::default());
        }
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let pid = self.child.as_ref().map(|child| child.id().cast_signed());
        let pid = pid.and_then(Pid::from_raw).expect("it lives");
        kill_process(pid, signal).unwrap();
    }

    /// Kills it; it notices nothing.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Stops it as an operator does, and expects that to work.
    pub(crate) async fn stop(&mut self) {
        self.signal(Signal::TERM);
        let status = until("the server stops", async || self.ended()).await;
        assert!(status.success(), "{status}\n{}", self.log());
    }

    /// What its lives have logged.
    pub(crate) fn whole_log(&self) -> String {
        std::fs::read_to_string(self.dir.join("serve.log")).unwrap_or_default()
    }

    /// What its lives have logged, the end of it.
    pub(crate) fn log(&self) -> String {
        let log = self.whole_log();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(60)..].join("\n")
    }

    /// Calls the API; none when there is no answer.
    pub(crate) async fn try_call(
        &self,
        token: &str,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Option<(u16, Value)> {
        let url = format!("{}/api/v1/{path}", self.url);
        let mut request = self.http.request(method, url).bearer_auth(token);
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.ok()?;
        let status = answer.status().as_u16();
        let text = answer.text().await.ok()?;
        let value = serde_json::from_str(&text);
        Some((status, value.unwrap_or(Value::String(text))))
    }

    pub(crate) async fn call(
        &self,
        token: &str,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> (u16, Value) {
        let answer = self.try_call(token, method, path, body).await;
        answer.unwrap_or_else(|| panic!("no answer to {path}\n{}", self.log()))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}
