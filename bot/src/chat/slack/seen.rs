//! What was heard already: the same bytes with the same stamp are one request.

use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// A stamp is good for five minutes before and after now; later the stamp itself is refused.
const KEPT: SignedDuration = SignedDuration::from_mins(11);

/// Signatures of requests that were genuine.
#[derive(Default)]
pub(super) struct Seen(Mutex<HashMap<Vec<u8>, Timestamp>>);

impl Seen {
    /// Whether it is new; from now on it is not.
    pub(super) fn is_new(&self, signature: Vec<u8>, now: Timestamp) -> bool {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.retain(|_, at| now.duration_since(*at) < KEPT);
        seen.insert(signature, now).is_none()
    }

    /// It came to nothing: the same again is new.
    pub(super) fn forget(&self, signature: &[u8]) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.remove(signature);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_new_once_and_forgotten_when_its_stamp_is_worth_nothing_any_more() {
        let seen = Seen::default();
        let now = Timestamp::UNIX_EPOCH;
        assert!(seen.is_new(vec![1], now));
        assert!(!seen.is_new(vec![1], now + SignedDuration::from_mins(10)));
        assert!(seen.is_new(vec![2], now));
        seen.forget(&[2]);
        assert!(seen.is_new(vec![2], now));
        assert!(seen.is_new(vec![1], now + SignedDuration::from_mins(30)));
        assert_eq!(seen.0.lock().unwrap().len(), 1);
    }
}
