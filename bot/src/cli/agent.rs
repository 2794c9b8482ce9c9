//! `tawny agent test`: what the configured models' servers can, what they lack, and what is done instead.

use super::exit::Exit;
use super::{ConfigFile, output};
use crate::agent::trial::{Ability, Outcome, Went, attempt};
use clap::{Args, Subcommand};
use serde_json::json;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Send each endpoint a handful of small requests: answers, tools, form, streaming, token counts. Costs some tokens.
    Test(Test),
}

#[derive(Debug, Args)]
struct Test {
    #[command(flatten)]
    file: ConfigFile,
    /// Only this endpoint.
    #[arg(long, value_name = "NAME")]
    endpoint: Option<String>,
}

pub(super) async fn run(arguments: &Arguments, json: bool) -> Exit {
    let What::Test(test) = &arguments.what;
    match outcomes(test).await {
        Ok(outcomes) => {
            let exit = exit(&outcomes);
            if json {
                output::document(
                    "agent-test",
                    &json!({ "ok": exit == Exit::Done, "endpoints": outcomes }),
                );
            } else {
                outcomes.iter().for_each(print);
            }
            exit
        }
        Err(error) => {
            if json {
                output::document("agent-test", &json!({ "ok": false, "error": error }));
            } else {
                output::failed(&error);
            }
            Exit::Usage
        }
    }
}

async fn outcomes(test: &Test) -> Result<Vec<Outcome>, String> {
    let path = &test.file.config;
    let settings = config::load(path, &config::Lookup::system())
        .map_err(|errors| format!("the configuration cannot be used:\n{errors}"))?;
    let mut outcomes = Vec::new();
    for endpoint in &settings.agent.endpoints {
        let wanted = test.endpoint.as_deref();
        if wanted.is_none_or(|name| name == endpoint.name.as_str()) {
            outcomes.push(attempt(endpoint).await?);
        }
    }
    if outcomes.is_empty() {
        return Err(match &test.endpoint {
            Some(name) => format!("no endpoint `{name}` under `agent.endpoints`"),
            None => "no model is configured: name one under `agent.endpoints`; without it, reports are made without a model".to_owned(),
        });
    }
    Ok(outcomes)
}

/// 3 where one cannot be spoken to, 1 where one lacks what is needed.
fn exit(outcomes: &[Outcome]) -> Exit {
    if outcomes.iter().any(|one| !one.reached) {
        Exit::Usage
    } else if outcomes.iter().all(Outcome::is_good) {
        Exit::Done
    } else {
        Exit::Failed
    }
}

fn print(outcome: &Outcome) {
    output::line(&format!("{} ({})", outcome.endpoint, outcome.model));
    for tried in &outcome.tried {
        let ability = match tried.ability {
            Ability::Answers => "answers",
            Ability::Tools => "tools",
            Ability::Parallel => "several tools at once",
            Ability::Form => "form of an answer",
            Ability::Streams => "streaming",
            Ability::Counts => "token counts",
        };
        let went = match tried.went {
            Went::Good => "good ",
            Went::Otherwise => "lacks",
            Went::Bad => "BAD  ",
        };
        output::line(&format!("  {went}  {ability}: {}", tried.seen));
        if let Some(instead) = &tried.instead {
            output::line(&format!("         {instead}"));
        }
    }
    if !outcome.quirks.is_empty() {
        let quirks = json!(outcome.quirks);
        output::line(&format!("  configure: quirks: {quirks}"));
    }
    output::line(&format!(
        "  {} requests, {} tokens, {:.1} s",
        outcome.requests, outcome.tokens, outcome.seconds
    ));
}
