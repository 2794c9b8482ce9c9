//! Reading an archive into an empty journal.

use std::collections::HashMap;
use std::io::BufRead;

use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter};

use super::rows::Rows;
use super::{Archived, FORMAT, Head, Line};
use crate::chain::{self, Walk};
use crate::clock::from_micros;
use crate::connect::{self, Purpose};
use crate::database::Db;
use crate::location::Location;
use crate::lock_file::LockFile;
use crate::table::{event, inbox, lease, meta, stream};
use crate::{Journal, JournalError, dialect, schema};

impl Journal {
    /// Reads an archive of [`Reader::export`](crate::Reader::export) into a new journal, wholly or
    /// not at all. Every link of every hash chain is checked on the way.
    ///
    /// # Errors
    /// [`JournalError::NotEmpty`] if the journal holds anything, [`JournalError::Archive`] with the
    /// line that does not hold, or as [`Journal::open`].
    pub async fn import<R: BufRead + Send>(url: &str, from: R) -> Result<Archived, JournalError> {
        let location = Location::parse(url)?;
        let _lock = match &location {
            Location::Sqlite(path) => {
                connect::create_file(path)?;
                Some(LockFile::beside(path)?)
            }
            Location::Postgres(_) => None,
        };
        let db = Db::open(&location, Purpose::Write).await?;
        schema::migrate(&db.current()).await?;
        let tx = dialect::begin_write(&db.current()).await?;
        let ready = match is_empty(&tx).await {
            Ok(true) => nobody_works_there(&tx).await,
            Ok(false) => Err(JournalError::NotEmpty(location.to_string())),
            Err(error) => Err(error),
        };
        if let Err(refused) = ready {
            tx.rollback().await?;
            return Err(refused);
        }
        let archived = match read(&tx, from).await {
            Ok(archived) => {
                tx.commit().await?;
                archived
            }
            Err(error) => {
                tx.rollback().await?;
                return Err(error);
            }
        };
        db.close().await?;
        Ok(archived)
    }
}

async fn is_empty(tx: &DatabaseTransaction) -> Result<bool, JournalError> {
    let held = stream::Entity::find().count(tx).await?
        + event::Entity::find().count(tx).await?
        + inbox::Entity::find().count(tx).await?
        + meta::Entity::find().count(tx).await?;
    Ok(held == 0)
}

/// A server that was begun on the empty journal, and ended since, leaves its leases behind.
async fn nobody_works_there(tx: &DatabaseTransaction) -> Result<(), JournalError> {
    let now = dialect::database_time(tx).await?;
    let held = lease::Entity::find().filter(lease::Column::ExpiresAt.gt(now));
    if let Some(held) = held.one(tx).await? {
        return Err(JournalError::LeaseHeld {
            lease: held.name,
            owner: held.owner,
            until: from_micros(held.expires_at),
        });
    }
    lease::Entity::delete_many().exec(tx).await?;
    Ok(())
}

async fn read<R: BufRead + Send>(
    tx: &DatabaseTransaction,
    from: R,
) -> Result<Archived, JournalError> {
    let mut checks = Checks::default();
    let mut rows = Rows::default();
    let mut done = Archived::default();
    let mut ended = false;
    let mut number = 0;
    for text in from.lines() {
        number += 1;
        let at = |problem: String| JournalError::Archive {
            line: number,
            problem,
        };
        let text = text.map_err(|error| at(format!("it cannot be read: {error}")))?;
        let line: Line = serde_json::from_str(&text)
            .map_err(|error| at(format!("no line of an archive: {error}")))?;
        match line {
            Line::Head(head) if number == 1 => check_head(&head)?,
            _ if number == 1 => return Err(at("expected the head of an archive".to_owned())),
            _ if ended => return Err(at("nothing may follow the end".to_owned())),
            Line::Head(_) => return Err(at("a second head".to_owned())),
            Line::End(end) if end.rows == done.rows => ended = true,
            Line::End(end) => {
                return Err(at(format!(
                    "expected {} rows, read {}",
                    end.rows, done.rows
                )));
            }
            mut row => {
                if let Line::Lease(lease) = &mut row {
                    // Whoever held it there holds nothing here. The epoch stays: claims name it.
                    lease.expires_at = 0;
                }
                checks.see(&row).map_err(at)?;
                done.count(&row);
                rows.push(tx, row).await?;
            }
        }
    }
    let at_end = |problem: String| JournalError::Archive {
        line: number + 1,
        problem,
    };
    if !ended {
        return Err(at_end(
            "the archive is cut off: its end is missing".to_owned(),
        ));
    }
    checks.finish().map_err(at_end)?;
    rows.finish(tx).await?;
    Ok(done)
}

fn check_head(head: &Head) -> Result<(), JournalError> {
    if head.format != FORMAT {
        return Err(JournalError::Archive {
            line: 1,
            problem: format!("format {}, expected {FORMAT}", head.format),
        });
    }
    schema::refuse_newer(&head.schema)
}

/// What holds of the rows together.
#[derive(Default)]
struct Checks {
    heads: HashMap<String, (i64, String)>,
    walks: HashMap<String, Walk>,
    seq: i64,
}

impl Checks {
    fn see(&mut self, line: &Line) -> Result<(), String> {
        match line {
            Line::Stream(head) => {
                let (revision, hash) = (head.revision, head.hash.clone());
                self.heads.insert(head.name.clone(), (revision, hash));
                Ok(())
            }
            Line::Event(event) => self.see_event(event),
            _ => Ok(()),
        }
    }

    fn see_event(&mut self, event: &event::Model) -> Result<(), String> {
        let broken =
            |problem: &str| format!("event {} of {}: {problem}", event.revision, event.stream);
        if event.seq <= self.seq {
            return Err(broken("events are not in the order of their commits"));
        }
        self.seq = event.seq;
        let walk = self.walks.entry(event.stream.clone()).or_default();
        chain::check(walk, event).map_err(broken)?;
        *walk = Walk {
            revision: event.revision,
            hash: event.hash.clone(),
        };
        Ok(())
    }

    fn finish(self) -> Result<(), String> {
        let mut walks = self.walks;
        for (name, (revision, hash)) in self.heads {
            let walk = walks.remove(&name).unwrap_or_default();
            if (walk.revision, walk.hash) != (revision, hash) {
                return Err(format!("{name} does not end where its head says"));
            }
        }
        match walks.into_keys().next() {
            Some(name) => Err(format!("{name} has events and no head")),
            None => Ok(()),
        }
    }
}
