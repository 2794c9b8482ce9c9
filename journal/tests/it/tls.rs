//! PostgreSQL over TLS, with an authority of its own and a password.

use std::path::Path;

use journal::{Journal, JournalError, JournalOptions};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use sqlx::{Connection, Executor, PgConnection};

use crate::support::server::Server;

const PASSWORD: &str = "an-owl-never-tells";

/// Writes an authority, and a server's certificate for `localhost` that it signed.
fn certificates(server: &Path) {
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["localhost".to_owned()])
        .unwrap()
        .signed_by(&key, &authority)
        .unwrap();
    std::fs::write(server.join("ca.pem"), authority.pem()).unwrap();
    std::fs::write(server.join("data/server.crt"), certificate.pem()).unwrap();
    std::fs::write(server.join("data/server.key"), key.serialize_pem()).unwrap();
}

/// A server that speaks to `tawny` over TLS only, and asks for the password.
async fn server() -> Server {
    let server = Server::own();
    let mut admin = PgConnection::connect(&server.url("postgres"))
        .await
        .unwrap();
    let role = format!("CREATE ROLE tawny LOGIN PASSWORD '{PASSWORD}'");
    admin.execute(sqlx::AssertSqlSafe(role)).await.unwrap();
    admin
        .execute("CREATE DATABASE journal OWNER tawny")
        .await
        .unwrap();
    drop(admin);
    server.stop();
    certificates(server.folder());
    server.own_file("server.key");
    std::fs::write(
        server.folder().join("data/pg_hba.conf"),
        "hostssl all tawny 127.0.0.1/32 scram-sha-256\nhost all postgres 127.0.0.1/32 trust\n",
    )
    .unwrap();
    server.start(&["ssl=on"]);
    server
}

#[tokio::test]
async fn tls_is_verified_against_the_urls_authority_and_the_password_is_told_to_nobody() {
    let server = server().await;
    let port = server.port();
    let ca = server.folder().join("ca.pem");
    let ca = ca.display();
    let open = async |password: &str, host: &str, rest: &str| {
        let url = format!("postgres://tawny:{password}@{host}:{port}/journal?{rest}");
        Journal::open(&url, JournalOptions::default()).await
    };
    let trusted = format!("sslmode=verify-full&sslrootcert={ca}");
    let journal = open(PASSWORD, "localhost", &trusted).await.unwrap();

    let mut admin = PgConnection::connect(&server.url("journal")).await.unwrap();
    let (all, tls): (i64, i64) = sqlx::query_as(
        "SELECT COUNT(*), COUNT(*) FILTER (WHERE ssl) FROM pg_stat_ssl
         JOIN pg_stat_activity USING (pid) WHERE usename = 'tawny'",
    )
    .fetch_one(&mut admin)
    .await
    .unwrap();
    assert!(all >= 2 && all == tls, "{tls} of {all} connections use TLS");
    journal.reader().now().await.unwrap();

    for (password, host, rest, says) in [
        (
            PASSWORD,
            "localhost",
            "sslmode=verify-full",
            "UnknownIssuer",
        ),
        (
            PASSWORD,
            "127.0.0.1",
            trusted.as_str(),
            "not valid for name",
        ),
        (PASSWORD, "localhost", "sslmode=disable", "no encryption"),
        (
            PASSWORD,
            "localhost",
            "sslmode=verify-full&sslrootcert=/nowhere/ca.pem",
            "No such file",
        ),
        (
            "a-wrong-password",
            "localhost",
            trusted.as_str(),
            "password authentication failed",
        ),
    ] {
        let error = open(password, host, rest).await.err().unwrap();
        assert!(matches!(error, JournalError::Unavailable(_)), "{error:?}");
        let text = format!("{error} {error:?}");
        assert!(text.contains(says), "{rest}: {text}");
        let place = format!("postgres://tawny@{host}:{port}/journal: ");
        assert!(text.contains(&place), "{text}");
        assert!(!text.contains(password), "{text}");
    }
}
