//! A bad package: a clear error, and the old version untouched and serving.

use crate::release::{SERVE, archive, good};
use crate::rig::Rig;
use crate::server::liar;
use guard::plan::Package;

/// Deploys v2 from a bad package over a running v1; returns the error.
async fn refused(change: impl AsyncFnOnce(&Rig, Package) -> Package) -> String {
    let mut rig = Rig::new(&["shop-1"]).await;
    let (v1, brought) = rig.run("v1").await;
    let v2 = rig.server.put("v2", good("v2"));
    let v2 = change(&rig, v2).await;
    let story = rig.story(Some(("v1", &v1)), ("v2", &v2));
    let error = rig.bring(&story).await.unwrap_err().to_string();
    assert_eq!(rig.serving().await.as_deref(), Some("v1"), "{error}");
    assert_eq!(
        rig.processes(),
        [brought.pid],
        "the old process is the same one"
    );
    assert_eq!(rig.starts(), ["v1"]);
    assert!(!rig.root().join("releases/v2").exists());
    let downloads = rig.hosts.config().deploy_path.join(".downloads");
    assert_eq!(
        std::fs::read_dir(downloads).unwrap().count(),
        0,
        "nothing is left over"
    );
    error
}

#[tokio::test]
async fn a_wrong_md5_names_both() {
    let wrong = "0123456789abcdef0123456789abcdef";
    let error = refused(async |_, v2| Package {
        md5: Some(wrong.to_owned()),
        ..v2
    })
    .await;
    assert!(
        error.contains("its md5 is ") && error.ends_with(&format!("expected {wrong}")),
        "{error}"
    );
}

#[tokio::test]
async fn a_wrong_sha256_names_both_although_the_md5_is_right() {
    let wrong = "ab".repeat(32);
    let error = refused(async |_, v2| Package {
        sha256: Some("ab".repeat(32)),
        ..v2
    })
    .await;
    assert!(
        error.contains("its sha256 is ") && error.ends_with(&format!("expected {wrong}")),
        "{error}"
    );
}

#[tokio::test]
async fn a_wrong_size_names_both() {
    let error = refused(async |_, v2| Package {
        size: Some(7),
        ..v2
    })
    .await;
    assert!(
        error.contains("its size is ") && error.ends_with("bytes: expected 7"),
        "{error}"
    );
}

#[tokio::test]
async fn a_package_that_is_not_there_names_the_answer() {
    let error = refused(async |rig, v2| Package {
        url: rig.server.url("p/gone?token=secret"),
        ..v2
    })
    .await;
    assert!(
        error.contains("/p/gone: the server answered 404"),
        "{error}"
    );
    assert!(!error.contains("secret"), "{error}");
}

#[tokio::test]
async fn a_truncated_body_names_how_much_came() {
    let error = refused(async |_, v2| {
        let bytes = good("v2");
        let (url, _server) = liar(bytes.len(), bytes[..100].to_vec()).await;
        Package { url, ..v2 }
    })
    .await;
    assert!(
        error.contains("was cut off after 100 bytes: expected "),
        "{error}"
    );
}

#[tokio::test]
async fn an_archive_that_climbs_out_is_refused_though_its_digests_are_right() {
    let error = refused(async |rig, _| {
        let bytes = archive(&[
            ("run.sh", SERVE),
            ("version", "v2"),
            ("../../current/run.sh", "exit 1"),
        ]);
        rig.server.put("v2", bytes)
    })
    .await;
    assert!(error.contains("climbs out with `..`"), "{error}");
}

#[tokio::test]
async fn a_package_larger_than_allowed_is_refused() {
    let error = refused(async |rig, _| {
        let package = rig.server.put("v2", vec![1; (1 << 20) + 1]);
        Package {
            size: None,
            ..package
        }
    })
    .await;
    assert!(error.contains("larger than 1048576 bytes"), "{error}");
}

#[tokio::test]
async fn a_server_that_is_gone_is_said_so() {
    let error = refused(async |_, v2| Package {
        // Nobody listens on port 1, and nobody is given it by chance.
        url: "http://127.0.0.1:1/p".to_owned(),
        ..v2
    })
    .await;
    assert!(error.contains("the server cannot be reached"), "{error}");
}

#[tokio::test]
async fn a_url_elsewhere_is_not_fetched_also_when_redirected_there() {
    for (path, why) in [
        (
            "http://elsewhere.example/v2",
            "its host is not one of `packages.hosts`",
        ),
        (
            "https://127.0.0.1/v2",
            "its scheme is not one of `packages.schemes`",
        ),
        (
            "file:///etc/hostname",
            "does not lie below one of `packages.file_roots`",
        ),
        ("moved", "redirected to a url that is refused: its host"),
    ] {
        let error = refused_early(path).await;
        assert!(error.contains(why), "{path}: {error}");
    }
}

/// As [`refused`], without the running version that these do not come near.
async fn refused_early(url: &str) -> String {
    let mut rig = Rig::new(&["shop-1"]).await;
    let url = match url.contains(':') {
        true => url.to_owned(),
        false => rig.server.url(url),
    };
    let bytes = good("v2");
    let package = crate::release::package(url, &bytes);
    let story = rig.story(None, ("v2", &package));
    rig.bring(&story).await.unwrap_err().to_string()
}

#[tokio::test]
async fn a_package_is_taken_from_a_file_below_an_allowed_directory() {
    let mut rig = Rig::new(&["shop-1"]).await;
    let files = rig.folder.path().join("files");
    std::fs::create_dir(&files).unwrap();
    let bytes = good("v1");
    std::fs::write(files.join("v1.tar.gz"), &bytes).unwrap();
    let url = format!("file://{}/v1.tar.gz", files.display());
    let package = crate::release::package(url, &bytes);
    let story = rig.story(None, ("v1", &package));
    rig.bring(&story).await.unwrap();
    assert_eq!(rig.serving().await.as_deref(), Some("v1"));
}

#[tokio::test]
async fn a_version_in_use_is_not_replaced_by_another_package_of_the_same_name() {
    let mut rig = Rig::new(&["shop-1"]).await;
    let (_, brought) = rig.run("v1").await;
    crate::rig::kill(brought.pid);
    let other = rig
        .server
        .put("v1", archive(&[("run.sh", "exit 1"), ("version", "v1")]));
    let story = rig.story(None, ("v1", &other));
    let error = rig.bring(&story).await.unwrap_err().to_string();
    assert!(
        error.contains("publish the change as a new version"),
        "{error}"
    );
}
