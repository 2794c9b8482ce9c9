//! What the tests share.

use config::{ConfigErrors, Lookup, Settings};
use std::io;
use std::path::Path;

/// The committed example.
pub(crate) const EXAMPLE: &str = include_str!("../../../tawny.example.yaml");

/// Everything that the example refers to.
pub(crate) fn world() -> Lookup {
    Lookup::new(
        |name| {
            let known = [
                "PROMETHEUS_PASSWORD",
                "TAWNY_TOKEN_ANN",
                "TAWNY_TOKEN_CI",
                "SHOP_DB_PASSWORD",
                "TAWNY_WEBHOOK_SECRET",
            ];
            known
                .contains(&name)
                .then(|| format!("{name}-0123456789abcdef"))
        },
        |path| {
            if path == Path::new("/etc/tawny/secrets/metrics-token") {
                Ok("metrics-token-from-file\n".to_owned())
            } else {
                Err(io::Error::from(io::ErrorKind::NotFound))
            }
        },
    )
}

/// Reads a text that lies in `/etc/tawny`.
pub(crate) fn read(text: &str) -> Result<Settings, ConfigErrors> {
    config::parse(text, "tawny.yaml", Path::new("/etc/tawny"), &world())
}
