//! What all code hosts have in common: careful exchanges, and how a release is read within bounds.

mod answer;
mod cache;
mod collect;
mod encoded;
mod errand;
mod fault;
mod forge;
mod ledger;
mod line;
mod link;
mod pace;

pub(super) use collect::collect;
pub(super) use encoded::encoded;
pub(super) use errand::Errand;
pub(super) use fault::Fault;
pub(super) use forge::{Commit, File, Files, Forge, Merged, People, Walk, Way};
pub use line::HostConfig;
pub(super) use line::{Line, Manners};

/// Longest text that is kept of a message or a description, in bytes.
const TEXT: usize = 8_000;

/// The beginning of a text, at most `most` bytes of it.
pub(super) fn cut(mut text: String, most: usize) -> String {
    let end = text.floor_char_boundary(most);
    text.truncate(end);
    text.shrink_to_fit();
    text
}

/// A text of the host as long as is kept.
pub(super) fn kept(text: &str) -> String {
    cut(text.trim().to_owned(), TEXT)
}

/// Whether this can be a commit's hash and so a part of a path.
pub(super) fn is_hash(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
