//! Which package URLs may be fetched: the guard against being sent to where nobody should go.

use super::config::PackageSources;
use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

/// Reads a package URL and says why it is refused, if it is.
pub(super) fn parse(text: &str, sources: &PackageSources) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("it is no url: {error}"))?;
    check(&url, sources)?;
    Ok(url)
}

/// Says why a URL is refused, if it is. Redirects come here too.
pub(super) fn check(url: &Url, sources: &PackageSources) -> Result<(), String> {
    if !sources.schemes.iter().any(|scheme| scheme == url.scheme()) {
        return Err(format!(
            "its scheme is not one of `packages.schemes` ({})",
            sources.schemes.join(", ")
        ));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("it carries credentials: expected none in a url".to_owned());
    }
    if url.scheme() == "file" {
        return file(url, sources).map(|_| ());
    }
    let host = url.host_str().ok_or("it names no host")?;
    let port = url.port_or_known_default();
    if !sources
        .hosts
        .iter()
        .any(|pattern| matches(pattern, host, port))
    {
        return Err(format!(
            "its host is not one of `packages.hosts` ({})",
            sources.hosts.join(", ")
        ));
    }
    if !sources.directories.is_empty() && !sources.directories.iter().any(|d| below(url, d)) {
        return Err(format!(
            "it does not lie below one of the allowed directories ({})",
            sources.directories.join(", ")
        ));
    }
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    match bare.parse::<IpAddr>() {
        Ok(address) => reachable(address, sources.allow_loopback),
        Err(_) => Ok(()),
    }
}

/// The path of a `file` URL, if it lies below an allowed directory after every link is followed.
pub(super) fn file(url: &Url, sources: &PackageSources) -> Result<PathBuf, String> {
    let path = url
        .to_file_path()
        .map_err(|()| "expected file:///absolute/path".to_owned())?;
    let real = path
        .canonicalize()
        .map_err(|error| format!("it cannot be opened: {error}"))?;
    let below = |root: &PathBuf| {
        root.canonicalize()
            .is_ok_and(|root: PathBuf| real.starts_with(Path::new(&root)))
    };
    if sources.file_roots.iter().any(below) {
        Ok(real)
    } else {
        Err("it does not lie below one of `packages.file_roots`".to_owned())
    }
}

/// Whether a text can be one of `directories`.
pub(super) fn directory(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.path().ends_with('/')
            && url.query().is_none()
            && url.fragment().is_none()
    })
}

/// Whether a URL lies below a directory: the same origin, and a path that begins with the same segments.
fn below(url: &Url, directory: &str) -> bool {
    let Ok(directory) = Url::parse(directory) else {
        return false;
    };
    // Encoded dots and slashes that the parser leaves alone could climb out on the server's side.
    let path = url.path().to_ascii_lowercase();
    if ["%2f", "%5c", "%2e", "%25"]
        .iter()
        .any(|part| path.contains(part))
        || path.contains('\\')
    {
        return false;
    }
    if url.origin() != directory.origin() {
        return false;
    }
    let (Some(parts), Some(first)) = (url.path_segments(), directory.path_segments()) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    // A directory ends with an empty segment, which stands for whatever lies in it.
    let first: Vec<&str> = first.filter(|part| !part.is_empty()).collect();
    parts.len() > first.len() && parts.starts_with(&first)
}

fn matches(pattern: &str, host: &str, port: Option<u16>) -> bool {
    let (name, wanted) = match pattern.rsplit_once(':') {
        Some((name, digits)) if digits.parse::<u16>().is_ok() => (name, digits.parse().ok()),
        _ => (pattern, None),
    };
    if wanted.is_some() && wanted != port {
        return false;
    }
    match name.strip_prefix("*.") {
        Some(parent) => host
            .to_ascii_lowercase()
            .strip_suffix(&parent.to_ascii_lowercase())
            .is_some_and(|rest| rest.len() > 1 && rest.ends_with('.')),
        None => host.eq_ignore_ascii_case(name),
    }
}

/// Says why an address is refused, if it is. Link-local ones hold the secrets of cloud machines.
fn reachable(address: IpAddr, allow_loopback: bool) -> Result<(), String> {
    let plain = address.to_canonical();
    let bad = plain.is_unspecified()
        || plain.is_multicast()
        || match plain {
            IpAddr::V4(v4) => v4.is_link_local() || v4.is_broadcast(),
            IpAddr::V6(v6) => v6.is_unicast_link_local(),
        };
    if bad {
        return Err(format!("its address {address} is not that of a server"));
    }
    if plain.is_loopback() && !allow_loopback {
        return Err(format!(
            "its address {address} is this machine: set `packages.allow_loopback` if that is meant"
        ));
    }
    Ok(())
}

/// Resolves names, and leaves out every address that may not be reached: a name that is allowed today
/// may point elsewhere tomorrow.
#[derive(Debug)]
pub(super) struct Resolver {
    pub(super) allow_loopback: bool,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let allow_loopback = self.allow_loopback;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let mut refused = None;
            let good: Vec<SocketAddr> = found
                .filter(|address| match reachable(address.ip(), allow_loopback) {
                    Ok(()) => true,
                    Err(why) => {
                        refused = Some(why);
                        false
                    }
                })
                .collect();
            match refused {
                Some(why) if good.is_empty() => Err(why.into()),
                _ => Ok(Box::new(good.into_iter()) as Addrs),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources() -> PackageSources {
        PackageSources {
            schemes: vec!["https".into(), "http".into(), "file".into()],
            hosts: vec![
                "packages.example.com".into(),
                "*.store.example.com".into(),
                "10.0.0.7:8081".into(),
                "127.0.0.1".into(),
                "169.254.169.254".into(),
                "[::1]".into(),
                "[::ffff:7f00:1]".into(),
            ],
            ..PackageSources::default()
        }
    }

    #[test]
    fn only_listed_hosts_are_asked() {
        let sources = sources();
        for good in [
            "https://packages.example.com/a",
            "https://PACKAGES.example.com:8443/a",
            "https://eu.store.example.com/a",
            "http://10.0.0.7:8081/a",
        ] {
            assert!(
                parse(good, &sources).is_ok(),
                "{good}: {:?}",
                parse(good, &sources)
            );
        }
        for bad in [
            "https://example.com/a",
            "https://packages.example.com.evil.example/a",
            "https://evilstore.example.com/a",
            "https://store.example.com/a",
            "http://10.0.0.7:8082/a",
            "http://10.0.0.7/a",
            "https://user:secret@packages.example.com/a",
            "ftp://packages.example.com/a",
            "packages.example.com/a",
        ] {
            assert!(parse(bad, &sources).is_err(), "{bad} was taken");
        }
    }

    #[test]
    fn only_what_lies_below_an_allowed_directory_is_asked_for() {
        let mut sources = sources();
        sources.directories = vec![
            "https://packages.example.com/shop/".into(),
            "http://10.0.0.7:8081/".into(),
        ];
        for good in [
            "https://packages.example.com/shop/v2.tar.gz",
            "https://packages.example.com/shop/2026/v2.tar.gz?signature=x",
            "https://packages.example.com/other/../shop/v2.tar.gz",
            "http://10.0.0.7:8081/anything",
        ] {
            assert_eq!(parse(good, &sources).err(), None, "{good}");
        }
        for bad in [
            "https://packages.example.com/",
            "https://packages.example.com/shop",
            "https://packages.example.com/shopping/v2.tar.gz",
            "https://packages.example.com/other/v2.tar.gz",
            "https://packages.example.com/shop/../other/v2.tar.gz",
            "https://packages.example.com/shop/%2e%2e/other/v2.tar.gz",
            "https://packages.example.com/shop/..%2fother/v2.tar.gz",
            "https://packages.example.com/shop/%252e%252e/other/v2.tar.gz",
            "https://packages.example.com:8443/shop/v2.tar.gz",
            "http://packages.example.com/shop/v2.tar.gz",
        ] {
            assert!(parse(bad, &sources).is_err(), "{bad} was taken");
        }
    }

    #[test]
    fn this_machine_is_refused_unless_configured_and_link_local_always() {
        let mut sources = sources();
        let local = [
            "http://127.0.0.1:9/a",
            "http://[::1]/a",
            "http://[::ffff:127.0.0.1]/a",
        ];
        for url in local {
            let error = parse(url, &sources).unwrap_err();
            assert!(error.contains("this machine"), "{url}: {error}");
        }
        sources.allow_loopback = true;
        for url in local {
            assert!(parse(url, &sources).is_ok(), "{url}");
        }
        assert!(parse("http://169.254.169.254/latest", &sources).is_err());
        assert!(
            parse("http://2130706433:9/a", &sources).is_ok(),
            "127.0.0.1 as a number"
        );
    }

    #[tokio::test]
    async fn a_name_that_points_to_this_machine_is_refused() {
        let resolver = Resolver {
            allow_loopback: false,
        };
        let error = resolver
            .resolve("localhost".parse().unwrap())
            .await
            .err()
            .expect("localhost was taken");
        assert!(error.to_string().contains("this machine"), "{error}");
    }

    #[test]
    fn a_file_is_refused_outside_the_roots_also_through_a_link() {
        let inside = tempfile::tempdir().unwrap();
        let outside = tempfile::tempdir().unwrap();
        std::fs::write(inside.path().join("a"), "x").unwrap();
        std::fs::write(outside.path().join("b"), "x").unwrap();
        std::os::unix::fs::symlink(outside.path().join("b"), inside.path().join("link")).unwrap();
        let mut sources = sources();
        sources.file_roots = vec![inside.path().to_owned()];
        let url = |path: PathBuf| Url::from_file_path(path).unwrap();
        assert!(check(&url(inside.path().join("a")), &sources).is_ok());
        assert!(check(&url(inside.path().join("link")), &sources).is_err());
        assert!(check(&url(outside.path().join("b")), &sources).is_err());
        assert!(check(&url(inside.path().join("../b")), &sources).is_err());
    }
}
