//! Logs of pods, from the API of Kubernetes.
//!
//! `GET /api/v1/namespaces/N/pods` says which pods there are, `GET …/pods/P/log` what each container says. Of one that
//! was started again, what it said before it died is asked for too.

use super::bounds::{Bounds, Came, Window};
use super::error::LogError;
use super::http::Web;
use super::{Joiner, Sink};
use jiff::Timestamp;
use serde::Deserialize;

/// Pods that are asked, at most.
const MOST_PODS: usize = 50;
/// The longest list of pods, in bytes.
const LIST: usize = 16 << 20;

/// Which pods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pods {
    /// The namespace.
    pub namespace: String,
    /// A label selector such as `app=shop`.
    pub selector: String,
    /// The container; all of them when not said.
    pub container: Option<String>,
}

/// Pods of a cluster.
#[derive(Debug, Clone)]
pub struct Kubernetes {
    web: Web,
    pods: Pods,
}

#[derive(Deserialize)]
struct List {
    items: Vec<Pod>,
}

#[derive(Deserialize)]
struct Pod {
    metadata: Metadata,
    spec: Spec,
    #[serde(default)]
    status: Status,
}

#[derive(Deserialize)]
struct Metadata {
    name: String,
}

#[derive(Deserialize)]
struct Spec {
    containers: Vec<Container>,
}

#[derive(Deserialize)]
struct Container {
    name: String,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Status {
    container_statuses: Vec<ContainerStatus>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ContainerStatus {
    name: String,
    #[serde(default)]
    restart_count: u32,
}

/// One log.
struct Asked<'a> {
    pod: &'a str,
    container: &'a str,
    previous: bool,
}

impl Kubernetes {
    /// Pods of the cluster at this address.
    #[must_use]
    pub fn new(web: Web, pods: Pods) -> Self {
        Self { web, pods }
    }

    pub(super) fn place(&self) -> String {
        format!("{}, namespace {}", self.web.shown(), self.pods.namespace)
    }

    pub(super) async fn read(
        &mut self,
        window: &Window,
        bounds: &Bounds,
        each: Sink<'_>,
    ) -> Result<Came, LogError> {
        let list = self.list().await?;
        let mut asked = Vec::new();
        for pod in list.items.iter().take(MOST_PODS) {
            for container in &pod.spec.containers {
                let name = container.name.as_str();
                if self
                    .pods
                    .container
                    .as_deref()
                    .is_some_and(|own| own != name)
                {
                    continue;
                }
                let mut states = pod.status.container_statuses.iter();
                let again = states.any(|one| one.name == name && one.restart_count > 0);
                for previous in [true, false] {
                    if again || !previous {
                        asked.push(Asked {
                            pod: &pod.metadata.name,
                            container: name,
                            previous,
                        });
                    }
                }
            }
        }
        let mut came = Came::default();
        let share = Bounds {
            lines: (bounds.lines / asked.len().max(1) as u64).max(1),
            bytes: (bounds.bytes / asked.len().max(1) as u64).max(1),
            ..*bounds
        };
        for one in &asked {
            came = came.and(self.log(one, window, &share, each).await?);
        }
        Ok(came)
    }

    async fn list(&self) -> Result<List, LogError> {
        let url = self.web.url(
            &["api", "v1", "namespaces", &self.pods.namespace, "pods"],
            &[
                ("labelSelector", self.pods.selector.clone()),
                ("limit", MOST_PODS.to_string()),
            ],
        );
        let answer = self.web.get(&url, LIST).await?;
        serde_json::from_slice(&answer.body).map_err(|error| self.web.unreadable(&url, error))
    }

    async fn log(
        &self,
        asked: &Asked<'_>,
        window: &Window,
        bounds: &Bounds,
        each: Sink<'_>,
    ) -> Result<Came, LogError> {
        let seconds = (window.until.duration_since(window.from).as_secs() + 1).max(1);
        let namespace = &self.pods.namespace;
        let url = self.web.url(
            &[
                "api",
                "v1",
                "namespaces",
                namespace,
                "pods",
                asked.pod,
                "log",
            ],
            &[
                ("container", asked.container.to_owned()),
                ("timestamps", "true".to_owned()),
                ("sinceSeconds", seconds.to_string()),
                ("tailLines", bounds.lines.to_string()),
                ("limitBytes", bounds.bytes.to_string()),
                ("previous", asked.previous.to_string()),
            ],
        );
        let most = usize::try_from(bounds.bytes).unwrap_or(usize::MAX);
        let answer = match self.web.get(&url, most).await {
            // It has not begun, its last life is forgotten, or it is gone: there is nothing to read.
            Err(LogError::Refused {
                status: 400 | 404, ..
            }) => return Ok(Came::default()),
            answer => answer?,
        };
        let mut joiner = Joiner::new(asked.pod, window);
        let mut came = Came {
            bytes: answer.body.len() as u64,
            ..Came::default()
        };
        for line in String::from_utf8_lossy(&answer.body).lines() {
            came.lines += 1;
            let (at, text) = timed(line);
            // What was read before comes again: the API counts in whole seconds.
            if at.is_none_or(|at| at >= window.from && at < window.until) {
                joiner.line(text, at, None, each);
            }
        }
        joiner.finish(each);
        if came.lines >= bounds.lines || came.bytes >= bounds.bytes {
            came.cut = joiner.oldest().or(Some(window.until));
        }
        Ok(came)
    }
}

/// `2026-11-22T03:04:05.123456789Z text`
fn timed(line: &str) -> (Option<Timestamp>, &str) {
    let told = line
        .split_once(' ')
        .and_then(|(at, text)| Some((at.parse().ok()?, text)));
    told.map_or((None, line), |(at, text)| (Some(at), text))
}
