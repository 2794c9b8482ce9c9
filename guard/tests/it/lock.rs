//! What the house is built from.

use crate::house::text;
use std::collections::{BTreeMap, BTreeSet};
use toml::{Table, Value};

/// Libraries of which more than one generation is built, who keeps the old one, and nothing else.
const TWICE: [(&str, &str); 34] = [
    (
        "atoi",
        "SQLx keeps the old one; the new one is sea-orm's Arrow, which is not built",
    ),
    (
        "base64",
        "standardwebhooks, SQLx and oauth2 keep older ones",
    ),
    ("bit-vec", "yasna below rcgen keeps the old one; tests only"),
    (
        "bitflags",
        "the old one is of defmt, which faster-hex offers below gix; not built",
    ),
    ("block-buffer", "with digest"),
    ("cpufeatures", "with sha2"),
    ("crypto-common", "with digest"),
    (
        "darling",
        "serde_with below slack-morphism moved on; build only",
    ),
    ("darling_core", "with darling; build only"),
    ("darling_macro", "with darling; build only"),
    ("defmt", "faster-hex offers both below gix; not built"),
    ("digest", "with sha2"),
    ("getrandom", "ring and oauth2 keep older ones"),
    ("hashbrown", "SQLx keeps the old one"),
    ("hashlink", "SQLx keeps the old one"),
    ("heck", "sea-orm's macros keep the old one; build only"),
    (
        "hmac",
        "octocrab keeps the old one for signatures of webhooks, which are not used",
    ),
    (
        "itertools",
        "sea-orm and prost keep the old one; bpe below bpe-openai has the new one",
    ),
    ("miniz_oxide", "the png crate below resvg keeps the old one"),
    (
        "num-bigint",
        "the new one is sea-orm's Arrow, which is not built",
    ),
    (
        "ordered-float",
        "sea-orm's values keep the old one; saphyr has the new one",
    ),
    ("phf", "chrono-tz below calcard keeps the old one"),
    ("phf_shared", "with phf"),
    ("r-efi", "with getrandom; not built on Linux"),
    ("rand", "oauth2 keeps an old one"),
    ("rand_chacha", "with rand"),
    ("rand_core", "with rand"),
    ("sha2", "SQLx and oauth2 keep RustCrypto's last generation"),
    ("syn", "half of all macros moved on; build only"),
    ("synstructure", "with syn; build only"),
    ("thiserror", "oauth2 keeps the old one"),
    ("thiserror-impl", "with thiserror"),
    (
        "unicode-width",
        "cfgrammar below promql-parser keeps the old one",
    ),
    ("windows-sys", "ring keeps the old one; not built on Linux"),
];

/// What must not wait: nothing that runs tasks, opens sockets or speaks SQL.
const WAITS: [&str; 12] = [
    "async-std",
    "axum",
    "futures",
    "futures-util",
    "hyper",
    "mio",
    "reqwest",
    "sea-orm",
    "smol",
    "sqlx",
    "sqlx-core",
    "tokio",
];

struct Package {
    name: String,
    version: String,
    dependencies: Vec<String>,
}

fn packages() -> Vec<Package> {
    let lock: Table = text("Cargo.lock").parse().unwrap();
    let packages = lock["package"].as_array().unwrap().iter();
    packages.map(package).collect()
}

fn package(entry: &Value) -> Package {
    let said = |key: &str| entry[key].as_str().unwrap().to_owned();
    let dependencies = entry.get("dependencies").and_then(Value::as_array);
    let dependencies = dependencies.into_iter().flatten();
    Package {
        name: said("name"),
        version: said("version"),
        dependencies: dependencies
            .map(|dependency| dependency.as_str().unwrap().to_owned())
            .collect(),
    }
}

/// What changes when a library breaks its users: `1`, `0.4`.
fn generation(version: &str) -> String {
    let mut parts = version.split(['.', '+']);
    let (major, minor) = (parts.next().unwrap(), parts.next().unwrap());
    if major == "0" {
        format!("0.{minor}")
    } else {
        major.to_owned()
    }
}

fn generations() -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in packages() {
        let versions = found.entry(package.name).or_default();
        versions.insert(generation(&package.version));
    }
    found
}

/// Everything below a package, its tests' libraries included.
fn below(name: &str) -> BTreeSet<String> {
    let packages = packages();
    let mut found = BTreeSet::new();
    let mut open = vec![name.to_owned()];
    while let Some(next) = open.pop() {
        // An entry is `name`, or `name version` where there are several.
        let mut said = next.split(' ');
        let (name, version) = (said.next().unwrap(), said.next());
        for package in &packages {
            let meant =
                package.name == name && version.is_none_or(|version| package.version == version);
            if meant && found.insert(format!("{name} {}", package.version)) {
                open.extend(package.dependencies.iter().cloned());
            }
        }
    }
    found
        .iter()
        .map(|package| package.split(' ').next().unwrap().to_owned())
        .collect()
}

#[test]
fn the_domain_and_the_words_are_built_without_anything_that_waits() {
    for room in ["guard", "messages"] {
        let below = below(room);
        assert!(below.contains("jiff"), "{room}: {below:?}");
        for waits in WAITS {
            assert!(!below.contains(waits), "{room} is built with {waits}");
        }
    }
    // The search itself finds what it looks for.
    assert!(below("engine").contains("tokio"));
}

#[test]
fn there_is_one_tls_and_one_http_client() {
    let generations = generations();
    for once in ["rustls", "reqwest", "ring", "hyper", "tokio", "axum"] {
        let found = generations.get(once).map_or(0, BTreeSet::len);
        assert_eq!(found, 1, "{once}");
    }
    for never in [
        "openssl",
        "openssl-sys",
        "native-tls",
        "aws-lc-sys",
        "aws-lc-rs",
    ] {
        assert!(!generations.contains_key(never), "{never}");
    }
}

#[test]
fn a_library_is_built_twice_only_with_a_reason() {
    let twice: BTreeMap<_, _> = generations()
        .into_iter()
        .filter(|(_, generations)| generations.len() > 1)
        .collect();
    for (name, generations) in &twice {
        assert!(
            TWICE.iter().any(|(known, _)| known == name),
            "{name} {generations:?}: find one generation that fits all, or write down why not"
        );
    }
    for (known, _) in TWICE {
        assert!(twice.contains_key(known), "{known} is built once now");
    }
}
