//! Code hosts against strict doubles: what is asked, what is told of it, and what must never happen.

mod app;
mod github;
mod github_double;
mod gitlab;
mod gitlab_double;
mod large;
mod world;
