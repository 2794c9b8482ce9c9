//! Packages and versions.

use crate::text::{PackageAddress, PackagePrefix, PackageUrl};
use crate::value::{Value, compare_whole, settings};
use guard::ids::Version;
use guard::plan::Package;

settings! {
    /// Where the service's packages come from.
    pub struct Packages {
        /// Where the package of a version is, for versions that do not name their own.
        url: PackageUrl,
        /// Directories from which a deployment may fetch. Without it, the directory of `url`.
        allow: Vec<PackagePrefix> = "[]",
        /// Largest package that is fetched.
        max_size: Size = "1GiB",
    }

    /// What is known about one version.
    pub struct VersionEntry {
        /// The version.
        version: Version,
        /// Where its package is; `packages.url` when not said.
        url: Option<PackageAddress>,
        /// MD5 of the package, in hex.
        md5: Option<Digest<32>>,
        /// SHA-256 of the package, in hex.
        sha256: Option<Digest<64>>,
        /// Size of the package.
        size: Option<Size>,
        /// Whether an operator vouches for it: a version to go back to.
        known_good: bool = "false",
        /// Whether going to this version changes something that going back does not undo (a migration, a data format).
        irreversible: bool = "false",
    }
}

impl Packages {
    /// Whether a package may be fetched from here.
    #[must_use]
    pub fn allows(&self, url: &str) -> bool {
        if self.allow.is_empty() {
            return self.url.prefix().is_some_and(|prefix| prefix.covers(url));
        }
        self.allow.iter().any(|prefix| prefix.covers(url))
    }

    /// The package of a version: its own entry where there is one, else the template alone.
    #[must_use]
    pub fn package_of(&self, version: &Version, entries: &[VersionEntry]) -> Package {
        let entry = entries.iter().find(|entry| entry.version == *version);
        Package {
            url: entry
                .and_then(|entry| entry.url.as_ref().map(|url| url.as_str().to_owned()))
                .unwrap_or_else(|| self.url.of(version)),
            md5: entry.and_then(|entry| entry.md5.as_ref().map(|digest| digest.0.clone())),
            sha256: entry.and_then(|entry| entry.sha256.as_ref().map(|digest| digest.0.clone())),
            size: entry.and_then(|entry| entry.size.map(Size::bytes)),
            created_at: None,
        }
    }
}

/// A digest in lower-case hex of so many digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest<const DIGITS: usize>(String);

impl<const DIGITS: usize> Digest<DIGITS> {
    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const DIGITS: usize> Value for Digest<DIGITS> {
    fn shape() -> crate::shape::Shape {
        crate::shape::Shape::Text("hex digest")
    }

    fn read(node: &crate::yaml::Node, reader: &mut crate::reader::Reader<'_>) -> Option<Self> {
        let expected = format!("{DIGITS} hex digits");
        let text = reader.text(node, &expected)?.to_ascii_lowercase();
        let fits = text.len() == DIGITS && text.chars().all(|c| c.is_ascii_hexdigit());
        if !fits {
            reader.wrong_value(node, expected);
        }
        fits.then_some(Self(text))
    }

    compare_whole!();
}

/// A number of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size(u64);

impl Size {
    /// The bytes.
    #[must_use]
    pub fn bytes(self) -> u64 {
        self.0
    }
}

impl Value for Size {
    fn shape() -> crate::shape::Shape {
        crate::shape::Shape::Text("size")
    }

    fn read(node: &crate::yaml::Node, reader: &mut crate::reader::Reader<'_>) -> Option<Self> {
        let expected = "a size such as `512MiB` or `1GB`, or a number of bytes";
        let text = reader.text(node, expected)?;
        let read = text.parse::<bytesize::ByteSize>().ok();
        if read.is_none() {
            reader.wrong_value(node, expected);
        }
        read.map(|size| Self(size.as_u64()))
    }

    compare_whole!();
}
