use super::Bench;
use crate::support::deployment;

async fn five_events() -> Bench {
    let bench = Bench::new().await;
    for id in ["d-1", "d-2"] {
        for _ in 0..5 {
            bench.append(&deployment(id), vec![]).await;
        }
    }
    bench
}

#[tokio::test]
async fn an_untouched_journal_verifies() {
    let bench = five_events().await;
    let verified = bench.reader.verify(None).await.unwrap();
    assert_eq!(
        (verified.streams, verified.events, verified.erased),
        (2, 10, 0)
    );
    assert_eq!(verified.broken, []);
}

#[tokio::test]
async fn tampering_is_found_at_the_revision_where_it_was_done() {
    let touch = [
        ("UPDATE event SET payload = '{\"n\":2}'", 3, "payload"),
        (
            "UPDATE event SET payload_hash = 'x', payload = NULL",
            3,
            "fields",
        ),
        ("UPDATE event SET at = at + 1", 3, "fields"),
        ("UPDATE event SET name = 'other'", 3, "fields"),
        ("UPDATE event SET version = 9", 3, "fields"),
        ("UPDATE event SET hash = 'x'", 3, "fields"),
        ("UPDATE event SET prev_hash = 'x'", 3, "does not continue"),
        ("DELETE FROM event", 3, "missing"),
    ];
    for (sql, revision, says) in touch {
        let bench = five_events().await;
        bench
            .sql(&format!(
                "{sql} WHERE stream = 'deployment/d-1' AND revision = 3"
            ))
            .await;
        let verified = bench.reader.verify(None).await.unwrap();
        assert_eq!(verified.broken.len(), 1, "{sql}: {verified:?}");
        let broken = &verified.broken[0];
        assert_eq!(
            (broken.stream.as_str(), broken.revision),
            ("deployment/d-1", revision),
            "{sql}"
        );
        assert!(broken.problem.contains(says), "{sql}: {}", broken.problem);
        let other = bench.reader.verify(Some(&deployment("d-2"))).await.unwrap();
        assert_eq!(other.broken, [], "the other stream still holds");
    }
}

#[tokio::test]
async fn a_cut_tail_and_a_removed_head_are_found() {
    let bench = five_events().await;
    bench
        .sql("DELETE FROM event WHERE stream = 'deployment/d-1' AND revision > 3")
        .await;
    bench
        .sql("DELETE FROM stream WHERE name = 'deployment/d-2'")
        .await;
    let verified = bench.reader.verify(None).await.unwrap();
    let broken: Vec<_> = verified
        .broken
        .iter()
        .map(|link| (link.stream.as_str(), link.revision))
        .collect();
    assert_eq!(broken, [("deployment/d-1", 4), ("deployment/d-2", 1)]);
}
