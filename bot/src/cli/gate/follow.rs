//! Asking again and again, until it is decided or the time is over.

use super::super::client::{CallError, Client, escaped};
use super::super::output;
use super::{Ended, Seen, Until, Wanted, find};
use crate::api::{ChangeView, GateView};
use std::time::Duration;
use tokio::time::{Instant, sleep_until, timeout_at};

/// How often it is asked.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// The first and the longest pause before a server that does not answer is asked again.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// How long a server may be away that has never answered: longer than a restart takes. Then its address is wrong.
const FIRST_ANSWER: Duration = Duration::from_secs(30);

/// Follows the deployment to its decision, and tells each change on the way.
pub(super) async fn follow(
    client: &Client,
    wanted: &Wanted,
    until: Until,
    deadline: Option<Instant>,
    seen: &mut Seen,
) -> Ended {
    let mut patience = Patience::new(deadline);
    let id = match find::find(client, wanted, &mut patience).await {
        Ok(id) => id,
        Err(ended) => return ended,
    };
    loop {
        let path = format!(
            "deployments/{}/gate?until={}&after={}",
            escaped(&id),
            until.as_str(),
            seen.last.as_ref().map_or(0, |view| view.revision)
        );
        match patience
            .ask(async || client.get::<GateView>(&path).await)
            .await
        {
            Err(ended) => return ended,
            Ok(view) => {
                let decided = view.decided;
                seen.take(view);
                if decided {
                    return Ended::Decided;
                }
            }
        }
        if !patience.pause().await {
            return Ended::TimedOut;
        }
    }
}

impl Seen {
    fn take(&mut self, mut view: GateView) {
        let new = std::mem::take(&mut view.changes);
        for change in &new {
            output::note(&line(change));
        }
        self.changes.extend(new);
        self.last = Some(view);
    }
}

fn line(change: &ChangeView) -> String {
    format!("{} {}", change.at.strftime("%H:%M:%SZ"), change.text)
}

/// How long is waited, and for what.
pub(super) struct Patience {
    deadline: Instant,
    /// Until when a first answer must come.
    first: Instant,
    heard: bool,
}

impl Patience {
    fn new(deadline: Option<Instant>) -> Self {
        let now = Instant::now();
        // A year is for ever.
        let deadline = deadline.unwrap_or(now + Duration::from_secs(365 * 86_400));
        Self {
            deadline,
            first: deadline.min(now + FIRST_ANSWER),
            heard: false,
        }
    }

    /// Calls until there is an answer; a failure that may pass is waited out.
    pub(super) async fn ask<T>(
        &mut self,
        mut call: impl AsyncFnMut() -> Result<T, CallError>,
    ) -> Result<T, Ended> {
        let mut pause = FIRST_PAUSE;
        loop {
            let limit = if self.heard {
                self.deadline
            } else {
                self.first
            };
            let said = timeout_at(limit, call()).await;
            let error = match said {
                Ok(Ok(answer)) => {
                    self.heard = true;
                    return Ok(answer);
                }
                Ok(Err(error)) if error.may_pass() => error,
                Ok(Err(error)) => return Err(Ended::Failed(error)),
                Err(_) => return Err(Ended::TimedOut),
            };
            // Whoever says something is there, also while it cannot do its work.
            self.heard |= matches!(error, CallError::Unwell { .. });
            let next = Instant::now() + pause;
            let limit = if self.heard {
                self.deadline
            } else {
                self.first
            };
            if next >= limit {
                return Err(Ended::Failed(error));
            }
            if pause == FIRST_PAUSE {
                output::note(&format!("{error}; still trying"));
            }
            sleep_until(next).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Waits until the next look; false when the time is over.
    pub(super) async fn pause(&self) -> bool {
        let next = Instant::now() + LOOK_EVERY;
        sleep_until(next.min(self.deadline)).await;
        next < self.deadline
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unreachable() -> CallError {
        CallError::Unreachable {
            url: "http://127.0.0.1:7700".to_owned(),
            error: "connection refused".to_owned(),
        }
    }

    fn patience(seconds: u64) -> Patience {
        Patience::new(Some(Instant::now() + Duration::from_secs(seconds)))
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_never_answered_is_given_half_a_minute_and_one_that_did_the_whole_time() {
        let began = Instant::now();
        let mut patience = patience(600);
        let said = patience.ask(async || Err::<(), _>(unreachable())).await;
        assert!(matches!(
            said,
            Err(Ended::Failed(CallError::Unreachable { .. }))
        ));
        assert!(began.elapsed() <= FIRST_ANSWER);

        let mut away = 20;
        let back = patience.ask(async || Ok(())).await;
        assert!(back.is_ok());
        let said = patience
            .ask(async || {
                away -= 1;
                if away > 0 { Err(unreachable()) } else { Ok(7) }
            })
            .await;
        assert!(matches!(said, Ok(7)));
        assert!(began.elapsed() > 4 * FIRST_ANSWER);
    }

    #[tokio::test(start_paused = true)]
    async fn what_does_not_pass_is_not_asked_again_and_the_end_of_the_time_ends_a_call_that_hangs()
    {
        let mut asked = 0;
        let mut patience = patience(60);
        let said = patience
            .ask(async || {
                asked += 1;
                Err::<(), _>(CallError::Unauthorised {
                    detail: "no known token".to_owned(),
                })
            })
            .await;
        assert!(matches!(said, Err(Ended::Failed(_))));
        assert_eq!(asked, 1);
        let began = Instant::now();
        let hangs = patience
            .ask(async || std::future::pending::<Result<(), CallError>>().await)
            .await;
        assert!(matches!(hangs, Err(Ended::TimedOut)));
        assert!(began.elapsed() <= Duration::from_secs(60));
    }

    #[tokio::test(start_paused = true)]
    async fn the_last_pause_ends_with_the_time() {
        let began = Instant::now();
        let patience = patience(3);
        let mut looks = 0;
        while patience.pause().await {
            looks += 1;
        }
        assert_eq!(looks, 2);
        assert_eq!(began.elapsed(), Duration::from_secs(3));
    }
}
