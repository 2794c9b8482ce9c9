//! What kind of file a path names: what runs, and what does not.

/// What a file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Nature {
    /// It runs, or says how it runs.
    Product,
    /// A list of dependencies with their versions.
    Manifest,
    /// The exact versions that such a list led to.
    Lock,
    /// Tests, fixtures and doubles.
    Test,
    /// For readers.
    Docs,
    /// Checks and builds; nothing of it is deployed.
    Ci,
    /// Made from something else.
    Generated,
    /// Somebody else's, kept here.
    Vendored,
}

impl Nature {
    /// Whether it cannot move a signal of production by itself.
    #[must_use]
    pub fn is_inert(self) -> bool {
        matches!(self, Self::Test | Self::Docs | Self::Ci)
    }

    /// Whether it is nobody's own writing.
    #[must_use]
    pub fn is_made(self) -> bool {
        matches!(self, Self::Lock | Self::Generated | Self::Vendored)
    }
}

const LOCKS: [&str; 18] = [
    "cargo.lock",
    "package-lock.json",
    "npm-shrinkwrap.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "go.sum",
    "poetry.lock",
    "uv.lock",
    "pdm.lock",
    "pipfile.lock",
    "gemfile.lock",
    "composer.lock",
    "mix.lock",
    "pubspec.lock",
    "gradle.lockfile",
    "chart.lock",
    "packages.lock.json",
    "bun.lock",
];

const MANIFESTS: [&str; 22] = [
    "cargo.toml",
    "package.json",
    "go.mod",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
    "libs.versions.toml",
    "requirements.txt",
    "pyproject.toml",
    "setup.py",
    "setup.cfg",
    "pipfile",
    "gemfile",
    "composer.json",
    "mix.exs",
    "pubspec.yaml",
    "chart.yaml",
    "requirements.in",
    "directory.packages.props",
    "constraints.txt",
    "build.sbt",
    "puppetfile",
];

const TEST_FOLDERS: [&str; 14] = [
    "test",
    "tests",
    "spec",
    "specs",
    "__tests__",
    "testdata",
    "fixtures",
    "__mocks__",
    "mocks",
    "e2e",
    "cypress",
    "testing",
    "__snapshots__",
    "features",
];

const VENDORED: [&str; 7] = [
    "vendor",
    "vendored",
    "node_modules",
    "third_party",
    "third-party",
    "bower_components",
    "external",
];

const CI: [&str; 9] = [
    ".github",
    ".circleci",
    ".gitlab",
    ".buildkite",
    ".vscode",
    ".idea",
    ".husky",
    ".devcontainer",
    ".changeset",
];

const CI_FILES: [&str; 26] = [
    ".gitlab-ci.yml",
    ".cirrus.yml",
    ".drone.yml",
    ".semaphore.yml",
    "azure-pipelines.yml",
    "bitbucket-pipelines.yml",
    "codecov.yml",
    ".codecov.yml",
    ".travis.yml",
    "jenkinsfile",
    "appveyor.yml",
    ".pre-commit-config.yaml",
    ".gitignore",
    ".editorconfig",
    "codeowners",
    "renovate.json",
    "renovate.json5",
    "dependabot.yml",
    ".prettierrc",
    ".rubocop.yml",
    "rustfmt.toml",
    "clippy.toml",
    "mypy.ini",
    "tox.ini",
    ".eslintrc.js",
    ".eslintrc.json",
];

/// What the file at this path is for.
#[must_use]
pub fn nature(path: &str) -> Nature {
    let path = path.to_ascii_lowercase();
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", &path));
    let below = |list: &[&str]| folders.split('/').any(|folder| list.contains(&folder));
    if LOCKS.contains(&name) || name.ends_with("file.lock") {
        Nature::Lock
    } else if below(&VENDORED) {
        Nature::Vendored
    } else if is_generated(&path, name) {
        Nature::Generated
    } else if below(&TEST_FOLDERS) || folders.split('/').any(is_for_tests) || is_test(name) {
        Nature::Test
    } else if below(&CI) || CI_FILES.contains(&name) {
        Nature::Ci
    } else if is_docs(&path, name) {
        Nature::Docs
    } else if MANIFESTS.contains(&name)
        || (name.starts_with("requirements") && name.ends_with(".txt"))
    {
        Nature::Manifest
    } else {
        Nature::Product
    }
}

/// Folders such as `integration_test`, `test-utils` and `acceptance-tests`.
fn is_for_tests(folder: &str) -> bool {
    let mut words = folder.split(['_', '-']);
    let test = |word: Option<&str>| matches!(word, Some("test" | "tests"));
    let (first, last) = (words.next(), words.next_back());
    // Who compares `ab-test`s or `split_test`s does so in production.
    let compares = matches!(first, Some("ab" | "split"));
    last.is_some() && !compares && (test(first) || test(last))
}

fn is_test(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default();
    let inner = [
        ".test.",
        ".spec.",
        ".mock.",
        ".mocks.",
        ".stories.",
        ".snap",
        ".cy.",
    ];
    inner.iter().any(|mark| name.contains(mark))
        || ["_test", "_spec", "_tests", "-test", "-spec"]
            .iter()
            .any(|end| stem.ends_with(end))
        || stem.starts_with("test_")
        || matches!(stem, "conftest" | "tests" | "test")
}

fn is_generated(path: &str, name: &str) -> bool {
    let marks = [
        ".pb.",
        "_pb2.",
        ".g.dart",
        ".freezed.",
        ".min.js",
        ".min.css",
        "_generated.",
        ".generated.",
        ".designer.cs",
        ".map",
    ];
    marks
        .iter()
        .any(|mark| name.contains(mark) && !name.contains(".mapper"))
        || name.starts_with("zz_generated")
        || ["/generated/", "/gen/", "/dist/", "/snapshots/"]
            .iter()
            .any(|folder| path.contains(folder))
}

fn is_docs(path: &str, name: &str) -> bool {
    let (stem, kind) = name.rsplit_once('.').unwrap_or((name, ""));
    let prose = matches!(
        kind,
        "md" | "mdx" | "rst" | "adoc" | "png" | "jpg" | "jpeg" | "gif"
    );
    let known = matches!(
        stem,
        "readme" | "changelog" | "license" | "contributing" | "authors" | "notice"
    );
    prose
        || known
        || path.starts_with("docs/")
        || path.contains("/docs/")
        || path.starts_with("doc/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_says_whether_it_runs() {
        for (path, wanted) in [
            ("src/orders/pay.rs", Nature::Product),
            ("config/production.yaml", Nature::Product),
            ("src/latest/attest.rs", Nature::Product),
            ("web/Cargo.lock", Nature::Lock),
            ("Pipfile.lock", Nature::Lock),
            ("package.json", Nature::Manifest),
            ("requirements-dev.txt", Nature::Manifest),
            ("pkg/orders/pay_test.go", Nature::Test),
            ("tests/pay.rs", Nature::Test),
            ("ui/Button.test.tsx", Nature::Test),
            ("test_utilities/bin/run.sh", Nature::Test),
            ("app/integration-tests/pay.kt", Nature::Test),
            ("src/ab-test/choose.rs", Nature::Product),
            ("src/latest_tests_shown/a.rs", Nature::Product),
            (".cirrus.yml", Nature::Ci),
            ("README.md", Nature::Docs),
            ("docs/how.html", Nature::Docs),
            (".github/workflows/ci.yml", Nature::Ci),
            ("Jenkinsfile", Nature::Ci),
            ("vendor/github.com/x/y.go", Nature::Vendored),
            ("api/orders.pb.go", Nature::Generated),
        ] {
            assert_eq!(nature(path), wanted, "{path}");
        }
    }
}
