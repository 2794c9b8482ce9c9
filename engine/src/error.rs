//! What can go wrong in the engine.

use guard::ids::{DeploymentId, Environment, ServiceName, Version};
use guard::lane::LaneRefusal;
use guard::plan::PlanError;
use guard::state::FoldError;

/// Why the engine could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// No such deployment.
    #[error("deployment {0} does not exist")]
    UnknownDeployment(DeploymentId),
    /// No such service.
    #[error(
        "service {service} is not configured for environment {environment}: configured are {known}"
    )]
    UnknownService {
        /// What was asked for.
        service: ServiceName,
        /// Where.
        environment: Environment,
        /// What there is.
        known: String,
    },
    /// The service was taken out of the configuration.
    #[error(
        "service {service} in {environment} is no longer configured: only its running deployment is brought to its end"
    )]
    Leaving {
        /// Which.
        service: ServiceName,
        /// Where.
        environment: Environment,
    },
    /// The lane is taken or frozen.
    #[error(transparent)]
    Lane(#[from] LaneRefusal),
    /// Somebody says that they deploy what Tawny deploys.
    #[error(
        "tawny deploys {service} in {environment} itself: nobody else's deployment of it is watched"
    )]
    DeployedHere {
        /// Which.
        service: ServiceName,
        /// Where.
        environment: Environment,
    },
    /// The version is already there.
    #[error("{service} in {environment} already runs {version} everywhere")]
    NothingToDo {
        /// The service.
        service: ServiceName,
        /// The environment.
        environment: Environment,
        /// The version.
        version: Version,
    },
    /// The one behind which it would wait brings the same version.
    #[error("deployment {by} is bringing {version} to {service} in {environment} already")]
    OnItsWay {
        /// The service.
        service: ServiceName,
        /// The environment.
        environment: Environment,
        /// The version.
        version: Version,
        /// The deployment that brings it.
        by: DeploymentId,
    },
    /// Instances disagree, so there is no version to go back to.
    #[error(
        "{service} in {environment}: instances run different versions ({versions}): say which one to go back to with `from`"
    )]
    MixedVersions {
        /// The service.
        service: ServiceName,
        /// The environment.
        environment: Environment,
        /// `instance version` pairs.
        versions: String,
    },
    /// Nothing of this service is seen.
    #[error(
        "{service} in {environment}: its metrics show no instance at the moment: `tawny check-config` says what its selector finds"
    )]
    OnlyObserved {
        /// The service.
        service: ServiceName,
        /// The environment.
        environment: Environment,
    },
    /// The package cannot be taken, or there is none.
    #[error("package of {service} {version}: {reason}")]
    Package {
        /// The service.
        service: ServiceName,
        /// The version.
        version: Version,
        /// Why, and what to do.
        reason: String,
    },
    /// The platform could not do it now, and may soon.
    #[error("the platform: {0}")]
    Platform(String),
    /// No steps can be made.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The journal refused.
    #[error(transparent)]
    Journal(#[from] journal::JournalError),
    /// A stored event does not fold.
    #[error("stream {stream}: {source}")]
    Fold {
        /// Which stream.
        stream: String,
        /// Why.
        source: FoldError,
    },
    /// A part of the engine ended that never should.
    #[error("{0} ended: the process must be started again")]
    Broken(String),
    /// This process does not hold the engine's lease at the moment.
    #[error("this process does not hold the engine's lease: try again in a moment")]
    NotLeading,
}

impl EngineError {
    /// Whether the same request gets the same answer until somebody changes something.
    #[must_use]
    pub(crate) fn is_final(&self) -> bool {
        match self {
            Self::UnknownService { .. }
            | Self::Leaving { .. }
            | Self::DeployedHere { .. }
            | Self::NothingToDo { .. }
            | Self::OnItsWay { .. }
            | Self::MixedVersions { .. }
            | Self::OnlyObserved { .. }
            | Self::Package { .. }
            | Self::Plan(_) => true,
            Self::UnknownDeployment(_)
            | Self::Lane(_)
            | Self::Platform(_)
            | Self::Journal(_)
            | Self::Fold { .. }
            | Self::Broken(_)
            | Self::NotLeading => false,
        }
    }

    /// Whether retention has erased what was asked for, as it does with old deployments.
    #[must_use]
    pub fn is_erased(&self) -> bool {
        matches!(self, Self::Journal(journal::JournalError::Unfoldable { problem, .. }) if problem.contains("erased"))
    }

    /// Whether what is stored is damaged or erased, so that reading it again gives the same.
    #[must_use]
    pub fn is_damage(&self) -> bool {
        matches!(
            self,
            Self::Fold { .. }
                | Self::Journal(
                    journal::JournalError::Unfoldable { .. }
                        | journal::JournalError::Corrupt { .. }
                        | journal::JournalError::BadStream(_)
                )
        )
    }
}

impl From<journal::ledger::LedgerError> for EngineError {
    fn from(error: journal::ledger::LedgerError) -> Self {
        match error {
            journal::ledger::LedgerError::Journal(error) => Self::Journal(error),
            journal::ledger::LedgerError::Fold { stream, source } => Self::Fold { stream, source },
        }
    }
}
