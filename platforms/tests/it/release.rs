//! Packages as these tests make them.

use flate2::Compression;
use flate2::write::GzEncoder;
use guard::plan::Package;
use md5::{Digest, Md5};
use sha2::Sha256;
use std::io::Write;

/// A tar.gz with a `run.sh` that does this, and the version in a file.
pub(crate) fn release(version: &str, run: &str) -> Vec<u8> {
    archive(&[("run.sh", run), ("version", version)])
}

/// A release that serves.
pub(crate) fn good(version: &str) -> Vec<u8> {
    release(version, SERVE)
}

/// Becomes the test service.
pub(crate) const SERVE: &str =
    "exec \"$TEST_BINARY\" --exact service::serve --ignored --nocapture --test-threads=1\n";

pub(crate) fn archive(files: &[(&str, &str)]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, content) in files {
        let mut header = tar::Header::new_gnu();
        // Set by hand: the library refuses to write a name that climbs out.
        header.as_gnu_mut().unwrap().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_mode(0o644);
        header.set_size(content.len() as u64);
        header.set_cksum();
        tar.append(&header, content.as_bytes()).unwrap();
    }
    let mut gz = GzEncoder::new(Vec::new(), Compression::fast());
    gz.write_all(&tar.into_inner().unwrap()).unwrap();
    gz.finish().unwrap()
}

/// What a registry would say of these bytes.
pub(crate) fn package(url: String, bytes: &[u8]) -> Package {
    Package {
        url,
        md5: Some(hex::encode(Md5::digest(bytes))),
        sha256: Some(hex::encode(Sha256::digest(bytes))),
        size: Some(bytes.len() as u64),
        created_at: None,
    }
}
