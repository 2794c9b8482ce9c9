//! A repository behind a double, asked and written by git itself.

use crate::git::Git;
use std::io::Write;
use std::process::Stdio;

/// Who has a repository.
pub(super) trait Store {
    fn git(&self) -> &Git;

    /// What git says; none where it refuses.
    fn said(&self, arguments: &[&str]) -> Option<String> {
        let out = self.git().command(arguments).output().unwrap();
        let said = String::from_utf8(out.stdout).unwrap();
        out.status.success().then(|| said.trim().to_owned())
    }

    /// The name of an object of this type.
    fn object(&self, name: &str, kind: &str) -> Option<String> {
        let found = self.said(&["cat-file", "-t", name])?;
        (found == kind).then(|| name.to_owned())
    }

    fn put(&self, arguments: &[&str], input: &[u8]) -> String {
        let mut child = self
            .git()
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        let out = child.wait_with_output().unwrap();
        assert!(out.status.success());
        String::from_utf8(out.stdout).unwrap().trim().to_owned()
    }

    /// As git says it with an index of its own.
    fn indexed(&self, arguments: &[&str]) -> String {
        let index = self.git().path().join(".git/double-index");
        let mut command = self.git().command(arguments);
        command.env("GIT_INDEX_FILE", &index);
        let out = command.output().unwrap();
        let said = String::from_utf8_lossy(&out.stderr);
        assert!(out.status.success(), "{arguments:?}: {said}");
        String::from_utf8(out.stdout).unwrap().trim().to_owned()
    }
}
