"""Runs the checks of one client and prints what was seen, one JSON object a line.

A driver runs in the environment of its client and judges nothing: the test suite compares what is printed, and
what reached the router. `CLIENT_URL` is the proxy's address without a path.
"""

import json
import os
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable

from texts import STATUSES

URL = os.environ["CLIENT_URL"]
NAME = os.environ["CLIENT_NAME"]
PATIENCE = 30

# SDKs and their children print as well: what they print is kept apart from what is reported.
_output = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
_checks: dict[str, Callable[[], object]] = {}
_printing = threading.Lock()


def key(kind: str = "shared") -> str:
    """An API key; the proxy keeps the state of each apart."""
    return f"sk-{NAME.replace(' ', '-')}-{kind}"


def mark(check: str) -> str:
    """What a prompt begins with, so that the router knows what to do and whom it hears."""
    return f"[[{NAME}/{check}]]"


def check(name: str):
    """Makes a function a check; what it returns is printed."""

    def keep(function: Callable[[], object]):
        _checks[name] = function
        return function

    return keep


def arrived(name: str = "cancel") -> None:
    """Waits until the router has got the request of a check."""
    _say({"begun": name})
    sys.stdin.readline()


def left(name: str = "cancel") -> None:
    """Says that the client has gone away, and waits until the suite has looked at the router."""
    _say({"left": name})
    sys.stdin.readline()


def stopped_while_waiting(command: list[str], **how) -> str | None:
    """Runs a command whose request begins with the mark of "cancel", and ends it while it waits; None if it had ended."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, **how)
    arrived()
    running = process.poll() is None
    process.terminate()
    process.wait()
    left()
    return "was waiting" if running else None


def refusals(ask: Callable[[str, str, bool], object]):
    """The checks of errors: `ask(key, prompt, streamed)` must raise; what it raises is printed."""

    def run(streamed: bool) -> dict:
        seen = {}
        for status in STATUSES:
            try:
                answer = ask(key(f"{status}-{streamed}"), mark(f"refuse-{status}"), streamed)
                seen[status] = ["nothing", None, repr(answer)[:300]]
            except Exception as error:
                kind = type(error)
                number = getattr(error, "status_code", None) or getattr(error, "http_status", None)
                seen[status] = [f"{kind.__module__.partition('.')[0]}.{kind.__name__}", number, str(error)]
        return seen

    _checks["errors"] = lambda: run(False)
    _checks["errors of streams"] = lambda: run(True)
    return ask


def _say(line: dict) -> None:
    with _printing:
        print(json.dumps(line), file=_output, flush=True)


def _run(name: str) -> None:
    began = time.monotonic()
    try:
        line = {"check": name, "seen": _checks[name]()}
    except Exception as error:
        line = {
            "check": name,
            "raised": f"{type(error).__name__}: {error}"[:2000],
            "trace": traceback.format_exc()[-4000:],
        }
    _say(line | {"seconds": round(time.monotonic() - began, 2)})


def main() -> None:
    """Runs everything; what waits runs beside the rest."""
    beside = ("wait", "cancel")
    chosen = [name for name in os.environ.get("CLIENT_CHECKS", "").split(",") if name] or list(_checks)
    waiting = [threading.Thread(target=_run, args=[name]) for name in chosen if name.startswith(beside)]
    for thread in waiting:
        thread.start()
    for name in chosen:
        if not name.startswith(beside):
            _run(name)
    for thread in waiting:
        thread.join()
    os._exit(0)  # SDKs leave threads and pools behind that have nothing to do any more
