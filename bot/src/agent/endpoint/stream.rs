//! An answer that comes in parts.

use super::answer::Reply;
use super::fault::{Fault, said};
use futures_util::{Stream, StreamExt};
use serde_json::Value;
use sse_stream::SseStream;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;
use tokio::time::timeout;

/// Puts the parts together until the stream says that it is over. `silence` is the longest time between two of them.
pub(super) async fn read<B, E>(
    bytes: impl Stream<Item = Result<B, E>> + Unpin,
    silence: Duration,
    most: usize,
) -> Result<Reply, Fault>
where
    B: Into<bytes::Bytes>,
    E: std::fmt::Display,
{
    let mut came = 0_usize;
    let over = AtomicBool::new(false);
    let counted = bytes.map(|part| match part {
        Ok(part) => {
            let part: bytes::Bytes = part.into();
            came = came.saturating_add(part.len());
            if came > most {
                over.store(true, Relaxed);
                return Err(Broken(String::new()));
            }
            Ok(part)
        }
        Err(error) => Err(Broken(error.to_string())),
    });
    let mut events = SseStream::from_bytes_stream(counted);
    let mut reply = Reply {
        streamed: true,
        ..Reply::default()
    };
    let mut finished = false;
    loop {
        let next = timeout(silence, events.next()).await;
        let event = match next.map_err(|_| Fault::Silent(silence))? {
            None if finished => return Ok(reply),
            None => return Err(Fault::CutOff),
            Some(Err(_)) if over.load(Relaxed) => return Err(Fault::TooLong(most)),
            Some(Err(_)) if finished => return Ok(reply),
            Some(Err(_)) => return Err(Fault::CutOff),
            Some(Ok(event)) => event,
        };
        let Some(data) = event.data else {
            continue;
        };
        if data.trim() == "[DONE]" {
            return Ok(reply);
        }
        let part: Value = serde_json::from_str(&data)
            .map_err(|error| Fault::Shape(said(&format!("a part of it is no JSON: {error}"))))?;
        reply.add(&part)?;
        finished |= part["choices"][0]["finish_reason"].is_string();
    }
}

/// Why no more bytes come.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Broken(String);
