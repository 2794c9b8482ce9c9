//! Names that must exist, names that must be unique: checked on the tree, so that they are found even
//! beside values that are wrong.

use crate::near::nearest;
use crate::reader::{Reader, Step, shown};
use crate::yaml::{Kind, Node};

/// A value found by a pattern, with its way from the root.
struct Found<'n> {
    steps: Vec<Step>,
    node: &'n Node,
}

/// Checks all references and all names of a document.
pub(crate) fn check(root: &Node, reader: &mut Reader<'_>) {
    for field in ["metrics", "environments", "services"] {
        not_empty(root, field, reader);
    }
    unique(root, "services[*].name", reader);
    unique(root, "people[*].name", reader);
    unique(root, "on_call[*].name", reader);
    for account in ["slack", "discord", "telegram", "github", "gitlab"] {
        // Two people behind one account could answer for each other.
        unique(root, &format!("people[*].{account}"), reader);
    }
    unique(root, "tokens[*].name", reader);
    unique(root, "environments[*].name", reader);
    unique(root, "notify.webhooks[*].name", reader);
    unique(root, "webhooks[*].name", reader);
    unique(root, "mcp.clients[*].name", reader);

    refers(
        root,
        "services[*].metrics.source",
        &map_keys(root, "metrics"),
        "a source under `metrics`",
        reader,
    );
    refers(
        root,
        "services[*].signals[*].source",
        &map_keys(root, "metrics"),
        "a source under `metrics`",
        reader,
    );
    refers(
        root,
        "tokens[*].person",
        &texts(root, "people[*].name"),
        "a name under `people`",
        reader,
    );
    let people = texts(root, "people[*].name");
    for pattern in [
        "services[*].owners[*]",
        "on_call[*].people[*]",
        "mcp.clients[*].person",
    ] {
        refers(root, pattern, &people, "a name under `people`", reader);
    }
    refers(
        root,
        "services[*].on_call[*]",
        &texts(root, "on_call[*].name"),
        "a name under `on_call`",
        reader,
    );
    let services = texts(root, "services[*].name");
    refers(
        root,
        "services[*].upstream[*]",
        &services,
        "a service under `services`",
        reader,
    );
    refers(
        root,
        "services[*].downstream[*]",
        &services,
        "a service under `services`",
        reader,
    );
    refers(
        root,
        "chat.slack.channels[*].services[*]",
        &services,
        "a service under `services`",
        reader,
    );
    refers(
        root,
        "mcp.clients[*].services[*]",
        &services,
        "a service under `services`",
        reader,
    );
    refers(
        root,
        "webhooks[*].services[*].service",
        &services,
        "a service under `services`",
        reader,
    );
    code_hosts(root, reader);
    redelivered(root, reader);
    let environments = environments(root);
    refers(
        root,
        "chat.slack.channels[*].environments[*]",
        &environments,
        "an environment under `environments`",
        reader,
    );
    refers(
        root,
        "mcp.clients[*].environments[*]",
        &environments,
        "an environment under `environments`",
        reader,
    );
    refers(
        root,
        "webhooks[*].services[*].environment",
        &environments,
        "an environment under `environments`",
        reader,
    );
    refers(
        root,
        "services[*].environments[*]",
        &environments,
        "an environment under `environments`",
        reader,
    );

    let sources = map_keys(root, "metrics");
    for (index, service) in list(root, "services").iter().enumerate() {
        reader.at.0 = vec![Step::Field("services".to_owned()), Step::Item(index)];
        within_service(service, &environments, &sources, reader);
        reader.at.0.clear();
    }
}

fn within_service(
    service: &Node,
    environments: &[String],
    sources: &[String],
    reader: &mut Reader<'_>,
) {
    unique(service, "platform.instances[*].id", reader);
    unique(service, "platform.instances[*].base_url", reader);
    unique(service, "platform.instances[*].label", reader);
    unique(service, "versions[*].version", reader);
    let instances = texts(service, "platform.instances[*].id");
    if !instances.is_empty() {
        refers(
            service,
            "pacing.gray",
            &instances,
            "the id of one of the service's instances",
            reader,
        );
    }
    let own = texts(service, "environments[*]");
    let own = if own.is_empty() {
        environments.to_vec()
    } else {
        own
    };
    refers(
        service,
        "platform.instances[*].environment",
        &own,
        "one of the service's environments",
        reader,
    );
    if own.len() > 1 {
        for found in find(service, "platform.instances[*]") {
            if found.node.get("environment").is_none() {
                let what = format!("one of {}, since the service has several", own.join(", "));
                at(reader, &found.steps, Some("environment"), |reader| {
                    reader.wrong(found.node.at, "missing", what);
                });
            }
        }
    }
    if let Some(metrics) = service.get("metrics")
        && metrics.get("source").is_none()
        && sources.len() > 1
    {
        let steps = [Step::Field("metrics".to_owned())];
        let what = format!("one of {}, since there are several", sources.join(", "));
        at(reader, &steps, Some("source"), |reader| {
            reader.wrong(metrics.at, "missing", what);
        });
    }
    let name = service.get("name").and_then(Node::text);
    for pattern in ["upstream[*]", "downstream[*]"] {
        for found in find(service, pattern) {
            if name.is_some() && found.node.text() == name {
                at(reader, &found.steps, None, |reader| {
                    reader.wrong_value(found.node, "another service than this one");
                });
            }
        }
    }
}

/// `github:owner/name` means the one GitHub that is configured.
fn code_hosts(root: &Node, reader: &mut Reader<'_>) {
    let entries = root.get("code").map(Node::entries).unwrap_or_default();
    for found in find(root, "services[*].repo") {
        let kind = found.node.text().and_then(|text| text.split_once(':'));
        let Some((kind @ ("github" | "gitlab"), _)) = kind else {
            continue;
        };
        let of_it = |value: &Node| {
            let named = value.get("type").and_then(Node::text);
            named.or_else(|| value.text()) == Some(kind)
        };
        let expected = match entries.iter().filter(|entry| of_it(&entry.value)).count() {
            1 => continue,
            0 => format!("a host under `code` with `type: {kind}`; there is none"),
            _ => format!("the URL of the repository, since `code` has several of `type: {kind}`"),
        };
        at(reader, &found.steps, None, |reader| {
            reader.wrong_value(found.node, expected);
        });
    }
}

/// Deliveries that failed come again to a webhook that takes them.
fn redelivered(root: &Node, reader: &mut Reader<'_>) {
    let of_github = list(root, "webhooks").iter().filter(|webhook| {
        let kind = webhook.get("kind").and_then(Node::text);
        kind == Some("github")
    });
    let known: Vec<String> = of_github
        .filter_map(|webhook| webhook.get("name")?.text().map(str::to_owned))
        .collect();
    let what = "a name under `webhooks` of `kind: github`";
    for entry in root.get("code").map(Node::entries).unwrap_or_default() {
        reader.at.0 = vec![
            Step::Field("code".to_owned()),
            Step::Field(entry.key.clone()),
        ];
        refers(&entry.value, "redeliver[*].webhook", &known, what, reader);
        reader.at.0.clear();
    }
}

fn not_empty(root: &Node, field: &str, reader: &mut Reader<'_>) {
    let Some(node) = root.get(field) else { return };
    let empty = match &node.kind {
        Kind::List(items) => items.is_empty(),
        Kind::Map(entries) => entries.is_empty(),
        Kind::Nothing | Kind::Scalar { .. } => false,
    };
    if empty {
        at(reader, &[Step::Field(field.to_owned())], None, |reader| {
            reader.wrong(node.at, "nothing in it", "at least one entry");
        });
    }
}

fn environments(root: &Node) -> Vec<String> {
    match root.get("environments") {
        Some(_) => texts(root, "environments[*].name"),
        None => vec!["production".to_owned()],
    }
}

fn unique(root: &Node, pattern: &str, reader: &mut Reader<'_>) {
    let all = find(root, pattern);
    for (index, found) in all.iter().enumerate() {
        let Some(text) = found.node.text() else {
            continue;
        };
        let first = all
            .iter()
            .take(index)
            .find(|other| other.node.text() == Some(text));
        if let Some(first) = first {
            let expected = format!("each once; line {} has it already", first.node.at.line);
            at(reader, &found.steps, None, |reader| {
                reader.wrong_value(found.node, expected);
            });
        }
    }
}

fn refers(root: &Node, pattern: &str, known: &[String], what: &str, reader: &mut Reader<'_>) {
    for found in find(root, pattern) {
        let Some(text) = found.node.text() else {
            continue;
        };
        if known.iter().any(|name| name == text) {
            continue;
        }
        let near = nearest(text, known.iter().map(String::as_str));
        let expected = if known.is_empty() {
            format!("{what}; there is none")
        } else {
            format!("{what}: {}", known.join(", "))
        };
        at(reader, &found.steps, None, |reader| {
            reader.wrong_near(found.node.at, shown(found.node), expected, near);
        });
    }
}

fn at(
    reader: &mut Reader<'_>,
    steps: &[Step],
    field: Option<&str>,
    act: impl FnOnce(&mut Reader<'_>),
) {
    let depth = reader.at.0.len();
    reader.at.0.extend(steps.iter().cloned());
    reader
        .at
        .0
        .extend(field.map(|field| Step::Field(field.to_owned())));
    act(reader);
    reader.at.0.truncate(depth);
}

/// All values under a pattern such as `services[*].upstream[*]`.
fn find<'n>(root: &'n Node, pattern: &str) -> Vec<Found<'n>> {
    let mut found = vec![Found {
        steps: Vec::new(),
        node: root,
    }];
    for part in pattern.split('.') {
        let (field, each) = match part.strip_suffix("[*]") {
            Some(field) => (field, true),
            None => (part, false),
        };
        found = found
            .into_iter()
            .filter_map(|Found { mut steps, node }| {
                let node = node.get(field)?;
                steps.push(Step::Field(field.to_owned()));
                Some(Found { steps, node })
            })
            .flat_map(|one| if each { items(&one) } else { vec![one] })
            .collect();
    }
    found
}

fn items<'n>(list: &Found<'n>) -> Vec<Found<'n>> {
    list.node
        .items()
        .iter()
        .enumerate()
        .map(|(index, node)| {
            let mut steps = list.steps.clone();
            steps.push(Step::Item(index));
            Found { steps, node }
        })
        .collect()
}

fn texts(root: &Node, pattern: &str) -> Vec<String> {
    find(root, pattern)
        .iter()
        .filter_map(|found| found.node.text().map(str::to_owned))
        .collect()
}

fn map_keys(root: &Node, field: &str) -> Vec<String> {
    match root.get(field).map(|node| &node.kind) {
        Some(Kind::Map(entries)) => entries.iter().map(|entry| entry.key.clone()).collect(),
        _ => Vec::new(),
    }
}

fn list<'n>(root: &'n Node, field: &str) -> &'n [Node] {
    root.get(field).map(Node::items).unwrap_or_default()
}
