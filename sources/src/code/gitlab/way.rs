//! The way to a GitLab for who writes there: the same connections and credentials, and no secret of them told.

use super::GitLab;
use reqwest::Url;
use reqwest::header::HeaderMap;

impl GitLab {
    /// The client: it follows no redirects.
    #[must_use]
    pub fn http(&self) -> reqwest::Client {
        self.line.http()
    }

    /// Where the API is; nothing else may be asked with these credentials.
    #[must_use]
    pub fn api(&self) -> Url {
        self.line.api()
    }

    /// What a request bears: nothing, or the token.
    #[must_use]
    pub fn credentials(&self) -> HeaderMap {
        self.credentials.clone()
    }
}
