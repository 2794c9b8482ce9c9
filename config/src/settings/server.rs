//! Tawny's own server.

use crate::reader::{Reader, Step};
use crate::text::WebUrl;
use crate::value::{Value, compare_whole, settings, words};
use crate::yaml::Node;
use std::net::SocketAddr;
use std::path::PathBuf;

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
    }
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
