//! `tawny.yaml` to typed [`Settings`], with every error at once.
//!
//! Each field is declared once, in `settings/`: its type, its default and its meaning. The reader, the JSON
//! schema and the table of fields all come from that declaration.
//!
//! Rules of the format:
//! - An unknown field is an error, and so is a field said twice.
//! - `${NAME}` in a value is replaced by the environment variable, `$${` stands for `${`; commands, queries
//!   and selectors are left as they are. A missing or empty variable is an error.
//! - A secret may also be `file:PATH`. It is never shown, nor is what stands in a place for one.
//! - Relative paths are relative to the file.
//! - Anchors, aliases and `<<` work; top-level fields that begin with `x-` are left alone, as a place for them.

mod error;
mod import;
mod live;
mod load;
mod lookup;
mod near;
mod object;
mod other_names;
pub mod presets;
mod reader;
mod reference;
mod references;
mod schema;
pub mod settings;
mod shape;
pub mod signal;
pub mod text;
mod value;
mod yaml;

pub use error::{ConfigError, ConfigErrors};
pub use import::{Imported, Note, import};
pub use live::Live;
pub use load::{diff, load, parse};
pub use lookup::Lookup;
pub use reference::reference_markdown;
pub use schema::json_schema;
pub use settings::Settings;
pub use text::Secret;
