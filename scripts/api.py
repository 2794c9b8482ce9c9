#!/usr/bin/env python3
"""Schemathesis against the OpenAPI document of a running server: no 5xx, no undocumented answer, nothing wrong accepted.

    scripts/api.py

The server is that of `tawny demo`, after a deployment that people rolled back. Which calls are made is drawn by a seed that
is printed. That a call of the right shape may be refused for what it means (422) is documented, and not judged.
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from mcp_tally import program  # noqa: E402
from waiting import until  # noqa: E402

JUDGE = pathlib.Path(sys.executable).parent / "schemathesis"
SEED = "47"


def main():
    tawny = program("tawny")
    if not tawny or not JUDGE.exists():
        print("skipped: tawny or schemathesis is not there")
        return 2
    folder = pathlib.Path(tempfile.mkdtemp(prefix="tawny-api-"))
    log = folder / "log"
    command = [tawny, "demo", "--scenario", "latency", "--answer", "rollback", "--keep", "--dir", str(folder / "demo")]
    (folder / "demo").mkdir()
    with log.open("w") as file:
        demo = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=file, stderr=file)
    try:
        until("the demo has told its story", lambda: "everything keeps running" in log.read_text(), seconds=300)
        page = re.search(r"page: (http://\S+)", log.read_text()).group(1).rstrip("/")
        token = (folder / "demo/token").read_text().strip()
        judged = subprocess.run(
            [
                JUDGE, "run", f"{page}/api/v1/openapi.json", "-H", f"Authorization: Bearer {token}", "--seed", SEED,
                "--max-examples", "40", "--continue-on-failure", "--exclude-checks", "positive_data_acceptance",
            ],
            capture_output=True, text=True, timeout=900, check=False, cwd=folder,
        )
    finally:
        demo.terminate()
        demo.wait(timeout=60)
    said = judged.stdout
    if judged.returncode != 0:
        print(said[-8000:], judged.stderr[-2000:])
        print("FAILED schemathesis")
        return 1
    for wanted in (r"Operations: .*", r"\d+ generated.*", r"Seed: \d+"):
        found = re.search(wanted, said)
        print(f"schemathesis {found.group(0) if found else wanted}")
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
