//! Acts on the outside: hosts, and code hosts that are told how a deployment stands.
//!
//! Everything that changes what runs takes a [`guard::authorise::Authority`], which only the
//! domain can make; what merely looks, or says how it went, takes none.

pub mod code_host;
pub mod crash;
pub mod hosts;
