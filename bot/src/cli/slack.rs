//! `tawny slack manifest`: the app that Slack makes of it can do what Tawny uses, and nothing else.

use super::{Exit, output};
use crate::chat::slack::manifest;
use clap::Subcommand;
use serde_json::json;
use url::Url;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Print the manifest of the app, to be pasted where Slack asks for one (`Create New App`, `From a manifest`, JSON).
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
}

pub(super) fn run(arguments: Arguments, json: bool) -> Exit {
    let What::Manifest(wanted) = arguments.what;
    let made = manifest::manifest(&wanted.name, wanted.public_url.as_ref());
    match serde_json::to_string_pretty(&made) {
        Ok(_) if json => output::document("slack-manifest", &json!({ "manifest": made })),
        Ok(text) => output::line(&text),
        Err(error) => {
            output::failed(&error);
            return Exit::Failed;
        }
    }
    Exit::Done
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
