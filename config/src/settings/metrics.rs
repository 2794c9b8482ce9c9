//! Metric sources, and how a service's series are found in them.

use super::Size;
use crate::object::Object;
use crate::reader::{Reader, Step, shorten};
use crate::shape::{ObjectShape, Shape};
use crate::text::{Matchers, Name, PemFile, Proxy, Secret, WebUrl};
use crate::value::{Value, compare_whole, settings, tagged, words};
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
        /// A token that is asked for at a token endpoint, kept, and renewed early.
        OAuth2(OAuth2) = "oauth2",
    }
}

settings! {
    /// Prometheus, or whatever speaks its HTTP API.
    pub struct Prometheus check usable {
        /// Base URL, with the path prefix if there is one.
        url: WebUrl,
        /// Where people open its own page, for links to a query; no such links without it.
        browse_url: Option<WebUrl>,
        /// Where people explore the same metrics in Grafana, for links to a query.
        grafana: Option<Grafana>,
        /// How to prove who asks.
        auth: Auth = "none",
        /// Extra headers, such as a tenant. Values are treated as secrets.
        headers: BTreeMap<String, Secret> = "{}",
        /// Whom to trust, and the client certificate to show.
        tls: ClientTls = "{}",
        /// How it is reached: `environment` as `HTTPS_PROXY` and the like say, `direct`, or the URL of a proxy. Treated as a secret, since it may hold a password.
        proxy: Proxy = "environment",
        /// Longest time for one attempt.
        timeout: Duration = "5s",
        /// What to do after a connection error, a 429 or a 5xx.
        retry: Retry = "{}",
        /// How often it scrapes; Tawny looks as often. Without it, Tawny asks the source.
        scrape_interval: Option<Duration>,
        /// Most requests under way at once.
        max_concurrency: NonZeroU32 = "4",
        /// Most requests in a time; without it, as many as are needed.
        budget: Option<Budget>,
        /// Longest answer that is read; a longer one is an error.
        max_answer: Size = "64MiB",
        /// Thanos: whether replicas are merged. Not sent when not said.
        dedup: Option<bool>,
        /// Thanos: whether an answer without some stores is given, with a warning, or refused. Not sent when not said.
        partial_response: Option<bool>,
        /// Parameters added to every request, such as VictoriaMetrics' `latency_offset`. They are shown.
        params: BTreeMap<String, String> = "{}",
        /// Whether answers may be compressed. Without it, unless the source is on this machine.
        gzip: Option<bool>,
    }

    /// A Grafana that reads the same metrics.
    pub struct Grafana {
        /// Base URL, with the path prefix if there is one.
        url: WebUrl,
        /// The uid of the data source there.
        datasource: String,
    }

    /// When and how long to try again.
    pub struct Retry {
        /// Most attempts, the first one included.
        attempts: NonZeroU32 = "4",
        /// Wait before the second attempt; doubled each time, up to as much again added at random.
        first_delay: Duration = "200ms",
        /// Longest such wait, before the random part.
        max_delay: Duration = "2s",
        /// Time for all attempts and waits together.
        total: Duration = "10s",
    }

    /// Most requests in a time.
    pub struct Budget check some_time {
        /// Requests, over all services that read here.
        requests: NonZeroU32,
        /// The time for which they must do.
        per: Duration = "1m",
        /// Requests that may go out at once after a quiet time; a tenth of `requests` when not said.
        burst: Option<NonZeroU32>,
    }

    /// Whom to trust, and who we are.
    pub struct ClientTls check both_or_none {
        /// Certificates of the only authorities to trust, in PEM; relative to this file. Without it, those that the system trusts.
        ca: Option<PemFile>,
        /// Our own certificate, in PEM, where the server asks for one (mTLS).
        certificate: Option<PemFile>,
        /// Its key, in PEM, not encrypted.
        key: Option<PemFile>,
    }

    /// A token that is asked for, by the client credentials of OAuth 2.
    pub struct OAuth2 {
        /// The token endpoint.
        token_url: WebUrl,
        /// Client id.
        client_id: String,
        /// Client secret.
        client_secret: Secret,
        /// What the token is asked for.
        scopes: Vec<String> = "[]",
        /// Extra parameters that some servers want, such as `audience`. Values are treated as secrets.
        params: BTreeMap<String, Secret> = "{}",
        /// Where id and secret are put.
        credentials_in: CredentialsIn = "header",
        /// Whom to trust at the token endpoint; as at the source when not said.
        tls: Option<ClientTls>,
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

/// Where a request for a token carries id and secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialsIn {
    /// `Authorization: Basic`.
    Header,
    /// In the form.
    Form,
}

words!(CredentialsIn {
    "header" => CredentialsIn::Header, "`Authorization: Basic`, which every server must take";
    "form" => CredentialsIn::Form, "in the form, for servers that take nothing else";
});

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

/// Headers and parameters must be such that they can be sent, and must not be said in two places.
fn usable(source: &Prometheus, node: &Node, reader: &mut Reader<'_>) -> Option<()> {
    let mut fine = true;
    let named = |field: &str, name: &str| {
        let entries = node.get(field).map(Node::entries).unwrap_or_default();
        let entry = entries.iter().find(|entry| entry.key == name);
        entry.map_or(node.at, |entry| entry.at)
    };
    for (name, value) in &source.headers {
        let expected = if !is_token(name) {
            "the name of a header: letters, digits and `-`"
        } else if name.eq_ignore_ascii_case("authorization")
            && !matches!(source.auth, Auth::None(_))
        {
            "another header: `auth` says this one"
        } else if value.expose().contains(['\r', '\n', '\0']) {
            "a value of one line"
        } else {
            continue;
        };
        fine = false;
        wrong_entry(("headers", name), named("headers", name), expected, reader);
    }
    for name in source.params.keys() {
        if !OWN_PARAMS.contains(&name.as_str()) {
            continue;
        }
        fine = false;
        let expected = match name.as_str() {
            "dedup" | "partial_response" => "the field of this name beside `params`",
            _ => "another parameter: Tawny sends this one itself",
        };
        wrong_entry(("params", name), named("params", name), expected, reader);
    }
    for (field, value) in [
        ("timeout", Some(source.timeout)),
        ("scrape_interval", source.scrape_interval),
    ] {
        if value.is_some_and(|value| value < Duration::from_millis(1)) {
            fine = false;
            let value = node.get(field).unwrap_or(node);
            reader.inside(Step::Field(field.to_owned()), |reader| {
                reader.wrong_value(value, "more than no time");
            });
        }
    }
    fine.then_some(())
}

/// Parameters of the API that Tawny sends by itself.
const OWN_PARAMS: [&str; 9] = [
    "query",
    "time",
    "start",
    "end",
    "step",
    "match[]",
    "limit",
    "dedup",
    "partial_response",
];

fn wrong_entry(
    (field, name): (&str, &str),
    at: crate::yaml::Mark,
    expected: &str,
    reader: &mut Reader<'_>,
) {
    reader.inside(Step::Field(field.to_owned()), |reader| {
        reader.inside(Step::Field(name.to_owned()), |reader| {
            reader.wrong(at, format!("`{}`", shorten(name)), expected);
        });
    });
}

fn is_token(name: &str) -> bool {
    !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c))
}

fn some_time(budget: &Budget, node: &Node, reader: &mut Reader<'_>) -> Option<()> {
    if !budget.per.is_zero() {
        return Some(());
    }
    let value = node.get("per").unwrap_or(node);
    reader.inside(Step::Field("per".to_owned()), |reader| {
        reader.wrong_value(value, "more than no time");
    });
    None
}

fn both_or_none(tls: &ClientTls, node: &Node, reader: &mut Reader<'_>) -> Option<()> {
    if tls.certificate.is_some() == tls.key.is_some() {
        return Some(());
    }
    reader.wrong(
        node.at,
        "a certificate without its key, or a key without its certificate",
        "both `certificate` and `key`, or neither",
    );
    None
}
