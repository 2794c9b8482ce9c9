//! `tawny gate`: waits until a deployment is decided, and exits by what it has come to.

use super::client::{CallError, Client};
use super::{Connection, Exit, output};
use crate::api::{ChangeView, GateView};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::time::Instant;

mod find;
mod follow;
mod write;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "It ends when the deployment is decided, not at the first healthy glance: out everywhere and \
    judged on the way (0 when healthy or let on by people, 1 when degraded), rolled back, failed or given up (1), kept \
    paused or not answered in time (1 because of findings, 2 for want of certainty). An open question is waited for. \
    When the time is over it exits by what is known then: 1 if something was found, 2 if nobody can say. A server that is \
    away is asked again until then; 3 if it still is. Stopping the gate changes nothing about the deployment."
)]
pub(super) struct Arguments {
    #[command(flatten)]
    wanted: Wanted,
    /// How long to wait at most.
    #[arg(long, default_value = "10m", value_parser = humantime::parse_duration, value_name = "DURATION")]
    timeout: Duration,
    /// What to wait for: out everywhere and judged on the way, or the end of the watch that follows.
    #[arg(long, value_enum, default_value = "promoted", value_name = "WHEN")]
    until: Until,
    /// Append id, status, verdict, outcome, attribution, page and exit code to this file, as lines `name=value`.
    #[arg(long, value_name = "FILE")]
    outputs: Option<PathBuf>,
    /// Append the deployment's message to this file, in Markdown.
    #[arg(long, value_name = "FILE")]
    summary: Option<PathBuf>,
    #[command(flatten)]
    connection: Connection,
}

/// Which deployment.
#[derive(Debug, Clone, clap::Args)]
struct Wanted {
    /// The deployment's id.
    #[arg(long, short, value_name = "ID", conflicts_with_all = ["service", "version", "environment", "begin"],
        required_unless_present = "service")]
    deployment: Option<String>,
    /// The service; waits for its deployment of `--version`, or takes the one under way, or its newest.
    #[arg(long, short, value_name = "SERVICE")]
    service: Option<String>,
    /// The new version.
    #[arg(long, value_name = "VERSION", requires = "service")]
    version: Option<String>,
    /// Of a service in several environments: which one.
    #[arg(long, short, value_name = "ENVIRONMENT", requires = "service")]
    environment: Option<String>,
    /// Begin it first, as `tawny deploy` does, unless it is under way or out already; waits while another one of the
    /// service is under way.
    #[arg(long, requires = "version")]
    begin: bool,
    /// With `--begin`: it contains a step that cannot be undone, such as a migration.
    #[arg(long, requires = "begin")]
    irreversible: bool,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Until {
    Promoted,
    Baked,
}

impl Until {
    fn as_str(self) -> &'static str {
        match self {
            Self::Promoted => "promoted",
            Self::Baked => "baked",
        }
    }
}

/// Tells those that come after.
type Write = fn(&Path, Option<&GateView>, Exit) -> std::io::Result<()>;

/// How the waiting ended.
enum Ended {
    /// It is decided.
    Decided,
    /// The time is over.
    TimedOut,
    /// Somebody stopped the gate.
    Interrupted,
    /// The server could not be asked, or said no.
    Failed(CallError),
}

/// What is known, to the end and beyond.
#[derive(Default)]
struct Seen {
    last: Option<GateView>,
    changes: Vec<ChangeView>,
}

pub(super) async fn run(arguments: Arguments, json: bool) -> Exit {
    let began = Instant::now();
    let client = match Client::new(arguments.connection) {
        Ok(client) => client,
        Err(error) => return output::call_failed("gate", &error, json),
    };
    let mut seen = Seen::default();
    let deadline = began.checked_add(arguments.timeout);
    let ended = tokio::select! {
        ended = follow::follow(&client, &arguments.wanted, arguments.until, deadline, &mut seen) => ended,
        () = crate::shutdown::signal() => Ended::Interrupted,
    };
    let exit = exit(&ended, seen.last.as_ref());
    let last = seen.last.as_ref();
    let written = [
        (&arguments.outputs, write::outputs as Write),
        (&arguments.summary, write::summary as Write),
    ];
    for (path, write) in written {
        if let Some(path) = path
            && let Err(error) = write(path, last, exit)
        {
            // The answer is the exit code; what is told beside it is not worth another one.
            output::failed(&format!("{}: {error}", path.display()));
        }
    }
    if json {
        output::document("gate", &document(&ended, &seen, exit, began.elapsed()));
    }
    tell(&ended, seen.last.as_ref(), json);
    exit
}

fn exit(ended: &Ended, last: Option<&GateView>) -> Exit {
    match (ended, last) {
        (Ended::Failed(error), _) => error.exit(),
        (_, Some(view)) => match view.exit_code {
            // It may yet become another one.
            0 if !view.decided => Exit::Unsure,
            0 => Exit::Done,
            1 => Exit::Failed,
            _ => Exit::Unsure,
        },
        // There is no such deployment: what was asked for is wrong, or never came.
        (Ended::TimedOut, None) => Exit::Usage,
        (_, None) => Exit::Unsure,
    }
}

fn document(ended: &Ended, seen: &Seen, exit: Exit, waited: Duration) -> serde_json::Value {
    let mut document = match &seen.last {
        Some(view) => json!(view),
        None => json!({}),
    };
    document["changes"] = json!(seen.changes);
    document["exit_code"] = json!(exit.code());
    document["waited_seconds"] = json!((waited.as_secs_f64() * 1000.0).round() / 1000.0);
    document["timed_out"] = json!(matches!(ended, Ended::TimedOut));
    document["interrupted"] = json!(matches!(ended, Ended::Interrupted));
    if let Ended::Failed(error) = ended {
        document["error"] = json!(error.to_string());
    }
    document
}

/// The last word: on standard output, unless a document is there.
fn tell(ended: &Ended, last: Option<&GateView>, json: bool) {
    match ended {
        Ended::Decided => {}
        Ended::TimedOut => output::note("the time is over, and it is not decided"),
        Ended::Interrupted => output::note("stopped; the deployment goes on"),
        Ended::Failed(error) => output::failed(error),
    }
    let Some(view) = last.filter(|_| !json) else {
        return;
    };
    output::line(&view.reason);
    if let Some(page) = &view.page {
        output::line(page);
    }
    if let Some(approval) = &view.deployment.approval {
        output::line(&format!(
            "tawny approve {} {}",
            approval.id,
            approval.options.join("|")
        ));
    }
}
