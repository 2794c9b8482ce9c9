//! The right to open one fix.

use super::{Fix, FixStanding};
use crate::authorise::NotAuthorised;
use crate::ids::{ActionId, DeploymentId, ServiceName, Version};
use crate::state::State;
use jiff::Timestamp;

/// The right to open one fix, now. Whoever opens it takes it by value; only [`authorise`] makes one, and it cannot be
/// copied, stored or sent.
#[derive(Debug)]
pub struct FixAuthority {
    deployment: DeploymentId,
    service: ServiceName,
    from: Option<Version>,
    to: Version,
    fix: Fix,
    by: String,
}

impl FixAuthority {
    /// The deployment to which the fix belongs.
    #[must_use]
    pub fn deployment(&self) -> &DeploymentId {
        &self.deployment
    }

    /// The service.
    #[must_use]
    pub fn service(&self) -> &ServiceName {
        &self.service
    }

    /// The version before.
    #[must_use]
    pub fn from(&self) -> Option<&Version> {
        self.from.as_ref()
    }

    /// The version that hurts.
    #[must_use]
    pub fn to(&self) -> &Version {
        &self.to
    }

    /// What may be opened.
    #[must_use]
    pub fn fix(&self) -> &Fix {
        &self.fix
    }

    /// On whose word.
    #[must_use]
    pub fn by(&self) -> &str {
        &self.by
    }
}

/// Gives the authority for a fix that a person asked for, if in this state and at this time it may be opened.
///
/// # Errors
/// Why not.
pub fn authorise(
    state: &State,
    id: &ActionId,
    now: Timestamp,
) -> Result<FixAuthority, NotAuthorised> {
    let record = state
        .fix(id)
        .ok_or_else(|| NotAuthorised::Unknown(id.clone()))?;
    if record.standing != FixStanding::UnderWay {
        return Err(NotAuthorised::Ended(id.clone()));
    }
    if now > record.fix.not_after {
        return Err(NotAuthorised::TooLate {
            action: id.clone(),
            not_after: record.fix.not_after,
        });
    }
    let plan = state.plan();
    Ok(FixAuthority {
        deployment: plan.deployment.clone(),
        service: plan.service.clone(),
        from: plan.from.clone(),
        to: plan.to.clone(),
        fix: record.fix.clone(),
        by: record.by.clone(),
    })
}
