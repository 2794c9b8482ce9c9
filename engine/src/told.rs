//! What others tell by webhooks: deployments that they make, and alerts.
//!
//! How a delivery is read is handed in by whoever takes it; here is what follows from what was read. A delivery
//! that is handled again, after a crash or because an operator wants it, changes nothing that it changed before.

use crate::deploy::DeployRequest;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::ledger;
use guard::actor::Actor;
use guard::alert::{Alert, AlertStatus};
use guard::event::Reported;
use guard::ids::{DeploymentId, Environment, IncidentId, PersonId, ServiceName, Version};
use guard::input::Happened;
use guard::people::Account;
use guard::plan::Origin;
use journal::ClaimedInput;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// What the name of an inbox's source begins with that is a webhook; its configured name follows.
pub const SOURCE_PREFIX: &str = "hook:";
/// What the keys of deliveries begin with.
pub(crate) const KEY_PREFIX: &str = "hooks/";

/// Reads a delivery; an error where nobody can.
pub type Understands = Arc<dyn Fn(&ClaimedInput) -> Result<Vec<Told>, String> + Send + Sync>;

/// One thing that a delivery says.
#[derive(Debug, Clone, PartialEq)]
pub enum Told {
    /// Somebody else deploys, or has.
    Deployment(Box<ForeignDeployment>),
    /// An alert fires, or is over.
    Alert {
        /// Which.
        alert: Box<Alert>,
        /// Whether it fires.
        status: AlertStatus,
        /// What its sender groups it by.
        group: Option<String>,
    },
    /// Somebody else asks whether a deployment may begin.
    Gate(Box<Gate>),
    /// A code for linking was said from an account.
    Code {
        /// From which.
        account: Account,
        /// The code.
        code: String,
    },
    /// Nothing that Tawny acts on, for this reason.
    Ignored(String),
}

/// Somebody else's question whether a deployment may begin.
#[derive(Debug, Clone, PartialEq)]
pub struct Gate {
    /// What would be deployed.
    pub service: ServiceName,
    /// Where.
    pub environment: Environment,
    /// Who asks: the configured name of where it was asked.
    pub by: String,
    /// What they call it: the same question is answered once.
    pub id: String,
    /// The channel that answers.
    pub channel: &'static str,
    /// What that needs for it.
    pub reply_to: serde_json::Value,
}

/// A deployment that somebody else makes.
#[derive(Debug, Clone, PartialEq)]
pub struct ForeignDeployment {
    /// What is deployed.
    pub service: ServiceName,
    /// Where.
    pub environment: Environment,
    /// The new version.
    pub version: Version,
    /// Who told of it, and what they call it: the same one is never begun twice.
    pub origin: Origin,
    /// How far it is.
    pub phase: Phase,
    /// Who makes it.
    pub by: PersonId,
    /// Why it failed, in their words.
    pub reason: Option<String>,
}

/// How far somebody else's deployment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// It begins, or is under way.
    UnderWay,
    /// It is out.
    Succeeded,
    /// It failed.
    Failed,
}

/// What came of one thing that was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CameTo {
    /// `begun noted joined opened known let_begin refused linked ignored`.
    pub what: &'static str,
    /// The deployment that it concerns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deployment: Option<DeploymentId>,
    /// The incident that it concerns, of no deployment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incident: Option<IncidentId>,
    /// More of it, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

impl CameTo {
    pub(crate) fn of(what: &'static str, deployment: &DeploymentId) -> Self {
        Self {
            what,
            deployment: Some(deployment.clone()),
            incident: None,
            detail: None,
        }
    }

    pub(crate) fn bare(what: &'static str) -> Self {
        Self {
            what,
            deployment: None,
            incident: None,
            detail: None,
        }
    }

    pub(crate) fn of_incident(what: &'static str, incident: IncidentId) -> Self {
        Self {
            what,
            deployment: None,
            incident: Some(incident),
            detail: None,
        }
    }

    /// What came of a delivery from which nothing follows; none of another one.
    pub(crate) fn nothing(told: Vec<Told>) -> Option<Vec<Self>> {
        let came = told.into_iter().map(|one| match one {
            Told::Ignored(why) => Some(Self::ignored(why)),
            Told::Deployment(_) | Told::Alert { .. } | Told::Gate(_) | Told::Code { .. } => None,
        });
        came.collect()
    }

    pub(crate) fn ignored(why: impl Into<String>) -> Self {
        Self::detailed("ignored", why)
    }

    pub(crate) fn detailed(what: &'static str, detail: impl Into<String>) -> Self {
        Self {
            detail: Some(detail.into()),
            ..Self::bare(what)
        }
    }
}

impl Engine {
    /// Lets an ended or quarantined delivery be handled again. Any replica may.
    ///
    /// # Errors
    /// [`journal::JournalError::NotFound`] if there is none that could be.
    pub async fn replay_delivery(&self, id: i64, by: &str) -> Result<(), EngineError> {
        self.writer.replay_input(id).await?;
        tracing::warn!(id, by, "a delivery is handled again");
        Ok(())
    }

    /// Does what follows from what was told.
    pub(crate) async fn hear(&self, told: Vec<Told>) -> Result<Vec<CameTo>, EngineError> {
        let mut came = Vec::new();
        // Alerts are looked at together: what they come to depends on one another.
        let mut alerts = Vec::new();
        for one in told {
            came.push(match one {
                Told::Deployment(foreign) => self.hear_of_deployment(*foreign).await?,
                Told::Alert {
                    alert,
                    status,
                    group,
                } => {
                    alerts.push((came.len(), *alert, status, group));
                    CameTo::ignored("")
                }
                Told::Gate(gate) => self.hear_of_gate(*gate).await?,
                Told::Code { account, code } => self.hear_of_code(account, &code).await?,
                Told::Ignored(why) => CameTo::ignored(why),
            });
        }
        for (place, one) in self.hear_of_alerts(alerts).await? {
            came[place] = one;
        }
        Ok(came)
    }

    async fn hear_of_deployment(&self, foreign: ForeignDeployment) -> Result<CameTo, EngineError> {
        let id = id_of(&foreign.origin);
        let mut came = if ledger::state(&self.reader, &id).await?.is_some() {
            CameTo::of("known", &id)
        } else if foreign.phase == Phase::Failed {
            return Ok(CameTo::ignored("it failed before it was heard of"));
        } else {
            match self.begin_foreign(&id, &foreign).await {
                Ok(()) => CameTo::of("begun", &id),
                Err(error) if is_answer(&error) => return Ok(CameTo::ignored(error.to_string())),
                Err(error) => return Err(error),
            }
        };
        let outcome = match foreign.phase {
            Phase::UnderWay => return Ok(came),
            Phase::Succeeded => Reported::Succeeded,
            Phase::Failed => Reported::Failed,
        };
        let said = Happened::Reported {
            by: foreign.origin.source,
            outcome,
            reason: foreign.reason,
        };
        let events = self.apply(&id, said).await?;
        if came.what == "known" && !events.is_empty() {
            came.what = "noted";
        }
        Ok(came)
    }

    async fn begin_foreign(
        &self,
        id: &DeploymentId,
        foreign: &ForeignDeployment,
    ) -> Result<(), EngineError> {
        let service = self.service(&foreign.service, &foreign.environment)?;
        if service.platform.is_some() {
            return Err(EngineError::DeployedHere {
                service: service.name,
                environment: service.environment,
            });
        }
        let request = DeployRequest {
            service: foreign.service.clone(),
            environment: foreign.environment.clone(),
            version: foreign.version.clone(),
            package: None,
            from: None,
            reversible: true,
            queue: false,
            by: Actor::Machine {
                id: foreign.by.clone(),
                roles: Vec::new(),
            },
            origin: Some(foreign.origin.clone()),
        };
        self.deploy_as(id, request).await
    }
}

/// The id of somebody else's deployment: made of what they call it, so that whoever hears of it twice, or goes on
/// after a crash, means the same one.
#[must_use]
pub fn id_of(origin: &Origin) -> DeploymentId {
    let mut salt = 0_u32;
    loop {
        let digest = Sha256::new()
            .chain_update(&origin.source)
            .chain_update([0])
            .chain_update(&origin.id)
            .chain_update(salt.to_be_bytes())
            .finalize();
        salt += 1;
        if let Ok(id) = DeploymentId::new(format!("dep_{}", hex::encode(&digest[..8]))) {
            return id;
        }
    }
}

/// Whether this is what came of it, and not a failure to find out.
fn is_answer(error: &EngineError) -> bool {
    error.is_final() || matches!(error, EngineError::Lane(_))
}
