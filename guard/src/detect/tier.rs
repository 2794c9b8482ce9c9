//! From evidence to tier: what replay says, and what the policy starts from.

use super::spec::Comparison;
use super::statement::{Evidence, Statement};

/// 1 warn, 2 pause, 3 roll back.
///
/// 3 needs the evidence of the roll-back budget and either a crossed hard limit or, with a
/// concurrent control, a severe effect; without a control it needs the limit and ten minutes of
/// history.
pub fn tier_of(statement: &Statement, comparison: Comparison) -> u8 {
    match statement.evidence {
        Evidence::Warn => 1,
        Evidence::Pause => 2,
        Evidence::Rollback => {
            let enough = match comparison {
                Comparison::CanaryVsStable { .. } => {
                    statement.hard_limit_crossed || statement.severe
                }
                Comparison::BeforeVsAfter => statement.hard_limit_crossed && statement.history,
            };
            if enough { 3 } else { 2 }
        }
    }
}
