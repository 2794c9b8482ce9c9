//! Queries that fail while others work.

use super::task::SILENT_LOOKS;
use guard::ids::DeploymentId;
use std::collections::{BTreeMap, BTreeSet};

/// How often in a row a query of each signal failed.
#[derive(Default)]
pub(super) struct Failing(BTreeMap<String, u32>);

impl Failing {
    /// Takes the signals of which a query failed at this look. A signal of which one fails again and again
    /// is not measured, whatever was measured before: those are returned.
    pub(super) fn note(
        &mut self,
        deployment: &DeploymentId,
        failed: &BTreeSet<String>,
    ) -> BTreeSet<String> {
        self.0.retain(|signal, looks| {
            let still = failed.contains(signal);
            if !still && *looks >= SILENT_LOOKS {
                tracing::info!(%deployment, signal, "its queries work again");
            }
            still
        });
        for signal in failed {
            let looks = self.0.entry(signal.clone()).or_default();
            *looks = looks.saturating_add(1);
            if *looks == SILENT_LOOKS {
                tracing::warn!(%deployment, signal, "its queries fail: it is not measured");
            }
        }
        let lasting = self.0.iter().filter(|(_, looks)| **looks >= SILENT_LOOKS);
        lasting.map(|(signal, _)| signal.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signal_is_not_measured_once_its_queries_failed_three_times_in_a_row() {
        let id = DeploymentId::new("dep_1").unwrap();
        let failed = BTreeSet::from(["errors".to_owned()]);
        let mut failing = Failing::default();
        assert!(failing.note(&id, &failed).is_empty());
        assert!(failing.note(&id, &failed).is_empty());
        assert_eq!(failing.note(&id, &failed), failed);
        assert!(failing.note(&id, &BTreeSet::new()).is_empty());
        assert!(failing.note(&id, &failed).is_empty(), "counted anew");
    }
}
