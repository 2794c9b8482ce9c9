//! `tawny slack manifest`: the app that Slack makes of it can do what Tawny uses, and nothing else.

use super::{Exit, output};
use crate::chat::slack::manifest;
use clap::Subcommand;
use saphyr::{LoadableYamlNode, Yaml, YamlEmitter};
use serde_json::json;
use url::Url;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Print the manifest of the app, to be pasted where Slack asks for one (`Create New App`, `From a manifest`).
    Manifest(Manifest),
}

#[derive(Debug, clap::Args)]
struct Manifest {
    /// Where Slack can reach Tawny, such as https://tawny.example.com. Without it the app uses Socket Mode, and Slack
    /// need not reach anything.
    #[arg(long, value_name = "URL", value_parser = address)]
    public_url: Option<Url>,
    /// What the app is called in Slack.
    #[arg(long, value_name = "NAME", default_value = "tawny", value_parser = name)]
    name: String,
    /// How it is written; Slack takes both.
    #[arg(long, value_enum, default_value = "json")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Json,
    Yaml,
}

pub(super) fn run(arguments: Arguments, json: bool) -> Exit {
    let What::Manifest(wanted) = arguments.what;
    let made = manifest::manifest(&wanted.name, wanted.public_url.as_ref());
    match serde_json::to_string_pretty(&made) {
        Ok(_) if json => output::document("slack-manifest", &json!({ "manifest": made })),
        Ok(text) if wanted.format == Format::Json => output::line(&text),
        Ok(text) => match yaml(&text) {
            Ok(text) => output::line(&text),
            Err(error) => {
                output::failed(&error);
                return Exit::Failed;
            }
        },
        Err(error) => {
            output::failed(&error);
            return Exit::Failed;
        }
    }
    Exit::Done
}

/// The same as YAML, of which JSON is a part.
fn yaml(json: &str) -> Result<String, String> {
    let read = Yaml::load_from_str(json).map_err(|error| error.to_string())?;
    let read = read.first().ok_or("nothing to write")?;
    let mut text = String::new();
    let written = YamlEmitter::new(&mut text).dump(read);
    written.map_err(|error| error.to_string())?;
    Ok(text)
}

fn address(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| error.to_string())?;
    let good = url.scheme() == "https" && url.has_host() && url.query().is_none();
    good.then_some(url)
        .ok_or_else(|| "expected an https:// address: Slack takes no other".to_owned())
}

/// Characters of the name of an app that Slack takes.
const LONGEST_NAME: usize = 35;

fn name(text: &str) -> Result<String, String> {
    let good = (1..=LONGEST_NAME).contains(&text.chars().count());
    good.then(|| text.to_owned())
        .ok_or_else(|| format!("expected 1 to {LONGEST_NAME} characters"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_yaml_it_says_the_same_in_the_same_order() {
        let json =
            r#"{"name": "tawny: \"x\"", "list": ["a", "b"], "told": true, "deep": {"no": "yes"}}"#;
        let text = yaml(json).unwrap();
        assert_eq!(
            text,
            "---\nname: \"tawny: \\\"x\\\"\"\nlist:\n  - a\n  - b\ntold: true\ndeep:\n  \"no\": \"yes\""
        );
        assert_eq!(Yaml::load_from_str(&text), Yaml::load_from_str(json));
    }
}
