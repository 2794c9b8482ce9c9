use crate::support::read;
use config::settings::JournalVerify;
use std::path::Path;

fn with_journal(journal: &str) -> String {
    format!(
        "journal: {journal}\nmetrics: {{main: {{type: prometheus, url: \"http://p:9090\"}}}}\nservices:\n  - \
         {{name: shop, platform: observed, metrics: {{selector: 'job=\"shop\"'}}}}\n"
    )
}

fn complaint(journal: &str) -> String {
    read(&with_journal(journal)).unwrap_err().to_string()
}

#[test]
fn a_sqlite_path_is_relative_to_the_file_that_says_it() {
    for (said, means) in [
        ("sqlite:data/tawny.db", "sqlite:/etc/tawny/data/tawny.db"),
        ("sqlite:///var/tawny.db", "sqlite:/var/tawny.db"),
    ] {
        let settings = read(&with_journal(&format!("{{url: \"{said}\"}}"))).unwrap();
        let url = settings.journal.url.unwrap();
        assert_eq!(url.expose(), means);
        assert!(!url.is_shared());
    }
}

#[test]
fn postgresql_takes_its_password_and_its_certificates_beside_the_url() {
    let settings = read(&with_journal(
        "{url: postgres://tawny@db/tawny, password: \"${TAWNY_DB_PASSWORD}\", tls: {ca: ca.pem}}",
    ))
    .unwrap();
    let journal = settings.journal;
    assert!(journal.url.unwrap().is_shared());
    let password = journal.password.unwrap();
    assert_eq!(password.expose(), "TAWNY_DB_PASSWORD-0123456789abcdef");
    let tls = journal.tls.unwrap();
    assert_eq!(tls.verify, JournalVerify::Full);
    assert_eq!(tls.ca.as_deref(), Some(Path::new("/etc/tawny/ca.pem")));
}

#[test]
fn what_does_not_go_together_is_said_at_its_field_without_the_url() {
    insta::assert_snapshot!(complaint("{url: mysql://u:hunter2@db/x}"), @"tawny.yaml:1:16: journal.url: another kind of URL: expected `sqlite:PATH` or `postgres://...`");
    insta::assert_snapshot!(complaint("{password: hunter2, tls: {}}"), @r"
    tawny.yaml:1:21: journal.password: something that only PostgreSQL has: expected `url: postgres://...` beside it
    tawny.yaml:1:35: journal.tls: something that only PostgreSQL has: expected `url: postgres://...` beside it
    ");
    insta::assert_snapshot!(complaint("{url: \"postgres://u:hunter2@db/x?sslmode=require\", password: hunter2, tls: {}}"), @r"
    tawny.yaml:1:71: journal.password: a second password: expected one, here or in `url`
    tawny.yaml:1:85: journal.tls: what `url` says too: expected it here, or as `sslmode` and the like in `url`
    ");
    insta::assert_snapshot!(complaint("{url: postgres://u@db/x, tls: {certificate: a.pem}}"), @"tawny.yaml:1:40: journal.tls: a certificate without its key, or a key without its certificate: expected both `certificate` and `key`, or neither");
}
