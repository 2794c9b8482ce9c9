//! The loop: leases, ticks, timers, outbox, recovery.
