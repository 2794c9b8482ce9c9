//! What happened to a deployment, read and folded once and kept up from there: of what many look at, each change is read
//! once.

use crate::ledger::{self, LedgerError};
use crate::{Reader, codec};
use guard::event::Recorded;
use guard::ids::DeploymentId;
use guard::state::{FoldError, State};
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

/// Deployments that are kept: what a list has at most, and those that people look at. Each takes some ten to hundred
/// kilobytes.
const MOST: NonZeroUsize = NonZeroUsize::new(256).unwrap();

/// A deployment: all that happened to it, and what that came to.
#[derive(Debug, Clone)]
pub struct History {
    /// Everything that happened, in order.
    pub records: Vec<Recorded>,
    /// As it stands.
    pub state: State,
}

/// Held while it is brought up to now, so that of many who come at once one reads.
type Slot = Arc<tokio::sync::Mutex<Option<Arc<History>>>>;

/// The deployments that were last looked at.
pub struct Histories(Mutex<clru::CLruCache<DeploymentId, Slot>>);

impl Default for Histories {
    fn default() -> Self {
        Self(Mutex::new(clru::CLruCache::new(MOST)))
    }
}

impl Histories {
    /// All that happened to a deployment, as new as the journal; none when there is no such stream.
    ///
    /// # Errors
    /// The journal cannot be read, or what it has is damaged or erased.
    pub async fn of(
        &self,
        reader: &Reader,
        id: &DeploymentId,
    ) -> Result<Option<Arc<History>>, LedgerError> {
        let slot = self.slot(id);
        let mut kept = slot.lock().await;
        let found = match kept.take() {
            Some(known) => newer(reader, id, known).await,
            None => whole(reader, id).await,
        };
        match &found {
            Ok(Some(known)) => *kept = Some(Arc::clone(known)),
            Ok(None) | Err(_) => self.forget(id),
        }
        found
    }

    fn slot(&self, id: &DeploymentId) -> Slot {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = kept.get(id) {
            return Arc::clone(slot);
        }
        let slot = Slot::default();
        kept.put(id.clone(), Arc::clone(&slot));
        slot
    }

    fn forget(&self, id: &DeploymentId) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.pop(id);
    }
}

/// The last known event is read again with what is new: once that is erased, so is the rest.
async fn newer(
    reader: &Reader,
    id: &DeploymentId,
    mut known: Arc<History>,
) -> Result<Option<Arc<History>>, LedgerError> {
    let last = known.state.revision();
    let stream = ledger::deployment_stream(id)?;
    let stored = reader.events(&stream, last.cast_signed() - 1).await?;
    if stored.is_empty() {
        return Ok(None);
    }
    for stored in &stored {
        let record = codec::decode(stored)?;
        if record.revision > last {
            let history = Arc::make_mut(&mut known);
            let pushed = history.state.push(&record);
            pushed.map_err(|source| unfoldable(id, source))?;
            history.records.push(record);
        }
    }
    Ok(Some(known))
}

async fn whole(reader: &Reader, id: &DeploymentId) -> Result<Option<Arc<History>>, LedgerError> {
    let records = ledger::records(reader, id).await?;
    let folded = State::fold(&records).map_err(|source| unfoldable(id, source))?;
    Ok(folded.map(|state| Arc::new(History { records, state })))
}

fn unfoldable(id: &DeploymentId, source: FoldError) -> LedgerError {
    LedgerError::Fold {
        stream: format!("deployment/{id}"),
        source,
    }
}
