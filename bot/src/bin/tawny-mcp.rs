//! `tawny-mcp`: the same as `tawny mcp`, under the name that clients are configured with.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    // Every TLS client asks for the process's provider; installing it twice is harmless.
    let _ = rustls::crypto::ring::default_provider().install_default();
    ExitCode::from(bot::cli::mcp::main(std::env::args_os()).await.code())
}
