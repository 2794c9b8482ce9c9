//! Accounts that may open requests where code is, as configured. Each is made when it is needed, so that a changed
//! configuration counts at once.

use super::code::{github_as, gitlab_as};
use config::Settings;
use config::settings::{CodeHost, GitHubHost, GitLabHost, Service};
use config::text::Name;
use futures_util::FutureExt;
use guard::fix::Offered;
use platforms::code_host::{Credentials, GitHub, GitLab, Pin, Place, Way};
use std::sync::Arc;

/// Who opens requests, and where.
pub(crate) struct Proposer {
    pub(crate) host: ProposingHost,
    /// The repository of the service.
    pub(crate) place: Place,
    /// Where Git names the deployed version.
    pub(crate) pin: Option<Pin>,
}

/// A host with an account that may.
pub(crate) enum ProposingHost {
    GitHub(GitHub),
    GitLab(GitLab),
}

/// Which fixes can be asked for, of this service.
pub(crate) fn offered(settings: &Settings, service: &Service) -> Offered {
    let revert = found(settings, service).is_some_and(|found| found.host.may_propose());
    Offered {
        revert,
        hotfix: revert && settings.agent.is_on(),
    }
}

/// Why nothing of the kind can be asked for of a service, for whoever configures it; none where it can, or where nobody
/// could expect it: its code is nowhere, or on this machine alone.
pub(crate) fn why_not(settings: &Settings, service: &Service) -> Option<String> {
    let found = found(settings, service)?;
    if found.host.may_propose() {
        return None;
    }
    let field = match found.host {
        CodeHost::GitHub(_) => "write_auth",
        CodeHost::GitLab(_) => "write_token",
    };
    let host = found.name.as_str();
    Some(format!(
        "{}: no revert requests are offered: `code.{host}.{field}` is not set",
        service.name
    ))
}

/// The account for a service; none where none is configured.
///
/// # Errors
/// Why it cannot be used.
pub(crate) fn proposer(settings: &Settings, service: &Service) -> Result<Option<Proposer>, String> {
    let Some(found) = found(settings, service) else {
        return Ok(None);
    };
    if !found.host.may_propose() {
        return Ok(None);
    }
    let own = &service.fix_forward;
    let at = |path: &str| Place {
        repository: path.to_owned(),
        web: format!("{}/{path}", found.host.url()),
        into: own.branch.clone(),
    };
    let pin = own.pin.as_ref().and_then(|pin| {
        let place = match &pin.repo {
            None => at(&found.path),
            Some(repo) => {
                let (name, _, path) = settings.code_host_at(repo)?;
                // Of another host this account knows nothing; its branches are its own.
                let place = (name == found.name).then(|| at(&path))?;
                Place {
                    into: None,
                    ..place
                }
            }
        };
        Some(Pin {
            place,
            file: pin.file.clone(),
            key: pin.key.clone(),
        })
    });
    let host = match found.host {
        CodeHost::GitHub(host) => ProposingHost::GitHub(github(host)?),
        CodeHost::GitLab(host) => ProposingHost::GitLab(gitlab(host)?),
    };
    Ok(Some(Proposer {
        host,
        place: at(&found.path),
        pin,
    }))
}

/// Where requests for a service are opened.
struct Found<'s> {
    name: &'s Name,
    host: &'s CodeHost,
    path: String,
}

fn found<'s>(settings: &'s Settings, service: &Service) -> Option<Found<'s>> {
    let repo = service
        .fix_forward
        .repo
        .as_ref()
        .or(service.repo.as_ref())?;
    let (name, host, path) = settings.code_host_at(repo)?;
    Some(Found { name, host, path })
}

fn gitlab(host: &GitLabHost) -> Result<GitLab, String> {
    let known = gitlab_as(host, host.write_token.as_ref())?;
    let (http, api) = (known.http(), known.api());
    let credentials: Credentials = Arc::new(move || {
        let credentials = known.credentials();
        async move { Ok(credentials) }.boxed()
    });
    Ok(GitLab::new(Way {
        http,
        api,
        credentials,
    }))
}

fn github(host: &GitHubHost) -> Result<GitHub, String> {
    let known = github_as(host, &host.write_auth)?;
    let (http, api) = (known.http(), known.api());
    let credentials: Credentials = Arc::new(move || {
        let known = known.clone();
        async move { known.credentials().await }.boxed()
    });
    Ok(GitHub::new(Way {
        http,
        api,
        credentials,
    }))
}
