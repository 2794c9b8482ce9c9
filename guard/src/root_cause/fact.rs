//! What rules say: facts, which become words of a language elsewhere.

use super::check::{Judge, Words};
use super::draft::Cite;
use crate::cause::Cause;
use crate::excess::Contribution;
use crate::report::{FindingRow, Gap, Lost, RiskFactor, Suggestion};
use crate::signatures::Signature;
use crate::suspects::{Elsewhere, Place, Reason, Supports};

/// Facts, one after the other; none where there is nothing to say.
pub type Facts = Vec<Fact>;

/// Something that a rule says. Every number in it is one of the record.
#[derive(Debug, Clone, PartialEq)]
pub enum Fact {
    /// What moved.
    Moved(Box<FindingRow>),
    /// What the ranking came to.
    Ranked(Box<Cause>),
    /// Nothing was ranked.
    NotRanked,
    /// What speaks for another cause.
    Elsewhere(Elsewhere),
    /// What speaks for this deployment.
    Supports(Supports),
    /// Why a change is suspected.
    Suspected {
        /// The change.
        change: String,
        /// Why.
        reason: Reason,
    },
    /// The same, where it was just said of which change.
    Reason(Reason),
    /// Another change is less likely.
    LessLikely {
        /// The change.
        change: String,
        /// Its first line.
        title: String,
        /// How likely it did it, 0 to 1.
        probability: f64,
    },
    /// An error that is logged since.
    Logged(Box<Signature>),
    /// Requests that failed beyond what was normal, and all of the changed instances where they were counted.
    Failed {
        /// How many failed.
        failed: f64,
        /// Of how many.
        of: Option<f64>,
    },
    /// Users fewer than normal.
    Users(f64),
    /// The part of the traffic that met it, 0 to 1.
    Traffic(f64),
    /// How long it hurt.
    Lasted {
        /// Seconds, until the newest event while it lasts.
        seconds: f64,
        /// Whether it is over.
        over: bool,
    },
    /// A value of a label that accounts for the excess.
    Account(Contribution),
    /// Where time was lost.
    Lost(Lost),
    /// When something was missing.
    Gap(Gap),
    /// What made it worse, or likelier.
    Risk(RiskFactor),
    /// What would make the next one safer.
    Suggestion(Suggestion),
    /// Why something is advised.
    Because(Because),
    /// What may go wrong with what is advised.
    But(But),
    /// What would mend it.
    Mend(Mend),
}

/// Why something is advised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Because {
    /// The change hurts, and the version before is there.
    ChangeHurts,
    /// It went back, and that helped.
    BackAndCured,
    /// It went back, and whether that helps has yet to show.
    BackUnproven,
    /// It went back, and that did not help.
    BackInVain,
    /// Going back does not undo what the release did.
    Irreversible,
    /// There is no version before.
    FirstRelease,
    /// Something that the service calls hurts: going back would not help.
    Dependency,
    /// The traffic explains it: going back would not help.
    Load,
    /// It was so before the deployment.
    Older,
    /// It came back by itself.
    CameBack,
    /// A person accepted it.
    Accepted,
    /// What did it is not known.
    Unknown,
}

/// What may go wrong with what is advised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum But {
    /// All changes of the deployment go back, not the guilty one alone.
    AllGoBack {
        /// How many there are.
        changes: usize,
    },
    /// The version before never proved good.
    NotKnownGood,
    /// It goes on hurting meanwhile.
    GoesOn,
    /// It may come again, and then meets more instances.
    MayComeAgain,
    /// What is not known may be the change after all.
    MayBeTheChange,
}

/// What would mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mend {
    /// Mend or take back a change, here.
    Change {
        /// The change.
        id: String,
        /// Where to look first.
        place: Option<Place>,
    },
    /// The owners of a service have to mend it.
    Owners {
        /// The service, as it is called here.
        service: String,
    },
    /// The service has to bear the traffic.
    Capacity,
    /// What it was before the deployment has to be found.
    LookBefore,
    /// Somebody has to find out: these signals show it.
    FindOut,
}

impl Words for Facts {
    const OF_THE_RECORD: bool = true;

    // Facts come from the record; only what they refer to has to be looked up.
    fn stands(self, _: &mut Judge<'_>, _: &[Cite], _: bool) -> Self {
        self
    }

    fn is_nothing(&self) -> bool {
        self.is_empty()
    }
}
