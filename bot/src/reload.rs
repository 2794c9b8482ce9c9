//! A changed configuration, applied to the running server: on SIGHUP, and when the file changes.
//!
//! What can be used is applied and journalled. What cannot leaves the old one in force; people are told once for each
//! content, and the log has every mistake.

mod change;
mod follow;

pub(crate) use follow::follow;

use crate::auth::Tokens;
use crate::chat::webhook::WebhookChannel;
use crate::live::Live;
use crate::ops::Meters;
use crate::wire;
use change::Change;
use config::{Lookup, Settings};
use engine::Engine;
use guard::configuration::ConfigurationEvent;
use messages::model::Message;
use messages::{BaseUrl, Context};
use sha2::{Digest, Sha256};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::Mutex;

/// What a reload replaces, and whom it tells.
pub struct Reloader {
    pub(crate) engine: Engine,
    pub(crate) settings: Live<Settings>,
    pub(crate) tokens: Live<Tokens>,
    pub(crate) outside: Live<mcp_server::world::Outside>,
    pub(crate) channels: Vec<Arc<WebhookChannel>>,
    pub(crate) base_url: BaseUrl,
    pub(crate) meters: Meters,
    /// The digest of what was refused last, if that was the last thing that happened. Held during a reload: one at a
    /// time.
    pub(crate) refused: Mutex<Option<String>>,
}

impl Reloader {
    /// Reads the file again and applies what changed, or tells why not.
    pub async fn reload(&self, path: PathBuf) {
        let mut refused = self.refused.lock().await;
        // Secrets are read from files.
        let read = tokio::task::spawn_blocking(move || {
            let settings = config::load(&path, &Lookup::system());
            settings.map_err(|errors| errors.0.iter().map(ToString::to_string).collect::<Vec<_>>())
        });
        let read = match read.await {
            Ok(read) => read,
            Err(error) => Err(vec![error.to_string()]),
        };
        let counted = &self.meters.sources;
        let wired = read.and_then(
            |settings| match wire::services_counted(&settings, counted) {
                Ok(services) => Ok((settings, services)),
                Err(error) => Err(vec![error.to_string()]),
            },
        );
        match wired {
            Ok((settings, services)) => {
                let mended = refused.take().is_some();
                self.apply(settings, services, mended).await;
            }
            Err(errors) => self.refuse(errors, &mut refused).await,
        }
    }

    async fn apply(
        &self,
        settings: Settings,
        services: Vec<engine::services::Service>,
        mended: bool,
    ) {
        let change = Change::between(&self.settings.get(), &settings);
        if change.changed.is_empty() && !mended {
            tracing::info!("the configuration was read again and has not changed");
            return;
        }
        let outside = crate::mcp::outside::of(&services);
        if let Err(error) = self.engine.reconfigure(services).await {
            tracing::error!(%error, "the changed configuration is not applied: read it again later");
            return;
        }
        self.outside.set(outside);
        self.tokens.set(wire::tokens(&settings));
        self.settings.set(settings);
        self.meters.config_reloaded(true);
        tracing::info!(
            changed = change.changed.join(", "),
            added = change.added.join(", "),
            removed = change.removed.join(", "),
            "a changed configuration is in force"
        );
        for path in &change.restart {
            tracing::warn!(path, "takes effect when tawny serve is started again");
        }
        self.journal(&change.into_event()).await;
        if mended {
            let context = self.context();
            let id = format!("configuration-mended-{}", engine::clock::nonce());
            self.tell(&id, &messages::configuration::mended(&context))
                .await;
        }
    }

    async fn refuse(&self, errors: Vec<String>, refused: &mut Option<String>) {
        self.meters.config_reloaded(false);
        for error in &errors {
            tracing::error!(error, "the changed configuration cannot be used");
        }
        let digest = hex::encode(Sha256::digest(errors.join("\n")))
            .chars()
            .take(16)
            .collect::<String>();
        if refused.as_ref() == Some(&digest) {
            return;
        }
        tracing::warn!("the configuration before stays in force");
        let message = messages::configuration::refused(&errors, &self.context());
        self.journal(&ConfigurationEvent::Refused {
            digest: digest.clone(),
            errors,
        })
        .await;
        self.tell(&format!("configuration-{digest}"), &message)
            .await;
        *refused = Some(digest);
    }

    async fn journal(&self, event: &ConfigurationEvent) {
        match self.engine.journal_configuration(event).await {
            Ok(true) => {}
            Ok(false) => tracing::debug!("another server leads and journals its own configuration"),
            Err(error) => {
                tracing::error!(%error, "a change of the configuration is not journalled");
            }
        }
    }

    async fn tell(&self, id: &str, message: &Message) {
        for channel in &self.channels {
            if let Err(error) = channel.announce(id, message).await {
                tracing::error!(%error, "a notice about the configuration was not delivered");
            }
        }
    }

    fn context(&self) -> Context {
        Context {
            locale: wire::locale(&self.settings.get()),
            now: jiff::Timestamp::now(),
            base_url: Some(self.base_url.clone()),
        }
    }
}
