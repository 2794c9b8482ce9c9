//! A small HTTP shop with a fault switch.
