//! Instances in waves: what an action takes down at once is bounded, and what comes after a wave is decided
//! when the wave is over.

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use guard::ids::InstanceId;
use guard::input::Outcome;
use std::collections::BTreeSet;

/// Instances that change together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wave {
    pub(crate) instances: Vec<InstanceId>,
    /// Whether customers miss them meanwhile.
    pub(crate) serving: bool,
}

/// Lays out the waves: first what serves nobody, all at once as nobody misses it; then the rest, at most
/// `batch` at a time, in the order given.
pub(crate) fn waves(
    instances: &[InstanceId],
    down: &BTreeSet<InstanceId>,
    batch: usize,
) -> Vec<Wave> {
    let (down, serving): (Vec<InstanceId>, Vec<InstanceId>) = instances
        .iter()
        .cloned()
        .partition(|instance| down.contains(instance));
    let first = (!down.is_empty()).then_some(Wave {
        instances: down,
        serving: false,
    });
    let rest = serving.chunks(batch.max(1)).map(|batch| Wave {
        instances: batch.to_vec(),
        serving: true,
    });
    first.into_iter().chain(rest).collect()
}

/// Changes one wave after another. A wave is always seen to its end, whatever one of it comes to: nobody is
/// left half-way. A wave that served and failed is the last one; what was down before says nothing about
/// the rest.
pub(crate) async fn run<E, F: Future<Output = Result<Outcome, E>>>(
    waves: &[Wave],
    change: impl Fn(InstanceId) -> F,
) -> Result<Outcome, E> {
    let mut all = Outcome::Done;
    for wave in waves {
        let mut worst = Outcome::Done;
        let mut running: FuturesUnordered<F> =
            wave.instances.iter().cloned().map(&change).collect();
        let mut lost = None;
        while let Some(ended) = running.next().await {
            match ended {
                Ok(outcome) => worst = worse(worst, outcome),
                Err(error) => lost = Some(error),
            }
        }
        if let Some(error) = lost {
            return Err(error);
        }
        let over = match worst {
            Outcome::Done => false,
            Outcome::Failed { .. } => wave.serving,
            Outcome::Stale { .. } | Outcome::Stopped => true,
        };
        all = worse(all, worst);
        if over {
            break;
        }
    }
    Ok(all)
}

fn worse(one: Outcome, other: Outcome) -> Outcome {
    let weight = |outcome: &Outcome| match outcome {
        Outcome::Done => 0,
        Outcome::Stopped => 1,
        Outcome::Stale { .. } => 2,
        Outcome::Failed { .. } => 3,
    };
    if weight(&other) > weight(&one) {
        other
    } else {
        one
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::{Cell, RefCell};
    use std::time::Duration;

    fn id(name: &str) -> InstanceId {
        InstanceId::new(name).unwrap()
    }

    fn ids(names: &[&str]) -> Vec<InstanceId> {
        names.iter().map(|name| id(name)).collect()
    }

    fn failed(name: &str) -> Outcome {
        Outcome::Failed {
            instance: Some(id(name)),
            error: "it did not come up".to_owned(),
            restored: false,
        }
    }

    /// Instances that take ten seconds to come up.
    #[derive(Default)]
    struct Fleet {
        down: Cell<usize>,
        most_down: Cell<usize>,
        asked: RefCell<Vec<String>>,
        up: RefCell<Vec<String>>,
        fails: BTreeSet<InstanceId>,
        broken_line: BTreeSet<InstanceId>,
        withdrawn_after: Option<Duration>,
    }

    impl Fleet {
        async fn change(
            &self,
            began: tokio::time::Instant,
            instance: InstanceId,
        ) -> Result<Outcome, String> {
            self.asked.borrow_mut().push(instance.to_string());
            if self
                .withdrawn_after
                .is_some_and(|after| began.elapsed() >= after)
            {
                return Ok(Outcome::Stopped);
            }
            if self.broken_line.contains(&instance) {
                return Err(format!("no answer about {instance}"));
            }
            self.down.set(self.down.get() + 1);
            self.most_down
                .set(self.most_down.get().max(self.down.get()));
            tokio::time::sleep(Duration::from_secs(10)).await;
            self.down.set(self.down.get() - 1);
            self.up.borrow_mut().push(instance.to_string());
            if self.fails.contains(&instance) {
                return Ok(failed(instance.as_str()));
            }
            Ok(Outcome::Done)
        }

        async fn all(&self, waves: &[Wave]) -> Result<Outcome, String> {
            let began = tokio::time::Instant::now();
            run(waves, |instance| self.change(began, instance)).await
        }
    }

    const TEN: [&str; 10] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];

    #[tokio::test(start_paused = true)]
    async fn at_most_a_batch_is_down_at_once_and_all_are_changed() {
        let fleet = Fleet::default();
        let waves = waves(&ids(&TEN), &BTreeSet::new(), 3);
        assert_eq!(fleet.all(&waves).await, Ok(Outcome::Done));
        assert_eq!(fleet.most_down.get(), 3);
        assert_eq!(*fleet.asked.borrow(), TEN);
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_that_arrives_during_a_wave_stops_the_next_one() {
        let fleet = Fleet {
            withdrawn_after: Some(Duration::from_secs(15)),
            ..Fleet::default()
        };
        let waves = waves(&ids(&TEN), &BTreeSet::new(), 2);
        assert_eq!(fleet.all(&waves).await, Ok(Outcome::Stopped));
        assert_eq!(*fleet.up.borrow(), ["a", "b", "c", "d"]);
        assert_eq!(*fleet.asked.borrow(), ["a", "b", "c", "d", "e", "f"]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_wave_that_fails_is_seen_to_its_end_and_is_the_last() {
        let fleet = Fleet {
            fails: BTreeSet::from([id("a")]),
            ..Fleet::default()
        };
        let waves = waves(&ids(&["a", "b", "c", "d"]), &BTreeSet::new(), 2);
        assert_eq!(fleet.all(&waves).await, Ok(failed("a")));
        assert_eq!(*fleet.asked.borrow(), ["a", "b"]);
        assert_eq!(fleet.down.get(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn an_error_at_one_instance_leaves_none_of_its_siblings_half_way() {
        let fleet = Fleet {
            broken_line: BTreeSet::from([id("a")]),
            ..Fleet::default()
        };
        let waves = waves(&ids(&["a", "b", "c"]), &BTreeSet::new(), 2);
        assert_eq!(fleet.all(&waves).await, Err("no answer about a".to_owned()));
        assert_eq!(*fleet.up.borrow(), ["b"]);
        assert_eq!((fleet.asked.borrow().len(), fleet.down.get()), (2, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_down_already_goes_first_and_at_once_and_its_failure_stops_nothing() {
        let fleet = Fleet {
            fails: BTreeSet::from([id("c")]),
            ..Fleet::default()
        };
        let down = ids(&["b", "c", "d"]).into_iter().collect();
        let waves = waves(&ids(&["a", "b", "c", "d", "e"]), &down, 1);
        assert_eq!(fleet.all(&waves).await, Ok(failed("c")));
        assert_eq!(*fleet.asked.borrow(), ["b", "c", "d", "a", "e"]);
    }

    #[test]
    fn a_batch_of_nothing_is_one() {
        assert_eq!(waves(&ids(&["a", "b"]), &BTreeSet::new(), 0).len(), 2);
        assert_eq!(waves(&[], &BTreeSet::new(), 3), []);
    }
}
