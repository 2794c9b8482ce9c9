//! What was found is stored, so that it can be cited and looked up again.

use crate::answer::clean;
use crate::world::World;
use jiff::Timestamp;
use journal::Evidence;
use serde::Serialize;

/// Stores what a query gave, without secrets; none beside no server, or where it cannot be stored.
pub(crate) async fn store(
    world: &World,
    source: &str,
    query: &str,
    (start, end): (Timestamp, Timestamp),
    result: &impl Serialize,
) -> Option<String> {
    let inbox = world.inbox.as_ref()?;
    let mut result = serde_json::to_value(result).ok()?;
    clean::document(&mut result);
    let evidence = Evidence {
        source: source.to_owned(),
        query: query.to_owned(),
        window_start: start,
        window_end: end,
        result,
        taken_at: world.clock.now(),
    };
    match inbox.put_evidence(&evidence).await {
        Ok(id) => Some(id),
        // The answer is as good without it.
        Err(error) => {
            tracing::warn!(%error, "what a query gave cannot be stored as evidence");
            None
        }
    }
}
