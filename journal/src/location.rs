//! Where a journal lives, as its URL says. The only place that sees the password.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use url::Url;

use crate::JournalError;

/// What a PostgreSQL URL may carry after the `?`. A parameter that is not known is an error: a
/// misspelt `sslmode` would be a connection nobody checked.
const PARAMETERS: &[&str] = &[
    "application_name",
    "dbname",
    "host",
    "hostaddr",
    "options",
    "password",
    "port",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "statement-cache-capacity",
    "user",
];

/// Where a journal lives.
#[derive(Debug, Clone)]
pub(crate) enum Location {
    Sqlite(PathBuf),
    Postgres(Box<Postgres>),
}

/// How a PostgreSQL database is reached.
#[derive(Clone)]
pub(crate) struct Postgres {
    pub(crate) options: PgConnectOptions,
    /// How long a connection may take to come about, or to become free.
    pub(crate) connect_timeout: Duration,
    /// How long a piece of work may take before the connection counts as lost.
    pub(crate) answer_timeout: Duration,
    /// How long a session of ours may keep the lock of all while we do not go on.
    pub(crate) frozen_writer: Duration,
    shown: String,
}

impl fmt::Debug for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(postgres) => f.write_str(&postgres.shown),
        }
    }
}

impl Location {
    pub(crate) fn parse(url: &str) -> Result<Self, JournalError> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return postgres(url).map(|found| Self::Postgres(Box::new(found)));
        }
        let bad = |problem: &str| JournalError::BadUrl {
            url: shown(url),
            problem: problem.to_owned(),
        };
        let Some(path) = url.strip_prefix("sqlite:") else {
            return Err(bad("expected sqlite:/path/to/tawny.db or postgres://..."));
        };
        let path = path.strip_prefix("//").unwrap_or(path);
        if path.is_empty() || path.contains(":memory:") || path.contains('?') {
            return Err(bad(
                "expected the path of a file, as in sqlite:/var/lib/tawny/tawny.db",
            ));
        }
        Ok(Self::Sqlite(PathBuf::from(path)))
    }
}

fn postgres(url: &str) -> Result<Postgres, JournalError> {
    let bad = |problem: String| JournalError::BadUrl {
        url: shown(url),
        problem,
    };
    let mut parsed = Url::parse(url).map_err(|error| bad(error.to_string()))?;
    let mut connect_timeout = Duration::from_secs(5);
    let mut answer_timeout = Duration::from_secs(10);
    let mut passed_on = Vec::new();
    for (key, value) in parsed.query_pairs() {
        match key.as_ref() {
            "connect_timeout" => connect_timeout = seconds(&key, &value).map_err(bad)?,
            "answer_timeout" => answer_timeout = seconds(&key, &value).map_err(bad)?,
            known if PARAMETERS.contains(&known) || known.starts_with("options[") => {
                passed_on.push((key.into_owned(), value.into_owned()));
            }
            _ => {
                return Err(bad(format!(
                    "unknown parameter {key:?}: expected connect_timeout, answer_timeout, {}",
                    PARAMETERS.join(", ")
                )));
            }
        }
    }
    parsed.set_query(None);
    if !passed_on.is_empty() {
        parsed.query_pairs_mut().extend_pairs(passed_on);
    }
    let options =
        PgConnectOptions::from_str(parsed.as_str()).map_err(|error| bad(error.to_string()))?;
    Ok(Postgres {
        options,
        connect_timeout,
        answer_timeout,
        frozen_writer: Duration::from_secs(5),
        shown: shown(url),
    })
}

fn seconds(key: &str, value: &str) -> Result<Duration, String> {
    match value.parse::<u32>() {
        Ok(seconds) if seconds > 0 => Ok(Duration::from_secs(seconds.into())),
        _ => Err(format!("{key}={value:?}: expected whole seconds, as in 10")),
    }
}

/// The URL without its password and parameters (one of them may be the password, or a key).
fn shown(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    match rest.rsplit_once('@') {
        Some((user, place)) => {
            let user = user.split(':').next().unwrap_or_default();
            format!("{scheme}://{user}@{place}")
        }
        None => format!("{scheme}://{rest}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_in_no_error_and_in_no_debug_text_wherever_the_url_has_it() {
        for url in [
            "postgres://tawny:hunter2@db:5432/tawny",
            "postgres://tawny@db/tawny?password=hunter2",
            "postgres://tawny:hunter2@db:5432/tawny?sslmode=hunter3",
            "postgres://tawny:hunter2@db:notaport/tawny",
            "postgres://tawny:hun@ter2@db/tawny?pasword=hunter2",
            "mysql://tawny:hunter2@db/tawny?password=hunter2",
        ] {
            let text = match Location::parse(url) {
                Ok(location) => format!("{location} {location:?} {location:#?}"),
                Err(error) => format!("{error} {error:?} {error:#?}"),
            };
            assert!(
                !text.contains("hunter2") && !text.contains("ter2"),
                "{text}"
            );
            assert!(text.contains("db"), "it still says where: {text}");
        }
    }

    #[test]
    fn a_parameter_that_nobody_reads_is_refused_by_name() {
        let error = Location::parse("postgres://db/tawny?sslmod=verify-full").unwrap_err();
        let text = error.to_string();
        assert!(text.contains("unknown parameter \"sslmod\""), "{text}");
        assert!(text.contains("sslmode, sslrootcert"), "{text}");
        let error = Location::parse("postgres://db/tawny?answer_timeout=0.5").unwrap_err();
        assert!(
            error.to_string().contains("expected whole seconds"),
            "{error}"
        );
    }

    #[test]
    fn times_to_wait_are_the_urls_and_the_rest_goes_to_the_driver() {
        let location = Location::parse(
            "postgres://tawny@db:6000/journal?connect_timeout=2&answer_timeout=3&sslmode=verify-full",
        );
        let Ok(Location::Postgres(found)) = location else {
            panic!("{location:?}")
        };
        assert_eq!(found.connect_timeout, Duration::from_secs(2));
        assert_eq!(found.answer_timeout, Duration::from_secs(3));
        assert_eq!(
            (found.options.get_host(), found.options.get_port()),
            ("db", 6000)
        );
        assert_eq!(found.options.get_database(), Some("journal"));
        assert!(format!("{:?}", found.options.get_ssl_mode()).contains("VerifyFull"));
    }
}
