//! Whom to ask for a token, and as whom.

use secrecy::{ExposeSecret, SecretString};

use crate::metrics::error::without_userinfo;
use crate::metrics::transport::Tls;

/// OAuth2 client credentials (RFC 6749, section 4.4). `Debug` prints no secret.
#[derive(Clone)]
pub struct ClientCredentials {
    /// The token endpoint, such as `https://login.example.org/oauth2/token`.
    pub token_url: String,
    /// Client id; printed.
    pub client_id: String,
    /// Client secret; never printed.
    pub client_secret: SecretString,
    /// What the token is asked for; may be empty.
    pub scopes: Vec<String>,
    /// Extra parameters that some servers want, such as `audience`. Values are treated as secrets.
    pub params: Vec<(String, SecretString)>,
    /// Where id and secret are put.
    pub credentials_in: CredentialsIn,
    /// Who is trusted at the token endpoint; without it, as at the source.
    pub tls: Option<Tls>,
}

/// Where a token request carries the client's id and secret.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CredentialsIn {
    /// `Authorization: Basic`, which every server must take.
    #[default]
    Header,
    /// In the form, for servers that take nothing else.
    Form,
}

impl ClientCredentials {
    /// Credentials without scopes, sent in the header.
    #[must_use]
    pub fn new(
        token_url: impl Into<String>,
        client_id: impl Into<String>,
        client_secret: impl Into<SecretString>,
    ) -> Self {
        Self {
            token_url: token_url.into(),
            client_id: client_id.into(),
            client_secret: client_secret.into(),
            scopes: Vec::new(),
            params: Vec::new(),
            credentials_in: CredentialsIn::default(),
            tls: None,
        }
    }

    /// Every text that must never be printed.
    pub(in crate::metrics) fn secrets(&self) -> Vec<SecretString> {
        let params = self.params.iter().map(|(_, value)| value.clone());
        let secrets = params.chain([self.client_secret.clone()]);
        secrets.filter(|s| !s.expose_secret().is_empty()).collect()
    }
}

impl std::fmt::Debug for ClientCredentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let params: Vec<&str> = self.params.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("ClientCredentials")
            .field("token_url", &without_userinfo(&self.token_url))
            .field("client_id", &self.client_id)
            .field("scopes", &self.scopes)
            .field("params", &params)
            .field("credentials_in", &self.credentials_in)
            .field("tls", &self.tls)
            .finish_non_exhaustive()
    }
}
