//! A program that answers like `journalctl`, and refuses what that would refuse.

use super::{at, read, texts, window};
use guard::signatures::Level;
use sources::logs::{Bounds, Journald, LogReader};
use std::os::unix::fs::PermissionsExt;
use tempfile::TempDir;

fn program(dir: &TempDir, script: &str) -> LogReader {
    let path = dir.path().join("journalctl");
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    LogReader::Journald(Journald::new("shop.service").unwrap().by(path))
}

#[tokio::test]
async fn entries_are_read_with_time_and_priority_for_the_unit_and_the_window() {
    let dir = TempDir::new().unwrap();
    let entry = |second: i64, priority: &str, message: &str| {
        format!(
            r#"{{"__REALTIME_TIMESTAMP":"{}","PRIORITY":"{priority}","MESSAGE":{message}}}"#,
            at(second).as_microsecond()
        )
    };
    let lines = [
        entry(1, "3", r#""boom""#),
        entry(1, "3", r#""  at show (cart.js:9:3)""#),
        entry(2, "6", r#""ERROR by its own word""#),
        entry(3, "4", "[98,121,116,101,115,255]"),
        entry(700, "3", r#""after the window""#),
    ];
    let script = format!(
        "case \"$*\" in *--unit=shop.service*--since=@1795316400.000000*--until=@1795317000.000000*--lines=*) ;; *) echo \"what: $*\" >&2; exit 1;; esac\ncat <<'END'\n{}\nEND",
        lines.join("\n")
    );
    let (came, records) = read(&mut program(&dir, &script), &window(), &Bounds::default()).await;
    came.unwrap();
    assert_eq!(
        texts(&records),
        [
            "boom\n  at show (cart.js:9:3)",
            "by its own word",
            "bytes\u{fffd}"
        ]
    );
    let levels: Vec<Level> = records.iter().map(|record| record.level).collect();
    assert_eq!(levels, [Level::Error, Level::Error, Level::Warn]);
    assert_eq!(records[0].at, Some(at(1)));
}

#[tokio::test]
async fn a_program_that_fails_is_an_error_and_one_without_end_is_stopped() {
    let dir = TempDir::new().unwrap();
    let mut refused = program(&dir, "echo 'No journal files were opened' >&2; exit 1");
    let (came, _) = read(&mut refused, &window(), &Bounds::default()).await;
    let error = came.unwrap_err().to_string();
    assert!(error.contains("No journal files were opened"), "{error}");
    let mut endless = program(
        &dir,
        "while :; do echo '{\"MESSAGE\":\"x\",\"PRIORITY\":\"3\"}'; done",
    );
    let bounds = Bounds {
        bytes: 10_000,
        ..Bounds::default()
    };
    let (came, _) = read(&mut endless, &window(), &bounds).await;
    assert_eq!(came.unwrap().cut, Some(window().until));
}

#[test]
fn what_is_no_name_of_a_unit_is_refused() {
    for unit in ["", "--all", "a b", "x;y", "$(x)"] {
        assert!(Journald::new(unit).is_err(), "{unit}");
    }
    assert!(Journald::new("shop@1.service").is_ok());
}
