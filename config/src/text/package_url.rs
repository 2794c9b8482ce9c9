//! Where packages come from, and where they may come from.

use crate::reader::{Reader, shown};
use crate::shape::Shape;
use crate::value::{Value, compare_whole};
use crate::yaml::Node;
use guard::ids::Version;
use std::fmt;
use url::Url;

const VERSION: &str = "{version}";

/// A URL with `{version}` in its path: `https://packages.example.com/shop/{version}.tar.gz`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageUrl(String);

impl PackageUrl {
    /// The URL of one version's package.
    #[must_use]
    pub fn of(&self, version: &Version) -> String {
        self.0.replace(VERSION, version.as_str())
    }

    /// The template itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The directory in which all its packages lie, as an allowed prefix.
    #[must_use]
    pub fn prefix(&self) -> Option<PackagePrefix> {
        let fixed = self.0.split(VERSION).next()?;
        let directory = fixed.get(..=fixed.rfind('/')?)?;
        prefix(directory)
    }
}

impl fmt::Display for PackageUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Value for PackageUrl {
    fn shape() -> Shape {
        Shape::Text("URL with `{version}`")
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let expected = "an `https://`, `http://` or `file://` URL with `{version}` in its path";
        let text = reader.text(node, expected)?;
        let template = Self(text);
        let plain = template.0.replace(VERSION, "v1");
        if package_url(&plain).is_none() || template.prefix().is_none() {
            let found = hide_credentials(node);
            reader.wrong(node.at, found, expected);
            return None;
        }
        if !template.0.contains(VERSION) {
            reader.wrong(node.at, shown(node), expected);
            return None;
        }
        Some(template)
    }

    compare_whole!();
}

/// The URL of one package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageAddress(String);

impl PackageAddress {
    /// The URL.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Value for PackageAddress {
    fn shape() -> Shape {
        Shape::Text("URL")
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let expected = "an `https://`, `http://` or `file://` URL without credentials";
        let text = reader.text(node, expected)?;
        let fits = package_url(&text).is_some();
        if !fits {
            reader.wrong(node.at, hide_credentials(node), expected);
        }
        fits.then_some(Self(text))
    }

    compare_whole!();
}

/// A directory from which packages may be fetched. Ends with `/`, so that no other host or
/// directory can begin with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackagePrefix(Url);

impl PackagePrefix {
    /// Whether this URL lies below, after `..` and encodings are resolved.
    #[must_use]
    pub fn covers(&self, url: &str) -> bool {
        let Some(url) = package_url(url) else {
            return false;
        };
        // Encoded dots and slashes that the parser leaves alone could climb out on the server's side.
        let lower = url.path().to_ascii_lowercase();
        !lower.contains("%2f")
            && !lower.contains("%5c")
            && !lower.contains("..")
            && !lower.contains("%2e")
            && url.as_str().starts_with(self.0.as_str())
    }

    /// The directory.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl Value for PackagePrefix {
    fn shape() -> Shape {
        Shape::Text("URL that ends with `/`")
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let expected = "an `https://`, `http://` or `file://` URL that ends with `/`";
        let text = reader.text(node, expected)?;
        let read = prefix(&text);
        if read.is_none() {
            let found = hide_credentials(node);
            reader.wrong(node.at, found, expected);
        }
        read
    }

    compare_whole!();
}

fn prefix(text: &str) -> Option<PackagePrefix> {
    package_url(text)
        .filter(|url| {
            url.path().ends_with('/') && url.query().is_none() && url.fragment().is_none()
        })
        .map(PackagePrefix)
}

fn package_url(text: &str) -> Option<Url> {
    Url::parse(text).ok().filter(|url| {
        let known = match url.scheme() {
            "http" | "https" => url.has_host(),
            "file" => true,
            _ => false,
        };
        known && url.username().is_empty() && url.password().is_none()
    })
}

fn hide_credentials(node: &Node) -> String {
    match node.text() {
        Some(text) if text.contains('@') => "a URL with credentials".to_owned(),
        _ => shown(node),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_covers_only_what_lies_below() {
        let prefix = prefix("https://packages.example.com/shop/").unwrap();
        assert!(prefix.covers("https://packages.example.com/shop/v2.tar.gz"));
        for url in [
            "https://packages.example.com/other/v2.tar.gz",
            "https://packages.example.com/shop/../other/v2.tar.gz",
            "https://packages.example.com/shop/%2e%2e/other/v2.tar.gz",
            "https://packages.example.com/shop/..%2fother/v2.tar.gz",
            "https://packages.example.com.evil.example/shop/v2.tar.gz",
            "https://ann@packages.example.com/shop/v2.tar.gz",
            "http://packages.example.com/shop/v2.tar.gz",
            "no url",
        ] {
            assert!(!prefix.covers(url), "{url}");
        }
    }

    #[test]
    fn a_template_names_its_directory_and_its_versions() {
        let template = PackageUrl("file:///srv/packages/shop-{version}.tar.gz".to_owned());
        assert_eq!(template.prefix().unwrap().as_str(), "file:///srv/packages/");
        assert_eq!(
            template.of(&Version::new("v2").unwrap()),
            "file:///srv/packages/shop-v2.tar.gz"
        );
    }
}
