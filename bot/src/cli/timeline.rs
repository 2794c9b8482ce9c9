//! `tawny timeline NAME`

use super::client::{CallError, Client, escaped};
use super::{Connection, Exit, Named, output};
use crate::api::TimelineView;
use guard::event::{Event, Recorded};
use messages::{Context, Locale};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    named: Named,
    #[command(flatten)]
    connection: Connection,
}

pub(super) async fn run(arguments: Arguments, json: bool) -> Exit {
    let locale = arguments
        .connection
        .lang
        .as_deref()
        .and_then(Locale::from_tag)
        .unwrap_or_default();
    match fetch(arguments).await {
        Err(error) => output::call_failed("timeline", &error, json),
        Ok((id, lines)) => {
            if json {
                output::document(
                    "timeline",
                    &serde_json::json!({ "deployment_id": id, "events": lines }),
                );
            } else {
                print(lines, locale);
            }
            Exit::Done
        }
    }
}

async fn fetch(arguments: Arguments) -> Result<(String, Vec<TimelineView>), CallError> {
    let client = Client::new(arguments.connection)?;
    let id = client.resolve(&arguments.named).await?;
    let lines = client
        .get(&format!("deployments/{}/timeline", escaped(&id)))
        .await?;
    Ok((id, lines))
}

fn print(lines: Vec<TimelineView>, locale: Locale) {
    let recorded = |line: TimelineView| {
        let event: Event = serde_json::from_value(line.details).ok()?;
        Some(Recorded {
            revision: line.revision,
            at: line.at,
            event,
        })
    };
    let records: Vec<Recorded> = lines.into_iter().filter_map(recorded).collect();
    let context = Context {
        locale,
        now: jiff::Timestamp::now(),
        base_url: None,
    };
    let colour = if output::colour() {
        messages::layout::terminal::Colour::On
    } else {
        messages::layout::terminal::Colour::Off
    };
    let text =
        messages::layout::terminal::timeline(&messages::timeline(&records, &context), colour);
    output::line(text.trim_end());
}
