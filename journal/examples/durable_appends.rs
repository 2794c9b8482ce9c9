//! Measures durable appends per second: one after another, and with many callers at once, who
//! share commits. `cargo run --release -p journal --example durable_appends -- /folder/on/disk`
#![allow(clippy::print_stdout, reason = "its result is for people")]

use std::time::Instant;

use journal::{Journal, JournalError, JournalOptions, NewEvent, StreamId, Transaction};
use serde_json::json;

#[tokio::main]
async fn main() -> Result<(), JournalError> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| ".".into());
    let path = format!("{folder}/durable_appends.{}.db", std::process::id());
    let journal = Journal::open(&format!("sqlite:{path}"), JournalOptions::default()).await?;
    for callers in [1, 8, 64] {
        let each = 2_000 / callers;
        let began = Instant::now();
        let mut tasks = tokio::task::JoinSet::new();
        for caller in 0..callers {
            let writer = journal.writer()?;
            let stream = StreamId::deployment(&format!("{callers}-{caller}"))?;
            tasks.spawn(async move {
                for revision in 0..each {
                    let event = NewEvent::new(
                        "assessed",
                        1,
                        json!({"effect": 0.25, "interval": [0.2, 0.3]}),
                    );
                    let append = Transaction::at(jiff::Timestamp::now()).append(
                        &stream,
                        revision,
                        vec![event],
                    );
                    writer.append(append).await?;
                }
                Ok::<_, JournalError>(())
            });
        }
        while let Some(done) = tasks.join_next().await {
            done.unwrap_or(Err(JournalError::Closed))?;
        }
        let rate = (callers * each) as f64 / began.elapsed().as_secs_f64();
        println!("{callers:3} callers: {rate:6.0} durable appends/s");
    }
    journal.close().await?;
    for suffix in ["", "-wal", "-shm", ".lock"] {
        let _ = std::fs::remove_file(format!("{path}{suffix}"));
    }
    Ok(())
}
