//! Everything that was ever deployed, one line each, and all lanes: kept in memory, so that a list reads no stream.
//!
//! It is fed by whatever is written, here or by others, and is never decided by. At the start the lines of what is over
//! are read from the journal, as far as they were kept there by this version; the rest is folded once and kept.

use crate::engine::Engine;
use crate::error::EngineError;
use crate::ledger;
use futures_util::{StreamExt, stream};
use guard::ids::{DeploymentId, Environment, ServiceName};
use guard::lane::Lane;
use guard::state::State;
use guard::summary::{Summary, VERSION};
use jiff::Timestamp;
use journal::{StoredEvent, StreamSummary, codec};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

/// Streams that are read at a time.
const READ_AT_ONCE: usize = 4;
/// Lines that are kept in one write.
const AT_ONCE: usize = 500;
/// Deployments that are over whose folded streams stay in memory: some pages of a list, and what is linked from there.
const MOST_STATES: NonZeroUsize = NonZeroUsize::new(1000).unwrap();

/// One service in one environment.
type Place = (ServiceName, Environment);
/// The newest first; of those of the same moment, by name.
type Order = BTreeSet<(Reverse<Timestamp>, DeploymentId)>;

/// Everything that was ever deployed, one line each.
#[derive(Debug, Default)]
pub struct Listing {
    rows: HashMap<DeploymentId, Arc<Summary>>,
    asked_for: Order,
    changed: Order,
    of_place: BTreeMap<Place, Order>,
    lanes: BTreeMap<Place, Arc<Lane>>,
}

impl Listing {
    /// One deployment.
    #[must_use]
    pub fn get(&self, id: &DeploymentId) -> Option<&Arc<Summary>> {
        self.rows.get(id)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether nothing was ever deployed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// All, the last changed first.
    pub fn changed(&self) -> impl Iterator<Item = &Arc<Summary>> {
        self.lines(&self.changed)
    }

    /// All, the last asked for first.
    pub fn newest(&self) -> impl Iterator<Item = &Arc<Summary>> {
        self.lines(&self.asked_for)
    }

    /// All behind this one, the last asked for first.
    pub fn newest_after(
        &self,
        at: Timestamp,
        id: &DeploymentId,
    ) -> impl Iterator<Item = &Arc<Summary>> {
        let behind = std::ops::Bound::Excluded((Reverse(at), id.clone()));
        let rest = self.asked_for.range((behind, std::ops::Bound::Unbounded));
        rest.filter_map(|(_, id)| self.rows.get(id))
    }

    /// Those of one service in one environment, the last asked for first.
    pub fn of(
        &self,
        service: &ServiceName,
        environment: &Environment,
    ) -> impl Iterator<Item = &Arc<Summary>> {
        let place = (service.clone(), environment.clone());
        let order = self.of_place.get(&place).into_iter().flatten();
        order.filter_map(|(_, id)| self.rows.get(id))
    }

    /// A lane; none where nothing ever happened in it.
    #[must_use]
    pub fn lane(&self, service: &ServiceName, environment: &Environment) -> Option<&Arc<Lane>> {
        self.lanes.get(&(service.clone(), environment.clone()))
    }

    /// All lanes that were ever used: a service and where it was deployed.
    pub fn lanes(&self) -> impl Iterator<Item = &(ServiceName, Environment)> {
        self.lanes.keys()
    }

    fn lines<'a>(&'a self, order: &'a Order) -> impl Iterator<Item = &'a Arc<Summary>> {
        order.iter().filter_map(|(_, id)| self.rows.get(id))
    }

    /// Takes a line, unless a newer one of the same deployment is known.
    fn put(&mut self, row: Summary) {
        let id = row.deployment.clone();
        if let Some(known) = self.rows.get(&id) {
            if known.revision >= row.revision {
                return;
            }
            let known = Arc::clone(known);
            self.changed
                .remove(&(Reverse(known.updated_at), id.clone()));
        }
        self.changed.insert((Reverse(row.updated_at), id.clone()));
        self.asked_for
            .insert((Reverse(row.requested_at), id.clone()));
        let place = (row.service.clone(), row.environment.clone());
        let of_place = self.of_place.entry(place).or_default();
        of_place.insert((Reverse(row.requested_at), id.clone()));
        self.rows.insert(id, Arc::new(row));
    }

    fn remove(&mut self, id: &DeploymentId) {
        let Some(row) = self.rows.remove(id) else {
            return;
        };
        self.changed.remove(&(Reverse(row.updated_at), id.clone()));
        let asked_for = (Reverse(row.requested_at), id.clone());
        self.asked_for.remove(&asked_for);
        let place = (row.service.clone(), row.environment.clone());
        if let Some(of_place) = self.of_place.get_mut(&place) {
            of_place.remove(&asked_for);
        }
    }

    fn put_lane(&mut self, place: Place, lane: Lane) {
        let known = self.lanes.get(&place).map_or(0, |known| known.revision());
        if lane.revision() > known {
            self.lanes.insert(place, Arc::new(lane));
        }
    }
}

/// The listing and what belongs to it.
pub(crate) struct Shelf {
    /// None before the first look.
    listing: RwLock<Option<Listing>>,
    /// Whether it is complete; held while it is being read.
    loaded: tokio::sync::Mutex<bool>,
    /// Lines of what is over that are not in the journal yet.
    unkept: Mutex<Vec<StreamSummary>>,
    /// Folded streams of what is over.
    states: Mutex<clru::CLruCache<DeploymentId, Arc<State>>>,
}

impl Default for Shelf {
    fn default() -> Self {
        Self {
            listing: RwLock::default(),
            loaded: tokio::sync::Mutex::default(),
            unkept: Mutex::default(),
            states: Mutex::new(clru::CLruCache::new(MOST_STATES)),
        }
    }
}

impl Shelf {
    /// Does nothing before the first look: that reads everything.
    fn change(&self, change: impl FnOnce(&mut Listing)) {
        let mut listing = self.listing.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(listing) = listing.as_mut() {
            change(listing);
        }
    }

    fn unkept(&self) -> MutexGuard<'_, Vec<StreamSummary>> {
        self.unkept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A deployment as it was just written or read.
    pub(crate) fn put(&self, state: &State) {
        let row = Summary::of(state);
        if state.watch_over() {
            self.unkept().extend(line(&row));
        }
        self.change(|listing| listing.put(row));
    }

    /// A deployment that cannot be read any more.
    fn forget(&self, id: &DeploymentId) {
        self.change(|listing| listing.remove(id));
    }
}

/// As the journal keeps it.
fn line(row: &Summary) -> Option<StreamSummary> {
    Some(StreamSummary {
        stream: ledger::deployment_stream(&row.deployment).ok()?,
        revision: row.revision.cast_signed(),
        summary: serde_json::to_string(row).ok()?,
    })
}

impl Engine {
    /// Reads the listing, as new as the journal.
    pub async fn listed<T>(&self, read: impl FnOnce(&Listing) -> T) -> Result<T, EngineError> {
        self.catch_up().await?;
        self.load_listing().await?;
        let listing = self.shelf.listing.read();
        let listing = listing.unwrap_or_else(PoisonError::into_inner);
        Ok(read(listing.as_ref().unwrap_or(&Listing::default())))
    }

    /// These deployments in full, in the same order. What is damaged or erased is left out.
    pub async fn in_full(
        &self,
        rows: impl IntoIterator<Item = Arc<Summary>>,
    ) -> Result<Vec<Arc<State>>, EngineError> {
        let mut found = Vec::new();
        for row in rows {
            match self.one_in_full(&row).await {
                Ok(state) => found.extend(state),
                Err(error) if error.is_erased() => self.shelf.forget(&row.deployment),
                // One that cannot be read must not hide the others; `quarantine` names it.
                Err(error) if error.is_damage() => {
                    self.note_unreadable(&row.deployment, &error);
                    self.shelf.forget(&row.deployment);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }

    async fn one_in_full(&self, row: &Summary) -> Result<Option<Arc<State>>, EngineError> {
        let id = &row.deployment;
        let as_new = |state: &State| state.revision() >= row.revision;
        if let Some(live) = self.live(id).filter(as_new) {
            return Ok(Some(Arc::new(live)));
        }
        let states = || {
            self.shelf
                .states
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
        };
        let known = states().get(id).filter(|state| as_new(state)).cloned();
        if known.is_some() {
            return Ok(known);
        }
        let Some(state) = ledger::state(&self.reader, id).await?.map(Arc::new) else {
            return Ok(None);
        };
        states().put(id.clone(), Arc::clone(&state));
        Ok(Some(state))
    }

    /// Reads everything, once; whoever asks meanwhile waits.
    pub(crate) async fn load_listing(&self) -> Result<(), EngineError> {
        let mut loaded = self.shelf.loaded.lock().await;
        if *loaded {
            return Ok(());
        }
        // From here on everything that is written is taken: what happens meanwhile must not be missed.
        self.shelf
            .listing
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .get_or_insert_default();
        let kept = self.reader.summaries(VERSION).await?;
        let kept = kept.into_iter().map(|one| (one.stream.to_string(), one));
        let kept: HashMap<String, StreamSummary> = kept.collect();
        let mut unkept = Vec::new();
        for head in self
            .reader
            .streams("deployment", i64::MAX.unsigned_abs())
            .await?
        {
            let fits = |one: &&StreamSummary| one.revision == head.revision;
            let one = kept.get(&head.stream.to_string()).filter(fits);
            let row = one.and_then(|one| serde_json::from_str::<Summary>(&one.summary).ok());
            if let Some(row) = row {
                self.shelf.change(|listing| listing.put(row));
                continue;
            }
            unkept.extend(DeploymentId::new(head.stream.id()));
        }
        // The next ones are fetched while one is folded.
        let reads = unkept.into_iter().map(|id| async move {
            let state = self.state(&id).await;
            (id, state)
        });
        let mut reads = stream::iter(reads).buffer_unordered(READ_AT_ONCE);
        while let Some((id, state)) = reads.next().await {
            match state {
                Ok(state) => state.iter().for_each(|state| self.shelf.put(state)),
                // Long over.
                Err(error) if error.is_erased() => {}
                Err(error) if error.is_damage() => self.note_unreadable(&id, &error),
                Err(error) => return Err(error),
            }
        }
        for (service, environment) in ledger::lanes(&self.reader).await? {
            self.read_lane((service, environment)).await?;
        }
        *loaded = true;
        Ok(())
    }

    async fn read_lane(&self, place: Place) -> Result<(), EngineError> {
        match ledger::lane(&self.reader, &place.0, &place.1).await {
            Ok(lane) => self.shelf.change(|listing| listing.put_lane(place, lane)),
            // As above.
            Err(error) if error.is_damage() => {
                tracing::error!(service = %place.0, environment = %place.1, %error, "a lane is not listed");
            }
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    /// Some events of lanes were written.
    pub(crate) async fn heard_of_lanes(&self, events: &[StoredEvent]) -> Result<(), EngineError> {
        let mut again = BTreeSet::new();
        for stored in events.iter().filter(|event| event.stream.kind() == "lane") {
            let Some(place) = place(stored) else {
                continue;
            };
            let revision = stored.revision.unsigned_abs();
            let event = match codec::decode_lane(stored) {
                Ok(event) => event,
                // One lane that cannot be read must not keep the others from being known.
                Err(error) => {
                    tracing::error!(stream = %stored.stream, %error, "a lane is listed as it was before");
                    continue;
                }
            };
            self.shelf.change(|listing| {
                let known = listing.lanes.get(&place).map_or(0, |lane| lane.revision());
                match listing.lanes.get_mut(&place) {
                    Some(lane) if known + 1 == revision => {
                        Arc::make_mut(lane).push(&event, revision, stored.at);
                    }
                    _ if known >= revision => {}
                    _ => {
                        again.insert(place);
                    }
                }
            });
        }
        for place in again {
            self.read_lane(place).await?;
        }
        Ok(())
    }

    /// Drops the lines of what retention has erased.
    pub(crate) async fn forget_erased(&self) -> Result<(), EngineError> {
        for stream in self.reader.erased_streams("deployment").await? {
            if let Ok(id) = DeploymentId::new(stream.id()) {
                self.shelf.forget(&id);
            }
        }
        Ok(())
    }

    /// Keeps the lines of what is over, so that the next start need not read the streams.
    pub(crate) async fn keep_lines(&self) {
        let unkept = std::mem::take(&mut *self.shelf.unkept());
        for lines in unkept.chunks(AT_ONCE) {
            // The same stream twice in one write is an error; the last one is the newest.
            let last: BTreeMap<String, &StreamSummary> = lines
                .iter()
                .map(|line| (line.stream.to_string(), line))
                .collect();
            let lines = last.into_values().cloned().collect();
            if let Err(error) = self.writer.put_summaries(VERSION, lines).await {
                tracing::debug!(%error, "lines of the listing are not kept; the next start reads the streams");
                return;
            }
        }
    }
}

fn place(stored: &StoredEvent) -> Option<Place> {
    let (service, environment) = stored.stream.id().split_once('/')?;
    Some((
        ServiceName::new(service).ok()?,
        Environment::new(environment).ok()?,
    ))
}
