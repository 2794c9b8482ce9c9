//! How often it was right which change did it, by what people said.

use super::{HORIZON, Share};
use crate::culprit::{Culprit, Named};
use crate::state::State;
use crate::suspects::Verdict;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// So many suspects are shown, and the right one should be among them.
const SHOWN: usize = 3;

/// One deployment of which people said what did it, and what the ranking had said to them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// When the deployment was asked for.
    pub at: Timestamp,
    /// What the newest answer says.
    pub named: Named,
}

impl Answered {
    /// None when nobody said anything.
    #[must_use]
    pub fn of(state: &State) -> Option<Self> {
        let named = state.named().values().max_by_key(|named| named.at)?;
        Some(Self {
            at: state.requested_at(),
            named: named.clone(),
        })
    }
}

/// What people said of the root-cause report of one deployment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ratings {
    /// How many said something.
    pub rated: u32,
    /// Of these, that it was of use.
    pub useful: u32,
}

impl Ratings {
    /// Of a deployment.
    #[must_use]
    pub fn of(state: &State) -> Self {
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let rated = state.rated();
        Self {
            rated: count(rated.len()),
            useful: count(rated.values().filter(|one| one.useful).count()),
        }
    }
}

/// The answers of one service, counted. Only what was ranked before somebody answered counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Causes {
    /// Deployments of which people named the change.
    pub named: u32,
    /// Of these, it was the first suspect.
    pub first: u32,
    /// Of these, it was among the first three.
    pub among_three: u32,
    /// Deployments that were acquitted, and of which people said something.
    pub acquitted: u32,
    /// Of these, people said the same.
    pub rightly_acquitted: u32,
    /// Deployments that were accused, and of which people said something.
    pub accused: u32,
    /// Of these, people named a change.
    pub rightly_accused: u32,
    /// What people said of root-cause reports.
    pub rated: u32,
    /// Of these, that they were of use.
    pub useful: u32,
}

impl Causes {
    /// Counts what was asked for within [`HORIZON`] before `now`.
    #[must_use]
    pub fn of<'a>(answers: impl IntoIterator<Item = &'a Answered>, now: Timestamp) -> Self {
        let mut causes = Self::default();
        for Answered { at, named } in answers {
            if now.duration_since(*at) <= HORIZON {
                causes.count(named);
            }
        }
        causes
    }

    fn count(&mut self, named: &Named) {
        let Some(said) = named.said else {
            return;
        };
        let guilty = matches!(named.culprit, Culprit::Change { .. });
        if guilty {
            self.named += 1;
            self.first += u32::from(named.place == Some(1));
            self.among_three += u32::from(named.place.is_some_and(|place| place <= SHOWN));
        }
        match said {
            Verdict::NotThisDeployment => {
                self.acquitted += 1;
                self.rightly_acquitted += u32::from(!guilty);
            }
            Verdict::Change => {
                self.accused += 1;
                self.rightly_accused += u32::from(guilty);
            }
            Verdict::Unknown => {}
        }
    }

    /// The same, with what people said of the root-cause reports of these deployments.
    #[must_use]
    pub fn with_ratings(mut self, all: impl IntoIterator<Item = Ratings>) -> Self {
        for one in all {
            self.rated += one.rated;
            self.useful += one.useful;
        }
        self
    }

    /// How often people found a root-cause report of use.
    #[must_use]
    pub fn reports(&self) -> Option<Share> {
        Share::new(self.useful, self.rated)
    }

    /// How often the first suspect was the one; none before anybody named one.
    #[must_use]
    pub fn top_1(&self) -> Option<Share> {
        Share::new(self.first, self.named)
    }

    /// How often it was among the first three.
    #[must_use]
    pub fn top_3(&self) -> Option<Share> {
        Share::new(self.among_three, self.named)
    }

    /// How often an acquittal was right.
    #[must_use]
    pub fn acquittals(&self) -> Option<Share> {
        Share::new(self.rightly_acquitted, self.acquitted)
    }

    /// How often it was the deployment where it was said to be.
    #[must_use]
    pub fn accusations(&self) -> Option<Share> {
        Share::new(self.rightly_accused, self.accused)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(days: i64, guilty: Option<usize>, said: Option<Verdict>) -> Answered {
        let at = "2026-11-21T03:12:00Z".parse::<Timestamp>().unwrap();
        let culprit = match guilty {
            Some(_) => Culprit::Change { id: "a".to_owned() },
            None => Culprit::NotThisDeployment,
        };
        let named = Named {
            culprit,
            place: guilty,
            said,
            note: None,
            at,
        };
        Answered {
            at: at - jiff::SignedDuration::from_hours(24 * days),
            named,
        }
    }

    #[test]
    fn each_answer_counts_for_what_had_been_said_within_the_horizon() {
        let (change, other) = (Some(Verdict::Change), Some(Verdict::NotThisDeployment));
        let answers = [
            answered(1, Some(1), change),
            answered(2, Some(3), Some(Verdict::Unknown)),
            answered(3, Some(9), other),
            answered(4, None, other),
            answered(5, None, change),
            answered(6, Some(1), None),
            answered(181, Some(1), change),
        ];
        let now = "2026-11-21T03:12:00Z".parse().unwrap();
        let causes = Causes::of(&answers, now);
        let (first, three) = (causes.top_1().unwrap(), causes.top_3().unwrap());
        assert_eq!((first.part, first.of, three.part), (1, 3, 2));
        let right = causes.acquittals().unwrap();
        assert_eq!((right.part, right.of), (1, 2));
        let right = causes.accusations().unwrap();
        assert_eq!((right.part, right.of), (1, 2));
        assert_eq!(Causes::default().top_1(), None);
    }
}
