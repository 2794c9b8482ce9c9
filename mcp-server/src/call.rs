//! One call: whether it is still wanted, whom to tell how far it is, and which era of the protocol it speaks.

use crate::error::ToolError;
use rmcp::RoleServer;
use rmcp::model::{ProgressNotificationParam, ProgressToken};
use rmcp::service::{Peer, RequestContext};
use tokio_util::sync::CancellationToken;

/// Which generation of the protocol a client speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Era {
    /// Up to 2025-11-25: a handshake, then calls.
    Handshake,
    /// From 2026-07-28: each call says all about itself.
    Stateless,
}

/// One call of a tool.
pub struct Call {
    cancelled: CancellationToken,
    progress: Option<Progress>,
    /// Which generation of the protocol the client speaks.
    pub era: Era,
    /// The language of texts in the answer.
    pub locale: messages::Locale,
}

struct Progress {
    peer: Peer<RoleServer>,
    token: ProgressToken,
}

impl Call {
    /// The call that the protocol's library has received.
    pub(crate) fn of(context: &RequestContext<RoleServer>, locale: messages::Locale) -> Self {
        let version = context.protocol_version();
        let stateless = version.is_some_and(|version| !version.has_initialize());
        let token = context.meta.get_progress_token();
        Self {
            cancelled: context.ct.clone(),
            progress: token.map(|token| Progress {
                peer: context.peer.clone(),
                token,
            }),
            era: if stateless {
                Era::Stateless
            } else {
                Era::Handshake
            },
            locale,
        }
    }

    /// A call without a client that could hear of its progress.
    #[must_use]
    pub fn alone(cancelled: CancellationToken) -> Self {
        Self {
            cancelled,
            progress: None,
            era: Era::Stateless,
            locale: messages::Locale::default(),
        }
    }

    /// Does the work unless the client loses interest first: then the work is dropped where it is, with its requests.
    ///
    /// # Errors
    /// [`ToolError::Cancelled`], or what the work says.
    pub async fn unless_cancelled<T>(
        &self,
        work: impl Future<Output = Result<T, ToolError>>,
    ) -> Result<T, ToolError> {
        tokio::select! {
            biased;
            () = self.cancelled.cancelled() => Err(ToolError::Cancelled),
            done = work => done,
        }
    }

    /// Tells the client how far it is, if it wants to know. A client that is gone is no reason to fail.
    pub async fn progress(&self, done: f64, of: f64, what: &str) {
        let Some(Progress { peer, token }) = &self.progress else {
            return;
        };
        let told = ProgressNotificationParam::new(token.clone(), done)
            .with_total(of)
            .with_message(what);
        if let Err(error) = peer.notify_progress(told).await {
            tracing::debug!(%error, "a client does not hear how far its call is");
        }
    }
}
