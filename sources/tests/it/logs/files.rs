//! Files that grow, are rotated and cut.

use super::{at, read, texts, window};
use sources::logs::{Bounds, Files, LogReader, Window};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

struct Log {
    _dir: TempDir,
    path: PathBuf,
    reader: LogReader,
}

impl Log {
    fn new() -> Self {
        let dir = TempDir::new().unwrap();
        let path = dir.path().join("shop.log");
        let pattern = dir.path().join("*.log").display().to_string();
        let files = Files::new(vec![(pattern, Some("shop-1".to_owned()))]).unwrap();
        Self {
            _dir: dir,
            path,
            reader: LogReader::Files(files),
        }
    }

    async fn read(&mut self) -> Vec<String> {
        let (came, records) = read(&mut self.reader, &window(), &Bounds::default()).await;
        came.unwrap();
        texts(&records).into_iter().map(str::to_owned).collect()
    }
}

fn write(path: &Path, text: &str) {
    let mut file = fs::File::options()
        .create(true)
        .append(true)
        .open(path)
        .unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

#[tokio::test]
async fn what_was_read_is_not_read_again_and_what_is_not_whole_waits() {
    let mut log = Log::new();
    write(&log.path, "ERROR one\nERROR tw");
    assert_eq!(log.read().await, ["one"]);
    write(&log.path, "o\nERROR three\n");
    assert_eq!(log.read().await, ["two", "three"]);
    assert!(log.read().await.is_empty());
}

#[tokio::test]
async fn the_last_words_of_a_process_that_ended_no_line_are_read() {
    let mut log = Log::new();
    write(&log.path, "ERROR one\nCRITICAL gone");
    assert_eq!(log.read().await, ["one"]);
    assert_eq!(log.read().await, ["gone"]);
    assert!(log.read().await.is_empty());
}

#[tokio::test]
async fn a_rotated_file_is_read_to_its_end_and_then_the_new_one() {
    let mut log = Log::new();
    write(&log.path, "ERROR one\n");
    assert_eq!(log.read().await, ["one"]);
    write(&log.path, "ERROR two\n");
    fs::rename(&log.path, log.path.with_extension("log.1")).unwrap();
    write(&log.path, "ERROR three\n");
    assert_eq!(log.read().await, ["two", "three"]);
    write(&log.path, "ERROR four\n");
    assert_eq!(log.read().await, ["four"]);
}

#[tokio::test]
async fn a_file_that_was_cut_is_read_from_its_beginning() {
    let mut log = Log::new();
    write(&log.path, "ERROR one\nERROR two\n");
    assert_eq!(log.read().await.len(), 2);
    fs::write(&log.path, "ERROR new\n").unwrap();
    assert_eq!(log.read().await, ["new"]);
}

#[tokio::test]
async fn of_a_long_file_the_end_is_read_by_whole_lines() {
    let mut log = Log::new();
    let mut text = String::new();
    for second in 0..600 {
        text.push_str(&format!("{} ERROR number {second}\n", at(second)));
    }
    write(&log.path, &text);
    let bounds = Bounds {
        bytes: 4000,
        ..Bounds::default()
    };
    let (came, records) = read(&mut log.reader, &window(), &bounds).await;
    let came = came.unwrap();
    assert!(came.bytes <= 4000, "{came:?}");
    assert_eq!(records.last().unwrap().text, "number 599");
    assert!((50..110).contains(&records.len()), "{}", records.len());
    // What comes later and is too much is said to be cut, and since when it is known.
    write(&log.path, &text);
    let (came, records) = read(&mut log.reader, &window(), &bounds).await;
    assert_eq!(came.unwrap().cut, records[0].at);
}

#[tokio::test]
async fn a_file_of_a_new_version_is_read_from_its_beginning_and_old_lines_are_not_taken() {
    let mut log = Log::new();
    write(
        &log.path,
        "2026-11-22T02:59:59Z ERROR too old\n2026-11-22T03:00:01Z ERROR in time\n",
    );
    assert_eq!(log.read().await, ["in time"]);
    let other = log.path.with_file_name("v2.log");
    write(&other, "ERROR of the new one\n");
    assert_eq!(log.read().await, ["of the new one"]);
}

#[tokio::test]
async fn secrets_and_people_are_gone_before_anybody_sees_a_record() {
    let mut log = Log::new();
    let key = ["AKIA", "IOSFODNN7EXAMPLE"].concat();
    let jwt = [
        "eyJhbGciOiJIUzI1NiJ9",
        ".eyJzdWIiOiIxMjM0In0",
        ".c2lnbmF0dXJl",
    ]
    .concat();
    let line = format!("ERROR {key} {jwt} postgres://shop:hunter2@db ann@example.com");
    write(&log.path, &format!("{line}\n"));
    let read = log.read().await;
    assert_eq!(read, ["••• ••• postgres://•••@db [e-mail]"]);
}

#[tokio::test]
async fn where_no_file_is_yet_there_is_nothing_and_later_that_is_an_error_and_no_silence() {
    let mut log = Log::new();
    assert!(log.read().await.is_empty());
    let (came, records) = read(&mut log.reader, &window(), &Bounds::default()).await;
    let error = came.unwrap_err().to_string();
    assert!(error.contains("no file is there"), "{error}");
    assert!(records.is_empty());
    assert!(Files::new(vec![("/var/log/[".to_owned(), None)]).is_err());
}

#[tokio::test]
async fn a_stack_trace_is_one_record_with_who_wrote_it() {
    let mut log = Log::new();
    write(
        &log.path,
        "2026-11-22T03:00:01Z ERROR boom\nTraceback (most recent call last):\n  File \"shop/cart.py\", line 9, in show\nIndexError: x\n",
    );
    let inside = Window {
        until: at(60),
        ..window()
    };
    let (_, records) = read(&mut log.reader, &inside, &Bounds::default()).await;
    assert_eq!(records.len(), 1, "{records:?}");
    assert!(records[0].text.ends_with("in show\nIndexError: x"));
    assert_eq!(
        (records[0].place.as_str(), records[0].at),
        ("shop-1", Some(at(1)))
    );
}
