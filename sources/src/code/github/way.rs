//! The way to a GitHub for who writes there: the same connections and credentials, and no secret of them told.

use super::{Errand, GitHub};
use reqwest::Url;
use reqwest::header::HeaderMap;
use std::time::Duration;

/// Longest time for the token of an installation.
const TIME: Duration = Duration::from_secs(20);

impl GitHub {
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

    /// What a request bears: nothing, a token, or that of the app's installation.
    ///
    /// # Errors
    /// Why an app gets no token. Holds no secret.
    pub async fn credentials(&self) -> Result<HeaderMap, String> {
        let errand = Errand::new(self.line.clone(), TIME);
        let credentials = self.account.credentials(&errand).await;
        credentials.map_err(|fault| fault.to_string())
    }

    /// What a request bears that an app sends as itself; nothing where there is none.
    ///
    /// # Errors
    /// That its key cannot sign.
    pub fn own_credentials(&self) -> Result<HeaderMap, String> {
        let errand = Errand::new(self.line.clone(), TIME);
        let own = self.account.own(&errand);
        own.map_err(|fault| fault.to_string())
    }
}
