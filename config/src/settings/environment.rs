//! Where services run.

use crate::text::Matchers;
use crate::value::settings;
use guard::ids::Environment;

settings! {
    /// Where services run.
    pub struct EnvironmentSettings {
        /// Its name, such as `production` or `staging`.
        name: Environment,
        /// Label matchers that all series of this environment bear, added to each service's own.
        selector: Matchers = "''",
    }
}
