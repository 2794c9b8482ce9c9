//! What inputs and effects share: first in line in their key, claimed under a lease, free again when
//! the lease is gone.

use sea_orm::sea_query::{Condition, Expr, ExprTrait, IntoColumnRef, Query, SelectStatement};
use sea_orm::{ColumnTrait, EntityTrait};

use crate::table::{Status, lease};

/// The first open row of every key: `SELECT MIN(place) ... WHERE open GROUP BY key`. A quarantined
/// row is open: it holds back its own key and no other.
pub(crate) fn first_in_line<E: EntityTrait>(
    table: E,
    place: E::Column,
    key: E::Column,
    status: E::Column,
) -> SelectStatement {
    Query::select()
        .expr(Expr::col(place).min())
        .from(table.table_ref())
        .and_where(status.is_in(Status::OPEN))
        .group_by_col(key)
        .to_owned()
}

/// Rows that may be claimed at `now`: waiting and due, or claimed by somebody whose lease is gone.
pub(crate) fn claimable<C: ColumnTrait>(
    status: C,
    not_before: C,
    claim_lease: impl IntoColumnRef,
    claim_epoch: impl IntoColumnRef,
    now: i64,
) -> Condition {
    let alive = Query::select()
        .expr(Expr::val(1))
        .from(lease::Entity)
        .and_where(Expr::col((lease::Entity, lease::Column::Name)).equals(claim_lease))
        .and_where(Expr::col((lease::Entity, lease::Column::Epoch)).equals(claim_epoch))
        .and_where(Expr::col((lease::Entity, lease::Column::ExpiresAt)).gt(now))
        .to_owned();
    Condition::any()
        .add(
            Condition::all()
                .add(status.eq(Status::Pending))
                .add(not_before.lte(now)),
        )
        .add(
            Condition::all()
                .add(status.eq(Status::Claimed))
                .add(Expr::exists(alive).not()),
        )
}

/// An error's text as both engines keep it: PostgreSQL refuses NUL, and an error that cannot be
/// noted would leave its work claimed.
pub(crate) fn storable(error: &str) -> String {
    error.replace('\0', "\u{fffd}")
}
