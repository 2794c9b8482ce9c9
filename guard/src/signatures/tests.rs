//! Made logs, in made time.

use super::*;
use jiff::{SignedDuration, Timestamp};

const START: i64 = 1_800_000_000;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(START + second).unwrap()
}

fn record(second: i64, level: Level, text: &str) -> Record {
    Record {
        at: Some(at(second)),
        level,
        text: text.to_owned(),
        place: "shop-1".to_owned(),
        times: 1,
    }
}

fn spans(since: i64, until: i64) -> Spans {
    Spans {
        from: at(0),
        since: at(since),
        until: at(until),
    }
}

fn take(miner: &mut Miner, record: &Record) {
    miner.take(record, 0);
}

/// Ten thousand lines a second for a minute, half of it before: noise of many kinds, and one that begins.
#[test]
fn of_ten_thousand_lines_a_second_the_one_that_began_is_found_with_its_counts() {
    let mut miner = Miner::default();
    for second in 0..60 {
        if second == 30 {
            miner.baseline_is_read();
        }
        for line in 0..10_000 {
            let noise = match line % 10 {
                0 => format!("connection {line} to 10.0.0.{} reset by peer", line % 250),
                1 => format!("retry {} of job-{second}{line} in {line}ms", line % 5),
                2 => format!("user {line} failed to log in from host-{line}"),
                _ => format!("slow query took {line} ms: select * from t{}", line % 40),
            };
            take(&mut miner, &record(second, Level::Warn, &noise));
        }
        if second >= 30 {
            for n in 0..5 {
                let text = format!("coupon {n}{second} of cart {second} has no percent");
                take(&mut miner, &record(second, Level::Error, &text));
            }
        }
    }
    let found = miner.signatures(&spans(30, 59), 5);
    assert_eq!(found.len(), 1, "{found:#?}");
    let one = &found[0];
    assert_eq!(one.change, Change::New);
    assert_eq!(one.template, "coupon <*> of cart <*> has no percent");
    assert_eq!((one.before, one.after), (0, 150));
    assert!((one.after_per_minute - 300.0).abs() < 1.0, "{one:?}");
    assert_eq!(miner.lost(), 0);
}

#[test]
fn what_comes_five_times_as_often_is_more_frequent_and_what_comes_as_often_is_nothing() {
    let mut miner = Miner::default();
    for second in 0..600 {
        if second % 10 == 0 {
            take(
                &mut miner,
                &record(second, Level::Warn, "pool is exhausted"),
            );
            take(&mut miner, &record(second, Level::Warn, "cache is cold"));
        }
        if second >= 480 && second % 2 == 0 {
            take(
                &mut miner,
                &record(second, Level::Warn, "pool is exhausted"),
            );
        }
    }
    let found = miner.signatures(&spans(480, 599), 5);
    let said: Vec<_> = found
        .iter()
        .map(|one| (one.template.as_str(), one.change))
        .collect();
    assert_eq!(said, [("pool is exhausted", Change::MoreFrequent)]);
    assert!((found[0].before_per_minute - 6.0).abs() < 0.2);
    assert!((found[0].after_per_minute - 36.0).abs() < 1.0);
}

#[test]
fn what_comes_in_bursts_was_restless_before_and_is_no_news() {
    let mut miner = Miner::default();
    for burst in [100, 300, 500] {
        for _ in 0..200 {
            take(
                &mut miner,
                &record(burst, Level::Error, "batch: item rejected"),
            );
        }
    }
    let found = miner.signatures(&spans(480, 599), 5);
    assert_eq!(found, []);
}

#[test]
fn a_single_new_error_may_be_chance_but_a_new_stack_trace_or_a_last_word_is_not() {
    let mut miner = Miner::default();
    take(&mut miner, &record(1, Level::Warn, "cache is cold"));
    let trace = "boom\nTraceback (most recent call last):\n  File \"shop/cart.py\", line 9, in show\nIndexError: list index out of range";
    take(&mut miner, &record(590, Level::Error, "a single error"));
    take(&mut miner, &record(590, Level::Error, trace));
    take(
        &mut miner,
        &record(590, Level::Fatal, "price feed is missing"),
    );
    let found = miner.signatures(&spans(480, 599), 5);
    let mut said: Vec<_> = found.iter().map(|one| one.template.as_str()).collect();
    said.sort_unstable();
    assert_eq!(
        said,
        [
            "boom | IndexError: list index out of range",
            "price feed is missing"
        ]
    );
    let traced = found.iter().find(|one| one.origin.is_some()).unwrap();
    assert_eq!(traced.origin.as_deref(), Some("shop/cart.py in show"));
    assert!(traced.sample.contains("line 9"), "{}", traced.sample);
}

#[test]
fn without_a_log_of_before_nothing_is_called_new() {
    let mut miner = Miner::default();
    for second in 0..20 {
        take(&mut miner, &record(second, Level::Fatal, "panic: oh"));
    }
    assert_eq!(miner.signatures(&spans(0, 20), 5), []);
}

#[test]
fn kinds_samples_and_times_are_bounded_and_what_found_no_place_is_counted() {
    let mut miner = Miner::default();
    // Words without digits that differ everywhere: nothing can be merged.
    let word = |mut n: u32| {
        let mut word = String::new();
        for _ in 0..6 {
            word.push(char::from(b'a' + (n % 26) as u8));
            n = n / 26 + 7 * (n % 26);
        }
        word
    };
    for n in 0..5000 {
        let text = format!("{} {} {}", word(n), word(n + 100_000), word(n * 31 + 7));
        let text = format!("{text}\n{}", "x".repeat(10_000));
        take(&mut miner, &record(i64::from(n), Level::Error, &text));
    }
    assert!(miner.kinds.len() <= 1000, "{}", miner.kinds.len());
    assert!(miner.kinds.iter().all(|kind| kind.sample.len() <= 3000));
    assert!(miner.lost() > 0);
    // And still a new one finds its place afterwards.
    miner.baseline_is_read();
    for _ in 0..50 {
        take(
            &mut miner,
            &record(5001, Level::Error, "coupon has no percent at all"),
        );
    }
    let found = miner.signatures(
        &Spans {
            from: at(4000),
            since: at(5000),
            until: at(5000) + SignedDuration::from_secs(10),
        },
        50,
    );
    assert!(
        found
            .iter()
            .any(|one| one.template == "coupon has no percent at all"),
        "{found:?}"
    );
}

#[test]
fn what_is_no_warning_is_not_counted_and_what_has_no_level_is_judged_by_its_words() {
    let mut miner = Miner::default();
    take(&mut miner, &record(1, Level::Info, "error budget is fine"));
    take(
        &mut miner,
        &record(1, Level::Unknown, "listening on port 80"),
    );
    assert_eq!(miner.kinds.len(), 0);
    take(&mut miner, &record(1, Level::Unknown, "connection refused"));
    assert_eq!(miner.kinds[0].level, Level::Error);
    assert_eq!(Level::of("[WARNING]"), Some(Level::Warn));
    assert_eq!(Level::of("shop"), None);
}
