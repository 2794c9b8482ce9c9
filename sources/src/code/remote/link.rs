//! Which commit came by which request.

use super::forge::{Commit, Merged};
use crate::code::change::Request;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// The request of each commit, as far as the graph and the messages say it. A merge of a request brings all that its
/// other parents have and its first one has not; of nested requests the inner one counts.
pub(super) fn linked(commits: &[Commit], merged: &[Merged]) -> HashMap<String, Arc<Request>> {
    let known: HashMap<&str, &Commit> = commits.iter().map(|one| (one.id.as_str(), one)).collect();
    let by_commit: HashMap<&str, &Arc<Request>> = merged
        .iter()
        .flat_map(|one| one.commits.iter().map(|id| (id.as_str(), &one.request)))
        .collect();
    let by_number: HashMap<u64, &Arc<Request>> = merged
        .iter()
        .map(|one| (one.request.number, &one.request))
        .collect();
    // Whatever is on the main line came by itself; and without it each merge would walk all of history.
    let main = main_line(commits, &known);
    let mut linked = HashMap::new();
    // The oldest first: an inner request was merged before the outer one.
    for commit in commits {
        let found = by_commit.get(commit.id.as_str()).copied();
        let found = found.or_else(|| by_number.get(&named(&commit.message)?).copied());
        let Some(request) = found else { continue };
        linked
            .entry(commit.id.clone())
            .or_insert_with(|| request.clone());
        if let [first, others @ ..] = commit.parents.as_slice()
            && !others.is_empty()
        {
            let before = reached(&known, std::slice::from_ref(first), &[&main]);
            for id in reached(&known, others, &[&main, &before]) {
                linked
                    .entry(id.to_owned())
                    .or_insert_with(|| request.clone());
            }
        }
    }
    linked
}

/// The number that a host writes into the first line of a squash, `Title (#12)`, or of a merge of its own.
fn named(message: &str) -> Option<u64> {
    let title = message.lines().next()?.trim();
    if let Some(rest) = title.strip_prefix("Merge pull request #") {
        return rest.split(' ').next()?.parse().ok();
    }
    let (_, rest) = title.strip_suffix(')')?.rsplit_once("(#")?;
    rest.parse().ok()
}

/// The newest commit, its first parent, and so on.
fn main_line<'a>(commits: &'a [Commit], known: &HashMap<&'a str, &'a Commit>) -> HashSet<&'a str> {
    let mut main = HashSet::new();
    let mut next = commits.last();
    while let Some(commit) = next.filter(|commit| main.insert(commit.id.as_str())) {
        let first = commit.parents.first();
        next = first.and_then(|id| known.get(id.as_str()).copied());
    }
    main
}

/// All known commits from which one of these descends, themselves included.
fn reached<'a>(
    known: &HashMap<&'a str, &'a Commit>,
    from: &[String],
    not: &[&HashSet<&'a str>],
) -> HashSet<&'a str> {
    let mut found = HashSet::new();
    let mut open: Vec<&str> = from.iter().map(String::as_str).collect();
    while let Some(id) = open.pop() {
        let Some((id, commit)) = known.get_key_value(id) else {
            continue;
        };
        if !not.iter().any(|not| not.contains(id)) && found.insert(*id) {
            open.extend(commit.parents.iter().map(String::as_str));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commit(id: &str, parents: &[&str], message: &str) -> Commit {
        Commit {
            id: id.to_owned(),
            tree: String::new(),
            parents: parents.iter().map(|&parent| parent.to_owned()).collect(),
            message: message.to_owned(),
            author: String::new(),
            at: None,
        }
    }

    fn merged(number: u64, commits: &[&str]) -> Merged {
        Merged {
            request: Arc::new(Request {
                number,
                ..Request::default()
            }),
            commits: commits.iter().map(|&id| id.to_owned()).collect(),
        }
    }

    fn numbers(commits: &[Commit], merged: &[Merged]) -> Vec<(String, u64)> {
        let linked = linked(commits, merged);
        let number = |one: &Commit| Some((one.id.clone(), linked.get(&one.id)?.number));
        commits.iter().filter_map(number).collect()
    }

    #[test]
    fn a_merge_brings_all_of_its_branch_and_nothing_else() {
        let commits = [
            commit("a", &["0"], "on main"),
            commit("b", &["a"], "on the branch"),
            commit("c", &["b"], "on the branch too"),
            commit("d", &["a"], "on main meanwhile"),
            commit("m", &["d", "c"], "Merge"),
        ];
        let told = numbers(&commits, &[merged(7, &["m"])]);
        let of_it = [("b", 7), ("c", 7), ("m", 7)];
        assert_eq!(told, of_it.map(|(id, n)| (id.to_owned(), n)));
    }

    #[test]
    fn of_nested_requests_the_inner_one_counts() {
        let commits = [
            commit("a", &["0"], "inner"),
            commit("i", &["0", "a"], "Merge pull request #1 from x/inner"),
            commit("b", &["i"], "outer"),
            commit("o", &["0", "b"], "Merge pull request #2 from x/outer"),
        ];
        let told = numbers(&commits, &[merged(2, &[]), merged(1, &[])]);
        let of_it = [("a", 1), ("i", 1), ("b", 2), ("o", 2)];
        assert_eq!(told, of_it.map(|(id, n)| (id.to_owned(), n)));
    }

    #[test]
    fn what_a_branch_had_before_an_inner_one_left_it_is_the_outer_ones() {
        let commits = [
            commit("x", &["0"], "outer, before"),
            commit("a", &["x"], "inner"),
            commit("y", &["x"], "outer, meanwhile"),
            commit("i", &["y", "a"], "Merge"),
            commit("o", &["0", "i"], "Merge"),
        ];
        let told = numbers(&commits, &[merged(1, &["i"]), merged(2, &["o"])]);
        let of_it = [("x", 2), ("a", 1), ("y", 2), ("i", 1), ("o", 2)];
        assert_eq!(told, of_it.map(|(id, n)| (id.to_owned(), n)));
    }

    #[test]
    fn a_squash_says_its_number_and_a_mention_is_none() {
        let commits = [
            commit("a", &["0"], "Retry payments (#12)\n\nmore"),
            commit("b", &["a"], "Undo (#12) because"),
            commit("c", &["b"], "Fixes #12"),
        ];
        let told = numbers(&commits, &[merged(12, &["elsewhere"])]);
        assert_eq!(told, [("a".to_owned(), 12)]);
    }
}
