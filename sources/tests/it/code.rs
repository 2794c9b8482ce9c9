//! A local repository is read as git itself reads it.

use crate::git::Git;
use sources::code::{Bounds, Change, CodeError, LocalRepository, Missing, Relation, Touched};
use std::time::Duration;

/// What is asked of both.
trait Asked {
    fn ask(&self, from: &str, to: &str) -> sources::code::Changes;
    fn files(&self, commit: &str) -> Vec<(String, String, u32, u32)>;
}

impl Asked for Git {
    fn ask(&self, from: &str, to: &str) -> sources::code::Changes {
        let repository = LocalRepository::new(self.path());
        repository.changes(from, to, &Bounds::default()).unwrap()
    }

    /// The same by git: status, path and lines of each file of a commit.
    fn files(&self, commit: &str) -> Vec<(String, String, u32, u32)> {
        let format = [
            "show",
            "--format=",
            "--find-renames",
            "--diff-algorithm=histogram",
            commit,
        ];
        let names = self.run(&[&format[..], &["--name-status"]].concat());
        let counts = self.run(&[&format[..], &["--numstat", "--no-renames"]].concat());
        let of = |path: &str| {
            let line = counts
                .lines()
                .find(|line| line.ends_with(&format!("\t{path}")))?;
            let mut numbers = line.split('\t').map(|n| n.parse().unwrap_or(0));
            Some((numbers.next()?, numbers.next()?))
        };
        let mut files: Vec<_> = names
            .lines()
            .map(|line| {
                let parts: Vec<&str> = line.split('\t').collect();
                let path = parts.last().unwrap().to_string();
                let (added, removed) = of(&path).unwrap_or_default();
                (parts[0][..1].to_owned(), path, added, removed)
            })
            .collect();
        files.sort_by(|one, two| one.1.cmp(&two.1));
        files
    }
}

fn letter(how: Touched) -> &'static str {
    match how {
        Touched::Added => "A",
        Touched::Modified => "M",
        Touched::Deleted => "D",
        Touched::Renamed => "R",
    }
}

fn titles(changes: &[Change]) -> Vec<&str> {
    changes.iter().map(|change| change.title.as_str()).collect()
}

fn lines(range: std::ops::Range<u32>) -> String {
    range.map(|n| format!("line {n}\n")).collect()
}

#[test]
fn every_commit_between_two_tags_is_told_as_git_tells_it() {
    let mut git = Git::new();
    git.write("src/pay.rs", &lines(0..40));
    git.write("old.txt", "gone soon\n");
    git.commit("Begin");
    git.run(&["tag", "v1"]);
    git.write(
        "src/pay.rs",
        &lines(0..40).replace("line 7\n", "line seven\nand more\n"),
    );
    git.commit("Pay twice\n\nBecause once is not enough.\n\nRefs: #12");
    git.run(&["mv", "src/pay.rs", "src/payment.rs"]);
    std::fs::remove_file(git.path().join("old.txt")).unwrap();
    git.write("logo.bin", "a\0b");
    git.write("empty", "");
    git.commit("Move it");
    git.run(&["tag", "--annotate", "--message", "the second", "v2"]);
    let told = git.ask("v1", "v2");
    assert_eq!((told.relation, &told.missing), (Relation::Ahead, &vec![]));
    assert_eq!(titles(&told.changes), ["Pay twice", "Move it"]);
    assert!(told.gone.is_empty());
    let first = &told.changes[0];
    assert_eq!(first.body, "Because once is not enough.\n\nRefs: #12");
    assert_eq!(first.author, "Ann <ann@example.com>");
    assert_eq!(first.merged_at.unwrap().as_second(), 1_790_000_120);
    for change in &told.changes {
        let ours: Vec<_> = change
            .files
            .iter()
            .map(|file| {
                let how = letter(file.how).to_owned();
                (how, file.path.clone(), file.additions, file.deletions)
            })
            .collect();
        let mut theirs = git.files(&change.id);
        for file in &mut theirs {
            // Of what only moved no line is new.
            if file.0 == "R" {
                (file.2, file.3) = (0, 0);
            }
        }
        assert_eq!(ours, theirs, "{}", change.title);
    }
    let moved = &told.changes[1].files;
    let moved = moved
        .iter()
        .find(|file| file.how == Touched::Renamed)
        .unwrap();
    assert_eq!(moved.old_path.as_deref(), Some("src/pay.rs"));
    assert_eq!(git.ask("v2", "v2").relation, Relation::Same);
}

#[test]
fn git_makes_the_new_version_of_the_old_one_from_the_patches_that_are_told() {
    let mut git = Git::new();
    git.write("a.txt", &lines(0..100));
    git.write("b/c.txt", "no newline at the end");
    git.commit("Begin");
    git.run(&["tag", "v1"]);
    git.write("a.txt", &format!("{}{}", lines(3..50), lines(55..120)));
    git.write("new.txt", "first\nsecond\n");
    git.commit("Much");
    git.run(&["tag", "v2"]);
    let told = git.ask("v1", "v2");
    git.run(&["checkout", "--quiet", "v1"]);
    let mut patch = String::new();
    for file in &told.changes[0].files {
        let old = match file.how {
            Touched::Added => "/dev/null".to_owned(),
            _ => format!("a/{}", file.path),
        };
        patch += &format!("--- {old}\n+++ b/{}\n{}", file.path, file.patch);
    }
    let at = git.path().join(".git/told.patch");
    std::fs::write(&at, patch).unwrap();
    git.run(&["apply", at.to_str().unwrap()]);
    git.run(&["add", "--all"]);
    assert_eq!(git.run(&["diff", "--cached", "v2"]), "");
}

#[test]
fn merges_bring_what_was_merged_and_nothing_of_their_own() {
    let mut git = Git::new();
    git.write("a", "1\n");
    git.commit("Begin");
    git.run(&["tag", "v1"]);
    git.run(&["checkout", "--quiet", "-b", "side"]);
    git.write("b", "1\n");
    git.commit("Side");
    git.run(&["checkout", "--quiet", "main"]);
    git.write("c", "1\n");
    git.commit("Main");
    git.commits += 1;
    git.run(&[
        "merge",
        "--quiet",
        "--no-ff",
        "--message",
        "Merge side",
        "side",
    ]);
    let told = git.ask("v1", "main");
    assert_eq!(titles(&told.changes), ["Side", "Main"]);
    let back = git.ask("main", "v1");
    assert_eq!(back.relation, Relation::Behind);
    assert_eq!(
        (titles(&back.changes), titles(&back.gone)),
        (vec![], vec!["Side", "Main"])
    );
}

#[test]
fn after_a_forced_push_what_went_is_told_beside_what_came() {
    let mut git = Git::new();
    git.write("a", "1\n");
    git.commit("Begin");
    git.write("a", "2\n");
    git.commit("Regretted");
    git.run(&["tag", "v1"]);
    git.run(&["reset", "--quiet", "--hard", "HEAD~1"]);
    git.write("a", "3\n");
    git.commit("Better");
    let told = git.ask("v1", "HEAD");
    assert_eq!(told.relation, Relation::Diverged);
    assert_eq!(
        (titles(&told.changes), titles(&told.gone)),
        (vec!["Better"], vec!["Regretted"])
    );
}

#[test]
fn of_unrelated_histories_the_difference_of_the_files_is_one_change() {
    let mut git = Git::new();
    git.write("kept", "the same\n");
    git.write("a", "1\n");
    git.commit("Begin");
    git.run(&["tag", "v1"]);
    git.run(&["checkout", "--quiet", "--orphan", "anew"]);
    git.write("a", "2\n");
    git.commit("Squashed");
    let told = git.ask("v1", "anew");
    assert_eq!(told.relation, Relation::Unrelated);
    assert_eq!(titles(&told.changes), ["Squashed"]);
    let files: Vec<_> = told.changes[0]
        .files
        .iter()
        .map(|file| file.path.as_str())
        .collect();
    assert_eq!(files, ["a"]);
}

#[test]
fn what_is_beyond_the_bounds_is_counted() {
    let mut git = Git::new();
    git.write("a", "0\n");
    git.commit("Begin");
    git.run(&["tag", "v1"]);
    for n in 1..=5 {
        git.write("a", &lines(0..n * 20));
        git.write(&format!("b{n}"), "1\n");
        git.commit(&format!("Change {n}"));
    }
    let ask = |bounds: Bounds| {
        let repository = LocalRepository::new(git.path());
        repository.changes("v1", "main", &bounds).unwrap()
    };
    let few = ask(Bounds {
        commits: 2,
        ..Bounds::default()
    });
    assert_eq!(titles(&few.changes), ["Change 4", "Change 5"]);
    assert_eq!(few.missing, [Missing::Commits(3)]);
    let one = ask(Bounds {
        files: 1,
        patch: 60,
        ..Bounds::default()
    });
    assert_eq!(one.missing, [Missing::Files(5), Missing::Tails(5)]);
    assert!(
        one.changes
            .iter()
            .all(|change| change.files[0].patch.len() <= 60)
    );
    let short = ask(Bounds {
        patches: 1,
        ..Bounds::default()
    });
    assert_eq!(short.missing, [Missing::Patches(9)]);
    let last = &short.changes[4].files[0];
    assert!(!last.patch.is_empty(), "the newest is read first");
    let late = ask(Bounds {
        time: Duration::ZERO,
        ..Bounds::default()
    });
    assert_eq!(
        (late.changes.len(), late.missing),
        (5, vec![Missing::Unread(5)])
    );
}

#[test]
fn what_is_no_repository_and_no_version_is_named() {
    let mut git = Git::new();
    git.write("a", "1\n");
    git.commit("Begin");
    let ask =
        |from: &str| LocalRepository::new(git.path()).changes(from, "main", &Bounds::default());
    for wrong in [
        "v9",
        "",
        "main~1",
        "main^",
        "HEAD..main",
        ":/Begin",
        "--all",
        "@{1}",
    ] {
        let error = ask(wrong).unwrap_err();
        assert!(
            matches!(&error, CodeError::NoVersion { version, .. } if version == wrong),
            "{error}"
        );
    }
    let nowhere = LocalRepository::new("/nowhere").changes("a", "b", &Bounds::default());
    let error = nowhere.unwrap_err();
    assert!(matches!(error, CodeError::NoRepository { .. }), "{error}");
}
