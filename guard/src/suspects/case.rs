//! What is known when somebody asks which change did it. The names are those of the case files.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;

/// A deployment, what it brought, what hurt, and what else was going on.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Case {
    /// The deployment.
    pub deployment: Deployment,
    /// All changes from the old version to the new one, in the order in which they were merged.
    pub changes: Vec<Change>,
    /// What hurt.
    pub symptoms: Symptoms,
    /// What else was going on; nothing of it need be known.
    pub context: Context,
}

/// Which deployment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deployment {
    /// Its name, given back in the answer.
    pub id: String,
    /// The repository.
    #[serde(default, deserialize_with = "or_default")]
    pub repo: String,
    /// The service.
    #[serde(default, deserialize_with = "or_default")]
    pub service: String,
    /// The version before.
    #[serde(default, deserialize_with = "or_default")]
    pub from: String,
    /// The version after.
    #[serde(default, deserialize_with = "or_default")]
    pub to: String,
    /// When it began to hurt, where no finding says it better.
    #[serde(default)]
    pub onset: Option<Timestamp>,
    /// The environment.
    #[serde(default, deserialize_with = "or_default")]
    pub environment: String,
}

/// A commit, or a merged request.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Its id, opaque and different from all others of the case.
    pub id: String,
    /// Its first line.
    #[serde(default, deserialize_with = "or_default")]
    pub title: String,
    /// What else its author said.
    #[serde(default, deserialize_with = "or_default")]
    pub body: String,
    /// Who wrote it.
    #[serde(default, deserialize_with = "or_default")]
    pub author: String,
    /// When it was merged.
    #[serde(default)]
    pub merged_at: Option<Timestamp>,
    /// What it touched.
    #[serde(default, deserialize_with = "or_default")]
    pub files: Vec<File>,
    /// Its page at the code host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// A file that a change touched.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// Where it is now.
    pub path: String,
    /// What was done to it.
    #[serde(default)]
    pub status: Status,
    /// Lines added.
    #[serde(default)]
    pub additions: u32,
    /// Lines removed.
    #[serde(default)]
    pub deletions: u32,
    /// The unified diff, perhaps cut; empty where none is known.
    #[serde(default, deserialize_with = "or_default")]
    pub patch: String,
}

/// What was done to a file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    /// Added.
    A,
    /// Modified.
    #[default]
    M,
    /// Deleted.
    D,
    /// Renamed.
    R,
    /// Anything else: copied, another type.
    #[serde(other)]
    Other,
}

/// What hurt.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Symptoms {
    /// Signals that moved.
    #[serde(default, deserialize_with = "or_default")]
    pub findings: Vec<Moved>,
    /// Error texts, log signatures and stack traces.
    #[serde(default, deserialize_with = "or_default")]
    pub errors: Vec<String>,
}

/// A signal that moved.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// Its name.
    pub signal: String,
    /// `up` or `down`, if it is known.
    #[serde(default, deserialize_with = "or_default")]
    pub direction: String,
    /// Since when.
    #[serde(default)]
    pub onset: Option<Timestamp>,
    /// Where: route, instance, region.
    #[serde(default, deserialize_with = "labels")]
    pub labels: BTreeMap<String, String>,
}

/// What else was going on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Context {
    /// What the change cannot have touched, at the same time.
    #[serde(default, deserialize_with = "or_default")]
    pub controls: Vec<Control>,
    /// When the first instance ran the new version.
    #[serde(default)]
    pub first_instance_changed_at: Option<Timestamp>,
    /// The traffic.
    #[serde(default)]
    pub traffic: Option<Traffic>,
    /// The same hour on other days.
    #[serde(default)]
    pub same_hour_before: Option<SameHour>,
    /// What the service calls.
    #[serde(default, deserialize_with = "or_default")]
    pub dependencies: Vec<Dependency>,
    /// What else was deployed.
    #[serde(default, deserialize_with = "or_default")]
    pub neighbours: Vec<Neighbour>,
}

/// What the change cannot have touched.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Control {
    /// Its name.
    pub name: String,
    /// Whether it moved too.
    #[serde(default)]
    pub moved: bool,
    /// Since when.
    #[serde(default)]
    pub onset: Option<Timestamp>,
}

/// The traffic of the service.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Traffic {
    /// Whether there is more or less of it.
    #[serde(default)]
    pub moved: bool,
    /// Whether what moved moves with it.
    #[serde(default)]
    pub explains: bool,
}

/// The same hour on other days.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SameHour {
    /// Whether it hurt then too.
    #[serde(default)]
    pub seen: bool,
}

/// A service that this one calls.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dependency {
    /// Its name.
    pub service: String,
    /// Whether its own signals moved.
    #[serde(default)]
    pub moved: bool,
    /// Since when.
    #[serde(default)]
    pub onset: Option<Timestamp>,
}

/// A deployment of a service that this one calls, or that calls it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Neighbour {
    /// The service.
    pub service: String,
    /// Its version now.
    #[serde(default, deserialize_with = "or_default")]
    pub version: String,
    /// When it was deployed.
    #[serde(default)]
    pub deployed_at: Option<Timestamp>,
}

/// Others write `null` where there is nothing.
fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    from: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

/// Others write numbers where a label's value is one.
fn labels<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<String, String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Value {
        Text(String),
        Number(serde_json::Number),
        Truth(bool),
        Nothing(()),
    }
    let read: Option<BTreeMap<String, Value>> = Option::deserialize(from)?;
    let said = |value| match value {
        Value::Text(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        Value::Truth(truth) => Some(truth.to_string()),
        Value::Nothing(()) => None,
    };
    let read = read.unwrap_or_default().into_iter();
    Ok(read
        .filter_map(|(name, value)| Some((name, said(value)?)))
        .collect())
}
