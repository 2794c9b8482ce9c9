//! A way to the database that fails in the ways of networks.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How it is with the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Open,
    /// Nothing arrives until it is open again, and then all of it does.
    Held,
    /// What is sent is lost, and no connection of this time ever works again.
    Lost,
    /// As lost, but only for what the database answers: what it is asked arrives.
    AnswersLost,
    /// Connections are reset, and new ones too.
    Refused,
}

pub(crate) struct Wire {
    pub(crate) port: u16,
    way: Arc<watch::Sender<Way>>,
    accepting: JoinHandle<()>,
}

impl Wire {
    pub(crate) async fn to(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let way = Arc::new(watch::Sender::new(Way::Open));
        let state = Arc::clone(&way);
        let accepting = tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                tokio::spawn(connection(near, server, state.subscribe()));
            }
        });
        Self {
            port,
            way,
            accepting,
        }
    }

    pub(crate) fn set(&self, way: Way) {
        self.way.send_replace(way);
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.accepting.abort();
        self.way.send_replace(Way::Refused);
    }
}

async fn connection(near: TcpStream, server: u16, mut way: watch::Receiver<Way>) {
    let mut ended = way.clone();
    let refused = async {
        let _ = ended.wait_for(|way| *way == Way::Refused).await;
    };
    let carried = async {
        let _ = way.wait_for(|way| *way != Way::Held).await;
        let to = SocketAddr::from(([127, 0, 0, 1], server));
        // The database may be stopped: then this connection ends as one to it would.
        let Ok(far) = TcpStream::connect(to).await else {
            return;
        };
        let (near_in, near_out) = near.into_split();
        let (far_in, far_out) = far.into_split();
        tokio::select! {
            () = carry(near_in, far_out, way.clone(), false) => {}
            () = carry(far_in, near_out, way.clone(), true) => {}
        }
    };
    tokio::select! {
        () = refused => {}
        () = carried => {}
    }
}

async fn carry(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut way: watch::Receiver<Way>,
    answers: bool,
) {
    let mut buffer = [0; 8192];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        let _ = way.wait_for(|way| *way != Way::Held).await;
        let now = *way.borrow();
        if now == Way::Lost || (answers && now == Way::AnswersLost) {
            // Neither end is told.
            std::future::pending::<()>().await;
        }
        if to.write_all(&buffer[..read]).await.is_err() {
            break;
        }
    }
    // The other direction may still have something to say.
    tokio::time::sleep(Duration::from_millis(50)).await;
}
