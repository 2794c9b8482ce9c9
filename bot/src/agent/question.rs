//! What the analyst is asked.

use guard::actor::Actor;
use guard::cause::Cause;
use guard::ids::{DeploymentId, Environment, PersonId, ServiceName};
use mcp_server::Caller;
use mcp_server::caller::Scopes;
use messages::Locale;

/// What the analyst is asked.
#[derive(Debug, Clone)]
pub struct Question {
    /// About which deployment.
    pub deployment: DeploymentId,
    /// Of which service. Of others it sees nothing.
    pub service: ServiceName,
    /// In which environment. Of others it sees nothing.
    pub environment: Environment,
    /// Why now: the revision of the `CauseRanked` that asks for it, where one does.
    pub revision: Option<u64>,
    /// The language to answer in.
    pub locale: Locale,
    /// In which channel somebody wants to know it, or it is told: such a channel has bounds of its own.
    pub channel: Option<String>,
    /// What the ranking came to, if there is one.
    pub cause: Option<Cause>,
    /// What somebody asks, where it is not simply why it hurts.
    pub asked: Option<String>,
    /// What was said before in this thread, the oldest first.
    pub before: Vec<Turn>,
}

/// Something that was said in a thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// By whom: a name, or `tawny`.
    pub who: String,
    /// What.
    pub text: String,
}

impl Question {
    /// As whom tools are asked: one service in one environment, reading.
    pub(super) fn caller(&self) -> Caller {
        let actor = match PersonId::new("analyst") {
            Ok(id) => Actor::Machine { id, roles: vec![] },
            Err(_) => Actor::Policy,
        };
        Caller {
            client: "analyst".to_owned(),
            actor,
            scopes: Scopes {
                ask: false,
                services: Some([self.service.clone()].into()),
                environments: Some([self.environment.clone()].into()),
            },
        }
    }

    /// The ids between which the analyst may choose.
    pub(super) fn suspects(&self) -> Vec<&str> {
        let ranked = self.cause.iter().flat_map(|cause| &cause.order);
        let accused = self.cause.iter().flat_map(|cause| &cause.suspects);
        let mut all: Vec<&str> = accused.map(|one| one.id.as_str()).collect();
        for id in ranked.map(String::as_str) {
            if !all.contains(&id) {
                all.push(id);
            }
        }
        all
    }
}

/// As a model is told it.
pub(super) fn language(locale: Locale) -> &'static str {
    match locale {
        Locale::En => "English",
        Locale::ZhCn => "Simplified Chinese",
    }
}
