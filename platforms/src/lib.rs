//! Acts on the outside: hosts.
//!
//! Everything that changes something outside takes a [`guard::authorise::Authority`], which only the
//! domain can make; what merely looks takes none.

pub mod crash;
pub mod hosts;
