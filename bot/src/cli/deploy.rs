//! `tawny deploy SERVICE VERSION`

use super::client::{CallError, Client, escaped};
use super::{Connection, Exit, output};
use crate::api::{DeployBody, DeploymentView, PackageBody};
use indicatif::{ProgressBar, ProgressStyle};
use std::time::{Duration, Instant};

/// How often a waiting client looks.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How long a server may be away while it is waited for.
const SILENT_FOR: Duration = Duration::from_secs(120);

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The service, as the configuration names it.
    service: String,
    /// The new version.
    version: String,
    /// Where; may be left out when the service has one environment.
    #[arg(long, short)]
    environment: Option<String>,
    /// The artifact; by the service's template when left out.
    #[arg(long, value_name = "URL")]
    package: Option<String>,
    /// Its MD5, in hex.
    #[arg(long, value_name = "HEX")]
    md5: Option<String>,
    /// Its SHA-256, in hex.
    #[arg(long, value_name = "HEX")]
    sha256: Option<String>,
    /// Its size in bytes.
    #[arg(long, value_name = "BYTES")]
    size: Option<u64>,
    /// The version to go back to, where instances run different ones.
    #[arg(long, value_name = "VERSION")]
    from: Option<String>,
    /// It contains a step that cannot be undone, such as a migration: Tawny will not roll it back by itself.
    #[arg(long)]
    irreversible: bool,
    /// Where another deployment of the service is under way, wait behind it: this one begins by itself once all before it
    /// are out everywhere, and gives up where the one before it is not.
    #[arg(long, conflicts_with = "from")]
    queue: bool,
    /// The deployment at GitHub that this one carries out: with `write_back` it is told there how this one stands.
    #[arg(long, value_name = "OWNER/NAME/NUMBER")]
    github: Option<String>,
    /// Wait until it is promoted, rolled back, failed, or waits for people.
    #[arg(long, short)]
    wait: bool,
    #[command(flatten)]
    connection: Connection,
}

pub(super) async fn run(arguments: Arguments, json: bool) -> Exit {
    let wait = arguments.wait;
    match begin(arguments).await {
        Err(error) => output::call_failed("deploy", &error, json),
        Ok(view) => {
            if json {
                output::document("deploy", &view);
            } else {
                output::deployment(&view);
            }
            if wait { Exit::of(&view) } else { Exit::Done }
        }
    }
}

async fn begin(arguments: Arguments) -> Result<DeploymentView, CallError> {
    let client = Client::new(arguments.connection)?;
    let package = PackageBody {
        url: arguments.package,
        md5: arguments.md5,
        sha256: arguments.sha256,
        size: arguments.size,
    };
    let package = (package != PackageBody::default()).then_some(package);
    let body = DeployBody {
        service: arguments.service,
        environment: arguments.environment,
        version: arguments.version,
        package,
        github: arguments.github,
        from: arguments.from,
        irreversible: arguments.irreversible,
        queue: arguments.queue,
    };
    let begun: DeploymentView = client.post("deployments", &body).await?;
    if arguments.wait {
        follow(&client, begun).await
    } else {
        Ok(begun)
    }
}

async fn follow(client: &Client, begun: DeploymentView) -> Result<DeploymentView, CallError> {
    let progress = ProgressBar::new_spinner();
    progress.set_style(ProgressStyle::default_spinner());
    progress.enable_steady_tick(Duration::from_millis(120));
    let mut view = begun;
    loop {
        let headline = view.text.lines().next().unwrap_or_default().to_owned();
        progress.set_message(headline);
        if matches!(
            view.status.as_str(),
            "promoted" | "rolled_back" | "failed" | "superseded" | "paused"
        ) {
            progress.finish_and_clear();
            return Ok(view);
        }
        tokio::time::sleep(LOOK_EVERY).await;
        view = look(client, &view.id, &progress).await?;
    }
}

/// Looks again. A server that is being restarted is waited for: the release goes on meanwhile.
async fn look(
    client: &Client,
    id: &str,
    progress: &ProgressBar,
) -> Result<DeploymentView, CallError> {
    let silent_since = Instant::now();
    loop {
        match client.get(&format!("deployments/{}", escaped(id))).await {
            Err(error) if error.may_pass() && silent_since.elapsed() < SILENT_FOR => {
                progress.set_message(format!("{error}; still trying"));
                tokio::time::sleep(2 * LOOK_EVERY).await;
            }
            said => return said,
        }
    }
}
