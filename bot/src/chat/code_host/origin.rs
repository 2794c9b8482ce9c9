//! What a deployment is at GitHub, by what its webhook called it.

use guard::plan;
use platforms::code_host::Repository;

/// A deployment's beginning at GitHub.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Origin {
    pub(super) repository: Repository,
    pub(super) target: Target,
}

/// What it is there.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A deployment.
    Deployment(u64),
    /// A tag, with the commit that it names.
    Commit(String),
    /// A release or a workflow run: its version is a tag or a commit.
    Version,
}

impl Origin {
    /// None where it did not come from GitHub.
    pub(super) fn of(origin: &plan::Origin) -> Option<Self> {
        if origin.kind != "github" {
            return None;
        }
        let mut parts = origin.id.splitn(3, '/');
        let (owner, name, rest) = (parts.next()?, parts.next()?, parts.next()?);
        let repository = Repository::new(&format!("{owner}/{name}")).ok()?;
        let target = match rest.split_once('/') {
            None => Target::Deployment(rest.parse().ok()?),
            Some(("tag", tagged)) => {
                let (_, commit) = tagged.rsplit_once('/')?;
                let good = commit.len() >= 40 && commit.chars().all(|c| c.is_ascii_hexdigit());
                Target::Commit(good.then(|| commit.to_owned())?)
            }
            Some(("release" | "run", _)) => Target::Version,
            Some(_) => return None,
        };
        Some(Self { repository, target })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_webhook_called_it_says_what_it_is_at_github() {
        let of = |id: &str| {
            let (source, kind, id) = ("hub".to_owned(), "github".to_owned(), id.to_owned());
            Origin::of(&plan::Origin { source, kind, id }).map(|origin| origin.target)
        };
        let sha = "6dcb09b5b57875f334f61aebed695e2e4193db5e";
        assert_eq!(of("acme/shop/17"), Some(Target::Deployment(17)));
        assert_eq!(
            of(&format!("acme/shop/tag/release/v2/{sha}")),
            Some(Target::Commit(sha.to_owned()))
        );
        assert_eq!(of("acme/shop/release/9"), Some(Target::Version));
        assert_eq!(of("acme/shop/run/9/1"), Some(Target::Version));
        for other in [
            "",
            "acme",
            "acme/shop",
            "acme/../17",
            "acme/shop/x",
            "acme/shop/tag/v2/zz",
            "a/b/c/d",
        ] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
