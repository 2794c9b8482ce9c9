//! Packages as tar.gz, and a server that can also answer badly.

use crate::double::{Double, Reply};
use flate2::Compression;
use flate2::write::GzEncoder;
use md5::Md5;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

/// What a release does when it is started, after it has noted the start.
pub(crate) const SERVES: &str =
    "exec \"$SHOP_PROGRAM\" mock-service --version \"$TAWNY_VERSION\"\n";

/// A package: its start script notes the start, then does what `then` says.
pub(crate) fn package(then: &str) -> Vec<u8> {
    let script = format!("#!/bin/sh\necho \"$TAWNY_VERSION $$\" >> \"$STARTS\"\n{then}");
    archive(&[("start.sh", script.as_bytes())])
}

/// An archive with exactly these paths, however wrong they are.
pub(crate) fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::default()));
    for (path, content) in files {
        let mut header = tar::Header::new_gnu();
        // Written as bytes: the setter refuses what an attacker would write.
        let name = &mut header.as_old_mut().name;
        name[..path.len()].copy_from_slice(path.as_bytes());
        header.set_size(content.len() as u64);
        header.set_mode(0o755);
        header.set_entry_type(tar::EntryType::Regular);
        header.set_cksum();
        archive.append(&header, *content).unwrap();
    }
    archive.into_inner().unwrap().finish().unwrap()
}

pub(crate) fn md5(bytes: &[u8]) -> String {
    hex::encode(Md5::digest(bytes))
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Where packages are fetched from.
pub(crate) struct Packages {
    url: String,
    shelf: Arc<Mutex<BTreeMap<String, Reply>>>,
    asked: Arc<Mutex<Vec<String>>>,
    _double: Double,
}

impl Packages {
    pub(crate) async fn start(address: SocketAddr) -> Self {
        let shelf: Arc<Mutex<BTreeMap<String, Reply>>> = Arc::default();
        let shown = Arc::clone(&shelf);
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let noted = Arc::clone(&asked);
        let double = Double::start(address, move |request| {
            noted.lock().unwrap().push(request.path.clone());
            let shelf = shown.lock().unwrap();
            shelf.get(&request.path).cloned().unwrap_or(Reply::Http {
                status: 404,
                body: b"no such package".to_vec(),
            })
        })
        .await;
        Self {
            url: format!("http://{address}"),
            shelf,
            asked,
            _double: double,
        }
    }

    /// The URL of a service's package of a version.
    pub(crate) fn url(&self, service: &str, version: &str) -> String {
        format!("{}/{service}-{version}.tar.gz", self.url)
    }

    /// Whether a version's package was asked for.
    pub(crate) fn was_asked(&self, service: &str, version: &str) -> bool {
        let path = format!("/{service}-{version}.tar.gz");
        self.asked.lock().unwrap().contains(&path)
    }

    /// Puts what is answered for a version on the shelf.
    pub(crate) fn answer(&self, service: &str, version: &str, reply: Reply) {
        let path = format!("/{service}-{version}.tar.gz");
        self.shelf.lock().unwrap().insert(path, reply);
    }

    /// Puts a package on the shelf and says it as a deployment does: with digests and size.
    pub(crate) fn put(&self, service: &str, version: &str, bytes: Vec<u8>) -> Value {
        let said = json!({
            "url": self.url(service, version),
            "md5": md5(&bytes),
            "sha256": sha256(&bytes),
            "size": bytes.len(),
        });
        let reply = Reply::Http {
            status: 200,
            body: bytes,
        };
        self.answer(service, version, reply);
        said
    }
}
