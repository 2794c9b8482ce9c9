//! The shop: what all its requests share.

mod attend;
mod pages;
mod probes;
mod refusal;
mod work;

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, get};
use tokio_util::sync::CancellationToken;

use crate::diary::Diary;
use crate::dice::Dice;
use crate::disk::Disk;
use crate::downstream::Downstream;
use crate::faults::Faults;
use crate::metrics::Metrics;
use crate::orders::Orders;
use crate::pool::Pool;
use crate::{MockServiceError, Options, Route};

use attend::{At, attend};
pub(crate) use refusal::Refusal;

/// Everything that lives as long as the process.
pub(crate) struct Shop {
    pub(crate) options: Options,
    pub(crate) dice: Arc<Dice>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) faults: Faults,
    pub(crate) pool: Pool,
    pub(crate) disk: Disk,
    pub(crate) diary: Diary,
    /// Cancelled when the shop is to die at once.
    pub(crate) crash: CancellationToken,
    downstream: Downstream,
    orders: Orders,
    order_number: AtomicU64,
    /// No two machines are equally fast: factor on every latency.
    pace: f64,
    started_at: jiff::Timestamp,
}

impl Shop {
    /// # Errors
    /// [`MockServiceError`] if an option is bad or the state folder unusable.
    pub(crate) fn open(options: Options) -> Result<Arc<Self>, MockServiceError> {
        options.check()?;
        let dice = Arc::new(Dice::new(options.seed));
        let quota_bytes = options.disk_quota_mb.saturating_mul(1_000_000);
        let metrics = Arc::new(Metrics::new(&options.version, quota_bytes));
        let disk = Disk::open(
            options.state_dir.as_deref(),
            options.disk_quota_mb,
            Arc::clone(&dice),
            Arc::clone(&metrics),
        )?;
        let downstream = Downstream::new(
            options.downstream.as_deref(),
            Arc::clone(&dice),
            Arc::clone(&metrics),
        )?;
        Ok(Arc::new(Self {
            faults: Faults::default(),
            pool: Pool::new(options.pool_size, Arc::clone(&metrics)),
            disk,
            diary: Diary::open(options.words.as_deref())?,
            crash: CancellationToken::new(),
            downstream,
            orders: Orders::open(Arc::clone(&dice), Arc::clone(&metrics)),
            order_number: AtomicU64::new(0),
            pace: dice.lognormal(1.0, 0.05),
            started_at: jiff::Timestamp::now(),
            options,
            dice,
            metrics,
        }))
    }

    pub(crate) fn router(self: &Arc<Self>) -> Router {
        let shop = |routes: MethodRouter<Arc<Self>>, route: Option<Route>| {
            let at = At {
                shop: Arc::clone(self),
                route,
            };
            routes.layer(from_fn_with_state(at, attend))
        };
        let mut router = Router::new();
        for route in Route::ALL {
            let pages = match route {
                Route::Home => get(pages::home),
                Route::Products => get(pages::products),
                Route::Product => get(pages::product),
                Route::Cart => get(pages::cart).post(pages::cart),
                Route::Checkout => get(pages::checkout_form).post(pages::checkout),
                Route::Search => get(pages::search),
                Route::Version => get(probes::version),
                Route::Healthz => get(probes::healthz),
                Route::Metrics => get(probes::metrics),
            };
            router = router.route(route.path(), shop(pages, Some(route)));
        }
        router
            .fallback_service(
                shop(axum::routing::any(pages::nothing_here), None).with_state(Arc::clone(self)),
            )
            .with_state(Arc::clone(self))
    }
}
