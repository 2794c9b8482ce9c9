//! The schema, as migrations in Rust that both engines run. Released migrations never change.

use sea_orm::{DatabaseConnection, DatabaseTransaction, EntityTrait};
use sea_orm_migration::prelude::*;
use sea_orm_migration::{IntoSchemaManagerConnection, seaql_migrations};

use crate::{JournalError, dialect};

mod m0001_first;
mod m0002_closed_streams;
mod m0003_input_outcome;
mod m0004_tool_calls;
mod m0005_model_calls;
mod m0006_summaries;
mod m0007_shares;
mod step;

struct Migrations;

#[async_trait::async_trait]
impl MigratorTrait for Migrations {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_first::STEP),
            Box::new(m0002_closed_streams::STEP),
            Box::new(m0003_input_outcome::STEP),
            Box::new(m0004_tool_calls::STEP),
            Box::new(m0005_model_calls::STEP),
            Box::new(m0006_summaries::STEP),
            Box::new(m0007_shares::STEP),
        ]
    }
}

/// Brings the schema up to this build, in one transaction under the write lock: sea-orm's migrator
/// has no lock of its own, and two at once fail half-way.
pub(crate) async fn migrate(db: &DatabaseConnection) -> Result<(), JournalError> {
    match check(db).await {
        Err(JournalError::OlderSchema(_)) => {}
        current_or_refused => return current_or_refused,
    }
    let tx = dialect::begin_write(db).await?;
    match migrate_in(&tx).await {
        Ok(()) => Ok(tx.commit().await?),
        Err(error) => {
            tx.rollback().await?;
            Err(error)
        }
    }
}

async fn migrate_in(tx: &DatabaseTransaction) -> Result<(), JournalError> {
    Migrations::install(tx).await?;
    refuse_newer(&applied(tx).await?)?;
    Ok(Migrations::up(tx, None).await?)
}

/// Checks that a reader can use the schema without changing it.
pub(crate) async fn check(db: &DatabaseConnection) -> Result<(), JournalError> {
    let applied = applied(db).await?;
    refuse_newer(&applied)?;
    let missing: Vec<String> = known()
        .into_iter()
        .filter(|name| !applied.contains(name))
        .collect();
    if missing.is_empty() {
        Ok(())
    } else {
        Err(JournalError::OlderSchema(missing.join(", ")))
    }
}

pub(crate) fn known() -> Vec<String> {
    Migrations::migrations()
        .iter()
        .map(|migration| migration.name().to_owned())
        .collect()
}

async fn applied<'c, C>(db: &'c C) -> Result<Vec<String>, JournalError>
where
    C: ConnectionTrait,
    &'c C: IntoSchemaManagerConnection<'c>,
{
    if !SchemaManager::new(db).has_table("seaql_migrations").await? {
        return Ok(Vec::new());
    }
    let models = seaql_migrations::Entity::find().all(db).await?;
    Ok(models.into_iter().map(|model| model.version).collect())
}

pub(crate) fn refuse_newer(applied: &[String]) -> Result<(), JournalError> {
    let known = known();
    let newer: Vec<&str> = applied
        .iter()
        .filter(|name| !known.contains(name))
        .map(String::as_str)
        .collect();
    if newer.is_empty() {
        Ok(())
    } else {
        Err(JournalError::NewerSchema(newer.join(", ")))
    }
}
