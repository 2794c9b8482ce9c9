//! Texts of probes in which `{base_url}`, `{host}`, `{port}` and `{instance}` stand for what each instance has.

use crate::reader::{Reader, shown};
use crate::shape::Shape;
use crate::value::{Value, compare_whole};
use crate::yaml::Node;
use std::fmt;
use url::Url;

const PLACES: [&str; 4] = ["{base_url}", "{host}", "{port}", "{instance}"];

/// What is known of one instance.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct InstanceVars<'a> {
    /// Its name.
    pub instance: Option<&'a str>,
    /// Where it answers.
    pub base_url: Option<&'a str>,
    /// The host of that.
    pub host: Option<&'a str>,
    /// The port of that.
    pub port: Option<u16>,
}

/// Replaces what is known; the rest stays as it is written.
fn fill(text: &str, vars: &InstanceVars<'_>) -> String {
    let port = vars.port.map(|port| port.to_string());
    let values = [
        vars.base_url.map(|url| url.trim_end_matches('/')),
        vars.host,
        port.as_deref(),
        vars.instance,
    ];
    let mut filled = text.to_owned();
    for (place, value) in PLACES.iter().zip(values) {
        if let Some(value) = value {
            filled = filled.replace(place, value);
        }
    }
    filled
}

fn holds(text: &str, places: &[&str]) -> bool {
    places.iter().any(|place| text.contains(place))
}

const SAMPLE: InstanceVars<'static> = InstanceVars {
    instance: Some("a"),
    base_url: Some("http://127.0.0.1:80"),
    host: Some("127.0.0.1"),
    port: Some(80),
};

macro_rules! template {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name(String);

        impl $name {
            /// As it is written.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Whether it differs between instances.
            #[must_use]
            pub fn per_instance(&self) -> bool {
                holds(&self.0, &PLACES)
            }

            /// Whether it holds a part of an instance's address.
            #[must_use]
            pub fn needs_address(&self) -> bool {
                holds(&self.0, &PLACES[..3])
            }

            /// For one instance.
            #[must_use]
            pub fn fill(&self, vars: &InstanceVars<'_>) -> String {
                fill(&self.0, vars)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

template!(
    /// An `http://` or `https://` URL without credentials.
    ProbeUrl
);
template!(
    /// A host name or an address.
    ProbeHost
);

impl Value for ProbeUrl {
    fn shape() -> Shape {
        Shape::Text("URL of a probe")
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let expected = "a URL such as `https://shop.example.com/health`, `{base_url}/health` or `http://{host}:9000/health`";
        let text = reader.text(node, expected)?;
        let url = Url::parse(&fill(&text, &SAMPLE)).ok().filter(|url| {
            matches!(url.scheme(), "http" | "https")
                && url.has_host()
                && !url.as_str().contains(['{', '}'])
                && !url.path().contains("%7B")
        });
        match url {
            Some(url) if url.username().is_empty() && url.password().is_none() => Some(Self(text)),
            Some(_) => {
                reader.wrong(
                    node.at,
                    "a URL with credentials",
                    "a URL without `user:password@`, which would be shown; put them into `headers`",
                );
                None
            }
            None => {
                let found = if text.contains('@') {
                    "no URL".to_owned()
                } else {
                    shown(node)
                };
                reader.wrong(node.at, found, expected);
                None
            }
        }
    }

    compare_whole!();
}

impl Value for ProbeHost {
    fn shape() -> Shape {
        Shape::Text("host")
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let expected = "a host name or an address without a port, or `{host}`";
        let text = reader.text(node, expected)?;
        let fits = !text.contains("{base_url}")
            && !text.contains("{port}")
            && url::Host::parse(&bracketed(&fill(&text, &SAMPLE))).is_ok();
        if !fits {
            reader.wrong_value(node, expected);
        }
        fits.then_some(Self(text))
    }

    compare_whole!();
}

/// An IPv6 address is written without brackets where no port follows.
fn bracketed(host: &str) -> String {
    if host.parse::<std::net::Ipv6Addr>().is_ok() {
        format!("[{host}]")
    } else {
        host.to_owned()
    }
}

/// A port, or that of each instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProbePort {
    /// This one.
    Number(u16),
    /// `{port}`: the port of the instance's address.
    OfInstance,
}

impl ProbePort {
    /// For one instance; none when its port is not known.
    #[must_use]
    pub fn fill(self, vars: &InstanceVars<'_>) -> Option<u16> {
        match self {
            Self::Number(port) => Some(port),
            Self::OfInstance => vars.port,
        }
    }
}

impl Value for ProbePort {
    fn shape() -> Shape {
        Shape::Text("port")
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let expected = "a port from 1 to 65535, or `{port}`";
        let text = reader.text(node, expected)?;
        let read = match text.as_str() {
            "{port}" => Some(Self::OfInstance),
            text => text.parse().ok().filter(|port| *port > 0).map(Self::Number),
        };
        if read.is_none() {
            reader.wrong_value(node, expected);
        }
        read
    }

    compare_whole!();
}

/// A status of HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status(u16);

impl Status {
    /// The number.
    #[must_use]
    pub fn code(self) -> u16 {
        self.0
    }
}

impl Value for Status {
    fn shape() -> Shape {
        Shape::Integer { min: 100, max: 599 }
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        crate::value::integer(node, reader, 100, 599)
            .and_then(|number| u16::try_from(number).ok())
            .map(Self)
    }

    compare_whole!();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_filled_with_what_an_instance_has() {
        let vars = InstanceVars {
            instance: Some("shop-1"),
            base_url: Some("http://10.0.0.1:8080/"),
            host: Some("10.0.0.1"),
            port: Some(8080),
        };
        let url = |text: &str| ProbeUrl(text.to_owned());
        assert_eq!(
            url("{base_url}/health").fill(&vars),
            "http://10.0.0.1:8080/health"
        );
        assert_eq!(
            url("http://{host}:9/{instance}").fill(&vars),
            "http://10.0.0.1:9/shop-1"
        );
        assert!(url("{base_url}/").per_instance() && url("{base_url}/").needs_address());
        assert!(
            url("http://x/{instance}").per_instance()
                && !url("http://x/{instance}").needs_address()
        );
        assert!(!url("http://x/").per_instance());
    }
}
