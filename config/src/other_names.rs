//! Other names of a service's fields, as deployment systems export them: `deploy_path` beside `name` instead of
//! under `platform`, `pacer`, `up_stream_ids`. They are put where they belong before anything is read.

use crate::yaml::{Entry, Kind, Mark, Node};

/// The same field under another name.
const RENAMED: [(&str, &str); 5] = [
    ("deployment_platform", "platform"),
    ("up_stream_ids", "upstream"),
    ("down_stream_ids", "downstream"),
    ("rollback_policy", "policy"),
    ("pacer", "pacing"),
];

/// Fields of the platform that may stand beside the service's name.
const LIFTED: [(&str, &str); 5] = [
    ("deploy_path", "deploy_path"),
    ("config_path", "config_path"),
    ("start_cmd", "start_cmd"),
    ("stop_cmd", "stop_cmd"),
    ("machines", "instances"),
];

/// What such an export says about the present, which Tawny finds out itself.
const STATE: [&str; 8] = [
    "id",
    "currentVersion",
    "machine_count",
    "health_count",
    "error_count",
    "alert_count",
    "createdTime",
    "updatedTime",
];

/// Puts every service's fields where they belong. Positions stay those of the text.
pub(crate) fn settle(root: &mut Node) {
    let Kind::Map(entries) = &mut root.kind else {
        return;
    };
    let services = entries.iter_mut().find(|entry| entry.key == "services");
    let Some(Kind::List(services)) = services.map(|entry| &mut entry.value.kind) else {
        return;
    };
    for service in services {
        let at = service.at;
        if let Kind::Map(fields) = &mut service.kind {
            rename(fields);
            lift(fields, at);
            vouch(fields);
        }
    }
}

fn rename(fields: &mut Vec<Entry>) {
    for (other, name) in RENAMED {
        if !fields.iter().any(|field| field.key == name)
            && let Some(field) = fields.iter_mut().find(|field| field.key == other)
        {
            field.key = name.to_owned();
        }
    }
    // Only a whole export is full of state; a lone `id` in a hand-written service is a mistake.
    if fields.iter().any(|field| field.key == "machine_count") {
        fields.retain(|field| !STATE.contains(&field.key.as_str()));
    }
}

fn lift(fields: &mut Vec<Entry>, at: Mark) {
    let (lifted, rest): (Vec<Entry>, Vec<Entry>) = std::mem::take(fields)
        .into_iter()
        .partition(|field| LIFTED.iter().any(|(name, _)| field.key == *name));
    *fields = rest;
    if lifted.is_empty() {
        return;
    }
    let platform = match fields.iter_mut().find(|field| field.key == "platform") {
        Some(platform) => platform,
        None => {
            fields.push(Entry {
                key: "platform".to_owned(),
                at,
                value: word("hosts", at),
            });
            let Some(platform) = fields.last_mut() else {
                return;
            };
            platform
        }
    };
    if let Kind::Scalar { .. } = platform.value.kind {
        let kind = platform.value.clone();
        platform.value.kind = Kind::Map(vec![Entry {
            key: "type".to_owned(),
            at: kind.at,
            value: kind,
        }]);
    }
    if let Kind::Map(into) = &mut platform.value.kind {
        for mut field in lifted {
            let name = LIFTED.iter().find(|(other, _)| field.key == *other);
            if let Some((_, name)) = name {
                field.key = (*name).to_owned();
            }
            into.push(field);
        }
    }
}

/// `prev_version` is the version that was stable before: known good.
fn vouch(fields: &mut Vec<Entry>) {
    let Some(index) = fields.iter().position(|field| field.key == "prev_version") else {
        return;
    };
    let previous = fields.remove(index);
    if previous.value.text().is_none_or(str::is_empty)
        || fields.iter().any(|field| field.key == "versions")
    {
        return;
    }
    let at = previous.at;
    let entry = |key: &str, value| Entry {
        key: key.to_owned(),
        at,
        value,
    };
    let version = Node {
        at,
        kind: Kind::Map(vec![
            entry("version", previous.value),
            entry("known_good", word("true", at)),
        ]),
    };
    fields.push(entry(
        "versions",
        Node {
            at,
            kind: Kind::List(vec![version]),
        },
    ));
}

fn word(text: &str, at: Mark) -> Node {
    Node {
        at,
        kind: Kind::Scalar {
            text: text.to_owned(),
            plain: true,
        },
    }
}
