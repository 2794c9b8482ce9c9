#!/usr/bin/env python3
"""common_words.py REPOSITORY...: how common words are in the commits of any project: the lists of
guard/src/suspects/commonness.rs. Of each git repository 250 commits are drawn, messages and diffs; each repository counts
the same, so that what one of them is about counts for little. Needs Python and git.
"""
import collections, random, re, subprocess, sys, textwrap

LISTS = [("EVERYWHERE", 0.2, 9), ("OFTEN", 0.1, 0.2), ("SOMETIMES", 0.05, 0.1), ("NOW_AND_THEN", 0.025, 0.05)]
PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def stem(word):
    """The same as `stem` of guard/src/suspects/words.rs."""
    word = word.lower()
    end = len(word)
    if end < 4:
        return word
    if word.endswith("ies") and end > 4:
        return word[:-3]
    if word.endswith("s") and word[-2] not in "sui":
        end -= 1
    for ending in ("ing", "ed", "er", "ion", "or"):
        left = end - len(ending)
        if word[:end].endswith(ending) and left >= 3 and any(c in "aeiouy" for c in word[:left]):
            end = left
            if end > 3 and word[end - 1] == word[end - 2] and word[end - 1] not in "lsz":
                end -= 1
            break
    if end > 3 and word[end - 1] in "eyi":
        end -= 1
    return word[:end]


def main():
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    share, forms, rng = collections.Counter(), collections.defaultdict(collections.Counter), random.Random(5)
    for repository in sys.argv[1:]:
        git = lambda *said: subprocess.run(["git", "-C", repository, *said], capture_output=True, check=True).stdout.decode("utf-8", "replace")
        commits = git("log", "HEAD", "--no-merges", "--format=%H").split()
        drawn = rng.sample(commits, min(250, len(commits)))
        for commit in drawn:
            seen = set()
            for word in PART.findall(git("show", "--format=%s%n%b", "--no-color", commit)[:60000]):
                if 3 <= len(word) <= 40:
                    seen.add(stem(word))
                    forms[stem(word)][word.lower()] += 1
            share.update({one: 1 / len(drawn) / (len(sys.argv) - 1) for one in seen})
    for name, least, most in LISTS:
        words = sorted(forms[one].most_common(1)[0][0] for one, value in share.items() if least <= value < most)
        print(f"const {name}:")
        print(textwrap.fill(" ".join(words), width=112))


if __name__ == "__main__":
    main()
