//! Where the journal is, as one URL.

use super::WireError;
use config::Settings;
use config::settings::{JournalTls, JournalUrl, JournalVerify};
use url::Url;

/// The URL that opens the configured journal, its password and certificates included: a secret.
pub fn journal_url(settings: &Settings) -> Result<String, WireError> {
    let configured = &settings.journal;
    let Some(said) = &configured.url else {
        let file = settings.server.data_dir.join("journal.db");
        return Ok(format!("sqlite:{}", file.display()));
    };
    if configured.password.is_none() && configured.tls.is_none() {
        return Ok(said.expose().to_owned());
    }
    let mut url = parsed(said)?;
    if let Some(password) = &configured.password {
        url.set_password(Some(password.expose()))
            .map_err(|()| WireError::Journal("url: a password needs a host".to_owned()))?;
    }
    if let Some(tls) = &configured.tls {
        protect(&mut url, tls);
    }
    Ok(url.into())
}

// The reason names what is wrong and repeats nothing of the URL.
fn parsed(said: &JournalUrl) -> Result<Url, WireError> {
    Url::parse(said.expose())
        .map_err(|error| WireError::Journal(format!("url: it cannot be read: {error}")))
}

fn protect(url: &mut Url, tls: &JournalTls) {
    let mode = match tls.verify {
        JournalVerify::Full => "verify-full",
        JournalVerify::Ca => "verify-ca",
        JournalVerify::None => "require",
    };
    let mut query = url.query_pairs_mut();
    query.append_pair("sslmode", mode);
    for (name, path) in [
        ("sslrootcert", &tls.ca),
        ("sslcert", &tls.certificate),
        ("sslkey", &tls.key),
    ] {
        if let Some(path) = path {
            query.append_pair(name, &path.display().to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use config::Lookup;
    use std::path::Path;

    fn settings(journal: &str) -> Settings {
        let text = format!(
            "journal: {journal}\nmetrics: {{main: {{type: prometheus, url: \"http://p:9090\"}}}}\nservices:\n  - \
             {{name: shop, platform: observed, metrics: {{selector: 'job=\"shop\"'}}}}\n"
        );
        let lookup = Lookup::new(
            |_| Some("p@ss/w:rd?#%".to_owned()),
            |_| Err(std::io::Error::from(std::io::ErrorKind::NotFound)),
        );
        config::parse(&text, "tawny.yaml", Path::new("/etc/tawny"), &lookup).unwrap()
    }

    #[test]
    fn a_password_beside_the_url_may_have_any_characters() {
        let settings = settings(
            "{url: \"postgres://tawny@db:6432/tawny?answer_timeout=3\", password: \"${PW}\"}",
        );
        let url = journal_url(&settings).unwrap();
        let url = Url::parse(&url).unwrap();
        let password = percent_encoding::percent_decode_str(url.password().unwrap());
        assert_eq!(password.decode_utf8().unwrap(), "p@ss/w:rd?#%");
        assert_eq!((url.host_str(), url.port()), (Some("db"), Some(6432)));
        assert_eq!(url.query(), Some("answer_timeout=3"));
    }

    #[test]
    fn certificates_become_what_the_driver_reads() {
        let url = "{url: postgres://tawny@db/tawny, tls: {verify: ca, ca: a.pem, certificate: b.pem, key: c.pem}}";
        assert_eq!(
            journal_url(&settings(url)).unwrap(),
            "postgres://tawny@db/tawny?sslmode=verify-ca&sslrootcert=%2Fetc%2Ftawny%2Fa.pem&sslcert=%2Fetc%2Ftawny%2Fb.pem&sslkey=%2Fetc%2Ftawny%2Fc.pem"
        );
    }

    #[test]
    fn without_a_url_the_journal_lies_in_the_data_folder() {
        assert_eq!(
            journal_url(&settings("{}")).unwrap(),
            "sqlite:/etc/tawny/tawny-data/journal.db"
        );
    }
}
