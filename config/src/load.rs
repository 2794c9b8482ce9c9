//! From a file to settings, or to everything that is wrong with it.

use crate::error::{ConfigError, ConfigErrors};
use crate::lookup::Lookup;
use crate::other_names;
use crate::reader::{At, Reader};
use crate::references;
use crate::settings::Settings;
use crate::value::Value;
use crate::yaml::{self, Kind, Node};
use std::path::Path;

/// Prefix of top-level fields that Tawny leaves alone: a place for anchors.
const OWN_USE: &str = "x-";

/// Reads a configuration file.
///
/// # Errors
/// Every mistake in it, in the order of the file; or that it cannot be read.
pub fn load(path: &Path, lookup: &Lookup) -> Result<Settings, ConfigErrors> {
    let name = path.display().to_string();
    match lookup.file(path) {
        Ok(text) => {
            // Absolute, since a release starts in a directory of its own. Links are not followed: a file that is
            // linked into place means what lies beside the link.
            let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
            let base = absolute.parent().unwrap_or(Path::new("/"));
            parse(&text, &name, base, lookup)
        }
        Err(error) => Err(ConfigErrors(vec![ConfigError {
            file: name,
            line: 0,
            column: 0,
            path: String::new(),
            found: format!("cannot be read ({})", error.kind()),
            expected: "a readable file; `tawny init` writes a first one".to_owned(),
            near: None,
        }])),
    }
}

/// Reads a configuration from text. `file_name` is what errors call it; relative paths in it are
/// relative to `base`.
///
/// # Errors
/// Every mistake in it, in the order of the text.
pub fn parse(
    text: &str,
    file_name: &str,
    base: &Path,
    lookup: &Lookup,
) -> Result<Settings, ConfigErrors> {
    let mut reader = Reader::new(file_name, base, lookup);
    let (root, faults) = yaml::parse(text);
    for fault in faults {
        reader.at = fault.path;
        reader.wrong(fault.at, fault.found, fault.expected);
    }
    reader.at = At::default();
    let settings = root.and_then(|root| {
        let mut root = without_own_use(root);
        other_names::settle(&mut root);
        let settings = Settings::read(&root, &mut reader);
        references::check(&root, &mut reader);
        settings
    });
    let mut errors = reader.errors;
    // An alias reads the same text twice; the second report of one place tells nothing new.
    errors.sort_by_key(|error| (error.line, error.column));
    errors.dedup();
    match settings {
        Some(settings) if errors.is_empty() => Ok(settings),
        _ => Err(ConfigErrors(errors)),
    }
}

fn without_own_use(mut root: Node) -> Node {
    if let Kind::Map(entries) = &mut root.kind {
        entries.retain(|entry| !entry.key.starts_with(OWN_USE));
    }
    root
}

/// The paths at which two settings differ: `services[0].policy.bake`. Values are not shown.
#[must_use]
pub fn diff(old: &Settings, new: &Settings) -> Vec<String> {
    let mut changed = Vec::new();
    old.compare(new, &mut At::default(), &mut changed);
    changed
}
