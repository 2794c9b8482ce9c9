//! What a model may change in a draft, and why what it wrote is not used.

/// Lines that a draft brings and takes, all files together: what is larger is work for people.
pub const MOST_CHANGED_LINES: usize = 60;

/// Folders of machinery that acts on what is pushed.
const FOLDERS: [&str; 9] = [
    ".github",
    ".gitlab",
    ".circleci",
    ".buildkite",
    ".git",
    ".husky",
    ".githooks",
    ".gitea",
    ".forgejo",
];
/// Files of the same, of locked versions, and of secrets.
const FILES: [&str; 22] = [
    ".gitlab-ci.yml",
    ".gitlab-ci.yaml",
    ".travis.yml",
    ".drone.yml",
    ".pre-commit-config.yaml",
    ".gitmodules",
    ".gitattributes",
    ".npmrc",
    ".pypirc",
    ".netrc",
    "jenkinsfile",
    "azure-pipelines.yml",
    "bitbucket-pipelines.yml",
    "codeowners",
    "package-lock.json",
    "npm-shrinkwrap.json",
    "pnpm-lock.yaml",
    "go.sum",
    "gradle.lockfile",
    "id_rsa",
    "id_ed25519",
    "kubeconfig",
];
const ENDINGS: [&str; 9] = [
    ".lock",
    ".lockb",
    ".pem",
    ".key",
    ".p12",
    ".pfx",
    ".jks",
    ".keystore",
    ".kdbx",
];
/// What the name of a file with secrets has in it.
const SECRET: [&str; 4] = ["secret", "credential", "password", "vault"];

/// Whether no draft touches a file: it runs where code is built, it locks versions, or it may hold a secret.
#[must_use]
pub fn off_limits(path: &str) -> bool {
    let lower = path.to_lowercase();
    let mut parts: Vec<&str> = lower.split('/').collect();
    let strange = parts.iter().any(|part| ["", ".", ".."].contains(part));
    let name = parts.pop().unwrap_or_default();
    strange
        || parts.iter().any(|part| FOLDERS.contains(part))
        || FILES.contains(&name)
        || ENDINGS.iter().any(|end| name.ends_with(end))
        || SECRET.iter().any(|word| name.contains(word))
        || name == ".env"
        || name.starts_with(".env.")
}

/// Why a draft of a model is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unusable {
    /// No model answered, or none within its bounds.
    Silent,
    /// The model does not want to.
    Declined,
    /// What it answered is not in the form.
    Unreadable,
    /// It changes nothing.
    Nothing,
    /// It does not apply to the files as they are.
    Apart,
    /// It changes a file that the suspect did not.
    Elsewhere,
    /// The suspect changed no file that a draft may touch.
    OffLimits,
    /// It changes too many lines.
    TooLong,
    /// It writes something that looks like a secret.
    Secret,
}

impl Unusable {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Silent,
        Self::Declined,
        Self::Unreadable,
        Self::Nothing,
        Self::Apart,
        Self::Elsewhere,
        Self::OffLimits,
        Self::TooLong,
        Self::Secret,
    ];

    /// The word on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Silent => "silent",
            Self::Declined => "declined",
            Self::Unreadable => "unreadable",
            Self::Nothing => "nothing",
            Self::Apart => "apart",
            Self::Elsewhere => "elsewhere",
            Self::OffLimits => "off_limits",
            Self::TooLong => "too_long",
            Self::Secret => "secret",
        }
    }

    /// The one with this word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_touches_nothing_that_acts_on_pushes_locks_versions_or_holds_secrets() {
        for path in [
            ".github/workflows/ci.yml",
            "shop/.GitHub/workflows/x",
            ".gitlab-ci.yml",
            "Jenkinsfile",
            "Cargo.lock",
            "web/package-lock.json",
            "deploy/secrets.yaml",
            "tls/server.key",
            ".env",
            ".env.production",
            "../etc/passwd",
            "/etc/hosts",
        ] {
            assert!(off_limits(path), "{path}");
        }
        for path in [
            "app/errors.py",
            "src/lock.rs",
            "src/keys.rs",
            "docs/github.md",
        ] {
            assert!(!off_limits(path), "{path}");
        }
        for one in Unusable::ALL {
            assert_eq!(Unusable::of(one.as_str()), Some(one));
        }
    }
}
