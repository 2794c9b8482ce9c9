//! A database that may stop answering. A connection to PostgreSQL can go dead without a word (a
//! network that was cut, a machine that was frozen): work that takes too long counts as lost, its
//! connections are given up, and the next work gets new ones.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sea_orm::{
    ConnAcquireErr, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult,
    RuntimeErr, Statement,
};

use crate::JournalError;
use crate::connect::{self, Purpose};
use crate::location::Location;

/// The connections in use now, and the way to others.
#[derive(Clone)]
pub(crate) struct Db {
    location: Location,
    purpose: Purpose,
    current: Arc<Mutex<Current>>,
}

struct Current {
    connections: DatabaseConnection,
    since: Instant,
}

impl Current {
    fn new(connections: DatabaseConnection) -> Self {
        Self {
            connections,
            since: Instant::now(),
        }
    }
}

impl Db {
    pub(crate) async fn open(location: &Location, purpose: Purpose) -> Result<Self, JournalError> {
        let connected = connect::connect(location, purpose).await?;
        Ok(Self {
            location: location.clone(),
            purpose,
            current: Arc::new(Mutex::new(Current::new(connected))),
        })
    }

    pub(crate) fn current(&self) -> DatabaseConnection {
        self.locked().connections.clone()
    }

    fn locked(&self) -> MutexGuard<'_, Current> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
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
        let begun = Instant::now();
        match tokio::time::timeout(postgres.answer_timeout, work).await {
            Ok(done) => Ok(done),
            Err(_) => {
                self.connect_anew(begun);
                Err(NoAnswer(postgres.answer_timeout))
            }
        }
    }

    /// As [`Self::limited`], for work that begins with taking a connection. A pool tests what is
    /// given back to it without a limit of time, so its dead connections stay taken for as long as
    /// the network says nothing: when none is to be had in time, all of them are given up.
    pub(crate) async fn answered<F, T>(&self, work: F) -> Result<T, DbErr>
    where
        F: Future<Output = Result<T, DbErr>>,
    {
        let begun = Instant::now();
        let done = self.limited(work).await?;
        if let Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)) = &done {
            self.connect_anew(begun);
        }
        done
    }

    /// Gives up the connections that work begun then has used, unless others have taken their place.
    fn connect_anew(&self, begun: Instant) {
        let Location::Postgres(postgres) = &self.location else {
            return;
        };
        let mut current = self.locked();
        if current.since <= begun {
            *current = Current::new(connect::anew(postgres, self.purpose));
            tracing::warn!(database = %self.location, "no answer: connecting anew");
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
        self.answered(db.execute_raw(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let db = self.current();
        self.answered(db.execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let db = self.current();
        self.answered(db.query_one_raw(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let db = self.current();
        self.answered(db.query_all_raw(statement)).await
    }
}
