//! The body of a delivery, read within bounds: nobody is known yet.

use axum::body::Body;
use futures_util::StreamExt;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long a body may take to arrive.
const ARRIVES_WITHIN: Duration = Duration::from_secs(10);
/// KiB of all bodies together that are held at once.
const ALL_KIB: usize = 128 * 1024;

/// Why there is no body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoBody {
    /// It is longer than allowed.
    TooLarge,
    /// It broke off.
    Broken,
    /// It took too long.
    TooSlow,
    /// Too much is held already.
    Full,
}

/// How much may be held.
#[derive(Clone)]
pub(crate) struct Room(Arc<Semaphore>);

impl Default for Room {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(ALL_KIB)))
    }
}

/// A body, and the room that it takes as long as it is there.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) bytes: Vec<u8>,
    _room: Option<OwnedSemaphorePermit>,
}

/// Reads a body of at most `limit` bytes.
pub(crate) async fn read(body: Body, limit: usize, room: &Room) -> Result<Held, NoBody> {
    match tokio::time::timeout(ARRIVES_WITHIN, gather(body, limit, room)).await {
        Ok(read) => read,
        Err(_) => Err(NoBody::TooSlow),
    }
}

async fn gather(body: Body, limit: usize, room: &Room) -> Result<Held, NoBody> {
    let mut chunks = body.into_data_stream();
    let mut bytes = Vec::new();
    let mut held: Option<OwnedSemaphorePermit> = None;
    let mut kib = 0;
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| NoBody::Broken)?;
        if bytes.len() + chunk.len() > limit {
            return Err(NoBody::TooLarge);
        }
        bytes.extend_from_slice(&chunk);
        let needed = bytes.len().div_ceil(1024);
        if needed > kib {
            let more = u32::try_from(needed - kib).map_err(|_| NoBody::Full)?;
            let more = Arc::clone(&room.0).try_acquire_many_owned(more);
            let more = more.map_err(|_| NoBody::Full)?;
            match &mut held {
                Some(held) => held.merge(more),
                None => held = Some(more),
            }
            kib = needed;
        }
    }
    Ok(Held { bytes, _room: held })
}
