//! The one task that writes. Callers hand it jobs; jobs that wait together share one transaction
//! and so one sync to disk (group commit). Each job has its own savepoint: one that fails takes
//! nothing with it. Nobody is answered before the commit.
//!
//! Because the task owns the work, a caller that is cancelled in the middle of an append leaves
//! nothing half done: the append happens wholly, unheard.

use futures_util::future::BoxFuture;
use sea_orm::{DatabaseConnection, DatabaseTransaction, TransactionTrait};
use tokio::sync::{mpsc, oneshot, watch};

use crate::lock_file::LockFile;
use crate::{JournalError, dialect};

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

type Settle = Box<dyn FnOnce(Result<(), String>) + Send>;
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
        db: DatabaseConnection,
        lock: Option<LockFile>,
    ) -> (
        Self,
        watch::Receiver<u64>,
        impl Future<Output = ()> + Send + 'static,
    ) {
        let (sender, messages) = mpsc::channel(LONGEST_QUEUE);
        let (committed, commits) = watch::channel(0);
        (Self(sender), commits, run(db, lock, messages, committed))
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
                let settle: Settle = Box::new(move |commit| {
                    // A caller that went away does not want the answer.
                    let _ = answer.send(match commit {
                        Err(reason) if result.is_ok() => Err(JournalError::CommitUnknown(reason)),
                        _ => result,
                    });
                });
                (effect, settle)
            })
        });
        self.0
            .send(Message::Job(job))
            .await
            .map_err(|_| JournalError::Closed)?;
        answered.await.map_err(|_| JournalError::Closed)?
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
    db: DatabaseConnection,
    lock: Option<LockFile>,
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
        if commit(&db, jobs).await {
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

/// Runs the jobs in one transaction and settles each. True if anything was written.
async fn commit(db: &DatabaseConnection, jobs: Vec<Job>) -> bool {
    if jobs.is_empty() {
        return false;
    }
    let mut settles = Vec::with_capacity(jobs.len());
    let (wrote, outcome) = match dialect::begin_write(db).await {
        Ok(tx) => {
            let (wrote, broken) = run_jobs(&tx, jobs, &mut settles).await;
            (wrote, end(tx, wrote, broken).await)
        }
        Err(error) => {
            for job in jobs {
                settles.push(job(Err(error.to_string())).await.1);
            }
            (false, Err(error.to_string()))
        }
    };
    let landed = wrote && outcome.is_ok();
    for settle in settles {
        settle(outcome.clone());
    }
    landed
}

/// Runs each job, in a savepoint of its own if there are several. Says whether anything was
/// written, and what broke the transaction as a whole.
async fn run_jobs(
    tx: &DatabaseTransaction,
    jobs: Vec<Job>,
    settles: &mut Vec<Settle>,
) -> (bool, Option<String>) {
    let alone = jobs.len() == 1;
    let mut wrote = false;
    let mut broken: Option<String> = None;
    for job in jobs {
        let (effect, settle) = match &broken {
            Some(reason) => job(Err(reason.clone())).await,
            None if alone => job(Ok(tx)).await,
            None => in_savepoint(tx, job, &mut broken).await,
        };
        wrote |= effect == Effect::Wrote;
        settles.push(settle);
    }
    (wrote, broken)
}

async fn in_savepoint(
    tx: &DatabaseTransaction,
    job: Job,
    broken: &mut Option<String>,
) -> (Effect, Settle) {
    let savepoint = match tx.begin().await {
        Ok(savepoint) => savepoint,
        Err(error) => {
            *broken = Some(error.to_string());
            return job(Err(error.to_string())).await;
        }
    };
    let (effect, settle) = job(Ok(&savepoint)).await;
    let ended = match effect {
        Effect::Wrote => savepoint.commit().await,
        Effect::Unchanged | Effect::Failed => savepoint.rollback().await,
    };
    if let Err(error) = ended {
        *broken = Some(error.to_string());
    }
    (effect, settle)
}

async fn end(tx: DatabaseTransaction, wrote: bool, broken: Option<String>) -> Result<(), String> {
    match broken {
        Some(reason) => {
            if let Err(error) = tx.rollback().await {
                tracing::warn!(%error, "rolling back a broken transaction");
            }
            Err(reason)
        }
        None if wrote => tx.commit().await.map_err(|error| error.to_string()),
        None => tx.rollback().await.map_err(|error| error.to_string()),
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
