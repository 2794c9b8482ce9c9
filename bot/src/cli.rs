//! The command line: verbs, their arguments, and what they exit with.

use clap::{Args, Parser, Subcommand};
use std::ffi::OsString;
use std::path::PathBuf;

mod agent;
mod answer;
mod audit;
mod backtest;
mod bench;
mod calls;
mod check_config;
mod client;
mod command;
mod deliveries;
mod deploy;
mod digest;
mod exit;
mod fix;
mod gate;
mod import;
mod incidents;
mod init;
mod journal;
mod judge;
mod judge_alert;
mod login;
pub mod mcp;
mod mock_service;
mod output;
mod record;
mod replay;
mod report;
mod runbook;
mod say;
mod serve;
mod share;
mod signals_table;
mod slack;
mod stats;
mod status;
mod suspects;
mod thresholds;
mod timeline;
mod webhooks;

pub use exit::Exit;

/// Watches every deployment: warns, pauses and asks, rolls back and tells.
#[derive(Debug, Parser)]
#[command(
    name = "tawny",
    version,
    about,
    max_term_width = 100,
    arg_required_else_help = true
)]
#[command(
    after_help = "Exit codes: 0 healthy or done, 1 degraded, refused or failed, 2 inconclusive or unmeasured, \
    3 wrong usage, configuration or connection.\n\nTry it without any set-up: tawny demo"
)]
pub struct Cli {
    /// Print one JSON document on standard output; logs and progress go to standard error.
    #[arg(long, global = true)]
    json: bool,
    /// The form of log lines, for people or for machines; `log.format` when not said.
    #[arg(
        long,
        global = true,
        env = "TAWNY_LOG_FORMAT",
        value_enum,
        value_name = "FORMAT"
    )]
    log_format: Option<crate::log::Format>,
    /// What is logged: a level or a filter such as `info,engine=debug`; TAWNY_LOG or `log.level` when not said.
    #[arg(long, global = true, value_name = "LEVEL")]
    log_level: Option<String>,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Run the server: engine, page, API.
    Serve(serve::Arguments),
    /// Guard one deployment of a small shop, from start to end, on this machine alone.
    Demo(crate::demo::Arguments),
    /// Run the small shop with a fault switch.
    MockService(mock_service::Arguments),
    /// Replay a recorded episode through the detector.
    Replay(replay::Arguments),
    /// Record a deployment, watched or past, so that it can be replayed.
    Record(record::Arguments),
    /// Show what would have been done on recorded deployments.
    Backtest(backtest::Arguments),
    /// Rank the changes of a deployment by how likely they caused what hurts, or acquit it.
    Suspects(suspects::Arguments),
    /// Measure on this machine what watching many services costs, and what judging and ranking do.
    Bench(bench::Arguments),
    /// Write a first configuration, from what a Prometheus has.
    Init(init::Arguments),
    /// Check a configuration: every error with its place, and whether every signal has data.
    CheckConfig(check_config::Arguments),
    /// Try the models that explain what hurts: what their servers can, lack, and what is done instead.
    Agent(agent::Arguments),
    /// Move and check the record.
    Journal(journal::Arguments),
    /// Convert another tool's monitoring YAML to a configuration, with a note on what is judged how.
    Import(import::Arguments),
    /// Bring a version of a service out.
    Deploy(deploy::Arguments),
    /// Show deployments, or one of them.
    Status(status::Arguments),
    /// Freeze a deployment.
    Pause(command::Arguments),
    /// Let a paused deployment go on as paced.
    Resume(command::Arguments),
    /// Keep a paused deployment paused.
    Hold(command::Arguments),
    /// Bring the new version everywhere now.
    Promote(command::Arguments),
    /// Bring the old version back.
    Rollback(command::Arguments),
    /// Give a deployment up as it stands: nothing is changed any more, and the next one can begin.
    Abandon(command::Arguments),
    /// Have a request opened that undoes what did it, for people to review and merge.
    RevertPr(fix::Arguments),
    /// Have a model draft a change that mends what did it, for people to review.
    HotfixPr(fix::Arguments),
    /// Answer a question.
    Approve(answer::Arguments),
    /// Wait until a deployment is decided, and exit by what it has come to: for pipelines.
    Gate(gate::Arguments),
    /// Show what happened to a deployment, in order.
    Timeline(timeline::Arguments),
    /// Show the health report of a deployment.
    Report(report::Arguments),
    /// Show the postmortem of a deployment about which something was found, for you to complete.
    Postmortem(report::Arguments),
    /// Show which change did it, and why it is suspected.
    Why(report::Arguments),
    /// Show whether a deployment is healthy: before and after, risk, what probably did it, and what to do.
    HealthCheck(report::InWords),
    /// Show the root-cause analysis of an incident: when what happened, what did it, and where time was lost.
    Rca(report::InWords),
    /// Show how to deploy a service: what to check and to watch, how to go back, whom to tell, what went wrong before.
    Runbook(runbook::Arguments),
    /// Show which thresholds of a service's alerts would have spared false alarms and missed no true one.
    Thresholds(thresholds::Arguments),
    /// Say whether an alert of the past was true; better thresholds are found by that.
    JudgeAlert(judge_alert::Arguments),
    /// Make a link that shows one deployment, read-only, to whoever has it; list and end such links.
    Share(share::Arguments),
    /// Say in hindsight whether the alarm, or the silence, was right.
    Judge(judge::Arguments),
    /// Show how far a service's alarms have earned trust.
    Stats(stats::Arguments),
    /// Show what happened lately and what waits for somebody, as channels are told once a day.
    Digest(digest::Arguments),
    /// Let no deployment begin: of one service, or of all.
    Freeze(say::Lane),
    /// Let deployments begin again.
    Unfreeze(say::Lane),
    /// Have the analyst look into a question about a deployment
    Ask(say::Question),
    /// Say something as in a chat: `tawny say help` tells what.
    Say(say::Arguments),
    /// Show who did what and who was refused, and check that the record was not changed.
    Audit(audit::Arguments),
    /// Show what hurts and hurt, and close an incident of alerts by hand.
    Incidents(incidents::Arguments),
    /// Show the webhooks that came in, and have one handled again.
    Deliveries(deliveries::Arguments),
    /// Try a webhook: is it set up, and what is understood of what it sends?
    Webhooks(webhooks::Arguments),
    /// Make what Slack needs to know of Tawny's app.
    Slack(slack::Arguments),
    /// Answer models and IDE assistants over standard input and output, and try their tools: `tawny mcp --help`.
    Mcp(PassedOn),
    /// Make a one-time link to the page, for yourself.
    Login(login::Arguments),
}

/// Arguments of a program that has a parser of its own.
#[derive(Debug, Args)]
#[command(disable_help_flag = true)]
struct PassedOn {
    /// What `tawny-mcp` takes.
    #[arg(
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_name = "ARGUMENTS"
    )]
    arguments: Vec<OsString>,
}

impl PassedOn {
    fn of(self, program: &str) -> impl Iterator<Item = OsString> {
        std::iter::once(program.into()).chain(self.arguments)
    }
}

/// Where the server is, and who is calling.
#[derive(Debug, Clone, Args)]
struct Connection {
    /// The server's address.
    #[arg(
        long,
        env = "TAWNY_URL",
        default_value = "http://127.0.0.1:7700",
        value_name = "URL"
    )]
    url: String,
    /// The caller's token.
    #[arg(
        long,
        env = "TAWNY_TOKEN",
        hide_env_values = true,
        value_name = "TOKEN"
    )]
    token: Option<String>,
    /// The language of the answer: en or zh-CN.
    #[arg(long, env = "TAWNY_LANG", value_name = "LANG")]
    lang: Option<String>,
}

/// Which deployment.
#[derive(Debug, Clone, Args)]
struct Named {
    /// A deployment's id, or a service: then the deployment under way, or else its newest.
    name: String,
    /// Of a service in several environments: which one.
    #[arg(long, short, value_name = "ENVIRONMENT")]
    environment: Option<String>,
}

/// The configuration file.
#[derive(Debug, Clone, Args)]
struct ConfigFile {
    /// The configuration.
    #[arg(
        long,
        short,
        env = "TAWNY_CONFIG",
        default_value = "tawny.yaml",
        value_name = "FILE"
    )]
    config: PathBuf,
}

/// Parses the arguments and runs the verb.
pub async fn main() -> Exit {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let help = !error.use_stderr();
            // Printing help to a closed pipe is no failure.
            let _ = error.print();
            if !help && std::env::args_os().any(|argument| argument == "--json") {
                let what = error.kind().to_string();
                output::document("usage", &serde_json::json!({ "error": what }));
            }
            return if help { Exit::Done } else { Exit::Usage };
        }
    };
    let json = cli.json;
    let log = crate::log::Wishes {
        format: cli.log_format,
        level: cli.log_level,
    };
    if !matches!(cli.verb, Verb::Serve(_))
        && let Err(error) = log.begin()
    {
        output::failed(&error);
        return Exit::Usage;
    }
    match cli.verb {
        Verb::Serve(arguments) => serve::run(arguments, json, &log).await,
        Verb::Demo(arguments) => crate::demo::run(arguments, json).await,
        Verb::MockService(arguments) => mock_service::run(arguments).await,
        Verb::Replay(arguments) => replay::run(&arguments),
        Verb::Record(arguments) => record::run(arguments).await,
        Verb::Backtest(arguments) => backtest::run(arguments, json).await,
        Verb::Suspects(arguments) => suspects::run(&arguments, json),
        Verb::Bench(arguments) => bench::run(arguments, json).await,
        Verb::Init(arguments) => init::run(arguments, json).await,
        Verb::CheckConfig(arguments) => check_config::run(&arguments, json).await,
        Verb::Agent(arguments) => agent::run(&arguments, json).await,
        Verb::Journal(arguments) => journal::run(arguments, json).await,
        Verb::Import(arguments) => import::run(&arguments, json),
        Verb::Deploy(arguments) => deploy::run(arguments, json).await,
        Verb::Status(arguments) => status::run(arguments, json).await,
        Verb::Pause(arguments) => command::run("pause", arguments, json).await,
        Verb::Resume(arguments) => command::run("resume", arguments, json).await,
        Verb::Hold(arguments) => command::run("hold", arguments, json).await,
        Verb::Promote(arguments) => command::run("promote", arguments, json).await,
        Verb::Rollback(arguments) => command::run("rollback", arguments, json).await,
        Verb::Abandon(arguments) => command::run("abandon", arguments, json).await,
        Verb::RevertPr(arguments) => fix::run("revert-pr", arguments, json).await,
        Verb::HotfixPr(arguments) => fix::run("hotfix-pr", arguments, json).await,
        Verb::Approve(arguments) => answer::run(arguments, json).await,
        Verb::Gate(arguments) => gate::run(arguments, json).await,
        Verb::Timeline(arguments) => timeline::run(arguments, json).await,
        Verb::Report(arguments) => report::run("report", arguments, json).await,
        Verb::Postmortem(arguments) => report::run("postmortem", arguments, json).await,
        Verb::Why(arguments) => report::run("why", arguments, json).await,
        Verb::HealthCheck(arguments) => report::run_in_words("health-check", arguments, json).await,
        Verb::Rca(arguments) => report::run_in_words("rca", arguments, json).await,
        Verb::Runbook(arguments) => runbook::run(arguments, json).await,
        Verb::Thresholds(arguments) => thresholds::run(arguments, json).await,
        Verb::JudgeAlert(arguments) => judge_alert::run(arguments, json).await,
        Verb::Share(arguments) => share::run(arguments, json).await,
        Verb::Judge(arguments) => judge::run(arguments, json).await,
        Verb::Stats(arguments) => stats::run(arguments, json).await,
        Verb::Digest(arguments) => digest::run(arguments, json).await,
        Verb::Freeze(lane) => say::lane("freeze", lane, json).await,
        Verb::Unfreeze(lane) => say::lane("unfreeze", lane, json).await,
        Verb::Ask(question) => say::ask(question, json).await,
        Verb::Say(arguments) => say::run(arguments, json).await,
        Verb::Audit(arguments) => audit::run(arguments, json).await,
        Verb::Incidents(arguments) => incidents::run(arguments, json).await,
        Verb::Deliveries(arguments) => deliveries::run(arguments, json).await,
        Verb::Webhooks(arguments) => webhooks::run(arguments, json).await,
        Verb::Slack(arguments) => slack::run(arguments, json),
        Verb::Mcp(arguments) => mcp::main(arguments.of("tawny-mcp")).await,
        Verb::Login(arguments) => login::run(arguments, json).await,
    }
}
