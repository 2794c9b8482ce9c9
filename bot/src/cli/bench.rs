//! `tawny bench`: what watching many services costs on this machine, and what judging and ranking do.

use super::exit::Exit;
use super::output;
use clap::{Args, Subcommand};

mod agent;
mod chat;
mod detect;
mod exporter;
mod flow;
mod intake;
mod logs;
mod mcp;
mod measure;
mod page;
mod report;
mod suspects;
mod world;

/// What to measure.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Watch many services against one Prometheus, then twice as many.
    Watch(WatchArguments),
    /// Judge recorded or made deployments, and many signals at once.
    Detect(detect::Arguments),
    /// Rank the changes of a large release.
    Suspects(suspects::Arguments),
    /// Take signed webhooks at a constant rate, durably.
    Intake(intake::Arguments),
    /// Take signed presses of Slack at a constant rate, while many services are watched.
    Chat(chat::Arguments),
    /// Read, redact and count a flood of log lines.
    Logs(logs::Arguments),
    /// Open the pages that people look at, with many services and a long past, and tell many viewers what happens.
    Page(page::Arguments),
    /// Ask by way of the MCP server what could be asked of Prometheus itself, and compare.
    Mcp(mcp::Arguments),
    /// Have a played model look into each incident of the demo: calls, tokens and seconds.
    Agent(agent::Arguments),
    /// The services that are scraped meanwhile.
    #[command(hide = true)]
    Exporter,
}

/// How much of what.
#[derive(Debug, Clone, Args)]
pub(super) struct WatchArguments {
    /// Services with a deployment under way, of ten signals and three instances each.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=2000))]
    services: u32,
    /// Scrape interval, and so how often each watch looks.
    #[arg(long, default_value = "5s", value_parser = humantime::parse_duration)]
    interval: std::time::Duration,
    /// Seconds that are measured, after the watches have begun.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(5..=3600))]
    seconds: u64,
    /// Do not measure twice as many.
    #[arg(long)]
    once: bool,
    /// Measure in this process, and nothing else in it.
    #[arg(long, hide = true)]
    alone: bool,
}

/// Runs it.
pub(super) async fn run(arguments: Arguments, json: bool) -> Exit {
    match arguments.what {
        What::Exporter => match exporter::serve().await {
            Ok(()) => Exit::Done,
            Err(error) => failed(&error),
        },
        What::Suspects(arguments) => suspects::run(&arguments, json),
        What::Intake(arguments) => intake::run(&arguments, json).await,
        What::Chat(arguments) => chat::run(&arguments, json).await,
        What::Detect(arguments) => detect::run(&arguments, json),
        What::Page(arguments) => page::run(&arguments, json).await,
        What::Mcp(arguments) => mcp::run(&arguments, json).await,
        What::Agent(arguments) => agent::run(&arguments, json).await,
        What::Logs(arguments) => logs::run(&arguments, json).await,
        What::Watch(arguments) => match watch(&arguments).await {
            Ok(report) => report.print(json || arguments.alone),
            Err(error) => failed(&error),
        },
    }
}

fn failed(error: &dyn std::fmt::Display) -> Exit {
    output::failed(error);
    Exit::Usage
}

async fn watch(arguments: &WatchArguments) -> Result<report::Report, String> {
    if arguments.alone {
        let measured = measure::measure(arguments).await?;
        return Ok(report::Report::of(arguments, vec![measured]));
    }
    let sizes = [arguments.services, arguments.services * 2];
    let mut all = Vec::new();
    for services in sizes.into_iter().take(if arguments.once { 1 } else { 2 }) {
        // Each in a process of its own, so that the memory of one is not counted to the other.
        all.push(measure::elsewhere(arguments, services).await?);
    }
    Ok(report::Report::of(arguments, all))
}
