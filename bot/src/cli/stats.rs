//! `tawny stats [SERVICE]`

use super::client::{CallError, Client, escaped};
use super::{Connection, Exit, output};
use crate::api::{
    AnalystView, FiguresView, ShareView, SpendingView, StatisticsView, StatsView, TimesView,
};
use comfy_table::Table;
use std::time::Duration;

/// False alarms of which the line to replay them is printed.
const MOST_SHOWN: usize = 5;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A service; all of them when left out.
    service: Option<String>,
    /// How far back the figures go; what people judged counts for half a year.
    #[arg(long, default_value = "90d", value_parser = humantime::parse_duration, value_name = "DURATION")]
    since: Duration,
    /// After how long a release that went back would have been noticed otherwise: for the estimate of what that spared.
    #[arg(long, default_value = "15m", value_parser = humantime::parse_duration, value_name = "DURATION")]
    noticed_after: Duration,
    /// Print the figures as Markdown, for a report.
    #[arg(long, conflicts_with = "json")]
    markdown: bool,
    #[command(flatten)]
    connection: Connection,
}

/// What is known: how far alarms can be trusted, and the figures.
struct Shown {
    trust: Vec<StatsView>,
    figures: StatisticsView,
}

pub(super) async fn run(arguments: Arguments, json: bool) -> Exit {
    let (one, markdown) = (arguments.service.is_some(), arguments.markdown);
    match fetch(arguments).await {
        Err(error) => output::call_failed("stats", &error, json),
        Ok(shown) => {
            if json {
                output::document("stats", &document(&shown));
            } else if markdown {
                output::line(shown.figures.markdown.trim_end());
            } else {
                print(&shown.trust, one);
                output::line(&figures(&shown.figures).to_string());
                spent(&shown.figures.analyst);
            }
            Exit::Done
        }
    }
}

async fn fetch(arguments: Arguments) -> Result<Shown, CallError> {
    let client = Client::new(arguments.connection)?;
    let mut figures = format!(
        "figures?seconds={}&noticed_after={}",
        arguments.since.as_secs_f64(),
        arguments.noticed_after.as_secs_f64()
    );
    let mut trust = "stats".to_owned();
    if let Some(service) = arguments.service {
        figures.push_str(&format!("&service={}", escaped(&service)));
        trust.push_str(&format!("?service={}", escaped(&service)));
    }
    Ok(Shown {
        trust: client.get(&trust).await?,
        figures: client.get(&figures).await?,
    })
}

/// Each service once: what its alarms deserve, and its figures beside it.
fn document(shown: &Shown) -> serde_json::Value {
    let services = shown.trust.iter().map(|trust| {
        let mut service = serde_json::json!(trust);
        let mut own = shown.figures.services.iter();
        let own = own.find(|own| own.service == trust.service);
        service["figures"] = serde_json::json!(own.map(|own| &own.figures));
        service
    });
    serde_json::json!({
        "since": format!("{:.3}", shown.figures.since),
        "until": format!("{:.3}", shown.figures.until),
        "noticed_after_seconds": shown.figures.noticed_after_seconds,
        "all": shown.figures.all,
        "analyst": shown.figures.analyst,
        "services": services.collect::<Vec<_>>(),
    })
}

/// The figures, narrow enough for a terminal; all columns are in the Markdown.
fn figures(statistics: &StatisticsView) -> Table {
    let mut table = output::table([
        "since",
        "per week",
        "caught",
        "silent",
        "false alarms",
        "detect",
        "decide",
        "recover",
        "requests saved",
    ]);
    let since = statistics.since.strftime("%Y-%m-%d").to_string();
    table.add_row(row(since, &statistics.all));
    if statistics.services.len() > 1 {
        for own in &statistics.services {
            table.add_row(row(own.service.clone(), &own.figures));
        }
    }
    table
}

fn row(name: String, figures: &FiguresView) -> [String; 9] {
    [
        name,
        format!("{:.1}", figures.deployments_per_week),
        figures.caught.to_string(),
        figures.silent.to_string(),
        figures.false_alarms.to_string(),
        times(figures.time_to_detect.as_ref()),
        times(figures.time_to_decide.as_ref()),
        times(figures.time_to_recover.as_ref()),
        figures
            .requests_saved
            .map_or_else(|| "-".to_owned(), |saved| format!("{saved:.0}")),
    ]
}

/// Median and what nine of ten do not exceed.
fn times(times: Option<&TimesView>) -> String {
    times.map_or_else(
        || "-".to_owned(),
        |times| format!("{:.0} s / {:.0} s", times.median_seconds, times.p90_seconds),
    )
}

/// What the analyst did, and which model cost what.
fn spent(analyst: &AnalystView) {
    output::line(&analyst.text);
    if analyst.models.is_empty() {
        return;
    }
    let mut table = output::table([
        "model",
        "incidents",
        "requests",
        "tokens read",
        "read again",
        "written",
        "cost",
    ]);
    for own in &analyst.models {
        let SpendingView {
            incidents,
            calls,
            tokens_in,
            tokens_cached,
            tokens_out,
            cost,
            currency,
            ..
        } = &own.spending;
        let cost = cost.map_or_else(|| "-".to_owned(), |cost| format!("{cost:.4} {currency}"));
        let counts = [incidents, calls, tokens_in, tokens_cached, tokens_out];
        let cells = counts.map(ToString::to_string);
        table.add_row([own.model.clone()].into_iter().chain(cells).chain([cost]));
    }
    output::line(&table.to_string());
}

fn print(found: &[StatsView], one: bool) {
    match found {
        [] => output::line("no services yet: name them in tawny.yaml"),
        [view] if one => {
            output::line(&view.text);
            replays(view);
        }
        _ => {
            output::line(&table(found).to_string());
            output::line("why, and how to replay false alarms: tawny stats SERVICE");
        }
    }
}

fn replays(view: &StatsView) {
    if !view.replayable.is_empty() {
        output::line("\nwhy they were raised, on the server's machine:");
    }
    for id in view.replayable.iter().take(MOST_SHOWN) {
        output::line(&format!("   {}", crate::trust::replay_command(id)));
    }
}

fn table(found: &[StatsView]) -> Table {
    let mut table = output::table([
        "service",
        "deployments",
        "judged",
        "precision",
        "recall",
        "autonomy",
        "suggestion",
    ]);
    for view in found {
        table.add_row([
            view.service.clone(),
            view.deployments.to_string(),
            view.judged.to_string(),
            share(view.precision.as_ref()),
            share(view.recall.as_ref()),
            view.autonomy.clone(),
            suggestion(view),
        ]);
    }
    table
}

fn share(share: Option<&ShareView>) -> String {
    share.map_or_else(
        || "-".to_owned(),
        |share| {
            let percent = |share: f64| (share * 100.0).round();
            let (low, high) = share.interval;
            format!(
                "{} % ({} to {}), {} of {}",
                percent(share.value),
                percent(low),
                percent(high),
                share.part,
                share.of
            )
        },
    )
}

fn suggestion(view: &StatsView) -> String {
    let autonomy = view.suggestion.autonomy.as_deref().unwrap_or_default();
    match (view.suggestion.what.as_str(), view.suggestion.more) {
        ("raise", _) => format!("raise to {autonomy}"),
        ("lower", _) => format!("lower to {autonomy}"),
        ("not_enough", Some(more)) => format!("{more} more real alarms for {autonomy}"),
        (other, _) => other.to_owned(),
    }
}
