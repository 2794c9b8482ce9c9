//! What happens to a deployment happens to its lane.

use super::LaneEvent;
use crate::action::ActionKind;
use crate::event::Event;
use crate::state::State;

/// What a deployment's new event means for its lane; `after` is the deployment with the event folded in.
#[must_use]
pub fn lane_events(event: &Event, after: &State) -> Vec<LaneEvent> {
    let plan = after.plan();
    let released = LaneEvent::Released {
        by: plan.deployment.clone(),
    };
    match event {
        Event::Failed { .. } | Event::Abandoned { .. } | Event::Superseded { .. }
            if after.never_began() =>
        {
            vec![LaneEvent::Left {
                deployment: plan.deployment.clone(),
            }]
        }
        // Whoever goes back needs the lane, also after it was free.
        Event::ActionAuthorised { action, .. }
            if after
                .action(action)
                .is_some_and(|record| record.action.kind == ActionKind::RollBack) =>
        {
            vec![LaneEvent::Taken {
                by: plan.deployment.clone(),
            }]
        }
        Event::Promoted { .. } => {
            vec![
                LaneEvent::VersionReached {
                    version: plan.to.clone(),
                    known_good: false,
                },
                released,
            ]
        }
        Event::BakeEnded {
            known_good: true, ..
        } => {
            vec![LaneEvent::VersionReached {
                version: plan.to.clone(),
                known_good: true,
            }]
        }
        Event::RolledBack { .. } => match &plan.from {
            Some(from) => {
                vec![
                    LaneEvent::VersionReached {
                        version: from.clone(),
                        known_good: plan.from_known_good,
                    },
                    released,
                ]
            }
            None => vec![released],
        },
        Event::Failed { .. } | Event::Abandoned { .. } | Event::Superseded { .. } => vec![released],
        // A way back that was stopped leaves what was promoted where it is, and the lane to others; one that
        // failed pauses the deployment, which keeps it.
        Event::ActionStopped { action }
            if !after.holds_lane()
                && after
                    .action(action)
                    .is_some_and(|record| record.action.kind == ActionKind::RollBack) =>
        {
            vec![released]
        }
        _ => Vec::new(),
    }
}
