//! From what was found to a configuration that is known to work.

use super::Arguments;
use crate::cli::Exit;
use crate::discover::{
    self, Access, Asker, Candidate, Examined, NoSource, Server, SourceText, configuration,
};
use crate::wire::{self, WireError};
use config::{ConfigErrors, Lookup};
use sources::metrics::{Auth, MetricsError, Prometheus, PrometheusConfig, SecretString};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The file of the token, beside the configuration.
const TOKEN_FILE: &str = "tawny.token";
/// How often it is scraped, where nobody can tell.
const USUAL_INTERVAL: Duration = Duration::from_secs(15);

/// What was written.
pub(super) struct Found {
    pub(super) config: PathBuf,
    pub(super) token_file: PathBuf,
    pub(super) url: String,
    pub(super) server: Server,
    pub(super) services: Vec<(Candidate, Duration)>,
    pub(super) examined: Vec<Examined>,
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub(super) enum InitError {
    #[error("{} is there already: --force overwrites it, --output names another file", .0.display())]
    Exists(PathBuf),
    #[error("{0}")]
    Usage(String),
    #[error(transparent)]
    NoSource(#[from] NoSource),
    #[error(transparent)]
    Source(#[from] MetricsError),
    #[error("{0} answers and has no metrics of any service: is it scraping something already?")]
    Nothing(String),
    #[error("the environment variable {0} is not set")]
    NoVariable(String),
    #[error("{} cannot be read: {error}", path.display())]
    NoFile {
        path: PathBuf,
        error: std::io::Error,
    },
    #[error("{} cannot be written: {error}", path.display())]
    NotWritten {
        path: PathBuf,
        error: std::io::Error,
    },
    #[error("what was made of the answers is no good configuration:\n{0}")]
    Config(ConfigErrors),
    #[error(transparent)]
    Wire(#[from] WireError),
}

impl InitError {
    pub(super) fn exit(&self) -> Exit {
        match self {
            Self::Exists(_) => Exit::Failed,
            Self::Nothing(_) => Exit::Unsure,
            _ => Exit::Usage,
        }
    }
}

/// A client of the source, once it has answered.
pub(super) async fn connect(
    access: &Access,
    arguments: &Arguments,
) -> Result<(Asker, Server), InitError> {
    let mut config = PrometheusConfig::new(&access.url);
    if let Some((user, password)) = &access.basic {
        config.auth = Auth::Basic {
            user: user.clone(),
            password: secret(password)?,
        };
    }
    if let Some(token) = &access.bearer {
        config.auth = Auth::Bearer(secret(token)?);
    }
    for (header, value) in &access.headers {
        config.headers.push((header.clone(), secret(value)?));
    }
    // A person waits: what does not answer is said soon.
    config.retry.total = Duration::from_secs(5);
    let prometheus = Prometheus::new(config)
        .map_err(|error| InitError::Usage(format!("--prometheus: {error}")))?;
    let asker = Asker {
        prometheus,
        now_ms: jiff::Timestamp::now().as_millisecond(),
    };
    let server = discover::connect(&asker.prometheus, asker.now_ms).await?;
    let _ = arguments;
    Ok((asker, server))
}

/// The secret that `${NAME}` or `file:PATH` stands for.
fn secret(reference: &str) -> Result<SecretString, InitError> {
    if let Some(path) = reference.strip_prefix("file:") {
        let text = std::fs::read_to_string(path).map_err(|error| InitError::NoFile {
            path: path.into(),
            error,
        })?;
        return Ok(text.trim_end().to_owned().into());
    }
    let name = reference.trim_start_matches("${").trim_end_matches('}');
    match std::env::var(name) {
        Ok(value) if !value.is_empty() => Ok(value.into()),
        _ => Err(InitError::NoVariable(name.to_owned())),
    }
}

/// Writes the configuration, after it was read back and every signal was asked for.
pub(super) async fn write(
    arguments: &Arguments,
    access: &Access,
    asker: &Asker,
    server: &Server,
    chosen: Vec<Candidate>,
) -> Result<Found, InitError> {
    let intervals = discover::intervals(asker, &chosen).await;
    let services: Vec<(Candidate, Duration)> = chosen
        .into_iter()
        .zip(intervals)
        .map(|(candidate, interval)| (candidate, interval.unwrap_or(USUAL_INTERVAL)))
        .collect();
    let folder = arguments.output.parent().unwrap_or(Path::new(""));
    let token_path = folder.join(TOKEN_FILE);
    let token = std::fs::read_to_string(&token_path)
        .ok()
        .map(|text| text.trim_end().to_owned())
        .filter(|text| text.len() >= 16)
        .unwrap_or_else(|| hex::encode(rand::random::<[u8; 24]>()));
    let person = person(arguments);
    let shown = match &server.version {
        Some(version) => format!("Prometheus {version}, or what calls itself so."),
        None => "What speaks Prometheus' API here does not say what it is.".to_owned(),
    };
    let mut source = SourceText {
        access,
        server: &shown,
        person: &person,
        token_file: TOKEN_FILE,
        services: &services,
        examined: &[],
    };
    let read = |text: &str| read(text, arguments, &token_path, &token);
    let settings = read(&configuration(&source))?;
    let mut examined = Vec::new();
    for service in wire::services(&settings)? {
        examined.push(discover::examine(&service, asker.now_ms).await);
    }
    source.examined = &examined;
    let text = configuration(&source);
    read(&text)?;
    save(&token_path, &format!("{token}\n"))?;
    save(&arguments.output, &text)?;
    Ok(Found {
        config: arguments.output.clone(),
        token_file: token_path,
        url: access.url.clone(),
        server: server.clone(),
        services,
        examined,
    })
}

/// The name by which the record calls whoever runs this.
fn person(arguments: &Arguments) -> String {
    let said = arguments
        .person
        .clone()
        .or_else(|| std::env::var("USER").ok())
        .unwrap_or_default();
    let tame: String = said
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        .take(40)
        .collect();
    if guard::ids::PersonId::new(tame.clone()).is_ok() {
        tame
    } else {
        "me".to_owned()
    }
}

/// Reads the text as it will be read, with the token that is not written yet.
fn read(
    text: &str,
    arguments: &Arguments,
    token_path: &Path,
    token: &str,
) -> Result<config::Settings, InitError> {
    let folder = arguments
        .output
        .parent()
        .unwrap_or(Path::new(""))
        .to_owned();
    let (token_path, token) = (token_path.to_owned(), token.to_owned());
    let lookup = Lookup::new(
        |name| std::env::var(name).ok(),
        move |path| {
            if path == token_path {
                Ok(token.clone())
            } else {
                std::fs::read_to_string(path)
            }
        },
    );
    let name = arguments.output.display().to_string();
    config::parse(text, &name, &folder, &lookup).map_err(InitError::Config)
}

/// Writes a file that only its owner reads: a token, or addresses of the inside.
fn save(path: &Path, text: &str) -> Result<(), InitError> {
    let failed = |error| InitError::NotWritten {
        path: path.to_owned(),
        error,
    };
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}
