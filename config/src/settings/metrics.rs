//! Metric sources, and how a service's series are found in them.

use crate::object::Object;
use crate::reader::Reader;
use crate::shape::{ObjectShape, Shape};
use crate::text::{Matchers, Name, Secret, WebUrl};
use crate::value::{Value, compare_whole, settings, tagged};
use crate::yaml::Node;
use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::time::Duration;

tagged! {
    /// Where metrics are read.
    pub enum MetricsSource {
        /// Prometheus, or whatever speaks its HTTP API.
        Prometheus(Prometheus) = "prometheus",
    }
}

tagged! {
    /// How to prove who asks.
    pub enum Auth {
        /// Nothing is sent.
        None(NoAuth) = "none",
        /// A user name and a password.
        Basic(Basic) = "basic",
        /// A token.
        Bearer(Bearer) = "bearer",
    }
}

settings! {
    /// Prometheus, or whatever speaks its HTTP API.
    pub struct Prometheus {
        /// Base URL, with the path prefix if there is one.
        url: WebUrl,
        /// How to prove who asks.
        auth: Auth = "none",
        /// Extra headers, such as a tenant. Values are treated as secrets.
        headers: BTreeMap<String, Secret> = "{}",
        /// Longest time for one request.
        timeout: Duration = "5s",
        /// How often it scrapes; Tawny looks as often. Without it, Tawny asks the source.
        scrape_interval: Option<Duration>,
        /// Most requests under way at once.
        max_concurrency: NonZeroU32 = "4",
    }

    /// A user name and a password.
    pub struct Basic {
        /// User name.
        username: String,
        /// Password.
        password: Secret,
    }

    /// A token.
    pub struct Bearer {
        /// The token, without the word `Bearer`.
        token: Secret,
    }

    /// How a service's series are found.
    pub struct ServiceMetrics check some_matcher {
        /// The source's name. May be left out when there is only one.
        source: Option<Name>,
        /// Label matchers that pick this service's series and no others, such as `job="shop"`.
        selector: Matchers,
        /// The label that tells instances apart.
        instance_label: String = "instance",
        /// The label that carries the version, where there is one.
        version_label: Option<String>,
    }
}

/// Nothing is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoAuth;

impl Value for NoAuth {
    fn shape() -> Shape {
        Shape::Object(ObjectShape {
            doc: "Nothing is sent.".to_owned(),
            fields: Vec::new(),
        })
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        Object::open(node, reader, &Auth::shape())?.close(reader);
        Some(Self)
    }

    compare_whole!();
}

// Without a matcher every service's requests would count as this one's.
fn some_matcher(metrics: &ServiceMetrics, node: &Node, reader: &mut Reader<'_>) -> Option<()> {
    if !metrics.selector.is_empty() {
        return Some(());
    }
    let at = node.get("selector").map_or(node.at, |value| value.at);
    reader.inside(
        crate::reader::Step::Field("selector".to_owned()),
        |reader| {
            reader.wrong(at, "no matcher", "at least one, such as `job=\"shop\"`");
        },
    );
    None
}
