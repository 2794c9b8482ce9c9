//! Telling a client when a deployment that it follows has changed.

use super::Place;
use crate::caller::Caller;
use crate::record;
use crate::world::World;
use journal::StreamId;
use rmcp::RoleServer;
use rmcp::model::ResourceUpdatedNotificationParam;
use rmcp::service::{Peer, SubscriptionContext};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio_util::sync::{CancellationToken, DropGuard};

/// How often the record is looked at: a head is one row.
const EVERY: Duration = Duration::from_secs(1);
/// Addresses that one client follows at the same time.
const MOST: usize = 50;

/// Of these addresses, those that can be followed: deployments that the caller may see.
pub(crate) fn followed(wanted: Vec<String>) -> Vec<String> {
    let lives = |uri: &String| Place::of(uri).is_some_and(|place| place.deployment().is_some());
    wanted.into_iter().filter(lives).take(MOST).collect()
}

/// What was seen of each.
struct Seen {
    uris: Vec<(String, StreamId)>,
    revisions: BTreeMap<String, i64>,
}

impl Seen {
    /// Those that the caller may see, as they are now.
    async fn of(world: &World, caller: &Caller, uris: Vec<String>) -> Self {
        let mut seen = Self {
            uris: Vec::new(),
            revisions: BTreeMap::new(),
        };
        for uri in uris {
            let Some(place) = Place::of(&uri) else {
                continue;
            };
            let Some(id) = place.deployment() else {
                continue;
            };
            if record::deployment(world, caller, id).await.is_err() {
                continue;
            }
            if let Ok(stream) = StreamId::deployment(id) {
                seen.uris.push((uri, stream));
            }
        }
        seen.changed(world).await;
        seen
    }

    /// Those that have changed since this was asked last.
    async fn changed(&mut self, world: &World) -> Vec<String> {
        let mut changed = Vec::new();
        for (uri, stream) in &self.uris {
            match world.reader.head(stream).await {
                Ok(head) => {
                    let revision = head.map_or(0, |head| head.revision);
                    if self.revisions.insert(uri.clone(), revision) != Some(revision) {
                        changed.push(uri.clone());
                    }
                }
                Err(error) => {
                    tracing::debug!(%error, "a deployment that is followed cannot be read");
                }
            }
        }
        changed
    }
}

/// Follows what a stream of 2026-07-28 asks for, until that ends.
pub(crate) async fn follow(world: &World, caller: &Caller, stream: &SubscriptionContext) {
    let uris = stream.accepted().resource_subscriptions.clone();
    let mut seen = Seen::of(world, caller, uris.unwrap_or_default()).await;
    // What changed between the acknowledgement and the first look would be missed: each is told of once at once.
    let mut changed: Vec<String> = seen.uris.iter().map(|(uri, _)| uri.clone()).collect();
    let mut ticks = tokio::time::interval(EVERY);
    loop {
        for uri in std::mem::take(&mut changed) {
            if let Err(error) = stream.sink().notify_resource_updated(uri).await {
                tracing::debug!(%error, "a client does not hear that a deployment changed");
                return;
            }
        }
        tokio::select! {
            () = stream.cancelled() => return,
            _ = ticks.tick() => {}
        }
        changed = seen.changed(world).await;
    }
}

/// What a client of a pipe follows that shakes hands.
#[derive(Clone, Default)]
pub(crate) struct Watches(Arc<Mutex<BTreeMap<String, DropGuard>>>);

impl Watches {
    /// Follows an address until it is told to stop, or the client is gone. False where it cannot be followed, or too many
    /// are.
    pub(crate) async fn begin(
        &self,
        world: &World,
        caller: &Caller,
        uri: &str,
        peer: Peer<RoleServer>,
    ) -> bool {
        let uris = followed(vec![uri.to_owned()]);
        let none = uris.is_empty();
        // Before the client hears that it is followed: nothing after that is missed.
        let mut seen = Seen::of(world, caller, uris).await;
        let mut watches = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if none || (watches.len() >= MOST && !watches.contains_key(uri)) {
            return false;
        }
        let stop = CancellationToken::new();
        watches.insert(uri.to_owned(), stop.clone().drop_guard());
        let world = world.clone();
        tokio::spawn(async move {
            let mut ticks = tokio::time::interval(EVERY);
            loop {
                tokio::select! {
                    () = stop.cancelled() => return,
                    _ = ticks.tick() => {}
                }
                for uri in seen.changed(&world).await {
                    let told = ResourceUpdatedNotificationParam::new(uri);
                    if peer.notify_resource_updated(told).await.is_err() {
                        return;
                    }
                }
            }
        });
        true
    }

    pub(crate) fn end(&self, uri: &str) {
        let mut watches = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        watches.remove(uri);
    }
}
