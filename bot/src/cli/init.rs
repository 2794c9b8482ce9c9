//! `tawny init --prometheus URL`

mod ask;
mod found;
mod show;

use super::{Exit, output};
use crate::discover::{self, Access};
use found::{Found, InitError};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Base URL of a Prometheus, or of what speaks its API.
    #[arg(long, value_name = "URL")]
    prometheus: String,
    /// Ask nothing: take every service that is found, or those of --service.
    #[arg(long, short)]
    yes: bool,
    /// Only this service (a scrape job, as `tawny init` lists it). May be given several times.
    #[arg(long, value_name = "NAME")]
    service: Vec<String>,
    /// Where to write.
    #[arg(
        long,
        short,
        env = "TAWNY_CONFIG",
        default_value = "tawny.yaml",
        value_name = "FILE"
    )]
    output: PathBuf,
    /// Overwrite the file if it is there.
    #[arg(long)]
    force: bool,
    /// What you are called in the record.
    #[arg(long, value_name = "NAME")]
    person: Option<String>,
    /// User name of the source.
    #[arg(long, value_name = "NAME")]
    username: Option<String>,
    /// The environment variable that holds its password.
    #[arg(
        long,
        value_name = "VARIABLE",
        requires = "username",
        conflicts_with = "password_file"
    )]
    password_env: Option<String>,
    /// The file that holds its password.
    #[arg(long, value_name = "FILE", requires = "username")]
    password_file: Option<PathBuf>,
    /// The environment variable that holds a bearer token for the source.
    #[arg(long, value_name = "VARIABLE", conflicts_with_all = ["username", "bearer_file"])]
    bearer_env: Option<String>,
    /// The file that holds a bearer token for the source.
    #[arg(long, value_name = "FILE", conflicts_with = "username")]
    bearer_file: Option<PathBuf>,
    /// A header for the source and the environment variable that holds its value, such as `X-Scope-OrgID=TENANT`.
    /// May be given several times.
    #[arg(long, value_name = "NAME=VARIABLE")]
    header: Vec<String>,
}

pub(super) async fn run(arguments: Arguments, json: bool) -> Exit {
    match begin(&arguments, json).await {
        Ok(found) => {
            if json {
                output::document("init", &show::document(&found));
            } else {
                show::print(&found);
            }
            Exit::Done
        }
        Err(error) => {
            if json {
                output::document("init", &serde_json::json!({ "error": error.to_string() }));
            }
            output::failed(&error);
            error.exit()
        }
    }
}

async fn begin(arguments: &Arguments, json: bool) -> Result<Found, InitError> {
    if arguments.output.exists() && !arguments.force {
        return Err(InitError::Exists(arguments.output.clone()));
    }
    let access = access(arguments)?;
    let (asker, server) = found::connect(&access, arguments).await?;
    let candidates = discover::candidates(&asker).await?;
    let chosen = ask::choose(candidates, arguments, json)?;
    found::write(arguments, &access, &asker, &server, chosen).await
}

/// How the source is reached, as the configuration will say it: no secret is on the command line.
fn access(arguments: &Arguments) -> Result<Access, InitError> {
    let variable = |name: &String| format!("${{{name}}}");
    let file = |path: &PathBuf| {
        // Files of a configuration are relative to it, those of a command to where it runs.
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.clone());
        format!("file:{}", absolute.display())
    };
    let password = arguments
        .password_env
        .as_ref()
        .map(variable)
        .or(arguments.password_file.as_ref().map(file));
    let basic = match (&arguments.username, password) {
        (None, _) => None,
        (Some(username), Some(password)) => Some((username.clone(), password)),
        (Some(_), None) => {
            return Err(InitError::Usage(
                "--username: expected --password-env or --password-file beside it".to_owned(),
            ));
        }
    };
    let headers = arguments
        .header
        .iter()
        .map(|header| match header.split_once('=') {
            Some((name, value)) if !name.is_empty() && !value.is_empty() => {
                Ok((name.to_owned(), variable(&value.to_owned())))
            }
            _ => Err(InitError::Usage(format!(
                "--header {header}: expected NAME=VARIABLE, the name of an environment variable"
            ))),
        })
        .collect::<Result<_, _>>()?;
    Ok(Access {
        url: arguments.prometheus.trim_end_matches('/').to_owned(),
        basic,
        bearer: arguments
            .bearer_env
            .as_ref()
            .map(variable)
            .or(arguments.bearer_file.as_ref().map(file)),
        headers,
    })
}
