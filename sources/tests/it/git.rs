//! A git repository, made and asked by git itself.

use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// A repository made and asked by git itself.
pub(crate) struct Git {
    folder: TempDir,
    /// Each is a minute younger than the one before.
    pub(crate) commits: u32,
}

impl Git {
    pub(crate) fn new() -> Self {
        let git = Self {
            folder: TempDir::new().unwrap(),
            commits: 0,
        };
        git.run(&["init", "--quiet", "--initial-branch=main"]);
        git
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        command
            .args(["-c", "core.autocrlf=false", "-c", "commit.gpgsign=false"])
            .args(arguments)
            .current_dir(self.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .stdin(Stdio::null());
        for who in ["AUTHOR", "COMMITTER"] {
            command
                .env(format!("GIT_{who}_NAME"), "Ann")
                .env(format!("GIT_{who}_EMAIL"), "ann@example.com")
                .env(format!("GIT_{who}_DATE"), self.date());
        }
        command
    }

    fn date(&self) -> String {
        format!("{} +0000", 1_790_000_000 + self.commits * 60)
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> String {
        let out = self.command(arguments).output().unwrap();
        let said = String::from_utf8_lossy(&out.stderr);
        assert!(out.status.success(), "git {arguments:?}: {said}");
        String::from_utf8(out.stdout).unwrap()
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(crate) fn commit(&mut self, message: &str) -> String {
        self.commits += 1;
        self.run(&["add", "--all"]);
        self.run(&["commit", "--quiet", "--allow-empty", "--message", message]);
        self.run(&["rev-parse", "HEAD"]).trim().to_owned()
    }
}
