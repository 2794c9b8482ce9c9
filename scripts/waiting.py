"""Waiting for what other programs do."""

import time


def until(what, look, seconds=60):
    """What is looked for, once it is there."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(0.1)
    raise SystemExit(f"in vain waited until {what}")
