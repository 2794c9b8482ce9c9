use std::task::Poll;

use journal::{JournalError, NewEvent, StreamId, Transaction};
use serde_json::json;

use super::Bench;
use crate::support::{deployment, effect, event};

#[tokio::test]
async fn what_was_appended_is_read_back_in_order() {
    let bench = Bench::new().await;
    let stream = deployment("d-1");
    let events = vec![
        NewEvent::new(
            "deployment_started",
            2,
            json!({"version": "v2", "ratio": 0.125}),
        ),
        event("watch_started"),
    ];
    let appended = bench
        .writer
        .append(Transaction::at(bench.now()).append(&stream, 0, events))
        .await
        .unwrap();
    assert_eq!(appended.revisions, [(stream.clone(), 2)]);
    assert_eq!(appended.last_seq, 2);
    let read = bench.reader.events(&stream, 0).await.unwrap();
    assert_eq!(read.len(), 2);
    assert_eq!(
        (read[0].name.as_str(), read[0].version, read[0].revision),
        ("deployment_started", 2, 1)
    );
    assert_eq!(
        read[0].payload,
        Some(json!({"version": "v2", "ratio": 0.125}))
    );
    assert_eq!(read[0].at, bench.now());
    assert_eq!(read[1].seq, 2);
    assert_eq!(bench.reader.events(&stream, 1).await.unwrap(), read[1..]);
}

#[tokio::test]
async fn streams_are_found_by_what_happened_in_them() {
    let bench = Bench::new().await;
    let (one, two, three) = (deployment("d-1"), deployment("d-2"), deployment("d-3"));
    for (stream, names) in [
        (&one, vec!["judged", "judged"]),
        (&two, vec!["watch_started"]),
        (&three, vec!["watch_started", "judged"]),
    ] {
        let events = names.into_iter().map(event).collect();
        let transaction = Transaction::at(bench.now()).append(stream, 0, events);
        bench.writer.append(transaction).await.unwrap();
    }
    let found = bench.reader.streams_with("judged").await.unwrap();
    assert_eq!(found.into_iter().collect::<Vec<_>>(), [one, three]);
    assert!(
        bench
            .reader
            .streams_with("hooted")
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn a_stale_revision_on_one_of_two_streams_writes_to_neither() {
    let bench = Bench::new().await;
    let (stream, lane) = (deployment("d-1"), StreamId::lane("shop", "prod").unwrap());
    bench.append(&lane, vec![]).await;
    let both = Transaction::at(bench.now())
        .append(
            &stream,
            0,
            vec![event("watch_started").with_effect(effect("k", "x"))],
        )
        .set_timer(&stream, "bake", bench.now(), json!({}))
        .append(&lane, 0, vec![event("lane_locked")]);
    let error = bench.writer.append(both).await.unwrap_err();
    let JournalError::Conflict {
        stream: moved,
        expected: 0,
        actual: 1,
    } = error
    else {
        panic!("unexpected {error}")
    };
    assert_eq!(moved, lane);
    assert_eq!(bench.reader.head(&stream).await.unwrap(), None);
    assert_eq!(bench.reader.timers(&stream).await.unwrap(), []);
    assert_eq!(
        bench
            .sql("SELECT CAST(COUNT(*) AS TEXT) FROM effect")
            .await
            .unwrap(),
        "0"
    );
}

#[tokio::test]
async fn of_twenty_tasks_racing_on_one_stream_exactly_one_wins_each_revision() {
    let bench = Bench::new().await;
    let stream = deployment("d-1");
    let mut tasks = tokio::task::JoinSet::new();
    for racer in 0..20 {
        let (writer, reader, stream, now) = (
            bench.writer.clone(),
            bench.reader.clone(),
            stream.clone(),
            bench.now(),
        );
        tasks.spawn(async move {
            let mut won = Vec::new();
            for revision in 0..10 {
                // All start a revision together: whoever comes late waits for it to be over.
                while reader
                    .head(&stream)
                    .await
                    .unwrap()
                    .map_or(0, |head| head.revision)
                    < revision
                {
                    tokio::task::yield_now().await;
                }
                let mine = NewEvent::new("raced", 1, json!({"racer": racer}));
                let transaction = Transaction::at(now).append(&stream, revision, vec![mine]);
                match writer.append(transaction).await {
                    Ok(_) => won.push(revision + 1),
                    Err(JournalError::Conflict { .. }) => {}
                    Err(other) => panic!("{other}"),
                }
            }
            (racer, won)
        });
    }
    let events_won: Vec<(i32, Vec<i64>)> = tasks.join_all().await;
    let events = bench.reader.events(&stream, 0).await.unwrap();
    assert_eq!(events.len(), 10);
    for event in events {
        let winners: Vec<i32> = events_won
            .iter()
            .filter(|(_, won)| won.contains(&event.revision))
            .map(|(racer, _)| *racer)
            .collect();
        assert_eq!(
            winners.len(),
            1,
            "revision {} has winners {winners:?}",
            event.revision
        );
        assert_eq!(event.payload, Some(json!({"racer": winners[0]})));
    }
}

#[tokio::test]
async fn appends_that_wait_together_share_a_commit_and_one_that_fails_takes_none_with_it() {
    let bench = Bench::new().await;
    let before = *bench.reader.commits().borrow();
    let appends = (0..40).map(|n| {
        // Every fourth expects a revision that is not there.
        let expected = if n % 4 == 3 { 7 } else { 0 };
        bench.writer.append(Transaction::at(bench.now()).append(
            &deployment(&format!("d-{n}")),
            expected,
            vec![event("e")],
        ))
    });
    let results = futures_util::future::join_all(appends).await;
    for (n, result) in results.iter().enumerate() {
        assert_eq!(result.is_err(), n % 4 == 3, "append {n}: {result:?}");
    }
    assert_eq!(bench.reader.event_count().await.unwrap(), 30);
    let commits = *bench.reader.commits().borrow() - before;
    assert!(
        (1..=10).contains(&commits),
        "40 appends took {commits} commits"
    );
    assert_eq!(bench.reader.verify(None).await.unwrap().broken, []);
}

#[tokio::test]
async fn sequence_order_is_commit_order_so_a_tail_that_goes_on_misses_nothing() {
    let bench = Bench::new().await;
    let mut writers = tokio::task::JoinSet::new();
    for n in 0..10 {
        let (writer, now) = (bench.writer.clone(), bench.now());
        writers.spawn(async move {
            for revision in 0..10 {
                let stream = deployment(&format!("d-{n}"));
                let transaction = Transaction::at(now).append(&stream, revision, vec![event("e")]);
                writer.append(transaction).await.unwrap();
            }
        });
    }
    let mut seen = Vec::new();
    while seen.len() < 100 {
        let after = seen.last().copied().unwrap_or(0);
        let events = bench.reader.tail(after, 7).await.unwrap();
        if events.is_empty() {
            tokio::task::yield_now().await;
        }
        seen.extend(events.iter().map(|event| event.seq));
    }
    writers.join_all().await;
    assert_eq!(seen, (1..=100).collect::<Vec<i64>>());
}

#[tokio::test]
async fn an_append_without_events_checks_the_revision_and_writes_nothing() {
    let bench = Bench::new().await;
    let stream = deployment("d-1");
    bench.append(&stream, vec![]).await;
    let before = *bench.reader.commits().borrow();
    bench
        .writer
        .append(Transaction::at(bench.now()).append(&stream, 1, vec![]))
        .await
        .unwrap();
    bench
        .writer
        .append(Transaction::at(bench.now()))
        .await
        .unwrap();
    let moved = bench
        .writer
        .append(Transaction::at(bench.now()).append(&stream, 0, vec![]))
        .await;
    assert!(matches!(
        moved,
        Err(JournalError::Conflict { actual: 1, .. })
    ));
    assert_eq!(
        *bench.reader.commits().borrow(),
        before,
        "nothing was written, nobody woken"
    );
    assert_eq!(bench.reader.event_count().await.unwrap(), 1);
}

#[tokio::test]
async fn a_caller_cancelled_in_the_middle_of_an_append_leaves_all_of_it_or_nothing() {
    let bench = Bench::new().await;
    for n in 0..20 {
        let stream = deployment(&format!("d-{n}"));
        let transaction = Transaction::at(bench.now())
            .append(
                &stream,
                0,
                vec![event("a").with_effect(effect("k", "x")), event("b")],
            )
            .set_timer(&stream, "bake", bench.now(), json!({}));
        let mut append = Box::pin(bench.writer.append(transaction));
        for _ in 0..n {
            let poll = std::future::poll_fn(|cx| Poll::Ready(append.as_mut().poll(cx))).await;
            if poll.is_ready() {
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(append);
    }
    // Comes after all of them: the writing task takes jobs in order.
    bench.writer.put_meta("end", "reached").await.unwrap();
    for n in 0..20 {
        let stream = deployment(&format!("d-{n}"));
        let events = bench.reader.events(&stream, 0).await.unwrap().len();
        let timers = bench.reader.timers(&stream).await.unwrap().len();
        assert!(
            matches!((events, timers), (0, 0) | (2, 1)),
            "d-{n}: {events} events, {timers} timers"
        );
    }
}

#[tokio::test]
async fn lanes_whose_names_hold_slashes_do_not_share_a_stream() {
    let one = StreamId::lane("shop/eu", "prod").unwrap();
    let other = StreamId::lane("shop", "eu/prod").unwrap();
    assert_ne!(one, other);
    assert_eq!(one.to_string().parse::<StreamId>().unwrap(), one);
}

#[test]
fn a_stream_name_that_would_not_survive_is_refused_with_the_reason() {
    for (kind, id, says) in [
        ("Deployment", "d-1", "kind \"Deployment\""),
        ("deployment", "", "id \"\" of kind deployment"),
        ("deployment", "d\n1", "without control characters"),
    ] {
        let error = StreamId::new(kind, id).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
}

#[tokio::test]
async fn a_stream_is_open_until_it_is_closed_and_again_when_it_is_reopened() {
    let bench = Bench::new().await;
    let (d, e) = (deployment("d"), deployment("e"));
    for stream in [&d, &e] {
        bench.append(stream, vec![]).await;
    }
    let open = async || -> Vec<String> {
        let heads = bench.reader.open_streams("deployment").await.unwrap();
        let mut names: Vec<String> = heads.iter().map(|head| head.stream.to_string()).collect();
        names.sort();
        names
    };
    assert_eq!(open().await, ["deployment/d", "deployment/e"]);
    let close = Transaction::at(bench.now()).append(&d, 1, vec![]).close(&d);
    bench.writer.append(close).await.unwrap();
    assert_eq!(open().await, ["deployment/e"]);
    bench.append(&d, vec![]).await;
    assert_eq!(
        open().await,
        ["deployment/e"],
        "events alone do not open it"
    );
    let reopen = Transaction::at(bench.now()).reopen(&d);
    bench.writer.append(reopen).await.unwrap();
    assert_eq!(open().await, ["deployment/d", "deployment/e"]);
}
