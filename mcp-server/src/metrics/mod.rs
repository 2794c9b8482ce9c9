//! What the tools about metrics share: where a question goes, what it would cost, and saying in few words what came back.

pub(crate) mod cost;
pub(crate) mod empty;
pub(crate) mod evidence;
pub(crate) mod labels;
pub(crate) mod link;
pub(crate) mod near;
pub(crate) mod oversized;
pub(crate) mod place;
pub(crate) mod promql;
pub(crate) mod rows;
pub(crate) mod summary;
pub(crate) mod window;
