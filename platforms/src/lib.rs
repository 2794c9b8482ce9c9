//! Acts on the outside: hosts.
