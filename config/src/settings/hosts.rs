//! What runs where: machines that Tawny deploys to, or instances it only watches.

use crate::reader::{Reader, Step};
use crate::text::{Command, Secret, Status, UrlPath, WebUrl};
use crate::value::settings;
use crate::yaml::Node;
use guard::ids::{Environment, InstanceId};
use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

settings! {
    /// Processes on this machine that Tawny installs, starts and stops.
    pub struct Hosts check some_instance {
        /// Where releases are unpacked; relative to this file.
        deploy_path: PathBuf,
        /// The service's own configuration, handed to it when it starts; relative to this file.
        config_path: Option<PathBuf>,
        /// The command that starts one instance, run in its release with its variables.
        start_cmd: Command,
        /// The command that stops one instance. Without it, the process gets SIGTERM.
        stop_cmd: Option<Command>,
        /// How long a stopping instance may take before SIGKILL.
        stop_timeout: Duration = "10s",
        /// Unpacked releases that are kept beside the current one.
        keep_releases: NonZeroU32 = "5",
        /// The instances, in the order in which they are deployed.
        instances: Vec<Instance>,
        /// When an instance counts as up.
        health: Health = "{}",
    }

    /// One running copy of the service.
    pub struct Instance {
        /// Its name.
        id: InstanceId,
        /// Where it answers.
        base_url: WebUrl,
        /// The environment it belongs to. May be left out when the service has only one.
        environment: Option<Environment>,
        /// Its value of `metrics.instance_label`. Without it: host and port of `base_url` when that label is `instance`, else `id`.
        label: Option<String>,
        /// Variables for its commands. Values are treated as secrets.
        env: BTreeMap<String, Secret> = "{}",
    }

    /// When an instance counts as up.
    pub struct Health {
        /// The path that answers when it is healthy.
        path: UrlPath = "/healthz",
        /// The status it answers with.
        expected_status: Status = "200",
        /// The path that answers with the running version. Without it, the version is taken on trust.
        version_path: Option<UrlPath>,
        /// Longest time for one answer.
        timeout: Duration = "2s",
        /// Time between two attempts.
        interval: Duration = "1s",
        /// Attempts before the instance counts as failed.
        attempts: NonZeroU32 = "30",
    }

    /// Tawny watches and speaks; somebody else deploys.
    pub struct Observed {
        /// The instances, where they are known; otherwise they are found by `metrics.instance_label`.
        instances: Vec<ObservedInstance> = "[]",
    }

    /// One running copy of a service that somebody else deploys.
    pub struct ObservedInstance {
        /// Its name.
        id: InstanceId,
        /// The environment it belongs to. May be left out when the service has only one.
        environment: Option<Environment>,
        /// Its value of `metrics.instance_label`; `id` when not said.
        label: Option<String>,
    }
}

impl Instance {
    /// The value that `instance_label` has on this instance's series.
    #[must_use]
    pub fn label_value(&self, instance_label: &str) -> String {
        match &self.label {
            Some(label) => label.clone(),
            None if instance_label == "instance" => self
                .base_url
                .host_and_port()
                .unwrap_or_else(|| self.id.to_string()),
            None => self.id.to_string(),
        }
    }
}

impl ObservedInstance {
    /// The value that `metrics.instance_label` has on this instance's series.
    #[must_use]
    pub fn label_value(&self) -> String {
        self.label.clone().unwrap_or_else(|| self.id.to_string())
    }
}

fn some_instance(hosts: &Hosts, node: &Node, reader: &mut Reader<'_>) -> Option<()> {
    if !hosts.instances.is_empty() {
        return Some(());
    }
    let at = node.get("instances").map_or(node.at, |value| value.at);
    reader.inside(Step::Field("instances".to_owned()), |reader| {
        reader.wrong(at, "an empty list", "at least one instance");
    });
    None
}
