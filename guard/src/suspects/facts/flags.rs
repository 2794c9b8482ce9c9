//! Feature flags.

use super::super::patch::Hunk;
use super::Fact;

/// How the usual libraries, and one's own, ask whether something is switched on.
const ASKS: [&str; 14] = [
    "feature_enabled(",
    "is_enabled(",
    "isEnabled(",
    "enabled?(",
    "variation(",
    "boolVariation(",
    "flag_enabled(",
    "feature_flag(",
    "featureFlag(",
    "useFlag(",
    "useFeature(",
    "Feature.enabled?",
    "flags.get(",
    "is_active(",
];

pub(super) fn flags(hunk: &Hunk<'_>) -> Vec<(u32, Fact)> {
    let mut found = Vec::new();
    for line in hunk.changed() {
        let asked = ASKS
            .iter()
            .find_map(|ask| quoted(line.text.split_once(ask)?.1));
        if let Some(name) = asked.or_else(|| switch(line.text)) {
            let fact = Fact::Flag {
                name: name.to_owned(),
            };
            if !found.iter().any(|(_, known)| *known == fact) {
                found.push((line.number, fact));
            }
        }
    }
    found
}

fn quoted(rest: &str) -> Option<&str> {
    let rest = rest.trim_start_matches([' ', '(', ':', '&']);
    let name = rest.strip_prefix(['"', '\'']).unwrap_or(rest);
    let end = name
        .find(|c: char| !c.is_ascii_alphanumeric() && !"_-.".contains(c))
        .unwrap_or(name.len());
    (end >= 2).then(|| &name[..end])
}

/// A name that says it: `ENABLE_NEW_CHECKOUT`, `feature.new-checkout`, `use_new_checkout_flag`.
fn switch(text: &str) -> Option<&str> {
    let named = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    text.split(|c| !named(c)).find(|word| {
        let small = word.to_ascii_lowercase();
        let begins = [
            "enable_",
            "disable_",
            "feature_",
            "feature.",
            "ff_",
            "flag_",
            "features.",
        ]
        .iter()
        .any(|mark| small.starts_with(mark));
        (begins
            || small.ends_with("_enabled")
            || small.ends_with("_flag")
            || small.ends_with("-enabled"))
            && small.len() > 6
    })
}
