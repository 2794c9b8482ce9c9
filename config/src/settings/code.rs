//! Code hosts: where it is read which commits came with a release.

use super::{ClientTls, NoAuth};
use crate::reader::{Reader, Step};
use crate::text::{Name, PemFile, Proxy, Secret, WebUrl};
use crate::value::{settings, tagged, words};
use crate::yaml::Node;
use std::num::NonZeroU32;
use std::time::Duration;

tagged! {
    /// Where code is.
    pub enum CodeHost {
        /// GitHub, or GitHub Enterprise Server.
        GitHub(GitHubHost) = "github",
        /// GitLab, in the cloud or one's own.
        GitLab(GitLabHost) = "gitlab",
    }
}

tagged! {
    /// As whom GitHub is asked.
    pub enum GitHubAuth {
        /// As nobody: public repositories, sixty requests an hour.
        None(NoAuth) = "none",
        /// With a token that may read contents and pull requests.
        Token(GitHubToken) = "token",
        /// As an app that may read contents and pull requests.
        App(GitHubApp) = "app",
    }
}

settings! {
    /// GitHub, or GitHub Enterprise Server.
    pub struct GitHubHost check writable {
        /// What people open; repositories whose `repo` begins with it are here, and links to commits begin with it.
        url: WebUrl = "https://github.com",
        /// Where its API is. Without it, `https://api.github.com`, or `/api/v3` below a `url` of one's own. Nothing else is asked.
        api_url: Option<WebUrl>,
        /// As whom it is asked.
        auth: GitHubAuth = "none",
        /// Most requests for one release. What they do not buy is named as missing.
        requests: NonZeroU32 = "240",
        /// Most requests under way at once.
        max_concurrency: NonZeroU32 = "6",
        /// Longest time for one attempt.
        timeout: Duration = "5s",
        /// Whom to trust, and the client certificate to show.
        tls: ClientTls = "{}",
        /// How it is reached: `environment` as `HTTPS_PROXY` and the like say, `direct`, or the URL of a proxy. Treated as a secret, since it may hold a password.
        proxy: Proxy = "environment",
        /// What is written back of deployments that came by its webhooks. Nothing when not said.
        write_back: Vec<WriteBack> = "[]",
        /// Webhooks of its whose failed deliveries are asked for again, for three days. None when not said.
        redeliver: Vec<Redelivery> = "[]",
        /// How often these are looked at.
        redeliver_every: Duration = "5m",
        /// As whom requests that undo or mend a change are opened: with a token or an app that may write contents and pull requests. Of no one else, so that what reads cannot write. Without it, none is opened.
        write_auth: GitHubAuth = "none",
    }

    /// A webhook whose failed deliveries are asked for again.
    pub struct Redelivery {
        /// Its name under `webhooks`.
        webhook: Name,
        /// The repository that has it: `owner/name`. Without it, the webhook is that of the app in `auth`.
        repository: Option<String>,
        /// Its number: at the end of the address of its settings page.
        hook: Option<u64>,
    }

    /// A token.
    pub struct GitHubToken {
        /// The token.
        token: Secret,
    }

    /// A GitHub App, installed where the repositories are.
    pub struct GitHubApp check installed {
        /// Its id or its client id.
        id: String,
        /// The id of the installation: the number at the end of its settings page's address.
        installation: String,
        /// Its private key, in PEM, as GitHub gives it; relative to this file.
        key: PemFile,
    }

    /// GitLab, in the cloud or one's own.
    pub struct GitLabHost {
        /// What people open; repositories whose `repo` begins with it are here, and links to commits begin with it.
        url: WebUrl = "https://gitlab.com",
        /// Where its API is. Without it, `/api/v4` below `url`. Nothing else is asked.
        api_url: Option<WebUrl>,
        /// A personal, group or project access token with the scope `read_api`. Without it, public projects.
        token: Option<Secret>,
        /// Most requests for one release. What they do not buy is named as missing.
        requests: NonZeroU32 = "240",
        /// Most requests under way at once.
        max_concurrency: NonZeroU32 = "6",
        /// Longest time for one attempt.
        timeout: Duration = "5s",
        /// Whom to trust, and the client certificate to show.
        tls: ClientTls = "{}",
        /// How it is reached: `environment` as `HTTPS_PROXY` and the like say, `direct`, or the URL of a proxy. Treated as a secret, since it may hold a password.
        proxy: Proxy = "environment",
        /// As whom requests that undo or mend a change are opened: a project or group access token with the scope `api` and the role Developer. Without it, none is opened.
        write_token: Option<Secret>,
    }
}

/// What is written back to GitHub.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteBack {
    /// Statuses of its deployments.
    Statuses,
    /// A check run with the verdict.
    Checks,
    /// Answers to deployment protection rules.
    Gates,
}

words!(WriteBack {
    "statuses" => WriteBack::Statuses, "how its deployments stand, with a link to Tawny's page";
    "checks" => WriteBack::Checks, "a check run with the verdict beside the commit; apps alone may";
    "gates" => WriteBack::Gates, "answers to deployment protection rules: no while the lane is frozen or what was deployed last hurts; apps alone may";
});

fn writable(host: &GitHubHost, node: &Node, reader: &mut Reader<'_>) -> Option<()> {
    let app = matches!(host.auth, GitHubAuth::App(_));
    let nobody = matches!(host.auth, GitHubAuth::None(_));
    let mut wrong = |field: &str, what: &str, expected: &str| {
        let at = node.get(field).map_or(node.at, |value| value.at);
        reader.inside(Step::Field(field.to_owned()), |reader| {
            reader.wrong(at, what, expected);
        });
    };
    let of_apps = [WriteBack::Checks, WriteBack::Gates];
    if host.write_back.iter().any(|what| of_apps.contains(what)) && !app {
        wrong(
            "write_back",
            "what apps alone may write",
            "`auth` of an app: GitHub takes check runs and answers of rules from no one else",
        );
        return None;
    }
    if !host.write_back.is_empty() && nobody {
        wrong(
            "write_back",
            "somebody who writes",
            "`auth` with a token or an app: nobody may write",
        );
        return None;
    }
    for one in &host.redeliver {
        let named = one.repository.is_some();
        let good = named == one.hook.is_some() && (named || app) && !nobody;
        if !good {
            let expected =
                "both `repository` and `hook` and some `auth`; or neither, with `auth` of an app";
            wrong(
                "redeliver",
                "a webhook that cannot be asked about",
                expected,
            );
            return None;
        }
    }
    Some(())
}

impl GitHubHost {
    /// Where its API is.
    #[must_use]
    pub fn api(&self) -> String {
        match &self.api_url {
            Some(url) => url.as_str().to_owned(),
            None if self.url.as_str() == "https://github.com" => {
                "https://api.github.com".to_owned()
            }
            None => format!("{}/api/v3", self.url),
        }
    }
}

impl GitLabHost {
    /// Where its API is.
    #[must_use]
    pub fn api(&self) -> String {
        match &self.api_url {
            Some(url) => url.as_str().to_owned(),
            None => format!("{}/api/v4", self.url),
        }
    }
}

impl CodeHost {
    /// Whether somebody may open requests there.
    #[must_use]
    pub fn may_propose(&self) -> bool {
        match self {
            Self::GitHub(host) => !matches!(host.write_auth, GitHubAuth::None(_)),
            Self::GitLab(host) => host.write_token.is_some(),
        }
    }

    /// The word of its kind: `github` or `gitlab`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::GitHub(_) => "github",
            Self::GitLab(_) => "gitlab",
        }
    }

    /// What people open.
    #[must_use]
    pub fn url(&self) -> &WebUrl {
        match self {
            Self::GitHub(host) => &host.url,
            Self::GitLab(host) => &host.url,
        }
    }
}

fn installed(app: &GitHubApp, node: &Node, reader: &mut Reader<'_>) -> Option<()> {
    if app.installation.parse::<u64>().is_ok() {
        return Some(());
    }
    let value = node.get("installation")?;
    reader.inside(Step::Field("installation".to_owned()), |reader| {
        reader.wrong_value(value, "the number of the installation, such as `12345678`");
    });
    None
}
