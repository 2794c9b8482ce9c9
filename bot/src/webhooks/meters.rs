//! What came in, counted by source and by what became of it at the door.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

#[derive(Clone, Debug, EncodeLabelSet, Eq, Hash, PartialEq)]
struct Came {
    source: String,
    outcome: &'static str,
}

/// What becomes of deliveries at the door.
const OUTCOMES: [&str; 7] = [
    "accepted",
    "duplicate",
    "refused",
    "too_large",
    "broken",
    "unavailable",
    "test",
];

/// The counters. Clones share them.
#[derive(Clone, Debug, Default)]
pub(crate) struct HookMeters(Family<Came, Counter>);

impl HookMeters {
    pub(crate) fn register(&self, registry: &mut Registry) {
        registry.register(
            "webhooks",
            "Webhooks that came in, by source and what became of them at the door",
            self.0.clone(),
        );
    }

    /// A source is there from the start: what begins at its first event hides that event from a rate.
    pub(crate) fn expect(&self, source: &str) {
        for outcome in OUTCOMES {
            drop(self.0.get_or_create(&Came {
                source: source.to_owned(),
                outcome,
            }));
        }
    }

    /// One came. The source is a configured name, or `unknown`: what is in a path has no bound.
    pub(crate) fn came(&self, source: &str, outcome: &'static str) {
        let came = Came {
            source: source.to_owned(),
            outcome,
        };
        self.0.get_or_create(&came).inc();
    }
}
