//! Who may ask for a fix: it changes nothing that runs, and others look at it before it is merged.

use super::{FixKind, FixStanding, title};
use crate::actor::{Actor, Role};
use crate::approval::Refusal;
use crate::culprit::Stranger;
use crate::duty::{Duty, OnCall};
use crate::state::State;
use crate::suspects::Verdict;

/// Whether somebody may ask for a fix of this deployment: operators, and responders who own the service, are on call or
/// wrote the change.
///
/// # Errors
/// What is missing.
pub fn may(by: &Actor, duty: &Duty) -> Result<(), Refusal> {
    let who = || by.name().to_owned();
    if !by.is_person() {
        return Err(Refusal::NotAPerson { who: who() });
    }
    let theirs = duty.owner || duty.author || duty.on_call == OnCall::They;
    if by.has(Role::Operator) || (by.has(Role::Responder) && theirs) {
        return Ok(());
    }
    Err(Refusal::MayNotFix { who: who() })
}

/// The commit that is meant, with its first line, where a fix of this kind can be asked for.
///
/// # Errors
/// Why not.
pub fn may_kind(
    state: &State,
    kind: FixKind,
    suspect: Option<&str>,
) -> Result<(String, String), Refusal> {
    let Some((cause, _)) = state.cause() else {
        return Err(Refusal::ChangesUnknown);
    };
    let id = match suspect {
        Some(typed) => cause
            .find(typed)
            .map(|(id, _)| id)
            .map_err(|stranger| match stranger {
                Stranger::Unknown => Refusal::UnknownChange {
                    change: typed.to_owned(),
                },
                Stranger::Several => Refusal::SeveralChanges {
                    change: typed.to_owned(),
                },
            })?,
        None if cause.verdict == Verdict::NotThisDeployment => return Err(Refusal::NothingToFix),
        None => match cause.suspects.first() {
            Some(first) => first.id.clone(),
            None => return Err(Refusal::NothingToFix),
        },
    };
    match state.fix_of(kind, &id) {
        Some(known) => match &known.standing {
            FixStanding::UnderWay => Err(Refusal::FixUnderWay {
                by: known.by.clone(),
                kind,
            }),
            FixStanding::Opened(opened) => Err(Refusal::FixOpened {
                by: known.by.clone(),
                kind,
                url: opened.url.clone(),
            }),
            FixStanding::Failed(_) => Ok((id.clone(), title(cause, &id))),
        },
        None => Ok((id.clone(), title(cause, &id))),
    }
}
