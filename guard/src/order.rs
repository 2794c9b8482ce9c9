//! What people say to Tawny in words: in a chat, on the page, on the command line. One grammar for all of them.
//!
//! [`parse`] makes an [`Order`] of a line, or says what is wrong with it. Who may give which order is not decided here.

use crate::fix::FixKind;
use crate::ids::{DeploymentId, Environment, IncidentId, ServiceName, Version};
use crate::input::Command;

mod line;
mod parse;
mod verb;

#[cfg(test)]
mod tests;

pub use parse::{NotUnderstood, parse};
pub use verb::{Takes, Verb};

/// Characters of an order that are read; nobody means more than that.
pub const LONGEST: usize = 1000;

/// A service, and where it runs if that was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Which service.
    pub service: ServiceName,
    /// In which environment; none where there is only one, or the answer is about all.
    pub environment: Option<Environment>,
}

/// Which deployment is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// The one that the thread, or the page, is about.
    Here,
    /// This one.
    Deployment(DeploymentId),
    /// The one under way of this service, or else its newest.
    Of(Place),
}

/// What is asked for about a deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// Its health report.
    Report,
    /// What happened to it, in order.
    Timeline,
    /// Which change did it.
    Why,
}

/// What somebody wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// How it stands: with one service, or with all.
    Status(Option<Place>),
    /// Watch a version that somebody else deploys.
    Watch(Place, Version),
    /// Bring a version out.
    Deploy(Place, Version),
    /// Something is to be done with a deployment.
    Do {
        /// What.
        command: Command,
        /// With which.
        target: Target,
        /// Why, in their words.
        reason: Option<String>,
        /// Whether they mean to go past the rules of who may.
        break_glass: bool,
    },
    /// What did it is to be undone, or mended, where the code is.
    Fix {
        /// Which of the two.
        kind: FixKind,
        /// Of which deployment.
        target: Target,
        /// Of which commit, or its beginning; of the most suspect one where none is named.
        suspect: Option<String>,
        /// Why, in their words.
        reason: Option<String>,
    },
    /// Which change did it, as they say.
    Blame {
        /// The commit, or its beginning; none where they say that it was not this deployment.
        change: Option<String>,
        /// Of which deployment.
        target: Target,
        /// Why, in their words.
        note: Option<String>,
    },
    /// Whether a root-cause report was of use.
    Rate {
        /// Whether it was.
        useful: bool,
        /// Of which deployment.
        target: Target,
        /// Why, in their words.
        note: Option<String>,
    },
    /// Something is asked about a deployment that only somebody can answer who looks.
    Ask {
        /// About which deployment.
        target: Target,
        /// What, in their words.
        question: String,
    },
    /// What they were answered is to be shown to everybody.
    Share {
        /// About which deployment.
        target: Target,
        /// The number of the answer; the newest of theirs where none is named.
        answer: Option<u32>,
    },
    /// Who is on call: for one service, or for all.
    OnCall(Option<Place>),
    /// A code for linking an account, or that of an account that is to be linked.
    Link(Option<String>),
    /// The accounts that they have linked are theirs no more.
    Unlink,
    /// Something is to be shown of a deployment.
    Show(Shown, Target),
    /// How far alarms have earned trust: of one service.
    Stats(Option<Place>),
    /// Let no deployment begin: of one service, or of all.
    Freeze {
        /// Of which.
        place: Option<Place>,
        /// Why, in their words.
        reason: Option<String>,
    },
    /// Let deployments begin again.
    Unfreeze(Option<Place>),
    /// An incident of alerts is over, whatever still fires.
    Close {
        /// Which; that of the thread, or the only one, where none is named.
        incident: Option<IncidentId>,
        /// Why, in their words.
        reason: Option<String>,
    },
    /// What can be said, or how one thing is.
    Help(Option<Verb>),
}

impl Order {
    /// The verb by which it is given.
    #[must_use]
    pub fn verb(&self) -> Verb {
        match self {
            Self::Status(_) => Verb::Status,
            Self::Watch(..) => Verb::Watch,
            Self::Deploy(..) => Verb::Deploy,
            Self::Do { command, .. } => match command {
                Command::Pause => Verb::Pause,
                Command::Resume => Verb::Resume,
                Command::Hold => Verb::Hold,
                Command::Promote => Verb::Promote,
                Command::Rollback => Verb::Rollback,
                Command::Abandon => Verb::Abandon,
            },
            Self::Fix { kind, .. } => match kind {
                FixKind::Revert => Verb::RevertPr,
                FixKind::Hotfix => Verb::HotfixPr,
            },
            Self::Blame { change, .. } => match change {
                Some(_) => Verb::ItWas,
                None => Verb::NotThis,
            },
            Self::Rate { useful, .. } => match useful {
                true => Verb::Useful,
                false => Verb::NotUseful,
            },
            Self::Ask { .. } => Verb::Ask,
            Self::Share { .. } => Verb::Share,
            Self::Show(Shown::Report, _) => Verb::Report,
            Self::Show(Shown::Timeline, _) => Verb::Timeline,
            Self::Show(Shown::Why, _) => Verb::Why,
            Self::OnCall(_) => Verb::OnCall,
            Self::Link(_) => Verb::Link,
            Self::Unlink => Verb::Unlink,
            Self::Stats(_) => Verb::Stats,
            Self::Freeze { .. } => Verb::Freeze,
            Self::Unfreeze(_) => Verb::Unfreeze,
            Self::Close { .. } => Verb::Close,
            Self::Help(_) => Verb::Help,
        }
    }
}
