//! One batch of jobs, one transaction.

use sea_orm::{DatabaseTransaction, DbErr, TransactionTrait};

use super::{Effect, End, Job, Settle};
use crate::database::Db;
use crate::{JournalError, dialect, notices};

/// Runs the jobs in one transaction and settles each. True if anything was written.
pub(super) async fn commit(db: &Db, me: &str, jobs: Vec<Job>) -> bool {
    if jobs.is_empty() {
        return false;
    }
    let connection = db.current();
    let mut settles = Vec::with_capacity(jobs.len());
    let (wrote, end) = match db.answered(dialect::begin_write(&connection)).await {
        Ok(tx) => {
            let (wrote, broken) = run_jobs(db, &tx, jobs, &mut settles).await;
            (wrote, end(db, me, tx, wrote, broken).await)
        }
        Err(error) => {
            let reason = words(error);
            for job in jobs {
                settles.push(job(Err(reason.clone())).await.1);
            }
            (false, End::NothingWritten(reason))
        }
    };
    let landed = wrote && matches!(end, End::Committed);
    for settle in settles {
        settle(end.clone());
    }
    landed
}

/// Runs each job, in a savepoint of its own if there are several. Says whether anything was
/// written, and what broke the transaction as a whole.
async fn run_jobs(
    db: &Db,
    tx: &DatabaseTransaction,
    jobs: Vec<Job>,
    settles: &mut Vec<Settle>,
) -> (bool, Option<String>) {
    let alone = jobs.len() == 1;
    let mut wrote = false;
    let mut broken: Option<String> = None;
    for job in jobs {
        let run = async {
            match &broken {
                Some(reason) => (job(Err(reason.clone())).await, None),
                None if alone => (job(Ok(tx)).await, None),
                None => in_savepoint(tx, job).await,
            }
        };
        match db.limited(run).await {
            Ok(((effect, settle), breaks)) => {
                wrote |= effect == Effect::Wrote;
                settles.push(settle);
                broken = broken.or(breaks);
            }
            // The job is gone with its caller's answer; see `Committer::write`.
            Err(no_answer) => broken = Some(no_answer.to_string()),
        }
    }
    (wrote, broken)
}

/// Runs a job in a savepoint. The second part is what broke the whole transaction.
async fn in_savepoint(tx: &DatabaseTransaction, job: Job) -> ((Effect, Settle), Option<String>) {
    let savepoint = match tx.begin().await {
        Ok(savepoint) => savepoint,
        Err(error) => {
            let reason = words(error);
            return (job(Err(reason.clone())).await, Some(reason));
        }
    };
    let (effect, settle) = job(Ok(&savepoint)).await;
    let ended = match effect {
        Effect::Wrote => savepoint.commit().await,
        Effect::Unchanged | Effect::Failed => savepoint.rollback().await,
    };
    ((effect, settle), ended.err().map(words))
}

async fn end(
    db: &Db,
    me: &str,
    tx: DatabaseTransaction,
    wrote: bool,
    broken: Option<String>,
) -> End {
    if wrote && broken.is_none() {
        match db.limited(notices::announce(&tx, me)).await {
            Ok(Ok(())) => return asked_to_commit(db, tx).await,
            Ok(Err(error)) => return End::NothingWritten(words(error)),
            Err(no_answer) => return End::NothingWritten(no_answer.to_string()),
        }
    }
    let rolled_back = match db.limited(tx.rollback()).await {
        Ok(done) => done,
        Err(no_answer) => Err(no_answer.into()),
    };
    if let Err(error) = rolled_back {
        tracing::warn!(%error, "rolling back a transaction");
    }
    broken.map_or(End::Committed, End::NothingWritten)
}

async fn asked_to_commit(db: &Db, tx: DatabaseTransaction) -> End {
    match db.limited(tx.commit()).await {
        Ok(Ok(())) => End::Committed,
        Ok(Err(error)) => End::Unknown(words(error)),
        Err(no_answer) => End::Unknown(no_answer.to_string()),
    }
}

/// The reason alone: the error that carries it says the rest.
fn words(error: DbErr) -> String {
    match JournalError::from(error) {
        JournalError::Unavailable(reason) => reason,
        other => other.to_string(),
    }
}
