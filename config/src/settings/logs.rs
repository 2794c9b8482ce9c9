//! Where a service's errors are read.

use super::{Basic, Bearer, ClientTls, NoAuth, Size};
use crate::object::Object;
use crate::reader::{Reader, Step};
use crate::shape::{ObjectShape, Shape};
use crate::text::{Secret, WebUrl};
use crate::value::{Value, compare_whole, settings, tagged};
use crate::yaml::Node;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

tagged! {
    /// Where errors are read.
    pub enum Logs {
        /// What the instances print; for the platform `hosts`.
        Instances(PrintedLogs) = "instances",
        /// Files of this machine.
        Files(LogFiles) = "files",
        /// The journal of systemd.
        Journald(JournaldUnit) = "journald",
        /// Loki.
        Loki(LokiQuery) = "loki",
        /// Pods of Kubernetes.
        Kubernetes(KubernetesPods) = "kubernetes",
        /// Sentry.
        Sentry(SentryProject) = "sentry",
    }
}

tagged! {
    /// How to prove who asks.
    pub enum LogAuth {
        /// Nothing is sent.
        None(NoAuth) = "none",
        /// A user name and a password.
        Basic(Basic) = "basic",
        /// A token.
        Bearer(Bearer) = "bearer",
    }
}

settings! {
    /// Files of this machine. Rotated ones are read to their end.
    pub struct LogFiles check some_path {
        /// Patterns such as `/var/log/shop/*.log`; `{service}` stands for the service's name. Relative to this file.
        paths: Vec<PathBuf>,
    }

    /// A unit of systemd on this machine.
    pub struct JournaldUnit check unit_is_one {
        /// Its name, such as `shop.service`.
        unit: String,
    }

    /// Lines of a Loki.
    pub struct LokiQuery {
        /// Base URL, with the path prefix if there is one.
        url: WebUrl,
        /// A LogQL query that selects lines, such as `{app="shop"}`.
        query: String,
        /// How to prove who asks.
        auth: LogAuth = "none",
        /// Extra headers, such as `X-Scope-OrgID`. Values are treated as secrets.
        headers: BTreeMap<String, Secret> = "{}",
        /// Whom to trust, and the client certificate to show.
        tls: ClientTls = "{}",
        /// Longest time for one reading.
        timeout: Duration = "10s",
        /// Most that is read at once.
        max_size: Size = "32MiB",
    }

    /// Logs of pods.
    pub struct KubernetesPods {
        /// Base URL of the API.
        url: WebUrl,
        /// The namespace.
        namespace: String,
        /// A label selector such as `app=shop`.
        selector: String,
        /// The container; all of a pod's when not said.
        container: Option<String>,
        /// A token that may list pods and read their logs.
        token: Option<Secret>,
        /// Whom to trust, and the client certificate to show.
        tls: ClientTls = "{}",
        /// Longest time for one reading.
        timeout: Duration = "10s",
        /// Most that is read at once.
        max_size: Size = "32MiB",
    }

    /// Issues that were first seen in the version that is brought out.
    pub struct SentryProject {
        /// Base URL, such as `https://sentry.io`.
        url: WebUrl,
        /// The organization's short name.
        organization: String,
        /// The project's short name.
        project: String,
        /// A token that may read issues and events.
        token: Secret,
        /// What Sentry calls a version, with `{version}` and `{service}` in it.
        release: String = "'{version}'",
        /// Whom to trust, and the client certificate to show.
        tls: ClientTls = "{}",
        /// Longest time for one reading.
        timeout: Duration = "10s",
    }
}

/// What the instances print: Tawny keeps it beside their releases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PrintedLogs;

impl Value for PrintedLogs {
    fn shape() -> Shape {
        Shape::Object(ObjectShape {
            doc: "What the instances print; for the platform `hosts`.".to_owned(),
            fields: Vec::new(),
        })
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        Object::open(node, reader, &Self::shape())?.close(reader);
        Some(Self)
    }

    compare_whole!();
}

fn some_path(files: &LogFiles, node: &Node, reader: &mut Reader<'_>) -> Option<()> {
    if !files.paths.is_empty() {
        return Some(());
    }
    let at = node.get("paths").map_or(node.at, |value| value.at);
    reader.inside(Step::Field("paths".to_owned()), |reader| {
        reader.wrong(at, "an empty list", "at least one pattern of file names");
    });
    None
}

fn unit_is_one(journald: &JournaldUnit, node: &Node, reader: &mut Reader<'_>) -> Option<()> {
    let fits = |c: char| c.is_ascii_alphanumeric() || ":-_.\\@".contains(c);
    let unit = &journald.unit;
    if !unit.is_empty() && unit.len() <= 255 && !unit.starts_with('-') && unit.chars().all(fits) {
        return Some(());
    }
    let value = node.get("unit").unwrap_or(node);
    reader.inside(Step::Field("unit".to_owned()), |reader| {
        reader.wrong_value(value, "the name of a unit, such as `shop.service`");
    });
    None
}
