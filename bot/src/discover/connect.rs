//! Whether there is a Prometheus at an address.

use sources::metrics::{MetricsError, Problem, Prometheus};

/// What answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Server {
    /// As it calls itself; none where it does not say.
    pub(crate) version: Option<String>,
}

/// Why there is nothing to work with.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoSource {
    #[error("no answer from {url}: {error}: is it running, and can this machine reach it?")]
    Unreachable { url: String, error: String },
    #[error(
        "{url} answers, but not like a Prometheus ({error}): give the base URL, with its path prefix if there is one"
    )]
    SomethingElse { url: String, error: String },
    #[error(
        "{url} wants to know who asks ({error}): --username with --password-env or --password-file, --bearer-env or --bearer-file, or --header"
    )]
    AuthNeeded { url: String, error: String },
    #[error("{0}")]
    Other(MetricsError),
}

/// Asks the server who it is, in a way that every imitator answers.
pub(crate) async fn connect(prometheus: &Prometheus, now_ms: i64) -> Result<Server, NoSource> {
    // Some lack the page about themselves; each must answer a query.
    let told = prometheus.build_info().await.ok();
    match prometheus.instant("vector(1)", now_ms).await {
        Ok(_) => Ok(Server {
            version: told
                .map(|told| told.version)
                .filter(|version| !version.is_empty()),
        }),
        Err(error) => Err(refused(prometheus.base_url(), error)),
    }
}

fn refused(url: String, error: MetricsError) -> NoSource {
    let said = error.problem.to_string();
    match *error.problem {
        Problem::Connection(_) | Problem::Timeout(_) | Problem::Server { .. } => {
            NoSource::Unreachable { url, error: said }
        }
        Problem::Forbidden { .. } => NoSource::AuthNeeded { url, error: said },
        Problem::Status { .. }
        | Problem::Redirect { .. }
        | Problem::NotJson { .. }
        | Problem::Shape(_) => NoSource::SomethingElse { url, error: said },
        _ => NoSource::Other(error),
    }
}
