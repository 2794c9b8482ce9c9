#!/usr/bin/env python3
"""The MCP server before judges that others made.

    scripts/mcp_judges.py                      # all of it
    scripts/mcp_judges.py fixture production   # only these parts

fixture     the official conformance suite, both requirement sets, against mcp-server's fixture on Tawny's own transport
production  its scenarios that need no fixture, and hostile hosts and origins, against `tawny serve`
inspector   MCP Inspector's command line in both eras, strict about schemas, against the server of `tawny demo`
clients     the TypeScript SDK, PyPI's mcp and fastmcp against the same: list, call each tool, read, prompt, complete

Installs the judges under .tawny/mcp, in the versions below. Needs npm, Prometheus, and target/debug's tawny and
mcp-conformance. Exit code 1 when a judge found something wrong, 2 when a part could not be judged.
"""

import pathlib
import shutil
import signal
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import mcp_clients  # noqa: E402
import mcp_conformance  # noqa: E402
from mcp_tally import HOME, Tally  # noqa: E402

PACKAGES = [
    "node@22",
    "@modelcontextprotocol/conformance@0.2.0-alpha.12",
    "@modelcontextprotocol/inspector@2.12.0",
    "@modelcontextprotocol/sdk@1.32.2",
]
# Each in a folder of its own: they want different versions of the same libraries.
PYTHON = {"mcp": ["mcp==2.3.0", "jsonschema==4.25.1"], "fastmcp": ["fastmcp==4.1.2", "jsonschema==4.25.1"]}
PARTS = {
    "fixture": mcp_conformance.fixture,
    "production": mcp_conformance.production,
    "inspector": mcp_clients.inspector,
    "clients": mcp_clients.clients,
}


def installed(tally):
    """Installs what is not there; says what could not be had."""
    HOME.mkdir(parents=True, exist_ok=True)
    if not shutil.which("npm"):
        tally.skipped("npm is not there: neither conformance nor inspector nor the TypeScript SDK")
    elif not stamped("npm", PACKAGES):
        run = ["npm", "i", "--no-audit", "--no-fund", *PACKAGES]
        stamp("npm", PACKAGES, subprocess.run(run, cwd=HOME, stdout=subprocess.DEVNULL, check=False), tally)
    for name, packages in PYTHON.items():
        if stamped(name, packages):
            continue
        subprocess.run([sys.executable, "-m", "venv", HOME / f"py-{name}"], check=True)
        run = [HOME / f"py-{name}/bin/pip", "install", "-q", *packages]
        stamp(name, packages, subprocess.run(run, check=False), tally)


def stamped(name, packages):
    file = HOME / f"{name}.installed"
    return file.exists() and file.read_text() == "\n".join(packages)


def stamp(name, packages, run, tally):
    if run.returncode == 0:
        (HOME / f"{name}.installed").write_text("\n".join(packages))
    else:
        tally.skipped(f"{' '.join(packages)} cannot be installed")


def main():
    wanted = sys.argv[1:] or list(PARTS)
    strange = set(wanted) - set(PARTS)
    if strange:
        print(f"no such part: {', '.join(sorted(strange))}; there are: {', '.join(PARTS)}", file=sys.stderr)
        return 3
    # Whoever stops this stops what it began.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(4))
    tally = Tally()
    installed(tally)
    demo = mcp_clients.Demo()
    try:
        for name in wanted:
            tally.part = name
            try:
                PARTS[name](tally, demo)
            # The other parts are judged all the same.
            except (Exception, SystemExit) as error:  # noqa: BLE001
                if getattr(error, "code", None) == 4:
                    raise
                tally.failed(f"did not come to an end: {type(error).__name__}: {error}")
    finally:
        demo.end()
    return tally.end()


if __name__ == "__main__":
    sys.exit(main())
