//! Who may give which answer, by the direction of its risk: what stops or goes back is open to many, what goes on to
//! few, and some of it to two together.

use super::{Backing, Choice, Refusal};
use crate::actor::{Actor, Role};
use crate::duty::{Duty, OnCall};
use crate::ids::PersonId;
use crate::policy::{BreakGlass, Policy};

/// What is known beside the person.
#[derive(Debug, Clone, Copy)]
pub struct Circumstances<'a> {
    /// The policy of the deployment.
    pub policy: &'a Policy,
    /// Whether the release is paused: then to promote it is also to resume it.
    pub paused: bool,
    /// Those who are for something already.
    pub backings: &'a [Backing],
}

/// What a person's word comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Weight {
    /// It decides. With whom: those who were for it before.
    Enough {
        /// Their names, in their order.
        with: Vec<String>,
    },
    /// It counts, and others have to agree.
    Backs {
        /// How many.
        more: u32,
    },
}

/// Whether somebody may give this answer at all, alone or with others.
///
/// # Errors
/// What is missing.
pub fn may(by: &Actor, duty: &Duty, choice: Choice) -> Result<(), Refusal> {
    let who = || by.name().to_owned();
    let responds = by.has(Role::Responder) || by.has(Role::Operator);
    let others = |at_duty: &[PersonId]| Refusal::NotOnCall {
        who: who(),
        choice,
        at_duty: at_duty.to_vec(),
    };
    let lacks = |role| Refusal::MissingRole {
        who: who(),
        choice,
        role,
    };
    match choice {
        Choice::Hold | Choice::Pause if responds => Ok(()),
        Choice::Hold | Choice::Pause => Err(lacks(Role::Responder)),
        // Going back is open to all whom it concerns; whether who is on call can be found out must not delay it.
        Choice::Rollback => match &duty.on_call {
            _ if responds && (duty.owner || duty.author) => Ok(()),
            OnCall::They if responds => Ok(()),
            OnCall::Anybody | OnCall::Unknown { .. } if by.has(Role::Operator) => Ok(()),
            OnCall::Others { who: at_duty } if by.is_person() => Err(others(at_duty)),
            OnCall::Others { .. } if by.has(Role::Operator) => Ok(()),
            _ => Err(lacks(Role::Operator)),
        },
        Choice::Resume | Choice::Promote | Choice::Abandon => match &duty.on_call {
            _ if !by.has(Role::Operator) => Err(lacks(Role::Operator)),
            OnCall::Others { who: at_duty } if by.is_person() => Err(others(at_duty)),
            OnCall::Unknown { why } if by.is_person() => Err(Refusal::OnCallUnknown {
                choice,
                problem: why.clone(),
            }),
            _ => Ok(()),
        },
    }
}

/// What somebody's word for an answer comes to.
///
/// # Errors
/// As [`may`]; or they said so before, and others have to.
pub fn weigh(
    by: &Actor,
    duty: &Duty,
    choice: Choice,
    circumstances: &Circumstances<'_>,
) -> Result<Weight, Refusal> {
    may(by, duty, choice)?;
    let policy = circumstances.policy;
    let (people, apart) = match choice {
        Choice::Resume => (policy.resume_by, true),
        Choice::Promote => (policy.promote_by, circumstances.paused),
        Choice::Hold | Choice::Rollback | Choice::Abandon | Choice::Pause => (1, false),
    };
    let with: Vec<&Backing> = circumstances
        .backings
        .iter()
        .filter(|one| one.choice == choice && one.by != by.name())
        .collect();
    // Somebody else than those whose change it is looks at what goes on in spite of a finding.
    let apart = apart && !policy.author_may_resume && !duty.alone;
    let all_theirs = duty.author && with.iter().all(|one| one.author);
    let said = u32::try_from(with.len()).unwrap_or(u32::MAX) + 1;
    let more = people
        .saturating_sub(said)
        .max(u32::from(apart && all_theirs));
    if more == 0 {
        let with = with.iter().map(|one| one.by.clone()).collect();
        return Ok(Weight::Enough { with });
    }
    if !by.is_person() {
        return Err(Refusal::NotAPerson {
            who: by.name().to_owned(),
        });
    }
    let mut before = circumstances.backings.iter();
    if before.any(|one| one.by == by.name() && one.choice == choice) {
        return Err(Refusal::AlreadyFor {
            who: by.name().to_owned(),
            choice,
        });
    }
    Ok(Weight::Backs { more })
}

/// Whether somebody can go past the rules of this policy, where they stand in the way.
#[must_use]
pub fn may_break(by: &Actor, policy: &Policy) -> bool {
    let role = match policy.break_glass {
        BreakGlass::Nobody => return false,
        BreakGlass::Operators => by.has(Role::Operator),
        BreakGlass::Responders => by.has(Role::Responder) || by.has(Role::Operator),
    };
    role && by.is_person()
}

/// Whether the rule behind this refusal can be gone past by whoever answers for it.
#[must_use]
pub fn can_be_broken(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::MissingRole { .. }
            | Refusal::NotOnCall { .. }
            | Refusal::OnCallUnknown { .. }
            | Refusal::AlreadyFor { .. }
    )
}
