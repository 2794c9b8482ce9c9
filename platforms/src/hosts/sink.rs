//! Where the bytes of a package go: to disk, counted and measured on the way.

use super::package_error::PackageError;
use md5::{Digest, Md5};
use sha2::Sha256;
use std::path::Path;
use tempfile::NamedTempFile;
use tokio::fs::File;
use tokio::io::AsyncWriteExt;

/// A package on disk, measured. The file goes away with the value.
#[derive(Debug)]
pub(super) struct Fetched {
    pub(super) file: NamedTempFile,
    pub(super) size: u64,
    pub(super) md5: String,
    pub(super) sha256: String,
}

/// Counts, measures and stores.
pub(super) struct Sink {
    pub(super) url: String,
    file: NamedTempFile,
    out: File,
    pub(super) size: u64,
    limit: u64,
    pub(super) promised: Option<u64>,
    md5: Md5,
    sha256: Sha256,
}

impl Sink {
    pub(super) fn new(
        folder: &Path,
        url: &str,
        limit: u64,
        promised: Option<u64>,
    ) -> Result<Self, PackageError> {
        let disk = |error: std::io::Error| PackageError::Disk {
            url: url.to_owned(),
            reason: error.to_string(),
        };
        let file = tempfile::Builder::new()
            .prefix("package-")
            .tempfile_in(folder)
            .map_err(disk)?;
        let out = File::from_std(file.reopen().map_err(disk)?);
        Ok(Self {
            url: url.to_owned(),
            file,
            out,
            size: 0,
            limit,
            promised,
            md5: Md5::new(),
            sha256: Sha256::new(),
        })
    }

    pub(super) fn announce(&self, length: Option<u64>) -> Result<(), PackageError> {
        let Some(found) = length else { return Ok(()) };
        match self.promised {
            Some(expected) if expected != found => Err(PackageError::WrongSize {
                url: self.url.clone(),
                expected,
                found,
            }),
            _ => self.fits(found),
        }
    }

    fn fits(&self, size: u64) -> Result<(), PackageError> {
        if size > self.limit {
            return Err(PackageError::TooLarge {
                url: self.url.clone(),
                limit: self.limit,
            });
        }
        Ok(())
    }

    pub(super) async fn push(&mut self, chunk: &[u8]) -> Result<(), PackageError> {
        self.size += chunk.len() as u64;
        self.fits(self.size)?;
        self.md5.update(chunk);
        self.sha256.update(chunk);
        self.out
            .write_all(chunk)
            .await
            .map_err(|error| PackageError::Disk {
                url: self.url.clone(),
                reason: error.to_string(),
            })
    }

    pub(super) async fn end(mut self) -> Result<Fetched, PackageError> {
        self.out.flush().await.map_err(|error| PackageError::Disk {
            url: self.url.clone(),
            reason: error.to_string(),
        })?;
        Ok(Fetched {
            file: self.file,
            size: self.size,
            md5: hex::encode(self.md5.finalize()),
            sha256: hex::encode(self.sha256.finalize()),
        })
    }
}
