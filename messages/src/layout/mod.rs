//! How a message looks on a surface. Only here is foreign text read, and each layout makes it inert.

pub mod commit;
pub mod html;
pub mod markdown;
pub mod plain;
pub mod slack;
pub mod terminal;

mod clean;
