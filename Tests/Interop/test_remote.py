"""Listening where others reach it, and on unix sockets: what is needed, what is said, who gets in."""

import hashlib
import os
import pathlib
import stat
import subprocess
import tempfile
import time

import httpx
import pytest

from callers import PATIENCE, error_of, post, prompt
from daemon import START_SECONDS, STOP_SECONDS, free_port, mark
from test_reload import reload

CONFIGURATION = 78
root_only = pytest.mark.skipif(os.geteuid() != 0, reason="needs root to be somebody else")


def ended(proxy, seconds: float = 20) -> str:
    """What a proxy said that refused to start."""
    assert proxy.process.wait(seconds) == CONFIGURATION, proxy.log()
    return proxy.log()


def said(proxy, words: str) -> str:
    """The log, as soon as it has these words."""
    deadline = time.monotonic() + START_SECONDS
    while words not in (log := proxy.log()):
        assert proxy.process.poll() is None and time.monotonic() < deadline, log
        time.sleep(0.02)
    return log


@pytest.fixture
def tokens(tmp_path):
    """A file of one token, and that token."""
    token, file = mark("token"), tmp_path / "tokens"
    file.write_text(f"me:{hashlib.sha256(token.encode()).hexdigest()}\n")
    return file, token


@pytest.mark.parametrize(
    "access, words",
    [
        ({}, "access.allow_remote = true and access.tokens_file"),
        ({"unauthenticated_remote": True}, "access.allow_remote = true and access.tokens_file"),
        ({"allow_remote": True}, "access.unauthenticated_remote = true"),
    ],
    ids=["nothing", "half of it", "the other half"],
)
@pytest.mark.parametrize("host", ["0.0.0.0", "[::]", "192.0.2.1"])
def test_an_open_address_is_refused_with_what_is_missing(start_proxy, router, host, access, words):
    proxy = start_proxy(router, ready=False, listen=[f"{host}:{free_port()}"], access=access)
    log = ended(proxy)
    assert f"{host}:" in log and "is not a loopback address" in log and words in log


def test_with_tokens_it_listens_and_warns_of_clear_text(start_proxy, router, tokens):
    file, token = tokens
    port = free_port()
    access = {"allow_remote": True, "tokens_file": str(file), "hosts": ["loopback", "gateway.lan"]}
    proxy = start_proxy(router, ready=False, listen=[f"0.0.0.0:{port}"], access=access)
    proxy.port = port
    proxy.ready()
    log = said(proxy, "clear text: whoever is on the way")
    assert "EVERYBODY" not in log and "callers who use another name" not in log
    assert post(proxy, prompt("x"), host="gateway.lan", authorization=f"Bearer {token}").status_code == 200
    assert post(proxy, prompt("x"), host="gateway.lan").status_code == 401
    refused = post(proxy, prompt("x"), host="other.lan", authorization=f"Bearer {token}")
    message = error_of(refused)["message"]
    assert refused.status_code == 403 and '"other.lan"' in message and "access.hosts" in message
    assert proxy.command("health", "--ready").returncode == 0
    # Without its tokens it would be open: a reload that takes them away changes nothing.
    assert "not reloaded" in reload(proxy, lambda text: text.replace("tokens_file", "# tokens_file"))
    assert post(proxy, prompt("x"), host="gateway.lan").status_code == 401


def test_without_tokens_it_says_so_loudly(start_proxy, router):
    access = {"allow_remote": True, "unauthenticated_remote": True}
    port = free_port()
    proxy = start_proxy(router, ready=False, listen=[f"0.0.0.0:{port}"], access=access)
    log = said(proxy, "EVERYBODY WHO REACHES THIS ADDRESS CAN SPEND THE API KEY")
    assert f"0.0.0.0:{port}" in log
    said(proxy, "callers from other machines are refused")


# MARK: Unix sockets


@pytest.fixture
def place():
    """A directory that everybody can look into, as a socket's has to be."""
    with tempfile.TemporaryDirectory(prefix="nomyo-sockets-") as directory:
        os.chmod(directory, 0o755)
        yield pathlib.Path(directory)


def over(path, user: int = 0, *, method: str = "GET", target: str = "/v1/models", fields: tuple = ()) -> tuple[int, str]:
    """Status and body of what curl gets as this user."""
    command = ["curl", "-s", "--max-time", "10", "--unix-socket", str(path), "-X", method, "-w", "\n%{http_code}"]
    for each in fields:
        command += ["-H", each]
    how = {"user": user, "group": user, "extra_groups": []} if user else {}
    done = subprocess.run([*command, "http://localhost" + target], capture_output=True, text=True, timeout=20, **how)
    body, _, status = done.stdout.rpartition("\n")
    return int(status or 0), body


@root_only
def test_only_named_users_come_in_and_each_stands_in_the_log(start_proxy, router, place):
    path = place / "s"
    proxy = start_proxy(router, ready=False, listen=[f"unix:{path}?mode=0666"], access={"uids": [4711]})
    said(proxy, '"ready"')
    assert over(path, 4711)[0] == 200
    for user in (0, 4712):
        for target in ("/v1/models", "/healthz", "/nowhere"):
            status, body = over(path, user, target=target)
            assert status == 403 and "access.uids" in body
        # Before the body, and in the dialect's shape.
        status, body = over(
            path, user, method="POST", target="/v1/messages", fields=("Content-Length: 9999", "Content-Type: application/json")
        )
        assert status == 403 and '"permission_error"' in body
    assert over(path, 4711, method="POST", target="/v1/chat/completions", fields=("Content-Length: 0",))[0] == 400
    log = proxy.log()
    assert '"uid":4711' in log and '"uid":4712' in log and '"user_not_allowed"' in log
    # The operator's socket has an owner and a mode, and no need of that list.
    assert proxy.command("status").returncode == 0
    reload(proxy, lambda text: text.replace("4711", "4712"))
    assert over(path, 4712)[0] == 200 and over(path, 4711)[0] == 403


@root_only
def test_mode_owner_and_group_keep_others_out(start_proxy, router, place):
    path = place / "s"
    proxy = start_proxy(router, ready=False, listen=[f"unix:{path}?mode=0660&user=4711&group=4712"])
    said(proxy, '"ready"')
    status = path.lstat()
    assert (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)) == (4711, 4712, 0o660)
    assert over(path, 4711)[0] == over(path, 4712)[0] == 200
    assert over(path, 4713)[0] == 0


@root_only
def test_a_link_that_is_put_in_the_way_leads_nowhere(start_proxy, router, place):
    """The name of the socket may be in a directory that others write to: they gain no mode on another file by it."""
    victim = place / "victim"
    victim.write_text("precious")
    victim.chmod(0o600)
    (place / "s").symlink_to(victim)
    proxy = start_proxy(router, ready=False, listen=[f"unix:{place}/s?mode=0666"])
    proxy.process.wait(STOP_SECONDS)
    assert "not a socket" in proxy.log()
    assert stat.S_IMODE(victim.lstat().st_mode) == 0o600 and victim.read_text() == "precious"
    assert (place / "s").is_symlink()


def test_of_two_that_start_at_once_one_serves(start_proxy, router, place):
    path = place / "s"
    proxies = [start_proxy(router, ready=False, listen=[f"unix:{path}"]) for _ in range(2)]
    deadline = time.monotonic() + START_SECONDS
    while len(over_ := [each for each in proxies if each.process.poll() is not None]) < 1:
        assert time.monotonic() < deadline, [each.log() for each in proxies]
        time.sleep(0.02)
    (loser,), (winner,) = over_, [each for each in proxies if each.process.poll() is None]
    assert loser.process.returncode == 75 and "it is in use" in loser.log()
    said(winner, '"ready"')
    transport = httpx.HTTPTransport(uds=str(path))
    with httpx.Client(transport=transport, timeout=PATIENCE) as client:
        assert client.get("http://localhost/healthz").status_code == 200
