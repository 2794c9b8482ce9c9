#!/usr/bin/env python3
"""The pages before a real browser: pictures of each into docs/pages, axe-core in both colour schemes and on a phone,
html-validate, the policy of each answer, the weight of a first visit, and a decision on a phone without scripts.

    scripts/pages.py              # all of it
    scripts/pages.py --no-pictures   # judges alone

Plays `tawny demo` to a question, looks, answers in the browser, and looks again; and at a server where nothing happened
yet. Installs playwright-core, axe-core and html-validate under .tawny/pages. Needs npm, Chromium, Prometheus and
target/debug/tawny. Exit code 1 when something is wrong.
"""

import json
import os
import pathlib
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from webhooks import port  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent
HOME = ROOT / ".tawny/pages"
PACKAGES = ["playwright-core@1.65.1", "axe-core@4", "html-validate@9"]
PICTURES = ROOT / "docs/pages"
EMPTY = """
server: {{listen: "127.0.0.1:{port}", data_dir: "{folder}/data"}}
metrics:
  main: {{type: prometheus, url: "http://127.0.0.1:9"}}
people: [{{name: ann, roles: [responder, operator]}}]
services:
  - name: shop
    platform: {{type: observed, instances: [{{id: a}}]}}
    metrics: {{selector: 'job="shop"'}}
    signals: [{{preset: up}}]
"""


def installed():
    HOME.mkdir(parents=True, exist_ok=True)
    stamp = HOME / "installed"
    if not stamp.exists() or stamp.read_text() != " ".join(PACKAGES):
        run = ["npm", "i", "--no-audit", "--no-fund", *PACKAGES]
        subprocess.run(run, cwd=HOME, check=True, stdout=subprocess.DEVNULL)
        stamp.write_text(" ".join(PACKAGES))


class Tawny:
    """A running `tawny`, and what it has printed."""

    def __init__(self, *arguments, folder):
        command = [str(ROOT / "target/debug/tawny"), *arguments]
        self.child = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.lines = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.child.stdout:
            self.lines.put(line)
        self.lines.put(None)

    def until(self, pattern, seconds):
        """The first line that has it."""
        end, said = time.monotonic() + seconds, []
        while time.monotonic() < end:
            try:
                line = self.lines.get(timeout=1)
            except queue.Empty:
                continue
            if line is None:
                break
            said.append(line)
            found = re.search(pattern, line)
            if found:
                return found
        raise SystemExit(f"never said {pattern}:\n{''.join(said[-30:])}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.child.terminate()
        try:
            self.child.wait(30)
        except subprocess.TimeoutExpired:
            self.child.kill()


def look(told):
    told |= {"modules": str(HOME), "chromium": shutil.which("chromium") or "chromium"}
    told["out"] = str(PICTURES) if PICTURES.exists() and "--no-pictures" not in sys.argv else None
    run = subprocess.run(["node", str(ROOT / "scripts/pages.mjs")], input=json.dumps(told), text=True, env=os.environ)
    return run.returncode


def asked(folder):
    """A deployment that waits for an answer, and the same when it was rolled back."""
    link = r"(http://[^/\s]+)(/login/\S+)"
    with Tawny("demo", "--scenario", "latency", "--keep", "--dir", folder, folder=folder) as demo:
        found = demo.until(link, 240)
        url = found[1]
        named = demo.until(r"/deployments/(\S+)", 20)
        path = f"/deployments/{named[1]}"
        time.sleep(3)
        pages = [
            ("overview", "/"),
            ("question", path),
            ("signal", f"{path}/signals/latency"),
            ("approvals", "/approvals"),
            ("service", "/services/shop"),
            ("incidents", "/incidents"),
            ("statistics", "/statistics"),
            ("search", "/search?q=shop"),
            ("report", f"{path}/report"),
        ]
        failed = look({"url": url, "link": found[0], "pages": named_pages(pages), "decide": path})
        # The old version comes back, and the cure is waited for.
        demo.until(r"outcome", 240)
        time.sleep(3)
        login = again(url, folder)
        pages = [("rolled-back", path), ("overview-after", "/"), ("postmortem", f"{path}/postmortem")]
        failed |= look({"url": url, "link": login, "pages": named_pages(pages)})
    return failed


def again(url, folder):
    token = (pathlib.Path(folder) / "token").read_text().strip()
    run = subprocess.run(
        [str(ROOT / "target/debug/tawny"), "login"],
        env=os.environ | {"TAWNY_URL": url, "TAWNY_TOKEN": token},
        capture_output=True,
        text=True,
        check=True,
    )
    return re.search(r"http://\S+/login/\S+", run.stdout + run.stderr)[0]


def named_pages(pages):
    return [{"name": name, "path": path} for name, path in pages]


def empty(folder):
    """A server where nothing happened yet."""
    at = port()
    file = pathlib.Path(folder) / "tawny.yaml"
    file.write_text(EMPTY.format(port=at, folder=folder))
    with Tawny("serve", "--config", str(file), folder=folder) as server:
        link = server.until(r"http://\S+/login/\S+", 60)[0]
        pages = [
            ("empty-overview", "/"),
            ("empty-approvals", "/approvals"),
            ("empty-service", "/services/shop"),
            ("empty-incidents", "/incidents"),
            ("empty-statistics", "/statistics"),
            ("empty-search", "/search"),
            ("not-found", "/deployments/nobody"),
        ]
        return look({"url": f"http://127.0.0.1:{at}", "link": link, "pages": named_pages(pages)})


def main():
    installed()
    PICTURES.mkdir(parents=True, exist_ok=True)
    failed = 0
    for part in (asked, empty):
        with tempfile.TemporaryDirectory() as folder:
            failed |= part(folder)
    print("passed" if not failed else "FAILED")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
