//! What people say in hindsight, from the command line to the backtest.

use crate::commands::tawny;
use crate::settings::{ANN, CI, CY};
use crate::world::World;
use serde_json::{Value, json};

async fn stats(world: &World) -> Value {
    let shown = tawny(world, CY, &["--json", "stats", "shop"]).await;
    assert_eq!(shown.code, 0, "{}", shown.err);
    shown.document("tawny.stats/1")["services"][0].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_judgement_counts_in_stats_and_is_the_label_of_the_backtest() {
    let mut world = World::small().await.with_first_version().await;
    let id = world.bring_out("shop", "v2").await;
    let before = stats(&world).await;
    assert_eq!(
        (&before["judged"], &before["precision"], &before["recall"]),
        (&json!(0), &Value::Null, &Value::Null),
        "{before:#}"
    );
    assert_eq!(before["deployments"], 2);

    // Nothing was raised: there is no alarm to judge, and a machine does not judge at all.
    let wrong = tawny(&world, ANN, &["--json", "judge", &id, "real"]).await;
    assert_eq!(wrong.code, 1, "{}", wrong.err);
    let document = wrong.document("tawny.judge/1");
    assert!(
        document["error"]
            .as_str()
            .unwrap()
            .contains("No alarm was raised")
    );
    let machine = tawny(&world, CI, &["judge", &id, "fine"]).await;
    assert_eq!(machine.code, 1, "{}", machine.err);
    assert!(machine.err.contains("judged by people"), "{}", machine.err);
    for wrong in [
        vec!["judge", &id, "perhaps"],
        vec!["judge", "nobody", "fine"],
        vec!["judge", &id, "fine", "--since", "2026-11-21T12:00:00Z"],
        vec!["stats", "nobody"],
        vec!["stats", "a/b"],
        vec!["stats", "--since", "0s"],
        vec!["stats", "--since", "soon"],
    ] {
        let ended = tawny(&world, ANN, &wrong).await;
        assert_eq!(ended.code, 3, "{wrong:?}: {}{}", ended.out, ended.err);
    }

    let note = ["--note", "orders were lost"];
    let said = tawny(
        &world,
        CY,
        &[&["--json", "judge", &id, "missed"], &note[..]].concat(),
    )
    .await;
    assert_eq!(said.code, 0, "{}", said.err);
    let judged = &said.document("tawny.judge/1")["judged"];
    assert_eq!(
        (&judged["judgement"], &judged["by"], &judged["note"]),
        (&json!("missed"), &json!("cy"), &json!("orders were lost"))
    );
    // Named by its service, for people to read; the last word counts.
    let said = tawny(&world, ANN, &["judge", "shop", "fine"]).await;
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(
        said.out.contains(&id) && said.out.contains("fine"),
        "{}",
        said.out
    );
    let after = stats(&world).await;
    assert_eq!(
        (&after["fine"], &after["missed"], &after["judged"]),
        (&json!(1), &json!(0), &json!(1))
    );
    assert_eq!(after["suggestion"]["what"], "not_enough");
    assert_eq!(after["suggestion"]["more"], 16);
    let shown = tawny(&world, CY, &["--json", "stats", "--since", "7d"]).await;
    let document = shown.document("tawny.stats/1");
    let all = &document["all"];
    assert_eq!(
        (
            &all["deployments"],
            &all["silent"],
            &all["caught"],
            &all["rolled_back"]
        ),
        (&json!(2), &json!(2), &json!(0), &json!(0)),
        "{document:#}"
    );
    assert_eq!(all["time_to_detect"], Value::Null);
    assert_eq!(document["services"][0]["figures"]["deployments"], 2);
    assert_eq!(document["noticed_after_seconds"], 900.0);
    let weeks = all["weeks"].as_array().unwrap();
    let sum: u64 = weeks
        .iter()
        .map(|week| week["deployments"].as_u64().unwrap())
        .sum();
    assert_eq!(sum, 2);
    let markdown = tawny(&world, CY, &["stats", "--markdown"]).await;
    assert!(
        markdown.out.contains("| all services | 2 |"),
        "{}",
        markdown.out
    );
    assert!(markdown.out.contains("| `shop` | 2 |"), "{}", markdown.out);
    let all = tawny(&world, CY, &["stats"]).await;
    assert!(
        all.out.contains("16 more real alarms for rollback"),
        "{}",
        all.out
    );
    assert_eq!(
        world
            .events(&id)
            .await
            .iter()
            .filter(|event| *event == "judged")
            .count(),
        2
    );
    let config = world.dir.path().join("main/tawny.yaml");
    let config = config.to_str().unwrap();
    let backtest = ["--json", "backtest", "--config", config, "--judged", "fine"];
    let replayed = tawny(&world, ANN, &backtest).await;
    assert_eq!(replayed.code, 0, "{}", replayed.err);
    let document = replayed.document("tawny.backtest/1");
    let [row] = &document["deployments"].as_array().unwrap()[..] else {
        panic!("{document:#}")
    };
    assert_eq!(
        (&row["deployment"], &row["judged"], &row["judged_by"]),
        (&json!(id), &json!("fine"), &json!("judgement"))
    );
    let none = ["backtest", "--config", config, "--judged", "false-alarm"];
    let none = tawny(&world, ANN, &none).await;
    assert_eq!(none.code, 3, "{}", none.out);
    let record = ["record", "--config", config, "--deployment", &id];
    assert_eq!(tawny(&world, ANN, &record).await.code, 0);
}
