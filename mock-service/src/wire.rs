//! A connection on which the network can misbehave.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

use crate::dice::Dice;
use crate::faults::Weather;
use crate::shop::Shop;

/// First wait for a lost packet; it doubles with each further loss.
const RETRANSMIT_SECONDS: f64 = 0.2;
/// Losses in a row after which the connection is given up.
const MOST_LOSSES: u32 = 5;

/// What the network takes from one burst of bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Toll {
    pub(crate) wait: Duration,
    pub(crate) then_reset: bool,
}

impl Toll {
    /// Draws the toll of one burst: delay, and waits for what was lost on the way.
    pub(crate) fn draw(weather: Weather, dice: &Dice) -> Self {
        let mut seconds = if weather.delay > 0.0 {
            dice.lognormal(weather.delay, 0.1)
        } else {
            0.0
        };
        let mut losses = 0;
        while losses < MOST_LOSSES && dice.chance(weather.loss) {
            seconds += RETRANSMIT_SECONDS * f64::from(1_u32 << losses);
            losses += 1;
        }
        Self {
            wait: Duration::from_secs_f64(seconds),
            then_reset: losses == MOST_LOSSES || dice.chance(weather.reset),
        }
    }
}

/// What comes in pays the toll of the moment, burst by burst.
pub(crate) struct Wire {
    stream: TcpStream,
    shop: Arc<Shop>,
    paid: bool,
    paying: Option<(Pin<Box<Sleep>>, bool)>,
}

impl Wire {
    pub(crate) fn new(stream: TcpStream, shop: Arc<Shop>) -> Self {
        Self {
            stream,
            shop,
            paid: false,
            paying: None,
        }
    }

    fn pay(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            if let Some((wait, then_reset)) = &mut self.paying {
                ready!(wait.as_mut().poll(cx));
                let reset = *then_reset;
                self.paying = None;
                if reset {
                    // Closing then sends RST instead of FIN.
                    self.stream.set_zero_linger()?;
                    return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
                }
                self.paid = true;
            }
            if self.paid {
                return Poll::Ready(Ok(()));
            }
            ready!(self.stream.poll_read_ready(cx))?;
            match self.shop.faults.weather() {
                None => self.paid = true,
                Some(weather) => {
                    let toll = Toll::draw(weather, &self.shop.dice);
                    self.paying = Some((Box::pin(sleep(toll.wait)), toll.then_reset));
                }
            }
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        ready!(self.pay(cx))?;
        let read = ready!(Pin::new(&mut self.stream).poll_read(cx, buf));
        self.paid = false;
        Poll::Ready(read)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
