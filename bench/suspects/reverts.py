#!/usr/bin/env python3
"""reverts.py REPOSITORY FOLDER [--innocent] [--most N] [--seed N] >> FOLDER/labels.jsonl: makes cases of a git
repository's own history, so that `make bench-suspects CASES=FOLDER` says how well suspects are ranked there.

A revert that names one commit and says what was wrong gives a case: 5 to 30 commits around the guilty one, and as errors
what its author said, without the words of the guilty title and of blame. With --innocent the window lies before the guilty
commit. Reasons are written by people who knew the answer, and many say little: read the numbers beside those of BM25.
Needs Python and git.
"""
import argparse, json, pathlib, random, re, subprocess, sys

TROUBLE = re.compile(r"\b(errors?|exceptions?|fail\w*|crash\w*|time(d)? ?outs?|slow\w*|memory|oom|leak\w*|50[0234]|40[0134]|panic\w*|broke\w*|break\w*|deadlock\w*|hang\w*|stuck|undefined|not found|unable|cpu|load|spike\w*|traceback|denied|refused|regress\w*)\b", re.I)
BLAME = re.compile(r"\b(revert\w*|because of|caused? by|due to|introduced|roll(ing)? ?back|undo|culprit|bisect\w*|(the|this) (commit|change|pr|patch))\b|\b[0-9a-f]{7,40}\b|#\d+|https?://\S+", re.I)
BESIDE = re.compile(r"\b(gate|ci|lint\w*|flak\w*|unit tests?|review|merged|backport\w*|branch)\b", re.I)
TRAILER = re.compile(r"^\s*([A-Z][\w-]+-[Bb]y|Change-Id|Bug|Closes|Fixes|Related\S*):.*$|^\s*This reverts commit.*$", re.M)
INERT = re.compile(r"(^|/)(specs?|tests?|docs?|\.github)/|\.md$|_test\.|_spec\.", re.I)
SIGNALS = [("memory", "memory|oom|leak"), ("latency", "slow|time.?out|hang|stuck|deadlock"), ("cpu", r"\bcpu\b|load"), ("errors", "")]


class Repository:
    def __init__(self, path):
        self.path = path
        fields = "%x01".join(["%H", "%an", "%ct", "%s", "%b"])
        log = self.git("log", "HEAD", "--no-merges", f"--format={fields}%x02")
        parts = [one.strip("\n").split("\x01") for one in log.split("\x02")]
        self.commits = {p[0]: {"author": p[1], "at": int(p[2]), "title": p[3], "body": p[4]} for p in parts if len(p) == 5}
        self.order = sorted(self.commits, key=lambda one: self.commits[one]["at"])

    def git(self, *said):
        return subprocess.run(["git", "-C", self.path, *said], capture_output=True, check=True).stdout.decode("utf-8", "replace")

    def change(self, commit):
        files = []
        for part in re.split(r"(?m)^diff --git ", self.git("show", "--format=", "--no-color", "-M", "-U3", commit))[1:]:
            names = re.match(r"a/(.*?) b/(.*?)\n", part)
            if not names or len(files) == 300:
                continue
            head, _, patch = part.partition("\n@@")
            patch = "@@" + patch if patch else ""
            status = next((letter for letter, mark in (("A", "\nnew file"), ("D", "\ndeleted file"), ("R", "\nrename from")) if mark in head), "M")
            count = lambda sign: len(re.findall(rf"(?m)^\{sign}", patch))
            files.append({"path": names.group(2), "status": status, "additions": count("+"), "deletions": count("-"), "patch": patch[:20000]})
        known = self.commits[commit]
        return {"id": commit[:10], "title": known["title"], "body": known["body"][:4000], "author": known["author"], "merged_at": None, "files": files}


def errors(revert, guilty):
    """What the author of a revert says was wrong, without what gives the answer away."""
    words = {w.lower() for w in re.findall(r"\w{4,}", guilty["title"])} | {w.lower() for w in guilty["author"].split()}
    told = []
    for said in re.split(r"\n+|(?<=[.!?])\s+", TRAILER.sub("", revert["body"])):
        kept = " ".join(w for w in BLAME.sub("", said).split() if re.sub(r"\W", "", w).lower() not in words)
        if TROUBLE.search(said) and not BESIDE.search(said) and len(re.findall(r"\w{3,}", kept)) >= 3:
            told.append(kept[:600])
    return told if sum(map(len, told)) >= 60 and TROUBLE.search(" ".join(told)) else []


def cases(repository, innocent, rng):
    """(guilty commit, window, errors) of every revert that tells enough."""
    place = {one: at for at, one in enumerate(repository.order)}
    for commit in repository.order:
        revert = repository.commits[commit]
        named = re.findall(r"This reverts commit ([0-9a-f]{40})", revert["body"])
        if not revert["title"].lower().startswith("revert") or len(named) != 1 or named[0] not in place:
            continue
        guilty = repository.commits[named[0]]
        told = errors(revert, guilty)
        if not told or not 0 <= revert["at"] - guilty["at"] < 60 * 86400 or guilty["title"].lower().startswith("revert"):
            continue
        if all(INERT.search(path) for path in repository.git("show", "--format=", "--name-only", named[0]).split()):
            continue
        n, at = rng.randint(5, 30), place[named[0]]
        first = max(0, at - rng.randint(60, 200) if innocent else at - rng.randrange(n))
        window = repository.order[first:min(first + n, place[commit])]
        if len(window) >= 5 and (named[0] in window) != innocent:
            yield named[0], window, told


def main():
    parse = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parse.add_argument("repository")
    parse.add_argument("folder", type=pathlib.Path)
    parse.add_argument("--innocent", action="store_true")
    parse.add_argument("--most", type=int, default=45)
    parse.add_argument("--seed", type=int, default=1)
    a = parse.parse_args()
    repository, rng = Repository(a.repository), random.Random(a.seed)
    found = list(cases(repository, a.innocent, rng))
    name = pathlib.Path(a.repository).resolve().name
    for guilty, window, told in found if len(found) <= a.most else rng.sample(found, a.most):
        case = f"{name}_{guilty[:8]}{'_before' if a.innocent else ''}"
        into = a.folder / case
        into.mkdir(parents=True, exist_ok=True)
        signal = next(name for name, words in SIGNALS if re.search(words, " ".join(told), re.I))
        write = lambda name, value: (into / name).write_text(value, encoding="utf-8")
        write("case.json", json.dumps({"id": case, "repo": name, "service": name, "from": window[0][:10], "to": window[-1][:10], "onset": None, "environment": "production"}))
        write("symptoms.json", json.dumps({"findings": [{"signal": signal, "direction": "up", "onset": None, "labels": {}}], "errors": told}))
        write("changes.jsonl", "".join(json.dumps(repository.change(one)) + "\n" for one in window))
        print(json.dumps({"case": case, "culprit": "none" if a.innocent else guilty[:10], "kind": signal}))
    print(f"{a.repository}: {len(found)} found", file=sys.stderr)


if __name__ == "__main__":
    main()
