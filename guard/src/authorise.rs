//! Authority is a value you must hold.

use crate::action::{Action, ActionKind, Basis, Progress};
use crate::ids::{ActionId, DeploymentId, Environment, ServiceName};
use crate::plan::Package;
use crate::state::{State, Status};
use jiff::Timestamp;

/// The right to carry out one action, now. Executors take it by value; only [`authorise`] makes one,
/// and it cannot be copied, stored or sent.
#[derive(Debug)]
pub struct Authority {
    deployment: DeploymentId,
    service: ServiceName,
    environment: Environment,
    action: Action,
    basis: Basis,
    package: Option<Package>,
}

impl Authority {
    /// The deployment to which the action belongs.
    #[must_use]
    pub fn deployment(&self) -> &DeploymentId {
        &self.deployment
    }

    /// The service.
    #[must_use]
    pub fn service(&self) -> &ServiceName {
        &self.service
    }

    /// The environment.
    #[must_use]
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// What may be done.
    #[must_use]
    pub fn action(&self) -> &Action {
        &self.action
    }

    /// On whose word.
    #[must_use]
    pub fn basis(&self) -> &Basis {
        &self.basis
    }

    /// The artifact of the action's version, where Tawny installs it.
    #[must_use]
    pub fn package(&self) -> Option<&Package> {
        self.package.as_ref()
    }
}

/// Why an action may not be carried out now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAuthorised {
    /// The deployment has no such action.
    #[error("action {0} is not an action of this deployment")]
    Unknown(ActionId),
    /// Nobody has authorised it.
    #[error("action {0} has not been authorised")]
    NotYet(ActionId),
    /// It ended.
    #[error("action {0} has already ended")]
    Ended(ActionId),
    /// The deployment moved on.
    #[error("action {action}: the deployment is {status} now")]
    MovedOn {
        /// Which action.
        action: ActionId,
        /// Where the deployment stands.
        status: &'static str,
    },
    /// Too late.
    #[error("action {action} had to run before {not_after}")]
    TooLate {
        /// Which action.
        action: ActionId,
        /// Its last moment.
        not_after: Timestamp,
    },
}

/// Gives the authority for an action if, in this state and at this time, it may be carried out.
///
/// Called again before each instance: a pause or a rollback that arrives meanwhile stops the rest.
pub fn authorise(
    state: &State,
    action: &ActionId,
    now: Timestamp,
) -> Result<Authority, NotAuthorised> {
    let record = state
        .action(action)
        .ok_or_else(|| NotAuthorised::Unknown(action.clone()))?;
    let basis = match &record.progress {
        Progress::Authorised(basis) => basis.clone(),
        Progress::Requested => return Err(NotAuthorised::NotYet(action.clone())),
        _ => return Err(NotAuthorised::Ended(action.clone())),
    };
    // Once begun, an action may finish its instances; what is limited is beginning late.
    if record.done.is_empty() && now > record.action.not_after {
        return Err(NotAuthorised::TooLate {
            action: action.clone(),
            not_after: record.action.not_after,
        });
    }
    if !fits(state, record.action.kind) {
        return Err(NotAuthorised::MovedOn {
            action: action.clone(),
            status: state.status().as_str(),
        });
    }
    let plan = state.plan();
    let package = if record.action.version == plan.to {
        &plan.package
    } else {
        &plan.from_package
    };
    Ok(Authority {
        deployment: plan.deployment.clone(),
        service: plan.service.clone(),
        environment: plan.environment.clone(),
        action: record.action.clone(),
        basis,
        package: package.clone(),
    })
}

fn fits(state: &State, kind: ActionKind) -> bool {
    match kind {
        ActionKind::Advance { step } => {
            state.status() == Status::Progressing && state.step() == step && !state.rolling_back()
        }
        ActionKind::Promote => state.status() == Status::Progressing && !state.rolling_back(),
        ActionKind::RollBack => matches!(
            state.status(),
            Status::Progressing | Status::Paused | Status::Promoted
        ),
    }
}
