//! What the journal promises, seen from outside. The crash tests are in `src/crash_tests.rs`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking too"
)]
#![allow(clippy::duplicate_mod, reason = "the same tests, once on each engine")]

mod archive;
mod golden;
mod killed;
mod lost;
mod replicas;
mod sqlite_file;
mod support;
mod tls;

#[path = "both"]
mod sqlite {
    type Engine = crate::support::Sqlite;
    type Bench = crate::support::Bench<Engine>;

    mod appending;
    mod hash_chain;
    mod inputs;
    mod kept_beside;
    mod leases;
    mod opening;
    mod outbox;
    mod timers;
}

#[path = "both"]
mod postgres {
    type Engine = crate::support::Postgres;
    type Bench = crate::support::Bench<Engine>;

    mod appending;
    mod hash_chain;
    mod inputs;
    mod kept_beside;
    mod leases;
    mod opening;
    mod outbox;
    mod timers;
}
