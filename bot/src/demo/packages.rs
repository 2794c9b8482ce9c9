//! Packages of the shop, and a small server that they are fetched from.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use flate2::Compression;
use flate2::write::GzEncoder;
use md5::Md5;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// A package as a deployment names it.
#[derive(Debug, Clone)]
pub(super) struct Built {
    pub(super) bytes: Bytes,
    pub(super) md5: String,
    pub(super) sha256: String,
}

/// A version of the shop: its start script, which runs this very program.
pub(super) fn build(version: &str) -> io::Result<Built> {
    let script = "#!/bin/sh\n# Started by Tawny in the release's folder, with the instance's environment.\n\
        exec \"$SHOP_PROGRAM\" mock-service --version \"$TAWNY_VERSION\"\n";
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::default()));
    add(&mut archive, "start.sh", script.as_bytes(), 0o755)?;
    add(
        &mut archive,
        "VERSION",
        format!("{version}\n").as_bytes(),
        0o644,
    )?;
    let bytes = archive.into_inner()?.finish()?;
    Ok(Built {
        md5: hex::encode(Md5::digest(&bytes)),
        sha256: hex::encode(Sha256::digest(&bytes)),
        bytes: bytes.into(),
    })
}

fn add(
    archive: &mut tar::Builder<GzEncoder<Vec<u8>>>,
    path: &str,
    content: &[u8],
    mode: u32,
) -> io::Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_size(content.len() as u64);
    header.set_mode(mode);
    header.set_cksum();
    archive.append_data(&mut header, path, content)
}

/// Serves `/shop-VERSION.tar.gz` until told to stop.
pub(super) async fn serve(
    packages: BTreeMap<String, Built>,
    stop: CancellationToken,
) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    let router = Router::new()
        .route("/{file}", get(file))
        .with_state(Arc::new(packages));
    tokio::spawn(async move {
        let served = axum::serve(listener, router)
            .with_graceful_shutdown(stop.cancelled_owned())
            .await;
        if let Err(error) = served {
            tracing::warn!(%error, "the package server ended");
        }
    });
    Ok(address)
}

async fn file(
    State(packages): State<Arc<BTreeMap<String, Built>>>,
    Path(file): Path<String>,
) -> Result<Bytes, StatusCode> {
    let version = file
        .strip_prefix("shop-")
        .and_then(|rest| rest.strip_suffix(".tar.gz"));
    version
        .and_then(|version| packages.get(version))
        .map(|built| built.bytes.clone())
        .ok_or(StatusCode::NOT_FOUND)
}
