//! The binary tawny: page, CLI verbs, wiring.
