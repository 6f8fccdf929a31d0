"""A unit, as systemctl and the journal show it."""

import contextlib
import json
import pathlib
import subprocess
import time
from collections.abc import Callable

SECONDS = 30


def run(*command: str, seconds: float = 60, **how) -> subprocess.CompletedProcess:
    """A command's exit status and output."""
    return subprocess.run(command, capture_output=True, text=True, timeout=seconds, **how)


def until(holds: Callable[[], object], what: Callable[[], str] | str, seconds: float = SECONDS):
    """Waits until something holds, and returns it; says what did not when time is up."""
    deadline = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < deadline, what if isinstance(what, str) else what()
        time.sleep(0.02)
    return found


class Journal:
    """What was logged since some moment."""

    def __init__(self, *, unit: str | None = None):
        self._unit = unit
        run("journalctl", "--sync")
        self._cursor = run("journalctl", "-q", "-n", "0", "--show-cursor").stdout.removeprefix("-- cursor: ").strip()
        assert self._cursor, "the journal has no place to read from"

    def entries(self) -> list[dict]:
        run("journalctl", "--sync")
        command = ["journalctl", "-q", "-o", "json", "--all", f"--after-cursor={self._cursor}"]
        if self._unit:
            command += ["--unit", self._unit]
        return [json.loads(line) for line in run(*command).stdout.splitlines()]

    def messages(self) -> list[str]:
        return [str(entry.get("MESSAGE")) for entry in self.entries()]

    def has(self, text: str) -> bool:
        return any(text in message for message in self.messages())

    def wait(self, text: str, seconds: float = SECONDS) -> None:
        until(lambda: self.has(text), lambda: f"no {text!r} in:\n" + "\n".join(self.messages()), seconds)


class Unit:
    """One unit of the system's service manager, or of another that `manager` leads to."""

    def __init__(self, name: str, manager: tuple[str, ...] = ("systemctl",)):
        self.name, self._manager = name, manager

    def command(self, verb: str, *arguments: str, seconds: float = 60) -> subprocess.CompletedProcess:
        return run(*self._manager, verb, *arguments, self.name, seconds=seconds)

    def do(self, verb: str, *arguments: str, seconds: float = 60) -> None:
        """The command has to succeed."""
        done = self.command(verb, *arguments, seconds=seconds)
        assert done.returncode == 0, f"systemctl {verb}: {done.stderr}\n{self.story()}"

    def start(self) -> None:
        self.do("start")

    def stop(self) -> None:
        self.do("stop")

    def get(self, name: str) -> str:
        return self.command("show", "--value", "--property", name).stdout.strip()

    @property
    def state(self) -> str:
        return self.get("ActiveState")

    @property
    def pid(self) -> int:
        return int(self.get("MainPID"))

    def process(self, name: str) -> str:
        """A file of the main process in /proc."""
        return pathlib.Path(f"/proc/{self.pid}/{name}").read_text(errors="replace")

    def is_in(self, state: str, seconds: float = SECONDS) -> None:
        """Waits for a state."""
        until(lambda: self.state == state, lambda: f"{self.name} is {self.state}\n{self.story()}", seconds)

    def story(self) -> str:
        return self.command("status", "--no-pager", "--full", "--lines=30").stdout

    @contextlib.contextmanager
    def dropped_in(self, text: str):
        """The unit with a drop-in, until the end of the block; nothing is started or stopped."""
        folder = pathlib.Path("/run/systemd/system", f"{self.name}.d")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "test.conf").write_text(text)
        run(*self._manager, "daemon-reload")
        try:
            yield
        finally:
            (folder / "test.conf").unlink()
            run(*self._manager, "daemon-reload")
