//! `tawny mcp` and the program `tawny-mcp`: what IDE assistants begin, and what tries a tool from a shell.

use super::{Exit, output};
use clap::{Args, Parser, Subcommand};
use std::ffi::OsString;
use std::path::PathBuf;

mod call;
mod clients;
mod local;
mod proxy;
mod tools;

pub use clients::{CLIENTS, configuration};
pub use tools::markdown;

/// Answers models and IDE assistants over standard input and output.
///
/// With --connect it passes on what a running `tawny serve` answers; with --config it reads the record and the metrics
/// itself, beside no server, and nothing can be asked for.
#[derive(Debug, Parser)]
#[command(
    name = "tawny-mcp",
    version,
    max_term_width = 100,
    args_conflicts_with_subcommands = true
)]
struct Cli {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Show the tools that there are.
    Tools(Tools),
    /// Call a tool and print its answer as one JSON document.
    Call(Call),
    /// Print what a client has to be configured with.
    PrintConfig(PrintConfig),
}

#[derive(Debug, Args)]
struct Tools {
    /// Print one JSON document, with the schemas.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct Call {
    /// The tool's name.
    tool: String,
    /// Its arguments.
    #[arg(long, value_name = "OBJECT", default_value = "{}")]
    json: String,
    #[command(flatten)]
    place: Place,
}

#[derive(Debug, Args)]
struct PrintConfig {
    /// Which client: claude-code, claude-desktop, codex, cursor, gemini-cli, jetbrains, vscode, windsurf or zed.
    client: String,
    /// The server's address.
    #[arg(
        long,
        env = "TAWNY_URL",
        default_value = "http://127.0.0.1:7700",
        value_name = "URL"
    )]
    url: String,
    /// With the address where nothing can be asked for.
    #[arg(long)]
    read_only: bool,
}

/// Where answers come from.
#[derive(Debug, Clone, Args)]
struct Place {
    /// A running server.
    #[arg(long, value_name = "URL", conflicts_with = "config")]
    connect: Option<String>,
    /// The token for it.
    #[arg(
        long,
        env = "TAWNY_MCP_TOKEN",
        hide_env_values = true,
        value_name = "TOKEN"
    )]
    token: Option<String>,
    /// A file that holds the token.
    #[arg(long, value_name = "FILE", conflicts_with = "token")]
    token_file: Option<PathBuf>,
    /// Ask the server for nothing but reading.
    #[arg(long)]
    read_only: bool,
    /// The configuration, to read without a server.
    #[arg(long, short, env = "TAWNY_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Parses the arguments, the program's name first, and runs them.
pub async fn main(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            let help = !error.use_stderr();
            // Printing help to a closed pipe is no failure.
            let _ = error.print();
            return if help { Exit::Done } else { Exit::Usage };
        }
    };
    run(cli).await
}

async fn run(cli: Cli) -> Exit {
    let ended = match cli.what {
        Some(What::Tools(asked)) => {
            tools::show(asked.json);
            Ok(Exit::Done)
        }
        Some(What::PrintConfig(asked)) => {
            let path = if asked.read_only {
                mcp_server::http::READ_ONLY_PATH
            } else {
                mcp_server::http::PATH
            };
            let url = format!("{}{path}", asked.url.trim_end_matches('/'));
            clients::print(&asked.client, &url)
        }
        Some(What::Call(asked)) => call::run(&asked.tool, &asked.json, &asked.place).await,
        None => serve(&cli.place).await,
    };
    ended.unwrap_or_else(|error| {
        output::failed(&error);
        Exit::Usage
    })
}

async fn serve(place: &Place) -> Result<Exit, String> {
    if place.connect.is_some() {
        return proxy::run(place).await;
    }
    let (world, journal) = local::world(place).await?;
    let served = mcp_server::stdio::serve(world, local::caller()).await;
    let closed = journal.close().await.map_err(|error| error.to_string());
    match served.and(closed) {
        Ok(()) => Ok(Exit::Done),
        Err(error) => {
            output::failed(&error);
            Ok(Exit::Failed)
        }
    }
}

impl Place {
    /// The address of the server's tools.
    fn endpoint(&self) -> Option<String> {
        let url = self.connect.as_deref()?.trim_end_matches('/');
        let wanted = if self.read_only {
            mcp_server::http::READ_ONLY_PATH
        } else {
            mcp_server::http::PATH
        };
        let known = url.ends_with(mcp_server::http::PATH) || url.ends_with("/mcp/readonly");
        Some(if known {
            url.to_owned()
        } else {
            format!("{url}{wanted}")
        })
    }

    /// The token, from where it is said to be.
    fn bearer(&self) -> Result<String, String> {
        let token = match (&self.token, &self.token_file) {
            (Some(token), _) => token.clone(),
            (None, Some(file)) => std::fs::read_to_string(file)
                .map_err(|error| format!("--token-file {}: {error}", file.display()))?,
            (None, None) => {
                let why = "no token: set TAWNY_MCP_TOKEN, or name a file with --token-file";
                return Err(why.to_owned());
            }
        };
        Ok(token.trim().to_owned())
    }
}
