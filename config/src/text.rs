//! Texts with rules: durations, times, URLs, sizes, commands, secrets.

mod amount;
mod command;
mod duration;
mod json_object;
mod moment;
mod name;
mod package_url;
mod pem;
mod probe;
mod proxy;
mod repository;
mod secret;
mod selector;
mod url_path;
mod web_url;

pub(crate) use amount::Amount;
pub use amount::Measure;
pub use command::{Command, Query};
pub use json_object::JsonObject;
pub use name::Name;
pub use package_url::{PackageAddress, PackagePrefix, PackageUrl};
pub use pem::PemFile;
pub use probe::{InstanceVars, ProbeHost, ProbePort, ProbeUrl, Status};
pub use proxy::Proxy;
pub use repository::Repository;
pub use secret::Secret;
pub use selector::{Matchers, MetricName, SeriesSelector};
pub use url_path::UrlPath;
pub use web_url::WebUrl;
