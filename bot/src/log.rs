//! Logs go to standard error: standard output belongs to what was asked for.

use tracing_subscriber::EnvFilter;

/// Starts logging: `TAWNY_LOG` filters (as in `info,engine=debug`), `TAWNY_LOG_FORMAT=json` gives JSON lines.
pub fn init() {
    let filter = EnvFilter::try_from_env("TAWNY_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    if std::env::var("TAWNY_LOG_FORMAT").is_ok_and(|format| format == "json") {
        builder.json().init();
    } else {
        builder.with_target(false).init();
    }
}
