//! One mock service from its start to its end.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::serve::serve;
use crate::shop::Shop;
use crate::wire::Wire;
use crate::{MockServiceError, Options, faults};

/// What a process exits with when the shop crashed by a fault.
pub const CRASH_EXIT_CODE: u8 = 70;

/// How a mock service ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[must_use]
pub enum Ended {
    /// As it was told to.
    Stopped,
    /// By the fault `crash`: every connection was cut. The process is to exit at once.
    Crashed,
}

impl Ended {
    /// 0, or [`CRASH_EXIT_CODE`].
    #[must_use]
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Stopped => 0,
            Self::Crashed => CRASH_EXIT_CODE,
        }
    }
}

/// A mock service that has its addresses and serves nobody yet.
pub struct Bound {
    shop: Arc<Shop>,
    listener: TcpListener,
    fault_listener: TcpListener,
    listen: SocketAddr,
    fault_listen: SocketAddr,
}

/// Opens the state folder and both listeners; needs a tokio runtime.
///
/// # Errors
/// A bad option, an unusable state folder, an address that is taken.
pub async fn bind(options: Options) -> Result<Bound, MockServiceError> {
    let (listen, fault_listen) = (options.listen, options.fault_listen);
    let shop = Shop::open(options)?;
    let (listener, listen) = listen_on("--listen", listen).await?;
    let (fault_listener, fault_listen) = listen_on("--fault-listen", fault_listen).await?;
    Ok(Bound {
        shop,
        listener,
        fault_listener,
        listen,
        fault_listen,
    })
}

async fn listen_on(
    option: &'static str,
    address: SocketAddr,
) -> Result<(TcpListener, SocketAddr), MockServiceError> {
    let bound = async {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        Ok((listener, address))
    };
    bound.await.map_err(|source| MockServiceError::Listen {
        option,
        address,
        source,
    })
}

impl Bound {
    /// Where the shop listens, with the real port.
    #[must_use]
    pub fn listen(&self) -> SocketAddr {
        self.listen
    }

    /// Where the fault switch listens, with the real port.
    #[must_use]
    pub fn fault_listen(&self) -> SocketAddr {
        self.fault_listen
    }

    /// Serves until `shutdown` completes or a fault crashes the shop.
    pub async fn serve(self, shutdown: impl Future<Output = ()>) -> Ended {
        let shop = self.shop;
        if let Some((marker, left)) = faults::recall_crash_loop(&shop) {
            faults::resume_crash_loop(&shop, marker, left);
        }
        let stop = CancellationToken::new();
        let wire_shop = Arc::clone(&shop);
        let front = serve(
            self.listener,
            shop.router(),
            move |stream| Wire::new(stream, Arc::clone(&wire_shop)),
            stop.clone(),
        );
        let switch = serve(
            self.fault_listener,
            faults::router(Arc::clone(&shop)),
            |stream| stream,
            stop.clone(),
        );
        let watch = async {
            shutdown.await;
            stop.cancel();
        };
        let ended = tokio::select! {
            _ = async { tokio::join!(front, switch, watch) } => Ended::Stopped,
            () = shop.crash.cancelled() => Ended::Crashed,
        };
        shop.faults.abandon().await;
        shop.disk.close();
        ended
    }
}

/// Binds and serves; logs the addresses.
///
/// # Errors
/// Those of [`bind`].
pub async fn run(
    options: Options,
    shutdown: impl Future<Output = ()>,
) -> Result<Ended, MockServiceError> {
    let version = options.version.clone();
    let bound = bind(options).await?;
    let (listen, faults) = (bound.listen(), bound.fault_listen());
    tracing::info!(version, %listen, %faults, "mock service is open");
    Ok(bound.serve(shutdown).await)
}
