//! The life of a fault: begun, lasting, ended, cleared.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;

use super::crash_loop::{self, Marker};
use super::{Fault, Kind, Order, Running, cpu, disk, log_noise, memory};
use crate::shop::Shop;

/// Between the answer of the API and the exit, so that the answer arrives.
const EXIT_AFTER: Duration = Duration::from_millis(100);
/// How long a looping shop serves after each start.
const LOOP_AFTER: Duration = Duration::from_secs(2);

/// Begins a fault; needs a tokio runtime.
///
/// # Errors
/// The marker of a crash loop could not be written.
pub(crate) fn start(shop: &Arc<Shop>, order: Order) -> std::io::Result<Fault> {
    let started_at = Timestamp::now();
    let lasts = order.duration();
    let span = SignedDuration::try_from(lasts).unwrap_or(SignedDuration::MAX);
    let fault = Fault {
        id: format!("{}-{:06x}", order.kind.name(), rand::random::<u32>() >> 8),
        ends_at: started_at.checked_add(span).unwrap_or(Timestamp::MAX),
        started_at,
        kind: order.kind,
        intensity: order.intensity,
        seconds: order.seconds,
        loss: order.loss,
        reset: order.reset,
        routes: order.routes,
    };
    if is_loop(&fault) {
        crash_loop::remember(shop, &fault)?;
    }
    // Whoever reads the shop's log is to find the trouble as in earnest.
    tracing::info!(
        fault = fault.id,
        intensity = fault.intensity,
        "fault begins"
    );
    spawn(shop, fault.clone(), lasts, EXIT_AFTER);
    Ok(fault)
}

/// Goes on with a crash loop that began in an earlier life of this version.
pub(crate) fn resume_crash_loop(shop: &Arc<Shop>, marker: Marker, left: Duration) {
    let fault = marker.into_fault();
    tracing::info!(fault = fault.id, "crash loop goes on");
    spawn(shop, fault, left, LOOP_AFTER);
}

fn is_loop(fault: &Fault) -> bool {
    fault.kind == Kind::Crash && fault.intensity == 3.0
}

fn spawn(shop: &Arc<Shop>, fault: Fault, lasting: Duration, exit_after: Duration) {
    let over = CancellationToken::new();
    let end = Instant::now() + lasting;
    if fault.kind == Kind::Pool {
        shop.pool.begin_leak(&fault.id);
    }
    let task = {
        let (shop, fault, over) = (Arc::clone(shop), fault.clone(), over.clone());
        tokio::spawn(async move {
            tokio::select! {
                () = over.cancelled() => {}
                () = sleep_until(end) => {}
                never = act(&shop, &fault, exit_after) => match never {},
            }
            // First out of the list, then cleared: nobody may join a fault that is being cleared.
            shop.faults.forget(&fault.id);
            over.cancel();
            clear(&shop, &fault);
            tracing::info!(fault = fault.id, "fault over");
        })
    };
    shop.faults.add(Running { fault, over, task });
}

/// What a fault does by itself. Most do nothing: requests read that they run.
async fn act(shop: &Arc<Shop>, fault: &Fault, exit_after: Duration) -> std::convert::Infallible {
    match fault.kind {
        Kind::Cpu => cpu::burn(shop).await,
        Kind::Memory => memory::leak(shop, fault.intensity).await,
        Kind::Disk => disk::fill(shop, fault).await,
        Kind::LogNoise => log_noise::chatter(shop, fault.intensity).await,
        Kind::Crash if fault.intensity != 2.0 => {
            sleep(exit_after).await;
            shop.diary.dies();
            shop.crash.cancel();
            std::future::pending().await
        }
        _ => std::future::pending().await,
    }
}

fn clear(shop: &Arc<Shop>, fault: &Fault) {
    match fault.kind {
        Kind::Pool => shop.pool.end_leak(&fault.id),
        Kind::Disk => disk::clear(shop),
        Kind::Crash if is_loop(fault) => crash_loop::forget(shop),
        _ => {}
    }
}
