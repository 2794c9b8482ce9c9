//! A value that a reload replaces while others read it.

pub use config::Live;
