//! Tawny's own server.

use crate::reader::{Reader, Step};
use crate::text::{Name, Secret, WebUrl};
use crate::value::{Value, compare_whole, settings, words};
use crate::yaml::Node;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

settings! {
    /// Tawny's own HTTP server and its place on disk.
    pub struct Server check address_of_the_page {
        /// Address and port to listen on. Only this machine can reach the default.
        listen: SocketAddr = "127.0.0.1:7700",
        /// Another address for `/metrics`, which then is at `listen` no more.
        metrics_listen: Option<SocketAddr>,
        /// How people reach the page; links in messages begin with it. Without it, links use `listen`.
        public_url: Option<WebUrl>,
        /// Host names under which the page may be asked for, beside those of `public_url` and `listen`.
        allowed_hosts: Vec<String> = "[]",
        /// Where the journal and other files are kept; relative to this file.
        data_dir: PathBuf = "tawny-data",
        /// Logging in on the page by an identity provider, beside one-time links.
        oidc: Option<Oidc>,
        /// Links that show one deployment, read-only, to whoever has them.
        shares: Shares = "{}",
    }

    /// Links that show one deployment, read-only, to whoever has them.
    pub struct Shares check usual_within_longest {
        /// Whether there are any. Switched off, those that were made open no more.
        enabled: bool = "true",
        /// How long one opens when nobody says.
        usual: Duration = "24h",
        /// The longest that anybody may ask for.
        longest: Duration = "30d",
    }

    /// An identity provider that speaks OpenID Connect. It sends people back to `/login/callback` of the page's address.
    pub struct Oidc check asks_privately {
        /// What the page calls it: `Log in with NAME`.
        name: Name = "SSO",
        /// Who it is, exactly as its tokens have it (`iss`); `/.well-known/openid-configuration` is read below.
        issuer: String,
        /// As which client Tawny is known there.
        client_id: String,
        /// The client's secret.
        client_secret: Secret,
        /// What is asked for.
        scopes: Vec<String> = "[openid, email]",
        /// The claim that names the person: a name under `people`, or one of their addresses.
        person_claim: String = "email",
    }
}

fn asks_privately(oidc: &Oidc, node: &Node, reader: &mut Reader<'_>) -> Option<()> {
    let url = url::Url::parse(&oidc.issuer).ok();
    let here = ["localhost", "127.0.0.1", "[::1]"];
    let private = url.is_some_and(|url| {
        let host = url.host_str().unwrap_or_default();
        url.scheme() == "https" || (url.scheme() == "http" && here.contains(&host))
    });
    if private {
        return Some(());
    }
    let at = node.get("issuer").map_or(node.at, |value| value.at);
    reader.inside(Step::Field("issuer".to_owned()), |reader| {
        reader.wrong(at, format!("`{}`", oidc.issuer), "an https URL");
    });
    None
}

fn address_of_the_page(server: &Server, node: &Node, reader: &mut Reader<'_>) -> Option<()> {
    let Some(url) = server.public_url.as_ref().map(WebUrl::url) else {
        return Some(());
    };
    if url.query().is_none() && url.fragment().is_none() {
        return Some(());
    }
    let at = node.get("public_url").map_or(node.at, |value| value.at);
    reader.inside(Step::Field("public_url".to_owned()), |reader| {
        let expected = "a URL without `?` and `#`: paths are added to it";
        reader.wrong(at, format!("`{url}`"), expected);
    });
    None
}

fn usual_within_longest(shares: &Shares, node: &Node, reader: &mut Reader<'_>) -> Option<()> {
    if shares.usual <= shares.longest {
        return Some(());
    }
    let at = node.get("usual").map_or(node.at, |value| value.at);
    reader.inside(Step::Field("usual".to_owned()), |reader| {
        let found = humantime::format_duration(shares.usual).to_string();
        reader.wrong(at, found, "at most `longest`");
    });
    None
}

/// The language of messages and pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Locale {
    /// English.
    En,
    /// Simplified Chinese.
    ZhCn,
}

impl Locale {
    /// The language tag: `en`, `zh-CN`.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::ZhCn => "zh-CN",
        }
    }
}

words!(Locale {
    "en" => Locale::En, "English";
    "zh-CN" => Locale::ZhCn, "Simplified Chinese";
});

impl Value for SocketAddr {
    fn shape() -> crate::shape::Shape {
        crate::shape::Shape::Text("address and port")
    }

    fn read(node: &crate::yaml::Node, reader: &mut crate::reader::Reader<'_>) -> Option<Self> {
        let expected = "an IP address and a port, such as `127.0.0.1:7700` or `[::1]:7700`";
        let text = reader.text(node, expected)?;
        let read = text.replace("localhost:", "127.0.0.1:").parse().ok();
        if read.is_none() {
            reader.wrong_value(node, expected);
        }
        read
    }

    compare_whole!();
}
