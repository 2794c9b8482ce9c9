//! A prompt's file: what stands before it, and its words in each language.

use messages::Locale;
use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// A prompt.
#[derive(Debug, Clone, PartialEq)]
pub struct Prompt {
    /// Its name, in `snake_case`.
    pub name: String,
    /// Its name for people.
    pub title: Words,
    /// What it is for.
    pub description: Words,
    /// What it takes.
    pub arguments: Vec<Argument>,
    /// What it is filled with, in order. The first one must be there.
    pub fill: Vec<Filling>,
    /// What it says, by language.
    pub text: Words,
}

/// A text in each language.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    en: String,
    #[serde(rename = "zh-CN")]
    zh_cn: String,
}

impl Words {
    /// In this language.
    #[must_use]
    pub fn of(&self, locale: Locale) -> &str {
        match locale {
            Locale::En => &self.en,
            Locale::ZhCn => &self.zh_cn,
        }
    }
}

/// Something that a prompt takes.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Argument {
    /// Its name.
    pub name: String,
    /// What it is; by it, it is completed.
    pub r#type: Type,
    /// Whether it must be given.
    pub required: bool,
    en: String,
    #[serde(rename = "zh-CN")]
    zh_cn: String,
}

impl Argument {
    /// What it is for.
    #[must_use]
    pub fn said(&self, locale: Locale) -> &str {
        match locale {
            Locale::En => &self.en,
            Locale::ZhCn => &self.zh_cn,
        }
    }
}

/// What an argument is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Type {
    /// The id of a deployment.
    Deployment,
    /// The name of a service.
    Service,
    /// The name of an environment.
    Environment,
    /// The name of what is measured of a service.
    Signal,
    /// Anything.
    Text,
}

/// What a prompt is filled with: a tool, and its arguments, in which `{name}` stands for the prompt's.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filling {
    /// The tool.
    pub tool: String,
    /// Its arguments. One of which the prompt's own was not given is left out.
    pub arguments: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Front {
    name: String,
    title: Words,
    description: Words,
    arguments: Vec<Argument>,
    fill: Vec<Filling>,
}

impl Prompt {
    /// Reads a file.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text
            .strip_prefix("---\n")
            .ok_or("it begins with no `---`")?;
        let (front, text) = text.split_once("\n---\n").ok_or("no second `---`")?;
        let mut front = Yaml::load_from_str(front).map_err(|error| error.to_string())?;
        let front = json(&front.pop().ok_or("nothing before it")?)?;
        let front: Front = serde_path_to_error::deserialize(front)
            .map_err(|error| format!("`{}`: {}", error.path(), error.inner()))?;
        let (before, rest) = text.split_once("<!-- en -->\n").ok_or("no `<!-- en -->`")?;
        let (en, zh_cn) = rest
            .split_once("<!-- zh-CN -->\n")
            .ok_or("no `<!-- zh-CN -->`")?;
        if !before.trim().is_empty() {
            return Err("words in no language".to_owned());
        }
        Ok(Self {
            name: front.name,
            title: front.title,
            description: front.description,
            arguments: front.arguments,
            fill: front.fill,
            text: Words {
                en: en.trim().to_owned(),
                zh_cn: zh_cn.trim().to_owned(),
            },
        })
    }
}

fn json(node: &Yaml<'_>) -> Result<Value, String> {
    Ok(match node {
        Yaml::Value(Scalar::Null) => Value::Null,
        Yaml::Value(Scalar::Boolean(value)) => Value::Bool(*value),
        Yaml::Value(Scalar::Integer(value)) => Value::from(*value),
        Yaml::Value(Scalar::String(text)) => Value::from(text.as_ref()),
        Yaml::Sequence(items) => Value::Array(items.iter().map(json).collect::<Result<_, _>>()?),
        Yaml::Mapping(entries) => {
            let entries = entries.iter().map(|(key, value)| {
                let key = key.as_str().ok_or("a key that is no text")?;
                Ok((key.to_owned(), json(value)?))
            });
            Value::Object(entries.collect::<Result<_, String>>()?)
        }
        other => return Err(format!("not understood: {other:?}")),
    })
}
