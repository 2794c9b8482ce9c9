//! OAuth2 client credentials: a token is asked for once, kept, and renewed early.
//!
//! `settings` says whom to ask, `ask` is one exchange with the token endpoint,
//! `cache` decides when there is one.

mod ask;
mod cache;
mod settings;

pub use settings::{ClientCredentials, CredentialsIn};

use std::sync::Arc;

use secrecy::SecretString;

use super::config::PrometheusConfig;
use super::error::Problem;
use ask::Asker;
use cache::Cache;
pub(super) use cache::Token;

/// Gives the token to send with a request. Clones share it.
#[derive(Clone)]
pub(super) struct Tokens {
    asker: Arc<Asker>,
    cache: Arc<Cache>,
}

impl Tokens {
    /// # Errors
    /// Which setting cannot be used and what was expected.
    pub(super) fn new(
        config: &PrometheusConfig,
        credentials: &ClientCredentials,
    ) -> Result<Self, String> {
        Ok(Self {
            asker: Arc::new(Asker::new(config, credentials)?),
            cache: Arc::default(),
        })
    }

    /// The token that is kept, or a new one.
    pub(super) async fn token(&self) -> Result<Token, Problem> {
        self.cache
            .token(|| {
                let asker = self.asker.clone();
                async move { asker.ask().await }
            })
            .await
    }

    /// The server took this token.
    pub(super) fn accepted(&self, token: &Token) {
        token.accept();
    }

    /// The server said 401 to this token. Whether asking for another makes sense.
    pub(super) fn refused(&self, token: &Token) -> bool {
        self.cache.refused(token)
    }

    /// Texts that must not be printed: tokens in use lately.
    pub(super) fn secrets(&self) -> Vec<SecretString> {
        self.cache.recent()
    }
}
