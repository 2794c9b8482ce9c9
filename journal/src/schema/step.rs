//! A step of the schema: a name, and what it makes, in this order.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::text;

/// A step. Its name stands in every journal that has taken it.
pub(super) struct Step {
    pub(super) name: &'static str,
    pub(super) makes: fn() -> Vec<Made>,
}

/// What a step makes.
#[allow(clippy::large_enum_variant)] // a few of them, once per journal
pub(super) enum Made {
    Table(TableCreateStatement),
    Column(TableAlterStatement),
    Index(IndexCreateStatement),
}

impl MigrationName for Step {
    fn name(&self) -> &'static str {
        self.name
    }
}

#[allow(
    elided_lifetimes_in_paths,
    reason = "async_trait must see the trait's own signature"
)]
#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        for made in (self.makes)() {
            match made {
                Made::Table(table) => schema.create_table(table).await?,
                Made::Column(column) => schema.alter_table(column).await?,
                Made::Index(index) => schema.create_index(index).await?,
            }
        }
        Ok(())
    }
}

pub(super) fn table(name: &'static str, columns: Vec<ColumnDef>) -> Made {
    let mut table = Table::create().table(name).to_owned();
    for mut column in columns {
        table.col(&mut column);
    }
    Made::Table(table)
}

/// The column by which a table's rows are known.
pub(super) fn text_pk(name: &'static str) -> ColumnDef {
    text(name).primary_key().to_owned()
}

/// One column more in a table that is there.
pub(super) fn column(table: &'static str, column: ColumnDef) -> Made {
    Made::Column(Table::alter().table(table).add_column(column).to_owned())
}

/// Named after what it is over.
pub(super) fn index(table: &'static str, columns: &[&'static str]) -> Made {
    Made::Index(over(table, columns))
}

/// An index that holds each value once.
pub(super) fn unique(table: &'static str, columns: &[&'static str]) -> Made {
    Made::Index(over(table, columns).unique().to_owned())
}

fn over(table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index
        .table(table)
        .name(format!("ix_{table}_{}", columns.join("_")));
    for column in columns {
        index.col(*column);
    }
    index
}
