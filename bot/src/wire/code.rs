//! Where code is, as configured.

use super::WireError;
use super::prometheus::{proxy, secret, tls};
use config::Settings;
use config::settings::{CodeHost, GitHubAuth, GitHubHost, GitLabHost};
use config::text::Secret;
use sources::code::{
    GitHub, GitHubAuth as SourceAuth, GitLab, HostConfig, LocalRepository, Repository,
};
use std::collections::BTreeMap;

/// The code hosts, by name: one client for each, whichever services are there.
pub(super) struct CodeHosts(BTreeMap<String, Host>);

enum Host {
    GitHub(GitHub),
    GitLab(GitLab),
}

impl CodeHosts {
    /// All that are configured.
    pub(super) fn new(settings: &Settings) -> Result<Self, WireError> {
        let mut all = BTreeMap::new();
        for (name, configured) in &settings.code {
            let host = host(configured).map_err(|error| WireError::Code {
                host: name.as_str().to_owned(),
                error,
            })?;
            all.insert(name.as_str().to_owned(), host);
        }
        Ok(Self(all))
    }

    /// The repository of a service, if its changes can be read.
    pub(super) fn of(
        &self,
        settings: &Settings,
        service: &config::settings::Service,
    ) -> Option<Repository> {
        if let Some(path) = service.repo.as_ref()?.local() {
            return Some(Repository::Local(LocalRepository::new(path)));
        }
        let (name, _, path) = settings.code_host_of(service)?;
        Some(match self.0.get(name.as_str())? {
            Host::GitHub(host) => {
                let (owner, name) = path.split_once('/')?;
                Repository::GitHub(host.repository(owner, name))
            }
            Host::GitLab(host) => Repository::GitLab(host.repository(path)),
        })
    }
}

/// How a host is reached: the fields of the same names of either kind.
macro_rules! reached {
    ($host:expr) => {
        HostConfig {
            requests: $host.requests.get() as usize,
            concurrency: $host.max_concurrency.get() as usize,
            timeout: $host.timeout,
            tls: tls(&$host.tls),
            proxy: proxy(&$host.proxy),
            ..HostConfig::new($host.url.as_str(), $host.api())
        }
    };
}

/// A GitHub as configured.
pub(super) fn github(host: &GitHubHost) -> Result<GitHub, String> {
    github_as(host, &host.auth)
}

/// The same, as somebody else.
pub(super) fn github_as(host: &GitHubHost, auth: &GitHubAuth) -> Result<GitHub, String> {
    let auth = match auth {
        GitHubAuth::None(_) => SourceAuth::None,
        GitHubAuth::Token(own) => SourceAuth::Token(secret(&own.token)),
        GitHubAuth::App(app) => SourceAuth::App {
            id: app.id.clone(),
            installation: app.installation.parse().unwrap_or_default(),
            key_pem: app.key.expose().to_owned().into(),
        },
    };
    GitHub::new(reached!(host), &auth)
}

/// A GitLab as configured, asked with this token.
pub(super) fn gitlab_as(host: &GitLabHost, token: Option<&Secret>) -> Result<GitLab, String> {
    let token = token.map(secret);
    GitLab::new(reached!(host), token.as_ref())
}

fn host(configured: &CodeHost) -> Result<Host, String> {
    match configured {
        CodeHost::GitHub(host) => github(host).map(Host::GitHub),
        CodeHost::GitLab(host) => gitlab_as(host, host.token.as_ref()).map(Host::GitLab),
    }
}
