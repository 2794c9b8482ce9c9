//! Dependencies that have another version: in manifests, in lock files, in images and charts.

use super::super::nature::Nature;
use super::super::patch::{Hunk, Side};
use super::{Fact, paired};

/// How far a version went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Only the last number.
    Patch,
    /// The middle one.
    Minor,
    /// The first one.
    Major,
}

/// How far it is from one version to the other; versions that are no numbers went far.
#[must_use]
pub fn step(old: &str, new: &str) -> Step {
    let numbers = |text: &str| -> Vec<u64> {
        let start = text
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(text.len());
        text[start..]
            .split(['.', '-', '+'])
            .map_while(|part| part.parse().ok())
            .collect()
    };
    let (old, new) = (numbers(old), numbers(new));
    let zero = old.first() == Some(&0);
    match (old.first() == new.first(), old.get(1) == new.get(1)) {
        (true, true) if !old.is_empty() => Step::Patch,
        (true, false) if !old.is_empty() && !zero => Step::Minor,
        _ => Step::Major,
    }
}

pub(super) fn bumps(path: &str, nature: Nature, hunk: &Hunk<'_>) -> Vec<(u32, Fact)> {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let manifest = matches!(nature, Nature::Manifest | Nature::Lock);
    let image = name.starts_with("dockerfile") || name.ends_with(".dockerfile");
    let deployed = name.ends_with(".yaml") || name.ends_with(".yml") || name.ends_with(".tf");
    if !manifest && !image && !deployed {
        return Vec::new();
    }
    let of = |side: Side| -> Vec<(u32, String, String)> {
        let mut above = None;
        let mut found = Vec::new();
        for line in hunk
            .lines
            .iter()
            .filter(|line| line.side == side || line.side == Side::Kept)
        {
            let text = line.text.trim();
            above = named(text).or(above);
            let said = if image || deployed {
                from_image(text)
            } else {
                None
            };
            let said = said.or_else(|| {
                if manifest {
                    dependency(text, above.as_deref())
                } else {
                    None
                }
            });
            if let Some((name, version)) = said.filter(|_| line.side == side) {
                found.push((line.number, name, version));
            }
        }
        found
    };
    paired(of(Side::Removed), of(Side::Added))
        .into_iter()
        .map(|(line, name, old, new)| (line, Fact::Bump { name, old, new }))
        .collect()
}

/// `FROM rust:1.80-slim AS build`, `image: registry/shop:1.4.2`
fn from_image(text: &str) -> Option<(String, String)> {
    let text = text.trim_start_matches("- ");
    let image = text
        .strip_prefix("FROM ")
        .or_else(|| text.strip_prefix("image:"))?;
    let image = image
        .split_whitespace()
        .find(|word| !word.starts_with("--"))?
        .trim_matches(['"', '\'']);
    let (name, version) = image
        .rsplit_once(':')
        .filter(|(_, version)| !version.contains('/'))?;
    Some((name.to_owned(), version.to_owned()))
}

/// The dependency that the following lines are about: `name = "serde"`, `"node_modules/left-pad": {`, `left-pad@^1.0.0:`,
/// `<artifactId>guava</artifactId>`.
fn named(text: &str) -> Option<String> {
    let toml = text
        .strip_prefix("name = ")
        .or_else(|| text.strip_prefix("- name: "))
        .or_else(|| text.strip_prefix("name: "));
    if let Some(name) = toml {
        return Some(name.trim_matches('"').to_owned());
    }
    if let Some(rest) = text.strip_prefix("<artifactId>") {
        return rest.split('<').next().map(ToOwned::to_owned);
    }
    let key = text
        .strip_suffix('{')
        .map_or(text, str::trim_end)
        .strip_suffix(':')?
        .trim_matches(['"', '\'']);
    let key = key
        .rsplit("node_modules/")
        .next()?
        .split(", ")
        .next()?
        .trim_matches('"');
    let name = key
        .rfind('@')
        .filter(|at| *at > 0)
        .map_or(key, |at| &key[..at]);
    (!name.contains(' ')).then(|| name.to_owned())
}

/// Name and version in one line, or a version below a name.
fn dependency(text: &str, above: Option<&str>) -> Option<(String, String)> {
    let version = |text: &str| {
        let text = text.trim_matches([' ', '"', '\'', ',', '^', '~', '>', '=', '<', 'v', '(', ')']);
        let end = text
            .find([' ', '"', '\'', ',', '<', ')', ';', '/'])
            .unwrap_or(text.len());
        let plain = text[..end].starts_with(|c: char| c.is_ascii_digit());
        plain.then(|| text[..end].to_owned())
    };
    let own = |name: &str| {
        let name = name.trim().trim_matches(['"', '\'', ',', '<', '>']);
        (!name.is_empty() && !name.contains(' ') && !is_word(name)).then(|| name.to_owned())
    };
    for (mark, by) in [
        ("gem '", "',"),
        ("gem \"", "\","),
        ("require ", " v"),
        ("mod '", "',"),
    ] {
        if let Some((name, rest)) = text.strip_prefix(mark).and_then(|rest| rest.split_once(by)) {
            return Some((own(name)?, version(rest)?));
        }
    }
    if let Some((name, rest)) = text
        .split_once("==")
        .or_else(|| text.split_once("~="))
        .or_else(|| text.split_once(">="))
    {
        return Some((own(name.split('[').next()?)?, version(rest)?));
    }
    let value = [
        "version = ",
        "version: ",
        "version ",
        "\"version\": ",
        "<version>",
    ]
    .iter()
    .find_map(|mark| text.strip_prefix(mark));
    if let (Some(value), Some(above)) = (value, above) {
        return Some((above.to_owned(), version(value)?));
    }
    if let Some((name, rest)) = text.split_once(" = ") {
        let rest = rest.split_once("version = ").map_or(rest, |(_, rest)| rest);
        return Some((own(name)?, version(rest)?));
    }
    if let Some((name, rest)) = text.split_once(": ").filter(|_| text.starts_with('"')) {
        return Some((own(name)?, version(rest)?));
    }
    // Gradle: implementation 'group:artifact:1.2.3'
    let quoted = text
        .split(['"', '\''])
        .nth(1)
        .filter(|quoted| quoted.matches(':').count() == 2);
    if let Some((name, rest)) = quoted.and_then(|quoted| quoted.rsplit_once(':')) {
        return Some((own(name)?, version(rest)?));
    }
    // Go and Ruby locks: example.com/pkg v1.2.3, rack (2.2.3)
    let (name, rest) = text.split_once(' ')?;
    let shaped = rest.starts_with('v') || rest.starts_with('(');
    if shaped {
        Some((own(name)?, version(rest)?))
    } else {
        None
    }
}

/// Keys of manifests that are no dependencies.
fn is_word(name: &str) -> bool {
    matches!(
        name,
        "version"
            | "edition"
            | "rust-version"
            | "name"
            | "checksum"
            | "integrity"
            | "resolved"
            | "go"
            | "python"
            | "size"
    )
}
