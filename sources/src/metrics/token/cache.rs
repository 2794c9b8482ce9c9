//! When there is a new token: early, one renewal at a time, at once after a 401.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use reqwest::header::HeaderValue;
use secrecy::SecretString;
use tokio::time::Instant;

use crate::metrics::error::Problem;

/// A token ends this much earlier for us than it says: it still has to travel.
const LONGEST_MARGIN: Duration = Duration::from_secs(5);
/// A token that was never taken is given another chance for this long, so that a
/// server that takes none does not have us ask for one with every query.
const PATIENCE_WITH_REFUSED: Duration = Duration::from_secs(10);
/// Tokens that may still be echoed in an answer.
const REMEMBERED: usize = 4;

/// A token with its times. Clones are the same token.
#[derive(Clone)]
pub(in crate::metrics) struct Token {
    header: HeaderValue,
    secret: SecretString,
    /// When it was asked for: its life cannot have begun earlier.
    asked: Instant,
    lifetime: Option<Duration>,
    /// Not renewed early before this.
    postponed: Option<Instant>,
    accepted: Arc<AtomicBool>,
}

impl Token {
    pub(super) fn new(
        header: HeaderValue,
        secret: SecretString,
        asked: Instant,
        lifetime: Option<Duration>,
    ) -> Self {
        Self {
            header,
            secret,
            asked,
            lifetime,
            postponed: None,
            accepted: Arc::default(),
        }
    }

    /// The value of `Authorization`.
    pub(in crate::metrics) fn header(&self) -> HeaderValue {
        self.header.clone()
    }

    pub(super) fn accept(&self) {
        self.accepted.store(true, Relaxed);
    }

    fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.accepted, &other.accepted)
    }

    /// A lifetime that is not told is for ever, until a 401 says otherwise.
    fn is_valid(&self, now: Instant) -> bool {
        self.lifetime.is_none_or(|lifetime| {
            let margin = LONGEST_MARGIN.min(lifetime / 20);
            now < self.asked + lifetime.saturating_sub(margin)
        })
    }

    /// Whether it is in the last quarter of its life.
    fn is_due(&self, now: Instant) -> bool {
        let due = self.lifetime.map(|lifetime| self.asked + lifetime * 3 / 4);
        due.is_some_and(|due| now >= due) && self.postponed.is_none_or(|until| now >= until)
    }
}

#[derive(Default)]
pub(super) struct Cache {
    state: Mutex<State>,
    /// Held by the one that renews.
    turn: Arc<tokio::sync::Mutex<()>>,
}

#[derive(Default)]
struct State {
    token: Option<Token>,
    failed: Option<(Instant, Problem)>,
    recent: Vec<SecretString>,
}

impl Cache {
    /// A token that is valid now. One that ends soon is renewed in the background;
    /// only without a valid one does anybody wait.
    pub(super) async fn token<F>(self: &Arc<Self>, ask: impl Fn() -> F) -> Result<Token, Problem>
    where
        F: Future<Output = Result<Token, Problem>> + Send + 'static,
    {
        let came = Instant::now();
        if let Some(token) = self.valid(came) {
            if token.is_due(came) {
                self.renew_behind(ask());
            }
            return Ok(token);
        }
        let _turn = self.turn.lock().await;
        if let Some(token) = self.valid(Instant::now()) {
            return Ok(token);
        }
        // Who waited for a renewal that failed shares its failure.
        if let Some((at, problem)) = &self.state().failed
            && *at > came
        {
            return Err(problem.clone());
        }
        match ask().await {
            Ok(token) => Ok(self.keep(token)),
            Err(problem) => {
                self.state().failed = Some((Instant::now(), problem.clone()));
                Err(problem)
            }
        }
    }

    /// Drops a token that the server refused, and tells whether another may do.
    pub(super) fn refused(&self, token: &Token) -> bool {
        let old = Instant::now() - token.asked >= PATIENCE_WITH_REFUSED;
        let may_drop = old || token.accepted.load(Relaxed);
        let mut state = self.state();
        let Some(current) = &state.token else {
            return true;
        };
        if !current.is_same(token) {
            // Somebody else has renewed it.
            return true;
        }
        if may_drop {
            state.token = None;
        }
        may_drop
    }

    pub(super) fn recent(&self) -> Vec<SecretString> {
        self.state().recent.clone()
    }

    fn renew_behind<F>(self: &Arc<Self>, asking: F)
    where
        F: Future<Output = Result<Token, Problem>> + Send + 'static,
    {
        let Ok(turn) = self.turn.clone().try_lock_owned() else {
            return;
        };
        let cache = self.clone();
        tokio::spawn(async move {
            let _turn = turn;
            match asking.await {
                Ok(token) => {
                    cache.keep(token);
                }
                Err(problem) => {
                    tracing::warn!(%problem, "an access token that ends soon could not be renewed");
                    cache.postpone();
                }
            }
        });
    }

    fn keep(&self, token: Token) -> Token {
        let mut state = self.state();
        state.recent.push(token.secret.clone());
        let surplus = state.recent.len().saturating_sub(REMEMBERED);
        state.recent.drain(..surplus);
        state.failed = None;
        state.token = Some(token.clone());
        token
    }

    /// Tries again after half of what is left.
    fn postpone(&self) {
        let now = Instant::now();
        if let Some(token) = &mut self.state().token
            && let Some(lifetime) = token.lifetime
        {
            let left = (token.asked + lifetime).saturating_duration_since(now);
            token.postponed = Some(now + left / 2);
        }
    }

    fn valid(&self, now: Instant) -> Option<Token> {
        let state = self.state();
        state.token.clone().filter(|token| token.is_valid(now))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::future::join_all;
    use std::sync::atomic::AtomicUsize;
    use tokio::time::{advance, sleep};

    /// An endpoint that takes a second, gives tokens for a minute and counts them.
    #[derive(Clone, Default)]
    struct Endpoint {
        asked: Arc<AtomicUsize>,
        down: Arc<AtomicBool>,
    }

    impl Endpoint {
        fn asked(&self) -> usize {
            self.asked.load(Relaxed)
        }

        async fn token(&self, cache: &Arc<Cache>) -> Result<String, Problem> {
            let token = cache.token(|| self.clone().give()).await?;
            Ok(token.header().to_str().unwrap().to_owned())
        }

        async fn give(self) -> Result<Token, Problem> {
            let asked = Instant::now();
            let number = self.asked.fetch_add(1, Relaxed) + 1;
            sleep(Duration::from_secs(1)).await;
            if self.down.load(Relaxed) {
                return Err(problem(number));
            }
            let header = HeaderValue::from_str(&format!("Bearer {number}")).unwrap();
            let lifetime = Duration::from_secs(60);
            Ok(Token::new(
                header,
                number.to_string().into(),
                asked,
                Some(lifetime),
            ))
        }
    }

    fn problem(number: usize) -> Problem {
        Problem::Token {
            reason: format!("down {number}"),
            transient: true,
        }
    }

    /// Lets a renewal in the background run to its end.
    async fn settle() {
        sleep(Duration::from_secs(2)).await;
    }

    #[tokio::test(start_paused = true)]
    async fn many_who_need_a_token_wait_for_one_renewal() {
        let (cache, endpoint) = (Arc::new(Cache::default()), Endpoint::default());
        let start = Instant::now();
        for token in join_all((0..20).map(|_| endpoint.token(&cache))).await {
            assert_eq!(token.unwrap(), "Bearer 1");
        }
        assert_eq!(start.elapsed(), Duration::from_secs(1));
        assert_eq!(endpoint.asked(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_is_kept_and_renewed_early_without_anybody_waiting() {
        let (cache, endpoint) = (Arc::new(Cache::default()), Endpoint::default());
        endpoint.token(&cache).await.unwrap();
        advance(Duration::from_secs(43)).await;
        endpoint.token(&cache).await.unwrap();
        settle().await;
        assert_eq!(endpoint.asked(), 1, "not yet due");
        let start = Instant::now();
        for token in join_all((0..20).map(|_| endpoint.token(&cache))).await {
            assert_eq!(token.unwrap(), "Bearer 1");
        }
        assert_eq!(start.elapsed(), Duration::ZERO);
        settle().await;
        assert_eq!(endpoint.token(&cache).await.unwrap(), "Bearer 2");
        assert_eq!(endpoint.asked(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_is_used_to_its_end_while_it_cannot_be_renewed_and_not_a_moment_longer() {
        let (cache, endpoint) = (Arc::new(Cache::default()), Endpoint::default());
        endpoint.token(&cache).await.unwrap();
        endpoint.down.store(true, Relaxed);
        let start = Instant::now() - Duration::from_secs(1);
        while start.elapsed() < Duration::from_secs(57) {
            if start.elapsed() < Duration::from_millis(56_900) {
                assert_eq!(endpoint.token(&cache).await.unwrap(), "Bearer 1");
            }
            sleep(Duration::from_millis(100)).await;
        }
        assert!(
            (3..8).contains(&endpoint.asked()),
            "tried again now and then: {}",
            endpoint.asked()
        );
        settle().await;
        let asked = endpoint.asked();
        let failures = join_all((0..20).map(|_| endpoint.token(&cache))).await;
        assert_eq!(endpoint.asked(), asked + 1, "a failure is shared");
        for failure in failures {
            assert_eq!(failure.unwrap_err(), problem(asked + 1));
        }
        endpoint.down.store(false, Relaxed);
        assert!(endpoint.token(&cache).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_that_was_taken_and_is_refused_is_renewed_once_for_all() {
        let (cache, endpoint) = (Arc::new(Cache::default()), Endpoint::default());
        let token = cache.token(|| endpoint.clone().give()).await.unwrap();
        token.accept();
        assert!(cache.refused(&token));
        assert!(cache.refused(&token), "the second one to hear it");
        let tokens = join_all((0..5).map(|_| endpoint.token(&cache))).await;
        assert!(tokens.iter().all(|t| t.as_deref() == Ok("Bearer 2")));
        assert!(cache.refused(&token), "a straggler with the old token");
        assert_eq!(endpoint.token(&cache).await.unwrap(), "Bearer 2");
        assert_eq!(endpoint.asked(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_that_is_refused_at_its_first_use_is_not_asked_for_again_and_again() {
        let (cache, endpoint) = (Arc::new(Cache::default()), Endpoint::default());
        for _ in 0..100 {
            let token = cache.token(|| endpoint.clone().give()).await.unwrap();
            cache.refused(&token);
            advance(Duration::from_millis(200)).await;
        }
        assert!((2..=3).contains(&endpoint.asked()), "{}", endpoint.asked());
    }
}
