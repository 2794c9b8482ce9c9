//! The binary `tawny`.
fn main() {}
