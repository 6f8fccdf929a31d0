"""The operator's commands, against the real daemon and without one."""

import json
import os
import pty
import re
import signal
import subprocess
import time

import pytest

from callers import post, prompt
from daemon import START_SECONDS, STOP_SECONDS, free_port
from replies import refusal
from test_trust import shown

NO_DAEMON, NOT_PERMITTED, CONFIGURATION, USAGE = 69, 77, 78, 64
FINGERPRINT = re.compile(r"sha256/[A-Za-z0-9+/]{43}=")


@pytest.fixture
def stopped(start_proxy, router):
    """A proxy that ran and runs no more, with its directory still there."""
    proxy = start_proxy(router)
    proxy.process.terminate()
    proxy.process.wait(STOP_SECONDS)
    return proxy


# MARK: status


def test_status_says_what_the_daemon_says(start_proxy, router):
    proxy = start_proxy(router)
    post(proxy, prompt("one"))
    table, document = proxy.command("status"), proxy.command("status", "--json")
    assert table.returncode == document.returncode == 0
    said = json.loads(document.stdout)
    assert said["exchanges"]["answered"] == 1 and said["pid"] == proxy.process.pid
    assert said["client_keys"]["current"]["fingerprint"] in table.stdout
    assert shown(router) in table.stdout and re.search(r"^ready +yes$", table.stdout, re.MULTILINE)
    assert "1 answered" in table.stdout and "\x1b" not in table.stdout


@pytest.mark.parametrize("command", [["status"], ["status", "--watch"], ["keys", "show"], ["keys", "rotate"]])
def test_without_a_daemon_it_says_how_to_start_one(stopped, command):
    done = stopped.command(*command)
    assert done.returncode == NO_DAEMON and "nomyo-proxy run" in done.stderr and done.stdout == ""


@pytest.mark.skipif(os.geteuid() == 0, reason="root may open every socket")
def test_a_socket_of_somebody_else_is_a_matter_of_permission(start_proxy, router):
    proxy = start_proxy(router)
    (proxy.directory / "admin.sock").chmod(0)
    assert proxy.command("status").returncode == NOT_PERMITTED


def test_watching_goes_on_until_it_is_interrupted_and_into_a_pipe_draws_nothing(start_proxy, router):
    proxy = start_proxy(router)
    watching = subprocess.Popen(
        [*proxy.process.args[:1], "status", "--watch", "--config", str(proxy.directory / "config.toml")],
        stdout=subprocess.PIPE,
        env=proxy._environment,
    )
    read, count = b"", 0
    while count < 2:
        read += os.read(watching.stdout.fileno(), 65536)
        count = read.count(b"nomyo-proxy ")
    watching.send_signal(signal.SIGINT)
    assert watching.wait(5) == 0
    assert b"\x1b" not in read and b"\n\nnomyo-proxy" in read


def test_watching_on_a_terminal_draws_over_what_was_there(start_proxy, router):
    proxy = start_proxy(router)
    leader, follower = pty.openpty()
    watching = subprocess.Popen(
        [*proxy.process.args[:1], "status", "--watch", "--config", str(proxy.directory / "config.toml")],
        stdout=follower,
        env=proxy._environment,
    )
    os.close(follower)
    read = b""
    while read.count(b"\x1b[H\x1b[J") < 2:
        read += os.read(leader, 65536)
    watching.send_signal(signal.SIGINT)
    assert watching.wait(5) == 0
    os.close(leader)


# MARK: keys


def test_keys_rotate_and_show(start_proxy, router):
    proxy = start_proxy(router)
    before = FINGERPRINT.search(proxy.command("keys", "show").stdout)[0]
    rotated = proxy.command("keys", "rotate")
    after = FINGERPRINT.search(proxy.command("keys", "show").stdout)[0]
    assert rotated.returncode == 0 and "generation 2" in rotated.stdout
    assert after in rotated.stdout and after != before
    assert post(proxy, prompt("still")).status_code == 200


def test_keys_travel_by_export_and_import(start_proxy, router, tmp_path):
    proxy = start_proxy(router, keys={"mode": "directory"})
    kept = FINGERPRINT.search(proxy.command("keys", "show").stdout)[0]
    copy = tmp_path / "copy"
    busy = proxy.command("keys", "export", str(copy))
    assert busy.returncode == 75 and "in use" in busy.stderr  # the daemon holds its directory
    proxy.process.terminate()
    proxy.process.wait(STOP_SECONDS)

    exported = proxy.command("keys", "export", str(copy))
    assert exported.returncode == 0 and kept in exported.stdout
    assert (copy / "private_key.pem").stat().st_mode & 0o777 == 0o600
    again = proxy.command("keys", "export", str(copy))
    assert again.returncode == 1 and "holds a key already" in again.stderr

    assert proxy.command("keys", "import", str(copy)).returncode == 0  # the same key: nothing to replace
    own = proxy.directory / "client_keys"
    for name in ("private_key.pem", "public_key.pem"):
        (own / name).unlink()
    imported = proxy.command("keys", "import", str(copy / "private_key.pem"))
    assert imported.returncode == 0 and kept in imported.stdout
    assert (own / "private_key.pem").read_bytes() and (own / "public_key.pem").exists()


def test_a_key_is_only_replaced_when_that_is_said(start_proxy, router, nomyo_keys):
    proxy = start_proxy(router, keys={"mode": "directory"})
    proxy.process.terminate()
    proxy.process.wait(STOP_SECONDS)
    own = proxy.directory / "client_keys" / "private_key.pem"
    before = own.read_bytes()
    refused = proxy.command("keys", "import", nomyo_keys)
    assert refused.returncode == 1 and "--replace" in refused.stderr and own.read_bytes() == before
    assert proxy.command("keys", "import", nomyo_keys, "--replace").returncode == 0
    assert own.read_bytes() != before


def test_a_key_in_memory_is_not_exported(stopped, tmp_path):
    done = stopped.command("keys", "export", str(tmp_path / "copy"))
    assert done.returncode == CONFIGURATION and "keys.mode" in done.stderr and not (tmp_path / "copy").exists()


# MARK: trust


def test_trust_show_tells_what_why_and_since_when_with_and_without_a_daemon(start_proxy, router):
    proxy = start_proxy(router, router={"trust": "first-use"})
    running = proxy.command("trust", "show").stdout
    assert running.count(shown(router)) == 2 and "first use" in running and "since 20" in running
    proxy.process.terminate()
    proxy.process.wait(STOP_SECONDS)
    alone = proxy.command("trust", "show").stdout
    assert alone.count(shown(router)) == 1 and "none is running" in alone


def test_without_a_daemon_a_key_is_accepted_for_the_next_start(start_proxy, start_router):
    router = start_router()
    proxy = start_proxy(router, router={"trust": "first-use"})
    proxy.process.terminate()
    proxy.process.wait(STOP_SECONDS)
    router.rotate()
    done = proxy.command("trust", "accept", "--offline", shown(router))
    assert done.returncode == 0 and "is remembered in" in done.stdout
    shows = proxy.command("trust", "show").stdout
    assert shown(router) in shows and "operator" in shows
    log = proxy.command("trust", "log")
    assert log.returncode == 0 and f"accepted {shown(router)}" in log.stdout


@pytest.mark.parametrize("command", ["accept", "pin"])
def test_what_is_no_fingerprint_is_a_wrong_call(stopped, command):
    done = stopped.command("trust", command, "sha256/AAAA")
    assert done.returncode == USAGE and "44 characters" in done.stderr


@pytest.mark.parametrize("command", ["accept", "pin"])
def test_where_the_configuration_decides_nothing_is_remembered(stopped, router, command):
    done = stopped.command("trust", command, shown(router))  # these tests run with router.trust = "tls"
    assert done.returncode == CONFIGURATION and "router.trust is tls" in done.stderr


# MARK: doctor


def steps(done: subprocess.CompletedProcess) -> dict[str, str]:
    """What came of each step."""
    lines = [line for line in done.stdout.splitlines() if not line.startswith(" ")]
    return {line[9:23].strip(): line[:9].strip() for line in lines}


def test_the_doctor_finds_nothing_wrong_with_and_without_a_daemon(start_proxy, router):
    proxy = start_proxy(router)
    done = proxy.command("doctor", seconds=60)
    assert done.returncode == 0, done.stdout
    came = steps(done)
    assert came["round trip"] == "ok" and came["API key"] == "ok" and came["daemon"] == "ok"
    assert proxy.api_key not in done.stdout + done.stderr
    proxy.process.terminate()
    proxy.process.wait(STOP_SECONDS)
    assert steps(proxy.command("doctor", seconds=60))["daemon"] == "skipped"


def test_the_doctor_remembers_no_key(start_proxy, router):
    proxy = start_proxy(router, router={"trust": "first-use"})
    proxy.process.terminate()
    proxy.process.wait(STOP_SECONDS)
    for name in ("trust.json", "trust.log"):
        (proxy.directory / name).unlink()
    done = proxy.command("doctor", seconds=60)
    assert steps(done)["trust"] == "ok" and "nothing is remembered yet" in done.stdout
    assert not (proxy.directory / "trust.json").exists() and not (proxy.directory / "trust.log").exists()


def test_the_doctor_names_a_router_that_is_not_there(stopped):
    port = free_port()
    done = stopped.command("doctor", "--router-url", f"http://127.0.0.1:{port}", seconds=60)
    assert done.returncode == NO_DAEMON and steps(done)["connection"] == "FAILED"
    assert "  -> " in done.stdout and steps(done)["round trip"] == "skipped"


def test_the_doctor_tells_a_key_that_is_not_trusted_and_seals_nothing_for_it(start_proxy, start_router):
    router = start_router()
    proxy = start_proxy(router, router={"trust": "first-use"})
    router.rotate()
    count = len(router.exchanges)
    done = proxy.command("doctor", seconds=60)
    assert done.returncode == NO_DAEMON and steps(done)["trust"] == "FAILED"
    assert shown(router) in done.stdout and steps(done)["round trip"] == "skipped"
    assert len(router.exchanges) == count


def test_the_doctor_tells_an_api_key_that_is_refused(stopped, router):
    router.always(refusal(401))
    done = stopped.command("doctor", "--model", "any", seconds=60)
    assert done.returncode == NOT_PERMITTED and "FAILED" in steps(done).values()


# MARK: health


def test_health_asks_through_a_unix_socket(start_proxy, router):
    proxy = start_proxy(router)
    path = proxy.directory / "callers.sock"
    only = start_proxy(router, ready=False, listen=[f"unix:{path}"])
    deadline = time.monotonic() + START_SECONDS
    while (done := only.command("health", "--ready")).returncode != 0:
        assert time.monotonic() < deadline, done.stderr + only.log()
        time.sleep(0.05)
    assert "ready" in done.stdout
    path_of_nobody = f"unix:{proxy.directory}/nobody.sock"
    assert only.command("health", "--listen", path_of_nobody).returncode == 1
