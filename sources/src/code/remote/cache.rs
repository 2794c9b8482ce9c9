//! Answers that the host need not send again.

use bytes::Bytes;
use std::collections::HashMap;

/// Bytes of all answers that are kept.
const MOST: usize = 32_000_000;

/// What is kept of an answer.
#[derive(Clone)]
pub(super) struct Kept {
    pub(super) etag: String,
    pub(super) body: Bytes,
    pub(super) next: bool,
}

/// The newest answers by address, within a bound.
pub(super) struct Cache {
    kept: HashMap<String, (Kept, u64)>,
    bytes: usize,
    clock: u64,
    most: usize,
}

impl Default for Cache {
    fn default() -> Self {
        Self {
            kept: HashMap::new(),
            bytes: 0,
            clock: 0,
            most: MOST,
        }
    }
}

impl Cache {
    pub(super) fn get(&mut self, url: &str) -> Option<Kept> {
        self.clock += 1;
        let (kept, used) = self.kept.get_mut(url)?;
        *used = self.clock;
        Some(kept.clone())
    }

    /// What is larger than a quarter of everything would push out too much.
    pub(super) fn put(&mut self, url: &str, kept: Kept) {
        let size = |url: &str, kept: &Kept| url.len() + kept.etag.len() + kept.body.len() + 64;
        let added = size(url, &kept);
        if added > self.most / 4 {
            return;
        }
        self.clock += 1;
        self.bytes += added;
        if let Some((old, _)) = self.kept.insert(url.to_owned(), (kept, self.clock)) {
            self.bytes -= size(url, &old);
        }
        while self.bytes > self.most {
            let oldest = self.kept.iter().min_by_key(|(_, (_, used))| *used);
            let Some(oldest) = oldest.map(|(url, _)| url.clone()) else {
                return;
            };
            if let Some((old, _)) = self.kept.remove(&oldest) {
                self.bytes -= size(&oldest, &old);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(size: usize) -> Kept {
        Kept {
            etag: "\"a\"".to_owned(),
            body: Bytes::from(vec![b'x'; size]),
            next: false,
        }
    }

    #[test]
    fn what_was_not_used_for_longest_goes_first_and_the_bound_holds() {
        let mut cache = Cache {
            most: 1000,
            ..Cache::default()
        };
        for url in ["a", "b", "c", "d"] {
            cache.put(url, kept(150));
        }
        assert!(cache.get("a").is_some());
        cache.put("e", kept(150));
        assert!(cache.get("a").is_some() && cache.get("b").is_none());
        assert!(cache.bytes <= 1000);
        cache.put("f", kept(900));
        assert!(cache.get("f").is_none(), "one may not push out all others");
    }

    #[test]
    fn an_answer_in_the_place_of_another_is_counted_once() {
        let mut cache = Cache::default();
        cache.put("a", kept(100));
        let before = cache.bytes;
        cache.put("a", kept(100));
        assert_eq!(cache.bytes, before);
    }
}
