//! `tawny bench mcp`: what a query costs by way of the MCP server, beside the same query to Prometheus itself.
//!
//! Both over HTTP from this process, in turn, so that whatever else the machine does hits both; beside watches of other
//! services, as it would be.

use super::super::output;
use super::flow::Latency;
use super::world::{World, told};
use super::{Exit, WatchArguments};
use reqwest::Client;
use serde::Serialize;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

const TOKEN: &str = "a-token-of-the-bench";
/// Services that are watched meanwhile.
const SERVICES: u32 = 20;
/// One series for each of them.
const QUERY: &str = "sum by (service) (rate(bench_requests_total[30s]))";
/// Calls before any is counted: connections are made, the vocabulary is loaded.
const WARM: usize = 20;

/// How much.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Calls of each kind, one after another.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(20..=100_000))]
    calls: u32,
    /// Clients that call at once, for calls per second.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=64))]
    clients: u32,
}

/// What it came to.
#[derive(Debug, Serialize)]
struct Report {
    processors: usize,
    calls: u32,
    bare: Latency,
    mcp: Latency,
    /// How much longer a call takes than the bare query.
    overhead_p50_s: f64,
    overhead_p99_s: f64,
    ratio_p50: f64,
    ratio_p99: f64,
    clients: u32,
    calls_per_s: f64,
    /// Tokens of the answer, and of the bare one.
    tokens: usize,
    bare_tokens: usize,
}

/// Measures and prints.
pub(super) async fn run(arguments: &Arguments, json: bool) -> Exit {
    match measure(arguments).await {
        Err(error) => super::failed(&error),
        Ok(report) if json => {
            output::document("bench.mcp", &report);
            Exit::Done
        }
        Ok(report) => {
            tell(&report);
            Exit::Done
        }
    }
}

fn tell(report: &Report) {
    let ms = |seconds: f64| seconds * 1e3;
    output::line(&format!(
        "{} calls one after another, on {} processors: the bare query {:.1} ms (median), {:.1} ms (99 %), {} tokens",
        report.calls,
        report.processors,
        ms(report.bare.p50_s),
        ms(report.bare.p99_s),
        report.bare_tokens
    ));
    output::line(&format!(
        "query_metrics {:.1} ms (median), {:.1} ms (99 %), {} tokens: {:.1} ms and {:.1} ms more, ×{:.1} and ×{:.1}",
        ms(report.mcp.p50_s),
        ms(report.mcp.p99_s),
        report.tokens,
        ms(report.overhead_p50_s),
        ms(report.overhead_p99_s),
        report.ratio_p50,
        report.ratio_p99
    ));
    output::line(&format!(
        "{} clients at once: {:.0} calls/s",
        report.clients, report.calls_per_s
    ));
}

/// Both servers, and who asks them.
#[derive(Clone)]
struct Asker {
    http: Client,
    prometheus: String,
    tawny: String,
}

impl Asker {
    async fn bare(&self) -> Result<String, String> {
        let asked = self.http.get(format!("{}/api/v1/query", self.prometheus));
        let answer = asked.query(&[("query", QUERY)]).send().await;
        let answer = answer.and_then(reqwest::Response::error_for_status);
        answer
            .map_err(told("prometheus"))?
            .text()
            .await
            .map_err(told("prometheus"))
    }

    async fn mcp(&self) -> Result<String, String> {
        let params = json!({
            "name": "query_metrics",
            "arguments": {"query": QUERY},
            "_meta": {
                "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientInfo": {"name": "bench", "version": "1"},
                "io.modelcontextprotocol/clientCapabilities": {},
            },
        });
        let message = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
        let asked = self.http.post(format!("{}/mcp", self.tawny));
        let asked = asked
            .bearer_auth(TOKEN)
            .header("accept", "application/json, text/event-stream")
            .header("mcp-protocol-version", "2026-07-28")
            .header("mcp-method", "tools/call")
            .header("mcp-name", "query_metrics")
            .json(&message);
        let answer = asked.send().await.map_err(told("the server"))?;
        let said = answer.text().await.map_err(told("the server"))?;
        let answer: Value =
            serde_json::from_str(&said).map_err(|error| format!("the server: {error}: {said}"))?;
        let result = &answer["result"];
        match result["content"][0]["text"].as_str() {
            Some(text) if result["isError"] != true => Ok(text.to_owned()),
            _ => Err(format!("the server: {said}")),
        }
    }
}

async fn measure(arguments: &Arguments) -> Result<Report, String> {
    let watched = WatchArguments {
        services: SERVICES,
        interval: Duration::from_secs(1),
        seconds: 0,
        once: true,
        alone: true,
    };
    let client = format!("mcp: {{clients: [{{name: bench, token: {TOKEN}, rate: 10000000}}]}}\n");
    let world = World::start(&watched, &client).await?;
    let http = Client::builder()
        .no_proxy()
        .build()
        .map_err(told("a client"))?;
    let asker = Asker {
        http,
        prometheus: world.prometheus.url().to_owned(),
        tawny: format!("http://{}", world.tawny.address),
    };
    for _ in 0..WARM {
        asker.bare().await?;
        asker.mcp().await?;
    }
    let (mut bare, mut mcp) = (Vec::new(), Vec::new());
    let (mut text, mut bare_text) = (String::new(), String::new());
    for _ in 0..arguments.calls {
        let begun = Instant::now();
        bare_text = asker.bare().await?;
        bare.push(begun.elapsed().as_secs_f64());
        let begun = Instant::now();
        text = asker.mcp().await?;
        mcp.push(begun.elapsed().as_secs_f64());
    }
    let calls_per_s = at_once(arguments, &asker).await?;
    let World {
        tawny, prometheus, ..
    } = world;
    tawny.stop().await;
    prometheus.stop().await.map_err(told("prometheus"))?;
    let (bare, mcp) = (Latency::of(bare), Latency::of(mcp));
    Ok(Report {
        processors: std::thread::available_parallelism().map_or(1, usize::from),
        calls: arguments.calls,
        overhead_p50_s: mcp.p50_s - bare.p50_s,
        overhead_p99_s: mcp.p99_s - bare.p99_s,
        ratio_p50: mcp.p50_s / bare.p50_s,
        ratio_p99: mcp.p99_s / bare.p99_s,
        bare,
        mcp,
        clients: arguments.clients,
        calls_per_s,
        tokens: mcp_server::answer::tokens::count(&text),
        bare_tokens: mcp_server::answer::tokens::count(&bare_text),
    })
}

async fn at_once(arguments: &Arguments, asker: &Asker) -> Result<f64, String> {
    let each = arguments.calls.div_ceil(arguments.clients);
    let begun = Instant::now();
    let mut clients = JoinSet::new();
    for _ in 0..arguments.clients {
        let asker = asker.clone();
        clients.spawn(async move {
            for _ in 0..each {
                asker.mcp().await?;
            }
            Ok::<(), String>(())
        });
    }
    while let Some(done) = clients.join_next().await {
        done.map_err(told("a client"))??;
    }
    Ok(f64::from(each * arguments.clients) / begun.elapsed().as_secs_f64())
}
