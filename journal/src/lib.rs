//! The only SQL: events, inbox, outbox, timers, leases, evidence.
