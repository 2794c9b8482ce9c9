//! A server for judges of the protocol (`@modelcontextprotocol/conformance`): the tools, prompts and resources that their
//! scenarios ask for, behind the very limits, checks and policy of sessions that Tawny's own tools are behind. What a
//! judge finds wrong in the transport here is wrong in the product.
//!
//! `mcp-conformance ADDRESS [--sessions]`: with `--sessions` it keeps clients of up to 2025-11-25 in this process, as a
//! server alone might; without it nothing is kept, as in the product.
#![allow(
    deprecated,
    reason = "judges of 2025-11-25 ask for what 2026-07-28 deprecates"
)]

mod asking;
mod content;
mod jobs;
mod prompts;
mod resources;
mod rounds;
mod server;
mod tools;

use mcp_server::http::{Allowed, PATH, Sessions, mounted};
use server::Judged;
use std::process::ExitCode;
use tokio_util::sync::CancellationToken;

#[tokio::main]
async fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().unwrap_or_default();
    let sessions = match arguments.next().as_deref() {
        Some("--sessions") => Sessions::Kept,
        _ => Sessions::None,
    };
    match serve(&address, sessions).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, address, "cannot serve");
            ExitCode::FAILURE
        }
    }
}

async fn serve(address: &str, sessions: Sessions) -> std::io::Result<()> {
    let listener = tokio::net::TcpListener::bind(address).await?;
    let port = listener.local_addr()?.port();
    let names = ["localhost", "127.0.0.1", "[::1]"];
    let allowed = Allowed {
        hosts: names.map(|name| format!("{name}:{port}")).to_vec(),
        origins: names.map(|name| format!("http://{name}:{port}")).to_vec(),
    };
    let judged = Judged::new(sessions).map_err(std::io::Error::other)?;
    let stopped = CancellationToken::new();
    let router = mounted(PATH, move || judged.clone(), &allowed, sessions, &stopped);
    axum::serve(listener, router).await
}
