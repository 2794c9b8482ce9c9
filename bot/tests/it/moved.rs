//! A journal with releases that are over and one that waits for an answer moves from SQLite to PostgreSQL.

use crate::packages::SERVES;
use crate::postgres;
use crate::server::Life;
use crate::settings::Guarding;
use crate::world::World;
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};

fn journal(arguments: &[&str], url: &str) -> (Option<i32>, Value, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = Command::new(env!("CARGO_BIN_EXE_tawny"))
        .args(["journal", "--json"])
        .args(arguments)
        .env("TAWNY_JOURNAL", url)
        .output()
        .unwrap();
    let text = String::from_utf8(stdout).unwrap();
    let document = serde_json::from_str(&text).unwrap_or(Value::String(text));
    (status.code(), document, String::from_utf8(stderr).unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn moved_to_postgresql_the_open_release_and_its_question_go_on_where_they_were() {
    let guarding = Guarding {
        when_unsure: "hold",
        tolerance: "0.01%",
        ..Guarding::default()
    };
    let mut world = World::of(&[("shop", 2), ("till", 2)], &guarding)
        .await
        .with_first_version()
        .await;
    let package = world.put("shop", "v2", SERVES);
    let id = world.deploy("shop", "v2", &package).await;
    let asked = world
        .view(&id, "a question", |view| view["approval"].is_object())
        .await;

    let archive = world.dir.path().join("archive.jsonl");
    let file = archive.to_str().unwrap();
    let from = world.journal.clone();
    let (code, document, note) = journal(&["export", "--out", file], &from);
    assert_eq!(code, Some(0), "{note}");
    assert!(note.contains("is writing this journal"), "{note}");
    assert!(document["still_written_by"].is_string(), "{document}");
    world.server.stop().await;
    let (code, ..) = journal(&["export", "--out", file], &from);
    assert_eq!(code, Some(3), "the file is there");
    let (code, exported, note) = journal(&["export", "--force", "--out", file], &from);
    assert_eq!((code, note.as_str()), (Some(0), ""));
    assert_eq!(exported["schema"], "tawny.journal-export/1");
    assert!(exported["still_written_by"].is_null(), "{exported}");
    let (code, before, _) = journal(&["verify"], &from);
    assert_eq!((code, &before["ok"]), (Some(0), &Value::Bool(true)));

    let server = postgres::Server::own();
    let to = server.url("postgres");
    cut_short(&archive, &world.dir.path().join("cut.jsonl"));
    let cut = world.dir.path().join("cut.jsonl");
    let (code, refused, _) = journal(&["import", cut.to_str().unwrap()], &to);
    assert_eq!(code, Some(1), "{refused}");
    assert!(
        refused["error"].as_str().unwrap().contains("archive, line"),
        "{refused}"
    );
    let (code, imported, said) = journal(&["import", file], &to);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(imported["rows"], exported["rows"]);
    let (code, after, _) = journal(&["verify"], &to);
    assert_eq!(code, Some(0), "{after}");
    assert_eq!(after["heads"], before["heads"]);
    let (code, again, _) = journal(&["import", file], &to);
    assert_eq!(code, Some(1), "{again}");
    let (code, ..) = journal(&["verify"], "postgres://postgres@127.0.0.1:1/x");
    assert_eq!(code, Some(3));

    world.journal.clone_from(&to);
    world.server = world.another("main", 17700, &to);
    world.server.begin(&Life::default());
    world.server.ready().await;
    let now = world
        .view(&id, "the same question", |view| {
            view["approval"].is_object()
        })
        .await;
    assert_eq!(now["approval"]["id"], asked["approval"]["id"]);
    world.over(&id, "promoted").await;
    world.bring_out("till", "v2").await;
    let examined = world.examine().await;
    assert_eq!(examined.deployments.len(), 4);
}

fn cut_short(archive: &Path, cut: &Path) {
    let text = std::fs::read_to_string(archive).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    std::fs::write(cut, lines[..lines.len() / 2].join("\n")).unwrap();
}
