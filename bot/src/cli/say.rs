//! `tawny say WORDS`, `tawny ask NAME WORDS`, `tawny freeze|unfreeze [SERVICE]`: what is said in a chat, from a terminal.

use super::client::{CallError, Client, escaped};
use super::{Connection, Exit, Named, output};
use crate::api::{OrderBody, OrderView};
use guard::order::{Order, parse};
use std::time::Duration;

/// A question is looked into for as long as `agent.incident.time` allows.
const LOOKED_INTO: Duration = Duration::from_secs(900);

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// What you say, as in `tawny say rollback shop because errors rise`; `tawny say help` tells what can be said.
    #[arg(required = true, trailing_var_arg = true, value_name = "WORDS")]
    words: Vec<String>,
    /// The deployment that is meant where the words name none.
    #[arg(long, short, value_name = "ID")]
    deployment: Option<String>,
    /// Say yes where it is asked whether that is meant.
    #[arg(long, short)]
    yes: bool,
    #[command(flatten)]
    connection: Connection,
}

/// A question about a deployment.
#[derive(Debug, clap::Args)]
pub(super) struct Question {
    #[command(flatten)]
    named: Named,
    /// What you want to know.
    #[arg(required = true, trailing_var_arg = true, value_name = "WORDS")]
    words: Vec<String>,
    #[command(flatten)]
    connection: Connection,
}

/// `ask`
pub(super) async fn ask(question: Question, json: bool) -> Exit {
    told("ask", asked(question).await, json)
}

async fn asked(question: Question) -> Result<OrderView, CallError> {
    let client = Client::waiting(question.connection, LOOKED_INTO)?;
    let id = client.resolve(&question.named).await?;
    let body = OrderBody {
        text: format!("ask {id} {}", question.words.join(" ")),
        deployment: None,
    };
    client.post("orders", &body).await
}

/// A service that is frozen or not.
#[derive(Debug, clap::Args)]
pub(super) struct Lane {
    /// The service; all of them when left out.
    service: Option<String>,
    /// Of a service in several environments: which one; all of them when left out.
    #[arg(long, short, requires = "service", value_name = "ENVIRONMENT")]
    environment: Option<String>,
    /// Why, in your words; it is kept and shown.
    #[arg(long, short)]
    reason: Option<String>,
    #[command(flatten)]
    connection: Connection,
}

pub(super) async fn run(arguments: Arguments, json: bool) -> Exit {
    let body = OrderBody {
        text: arguments.words.join(" "),
        deployment: arguments.deployment,
    };
    told(
        "say",
        say(arguments.connection, &body, arguments.yes).await,
        json,
    )
}

/// `freeze` or `unfreeze`.
pub(super) async fn lane(verb: &str, lane: Lane, json: bool) -> Exit {
    let place = match (lane.service, lane.environment) {
        (Some(service), Some(environment)) => format!(" {service} in {environment}"),
        (Some(service), None) => format!(" {service}"),
        (None, _) => String::new(),
    };
    let because = lane.reason.map(|reason| format!(" because {reason}"));
    let body = OrderBody {
        text: format!("{verb}{place}{}", because.unwrap_or_default()),
        deployment: None,
    };
    told(verb, say(lane.connection, &body, false).await, json)
}

async fn say(connection: Connection, body: &OrderBody, yes: bool) -> Result<OrderView, CallError> {
    let client = match parse(&body.text) {
        Ok(Order::Ask { .. }) => Client::waiting(connection, LOOKED_INTO)?,
        _ => Client::new(connection)?,
    };
    let view: OrderView = client.post("orders", body).await?;
    match &view.confirm {
        Some(id) if yes => {
            let path = format!("orders/{}/confirm", escaped(id));
            client.post(&path, &serde_json::json!({})).await
        }
        _ => Ok(view),
    }
}

fn told(verb: &str, answered: Result<OrderView, CallError>, json: bool) -> Exit {
    let view = match answered {
        Err(error) => return output::call_failed(verb, &error, json),
        Ok(view) => view,
    };
    if json {
        output::document(verb, &view);
    } else {
        output::line(view.text.trim_end());
        if view.confirm.is_some() {
            output::note("say it again with --yes if you mean it");
        }
        if let Some(share) = &view.share {
            output::note(&format!("show it in the thread: tawny say {share}"));
        }
    }
    match view.outcome.as_str() {
        "done" | "shown" => Exit::Done,
        "not_understood" => Exit::Usage,
        _ => Exit::Failed,
    }
}
