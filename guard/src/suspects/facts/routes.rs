//! Routes.

use super::super::patch::Hunk;
use super::Fact;

/// What stands in lines that declare a route, of the usual frameworks, proxies and ingresses.
const DECLARES: [&str; 30] = [
    ".route(",
    "@app.",
    "@router.",
    "router.",
    "app.get(",
    "app.post(",
    "app.put(",
    "app.delete(",
    "app.use(",
    "Mapping(",
    "HandleFunc(",
    "Handle(",
    "path(",
    "re_path(",
    "get '",
    "post '",
    "put '",
    "delete '",
    "get \"",
    "post \"",
    "[Http",
    "Route(",
    "MapGet(",
    "MapPost(",
    "location ",
    "path: /",
    "- path:",
    "prefix: /",
    "scope \"",
    "resources :",
];

pub(super) fn routes(hunk: &Hunk<'_>) -> Vec<(u32, Fact)> {
    let mut found = Vec::new();
    for line in hunk.changed() {
        if !DECLARES.iter().any(|mark| line.text.contains(mark)) {
            continue;
        }
        if let Some(path) = path(line.text) {
            let fact = Fact::Route {
                path: path.to_owned(),
            };
            if !found.iter().any(|(_, known)| *known == fact) {
                found.push((line.number, fact));
            }
        }
    }
    found
}

/// The first path in a line: `/orders/{id}`.
fn path(text: &str) -> Option<&str> {
    let at = text.match_indices('/').map(|(at, _)| at).find(|at| {
        let before = text[..*at].chars().next_back();
        before.is_none_or(|c| c.is_whitespace() || "\"'`(^".contains(c))
    })?;
    let rest = &text[at..];
    let end = rest
        .find(|c: char| !c.is_ascii_alphanumeric() && !"/_-.{}:<>*".contains(c))
        .unwrap_or(rest.len());
    let path = rest[..end].trim_end_matches([':', ',']);
    (path.len() > 1 && !path.starts_with("//")).then_some(path)
}
