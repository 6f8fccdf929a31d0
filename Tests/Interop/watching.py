"""Watches a running daemon from outside: what memory and which descriptors it takes while something is done to it."""

import json
import pathlib
import re
import time
from collections.abc import Callable

from daemon import Process, Proxy

MEBIBYTE = 1 << 20


def memory(process: Process, field: str) -> float:
    """A line of /proc/PID/status, in MiB."""
    text = pathlib.Path(f"/proc/{process.process.pid}/status").read_text()
    return int(re.search(rf"{field}:\s+(\d+)", text)[1]) / 1024


def descriptors(process: Process) -> int:
    return len(list(pathlib.Path(f"/proc/{process.process.pid}/fd").iterdir()))


def forget_peak(process: Process) -> None:
    """Sets VmHWM to what is in use now (proc(5), clear_refs)."""
    pathlib.Path(f"/proc/{process.process.pid}/clear_refs").write_text("5")


def there(proxy: Proxy, router) -> int:
    """How many requests wait for their turn or have had it; none counts twice when its turn comes meanwhile."""
    return len(router.exchanges) + proxy.admin("GET", "/status").json()["pacing"]["waiting"]


def until(fact: Callable[[], bool], seconds: float = 5) -> bool:
    """Whether it became a fact in time."""
    deadline = time.monotonic() + seconds
    while not fact():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def log_lines(text: str) -> list[dict]:
    """The lines of a log, each of which must be one JSON object without anything that steers a terminal."""
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]", text), "control characters in the log"
    return [json.loads(line) for line in text.splitlines()]
