//! The one task that writes. Callers hand it jobs; jobs that wait together share one transaction
//! and so one sync to disk (group commit). Each job has its own savepoint: one that fails takes
//! nothing with it. Nobody is answered before the commit.
//!
//! Because the task owns the work, a caller that is cancelled in the middle of an append leaves
//! nothing half done: the append happens wholly, unheard.

use futures_util::future::BoxFuture;
use sea_orm::DatabaseTransaction;
use tokio::sync::{mpsc, oneshot, watch};

use crate::JournalError;
use crate::database::Db;
use crate::lock_file::LockFile;

mod batch;

/// Jobs in one commit. Bounds how long the first of them waits.
const LARGEST_BATCH: usize = 64;
/// Jobs waiting. Beyond it, callers wait to hand theirs in.
const LONGEST_QUEUE: usize = 1024;

/// What a job did to the database.
pub(crate) enum Done<T> {
    Wrote(T),
    /// Nothing: needs no commit, and wakes nobody.
    Unchanged(T),
}

/// How a transaction ended as a whole.
#[derive(Clone)]
enum End {
    Committed,
    /// It was never asked to commit.
    NothingWritten(String),
    /// It was asked, and the answer was lost.
    Unknown(String),
}

type Settle = Box<dyn FnOnce(End) + Send>;
type Job = Box<
    dyn for<'a> FnOnce(Result<&'a DatabaseTransaction, String>) -> BoxFuture<'a, (Effect, Settle)>
        + Send,
>;

#[derive(Clone, Copy, PartialEq)]
enum Effect {
    Wrote,
    Unchanged,
    Failed,
}

enum Message {
    Job(Job),
    Close(oneshot::Sender<()>),
}

/// The way to the writing task. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Committer(mpsc::Sender<Message>);

impl Committer {
    /// Makes the task's future and the way to it. Whoever polls the future writes.
    pub(crate) fn new(
        db: Db,
        lock: Option<LockFile>,
        me: String,
        committed: watch::Sender<u64>,
    ) -> (Self, impl Future<Output = ()> + Send + 'static) {
        let (sender, messages) = mpsc::channel(LONGEST_QUEUE);
        (Self(sender), run(db, lock, me, messages, committed))
    }

    /// Runs a job in a transaction and answers once it is durable.
    pub(crate) async fn write<T, F>(&self, work: F) -> Result<T, JournalError>
    where
        T: Send + 'static,
        F: for<'a> FnOnce(&'a DatabaseTransaction) -> BoxFuture<'a, Result<Done<T>, JournalError>>
            + Send
            + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |tx| {
            Box::pin(async move {
                let done = match tx {
                    Ok(tx) => work(tx).await,
                    Err(reason) => Err(JournalError::Unavailable(reason)),
                };
                let (effect, result) = match done {
                    Ok(Done::Wrote(value)) => (Effect::Wrote, Ok(value)),
                    Ok(Done::Unchanged(value)) => (Effect::Unchanged, Ok(value)),
                    Err(error) => (Effect::Failed, Err(error)),
                };
                let settle: Settle = Box::new(move |end| {
                    // A caller that went away does not want the answer.
                    let _ = answer.send(match (result, end) {
                        (Ok(_), End::NothingWritten(why)) => Err(JournalError::Unavailable(why)),
                        (Ok(_), End::Unknown(why)) => Err(JournalError::CommitUnknown(why)),
                        (result, _) => result,
                    });
                });
                (effect, settle)
            })
        });
        self.0
            .send(Message::Job(job))
            .await
            .map_err(|_| JournalError::Closed)?;
        match answered.await {
            Ok(result) => result,
            Err(_) if self.0.is_closed() => Err(JournalError::Closed),
            // The job was dropped half-way, and its transaction with it.
            Err(_) => Err(JournalError::Unavailable("no answer in time".to_owned())),
        }
    }

    /// Finishes the jobs handed in, closes the connection and releases the lock file.
    pub(crate) async fn close(&self) {
        let (done, closed) = oneshot::channel();
        if self.0.send(Message::Close(done)).await.is_ok() {
            let _ = closed.await;
        }
    }
}

async fn run(
    db: Db,
    lock: Option<LockFile>,
    me: String,
    mut messages: mpsc::Receiver<Message>,
    committed: watch::Sender<u64>,
) {
    let mut waiting = Vec::new();
    let mut closers = Vec::new();
    while messages.recv_many(&mut waiting, LARGEST_BATCH).await > 0 {
        let mut jobs = Vec::new();
        for message in waiting.drain(..) {
            match message {
                Message::Job(job) => jobs.push(job),
                Message::Close(done) => {
                    messages.close();
                    closers.push(done);
                }
            }
        }
        if batch::commit(&db, &me, jobs).await {
            committed.send_modify(|count| *count += 1);
        }
    }
    if let Err(error) = db.close().await {
        tracing::warn!(%error, "closing the journal's writing connection");
    }
    drop(lock);
    for closed in closers {
        let _ = closed.send(());
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::ConnectionTrait;
    use serde_json::json;

    use super::Done;
    use crate::{Journal, JournalError, JournalOptions, StreamId};

    /// A row whose foreign key is only checked at the commit, and fails there.
    async fn break_the_commit(journal: &Journal) -> Result<(), JournalError> {
        journal
            .writer()?
            .committer
            .write(|tx| {
                Box::pin(async move {
                    tx.execute_unprepared(
                        "CREATE TABLE parent (id INTEGER PRIMARY KEY);
                         CREATE TABLE child (id INTEGER REFERENCES parent DEFERRABLE INITIALLY DEFERRED);
                         INSERT INTO child VALUES (1)",
                    )
                    .await?;
                    Ok(Done::Wrote(()))
                })
            })
            .await
    }

    #[tokio::test]
    async fn nobody_is_told_of_success_before_the_commit_has_succeeded() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}/tawny.db", folder.path().display());
        let journal = Journal::open(&url, JournalOptions::default())
            .await
            .unwrap();
        let stream = StreamId::deployment("d").unwrap();
        let inbox = journal.inbox().unwrap();
        let payload = json!({});
        let innocent = inbox.deliver(
            "s",
            "1",
            "deployment/d",
            &payload,
            jiff::Timestamp::UNIX_EPOCH,
        );
        let (broken, innocent) = tokio::join!(break_the_commit(&journal), innocent);
        assert!(
            matches!(broken, Err(JournalError::CommitUnknown(_))),
            "{broken:?}"
        );
        assert!(
            matches!(innocent, Err(JournalError::CommitUnknown(_))),
            "{innocent:?}"
        );
        let counts = journal.reader().counts().await.unwrap();
        assert_eq!(counts.inputs.pending, 0);
        // The connection is fit for the next transaction.
        let again = inbox.deliver(
            "s",
            "1",
            "deployment/d",
            &payload,
            jiff::Timestamp::UNIX_EPOCH,
        );
        again.await.unwrap();
        assert_eq!(journal.reader().head(&stream).await.unwrap(), None);
    }
}
