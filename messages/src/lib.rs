//! What Tawny says, and how it is laid out.
