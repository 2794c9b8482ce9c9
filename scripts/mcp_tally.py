"""What was judged and how: lines, their count, and where judges and programs are."""

import os
import pathlib
import shutil

ROOT = pathlib.Path(__file__).resolve().parent.parent
HOME = ROOT / ".tawny/mcp"
TARGET = ROOT / os.environ.get("CARGO_TARGET_DIR", "target") / "debug"


class Tally:
    """Says one line for each thing judged."""

    def __init__(self):
        self.part, self.counts = "", {"ok": 0, "FAILED": 0, "skipped": 0}

    def ok(self, what):
        self.say("ok", what)

    def failed(self, what):
        self.say("FAILED", what)

    def skipped(self, what):
        self.say("skipped", what)

    def absent(self, what):
        """What the server does not claim to have: nothing to be judged."""
        self.say("absent", what)

    def say(self, how, what):
        if how in self.counts:
            self.counts[how] += 1
        print(f"{how} {self.part + ': ' if self.part else ''}{what}", flush=True)

    def end(self):
        """Says the count; the exit code."""
        passed, failed, skipped = self.counts.values()
        print(f"passed {passed}, failed {failed}, skipped {skipped}")
        return 1 if failed else 2 if skipped else 0


def node():
    """A Node that is new enough for the judges, or none."""
    # Some versions of npm do not run what unpacks it.
    found = [path for path in HOME.glob("node_modules/node*/bin/node") if path.is_file()]
    return str(found[0]) if found else shutil.which("node")


def script(package, path):
    """A program of a judge, with its Node; none when it is not there."""
    file = HOME / "node_modules" / package / path
    return [node(), str(file)] if node() and file.exists() else None


def program(name):
    """A program of ours; none when it was not built."""
    file = TARGET / name
    return str(file) if file.exists() else None
