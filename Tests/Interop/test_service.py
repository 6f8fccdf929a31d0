"""The service manager's view: what it is told over NOTIFY_SOCKET, what reaches the journal, and how a reload ends."""

import os
import pathlib
import signal
import socket
import struct
import subprocess
import time

import pytest

from callers import post, prompt
from daemon import STOP_SECONDS, Process, binary, free_port, mark


class Listener:
    """A datagram socket as systemd and journald have them, and everything that came over it."""

    def __init__(self, path: pathlib.Path):
        self.path, self.heard = path, []
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))

    def until(self, holds, seconds: float = 30) -> list[bytes]:
        """Takes in messages until `holds(all of them)`."""
        deadline = time.monotonic() + seconds
        while not holds(self.heard):
            left = deadline - time.monotonic()
            assert left > 0, f"waited {seconds} s; heard {self.heard}"
            self._socket.settimeout(left)
            try:
                self.heard.append(self._socket.recv(1 << 20))
            except TimeoutError:
                pass
        return self.heard

    def drain(self) -> list[bytes]:
        """What is there now."""
        self._socket.setblocking(False)
        try:
            while True:
                self.heard.append(self._socket.recv(1 << 20))
        except BlockingIOError:
            return self.heard

    def forget(self) -> None:
        self.drain()
        self.heard.clear()


@pytest.fixture
def systemd(tmp_path, monkeypatch):
    """A service manager that watches with an interval of two seconds."""
    listener = Listener(tmp_path / "notify")
    monkeypatch.setenv("NOTIFY_SOCKET", str(listener.path))
    monkeypatch.setenv("WATCHDOG_USEC", "2000000")
    monkeypatch.delenv("WATCHDOG_PID", raising=False)
    return listener


def told(messages: list[bytes], name: str) -> list[str]:
    """The values of every assignment of that name."""
    lines = [line for message in messages for line in message.decode().split("\n")]
    return [line.partition("=")[2] for line in lines if line.partition("=")[0] == name]


def has(name: str, count: int = 1):
    return lambda messages: len(told(messages, name)) >= count


# MARK: Notifications


def test_ready_reload_watchdog_and_stop_as_systemd_hears_them(start_proxy, router, systemd):
    proxy = start_proxy(router, ready=False)
    systemd.until(has("READY"))
    before = systemd.heard[: next(index for index, each in enumerate(systemd.heard) if b"READY=1" in each)]
    assert told(before, "EXTEND_TIMEOUT_USEC")[0] == "30000000"
    assert told(before, "STATUS")[0].startswith("Waiting: ") and "client key" in told(before, "STATUS")[0]
    assert "Ready; client key 1, under 5 min old, next at " in told(systemd.heard, "STATUS")[-1]
    proxy.ready()

    systemd.forget()
    moment = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
    proxy.process.send_signal(signal.SIGHUP)
    systemd.until(has("READY"))
    assert told(systemd.heard, "RELOADING") == ["1"]
    assert moment <= int(told(systemd.heard, "MONOTONIC_USEC")[0]) <= moment + 10_000_000
    kinds = [each.split(b"\n")[0] for each in systemd.heard if not each.startswith((b"WATCHDOG", b"STATUS"))]
    assert kinds == [b"RELOADING=1", b"READY=1"]

    # Fed at half the interval, busy or not.
    systemd.forget()
    start = time.monotonic()
    assert post(proxy, prompt(mark())).status_code == 200
    systemd.until(has("WATCHDOG", 3))
    assert 1.8 <= time.monotonic() - start + 1 <= 10

    systemd.forget()
    assert proxy.stop() == 0
    systemd.drain()
    assert told(systemd.heard, "STOPPING") == ["1"]
    assert told(systemd.heard, "STATUS")[0].startswith("Draining: 0 in flight")
    assert int(told(systemd.heard, "EXTEND_TIMEOUT_USEC")[0]) >= 120_000_000
    assert not told(systemd.heard, "READY")


def test_while_the_router_is_down_it_says_so_is_not_ready_and_is_alive(start_proxy, systemd):
    proxy = start_proxy(f"http://127.0.0.1:{free_port()}", ready=False)
    systemd.until(lambda heard: any(text.startswith("Waiting: no key of the router: ") for text in told(heard, "STATUS")))
    systemd.until(has("WATCHDOG", 2))
    assert not told(systemd.heard, "READY")
    assert "nomyo-proxy doctor" in told(systemd.heard, "STATUS")[-1]

    # A process that does nothing any more feeds nobody.
    proxy.process.send_signal(signal.SIGSTOP)
    systemd.forget()
    time.sleep(1.5)
    systemd.drain()
    assert not systemd.heard
    proxy.process.send_signal(signal.SIGCONT)
    systemd.until(has("WATCHDOG"))

    # The next request to extend the time comes within ten seconds of the last.
    systemd.until(has("EXTEND_TIMEOUT_USEC"), 15)
    assert not told(systemd.heard, "READY")


# MARK: Reload


def test_the_command_waits_for_the_outcome_and_its_exit_status_is_it(start_proxy, router):
    proxy = start_proxy(router, models={"aliases": {"gpt-4o": "one"}})
    configuration = proxy.directory / "config.toml"
    whole = configuration.read_text()

    configuration.write_text(whole.replace('"one"', '"two"'))
    done = proxy.command("reload")
    assert (done.returncode, done.stdout) == (0, "reloaded: models.aliases\n"), done.stderr
    assert proxy.admin("GET", "/status").json()["last_reload"]["changed"] == ["models.aliases"]

    # Broken: refused by the daemon's own words, and the status has it.
    configuration.write_text(whole.replace('"one"', '"three"') + "\n[nowhere]\nkey = 1\n")
    done = proxy.command("reload")
    assert done.returncode == 78 and "nowhere" in done.stderr and "what was in force before still is" in done.stderr
    last = proxy.admin("GET", "/status").json()["last_reload"]
    assert not last["ok"] and "nowhere" in last["faults"][0]
    assert abs(last["at"] - time.time()) < 60
    assert "REFUSED" in proxy.command("status").stdout
    assert post(proxy, prompt(mark()) | {"model": "gpt-4o"}).headers["x-nomyo-model"] == "two"

    # No TOML at all: where the daemon is stands in the environment.
    configuration.write_text("[[[")
    assert proxy.command("reload").returncode == 78

    configuration.write_text(whole + '\n[shutdown]\ndrain = "1s"\n')
    done = proxy.command("reload")
    assert done.returncode == 78 and "shutdown.drain has changed, which needs a restart" in done.stderr

    configuration.write_text(whole)
    proxy.stop_quietly()
    assert proxy.command("reload").returncode == 69


def test_without_its_api_key_it_says_whose_keys_go_out_now(start_proxy, router, tmp_path):
    key = tmp_path / "key"
    key.write_text(mark("key"))
    proxy = start_proxy(router, api_key=None, router={"api_key_file": str(key)})
    configuration = proxy.directory / "config.toml"
    lines = [line for line in configuration.read_text().split("\n") if not line.startswith("api_key_file")]
    configuration.write_text("\n".join(lines))
    assert proxy.command("reload").stdout == "reloaded: router.api_key_file router.api_key\n"
    assert "no API key: each caller's own key goes to the router" in proxy.log()


# MARK: The journal


def fields(message: bytes) -> dict[str, str]:
    """An entry in the journal's native protocol."""
    found = {}
    while message:
        head, _, rest = message.partition(b"\n")
        name, equals, value = head.partition(b"=")
        if not equals:
            (length,) = struct.unpack_from("<Q", rest)
            value, rest = rest[8 : 8 + length], rest[8 + length + 1 :]
        assert name.decode() not in found
        found[name.decode()], message = value.decode(), rest
    return found


class InNamespace(Process):
    """`nomyo-proxy run` where /run/systemd/journal is another directory."""

    def __init__(self, journal: pathlib.Path, directory: pathlib.Path):
        script = (
            "mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/journal && "
            f"mount --bind {journal} /run/systemd/journal && exec \"$@\""
        )
        program = [binary("NOMYO_PROXY", "nomyo-proxy"), "run", "--log-format", "journal"]
        options = ["--router-url", f"http://127.0.0.1:{free_port()}", "--router-allow-http", "true"]
        options += ["--listen", f"127.0.0.1:{free_port()}", "--router-api-key-file", str(directory / "with\nPRIORITY=0")]
        (directory / "with\nPRIORITY=0").write_text(mark("key"))
        command = ["unshare", "--mount", "sh", "-c", script, "sh", *program, *options]
        super().__init__("nomyo-proxy", command, directory, {})


def can_mount() -> bool:
    probe = ["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/run"]
    return os.geteuid() == 0 and subprocess.run(probe, capture_output=True).returncode == 0


@pytest.mark.skipif(not can_mount(), reason="needs the right to mount in a namespace of its own")
def test_entries_reach_the_journal_with_id_priority_and_fields(tmp_path):
    (tmp_path / "journal").mkdir()
    (tmp_path / "home").mkdir()
    journal = Listener(tmp_path / "journal" / "socket")
    proxy = InNamespace(tmp_path / "journal", tmp_path / "home")
    journal.until(lambda heard: any(b"MESSAGE=router key not to be had" in each for each in heard))
    proxy.process.send_signal(signal.SIGTERM)
    proxy.process.wait(STOP_SECONDS)
    entries = [fields(each) for each in journal.drain()]
    assert len({entry["MESSAGE_ID"] for entry in entries}) >= 5
    for entry in entries:
        assert len(entry["MESSAGE_ID"]) == 32 and entry["SYSLOG_IDENTIFIER"] == "nomyo-proxy"
        assert entry["PRIORITY"] in "34567" and entry["CODE_FILE"].endswith(".swift") and int(entry["CODE_LINE"]) > 0
        assert "\n" not in entry["MESSAGE"]
    starting = next(entry for entry in entries if entry["MESSAGE"].startswith("starting "))
    assert starting["PRIORITY"] == "5" and starting["NOMYO_API_KEY"] == "set"
    down = next(entry for entry in entries if entry["MESSAGE"].startswith("router key not to be had"))
    assert down["PRIORITY"] == "4" and down["NOMYO_RETRY_IN_S"] == "1" and down["NOMYO_REASON"]
    assert entries[-1]["MESSAGE"].startswith("drained "), "the last line is there although the process has ended"
    assert "{" not in proxy.log()


@pytest.mark.skipif(not can_mount(), reason="needs the right to mount in a namespace of its own")
def test_without_a_journal_the_lines_go_to_standard_error(tmp_path):
    (tmp_path / "journal").mkdir()
    (tmp_path / "home").mkdir()
    proxy = InNamespace(tmp_path / "journal", tmp_path / "home")
    deadline = time.monotonic() + 30
    while '"message":"router key not to be had"' not in proxy.log():
        assert time.monotonic() < deadline and proxy.process.poll() is None, proxy.log()
        time.sleep(0.05)
    proxy.process.send_signal(signal.SIGTERM)
    proxy.process.wait(STOP_SECONDS)
