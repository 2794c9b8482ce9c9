//! A database that may stop answering. A connection to PostgreSQL can go dead without a word (a
//! network that was cut, a machine that was frozen): work that takes too long counts as lost, its
//! connections are given up, and the next work gets new ones.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr,
    Statement,
};

use crate::JournalError;
use crate::connect::{self, Purpose};
use crate::location::Location;

/// The connections in use now, and the way to others.
#[derive(Clone)]
pub(crate) struct Db {
    location: Location,
    purpose: Purpose,
    current: Arc<Mutex<DatabaseConnection>>,
}

impl Db {
    pub(crate) async fn open(location: &Location, purpose: Purpose) -> Result<Self, JournalError> {
        let connected = connect::connect(location, purpose).await?;
        Ok(Self {
            location: location.clone(),
            purpose,
            current: Arc::new(Mutex::new(connected)),
        })
    }

    pub(crate) fn current(&self) -> DatabaseConnection {
        self.current
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn backend(&self) -> DbBackend {
        self.current().get_database_backend()
    }

    /// Waits for work on the database, no longer than is sensible for one that answers.
    pub(crate) async fn limited<F, T>(&self, work: F) -> Result<T, NoAnswer>
    where
        F: Future<Output = T>,
    {
        let Location::Postgres(postgres) = &self.location else {
            return Ok(work.await);
        };
        match tokio::time::timeout(postgres.answer_timeout, work).await {
            Ok(done) => Ok(done),
            Err(_) => {
                let anew = connect::anew(postgres, self.purpose);
                *self.current.lock().unwrap_or_else(PoisonError::into_inner) = anew;
                tracing::warn!(database = %self.location, "no answer: connecting anew");
                Err(NoAnswer(postgres.answer_timeout))
            }
        }
    }

    pub(crate) async fn close(&self) -> Result<(), JournalError> {
        let current = self.current();
        match self.limited(current.close()).await {
            Ok(closed) => Ok(closed?),
            // Nobody is there to say goodbye to.
            Err(NoAnswer(_)) => Ok(()),
        }
    }
}

/// The database did not answer in this time.
#[derive(Debug, Clone, thiserror::Error)]
#[error("no answer within {0:?}")]
pub(crate) struct NoAnswer(Duration);

impl From<NoAnswer> for DbErr {
    fn from(error: NoAnswer) -> Self {
        Self::Conn(RuntimeErr::Internal(error.to_string()))
    }
}

#[sea_orm::prelude::async_trait::async_trait]
impl ConnectionTrait for Db {
    fn get_database_backend(&self) -> DbBackend {
        self.backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let db = self.current();
        self.limited(db.execute_raw(statement)).await?
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let db = self.current();
        self.limited(db.execute_unprepared(sql)).await?
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let db = self.current();
        self.limited(db.query_one_raw(statement)).await?
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let db = self.current();
        self.limited(db.query_all_raw(statement)).await?
    }
}
