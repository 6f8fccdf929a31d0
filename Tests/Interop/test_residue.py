"""What is left in memory, in logs and on disk after 200 exchanges: nothing that was asked, answered or used as a key.

The same load against a proxy without protection must leave traces, or these tests would see nothing.
"""

import base64
import json
import os
import pathlib
import resource
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field

import httpx
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding

import nomyo_router
from callers import post, prompt
from daemon import Process, Proxy, mark
from received import Exchange
from replies import ENVELOPE_FAULTS, Reply, late, refusal, says, sealed
from residue import Needle, Search, number_needles, text_needles
from wire_text import read_stream

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0, reason="only root can read the memory of a process that is not dumpable"
)

LARGE = 8 << 20
SETTLE_SECONDS = 60
STATUSES = (400, 403, 404, 413, 422, 500, 502)
STOPPING = (503, 401, 429)  # after each of these the proxy sends nothing for a while
NOTHING_OF = ("prompt", "answer", "caller's API key", "content key", "retired key")


@dataclass
class Traffic:
    """What went through a proxy and must have left it."""

    prompts: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    callers: list[str] = field(default_factory=list)
    content_keys: list[bytes] = field(default_factory=list)
    count: int = 0

    def word(self, kept: list[str], kind: str) -> str:
        """A new text, long and random; every fourth has to be escaped in JSON."""
        plain = f"{mark(kind)} {secrets.token_hex(24)}"
        kept.append(plain if len(kept) % 4 else f'„{plain}" \\ {secrets.token_hex(8)}é\n{secrets.token_hex(8)}😀')
        return kept[-1]

    def needles(self) -> list[Needle]:
        kinds = {"prompt": self.prompts, "answer": self.answers, "caller's API key": self.callers}
        texts = [each for kind, kept in kinds.items() for text in kept for each in text_needles(kind, text)]
        return texts + [Needle("content key", "raw", key) for key in self.content_keys]


class Load:
    """Two hundred exchanges of every kind, some at once."""

    def __init__(self, proxy: Proxy, router: nomyo_router.Router):
        self.proxy, self.router, self.traffic = proxy, router, Traffic()
        self.staying: list[httpx.Client] = []
        self._replies: dict[str, Reply] = {}
        router.behaviour = self._reply_to

    def _reply_to(self, exchange: Exchange) -> Reply:
        return self._replies[exchange.last_content.split()[0].strip("„")]

    def run(self) -> Traffic:
        jobs = [self.whole, self.streamed] * 55
        jobs += [lambda status=status: self.whole(refusal(status)) for status in STATUSES * 4]
        jobs += [lambda fault=fault: self.spoilt(fault) for fault in ENVELOPE_FAULTS.values()]
        jobs += [self.no_completion, self.bad_json, self.cancelled, self.left_in_its_body] * 7
        jobs += [self.large_prompt, self.large_answer, self.large_stream] * 4
        jobs += [self.stays_connected] * 4
        with ThreadPoolExecutor(6) as threads:
            for job in [threads.submit(job) for job in jobs]:
                job.result()
        for status in STOPPING:
            self.whole(refusal(status))
            self._wait_until_it_sends_again()
        for exchange in self.router.exchanges:
            if self._reply_to(exchange).delay:
                assert exchange.client_gone.wait(SETTLE_SECONDS), "a cancelled exchange goes on"
            self.traffic.content_keys.append(content_key(self.router, exchange))
        assert self.traffic.count >= 200
        return self.traffic

    def _wait_until_it_sends_again(self) -> None:
        deadline = time.monotonic() + SETTLE_SECONDS
        while (state := self.proxy.admin("GET", "/status").json()["pacing"])["held_by"] or state["pause_ms"]:
            assert time.monotonic() < deadline, f"nothing is sent any more: {state}"
            time.sleep(0.1)
            if state["held_for_ms"] == 0:  # the next one shows whether it helps
                self.whole()

    def _ask(self, reply: Reply | None = None, times: int = 1, **members) -> tuple[dict, dict[str, str]]:
        """A request with a new prompt and a new key, to which the router will give this reply."""
        asked = self.traffic.word(self.traffic.prompts, "prompt")
        self._replies[asked.split()[0].strip("„")] = reply or self._answer()
        self.traffic.count += 1
        self.traffic.callers.append(mark("caller") + secrets.token_hex(24))
        headers = {"authorization": f"Bearer {self.traffic.callers[-1]}"}
        return prompt(asked * times, **members), headers

    def _answer(self, times: int = 1, **how):
        return says(self.traffic.word(self.traffic.answers, "answer") * times, **how)

    def whole(self, reply: Reply | None = None) -> None:
        request, headers = self._ask(reply)
        post(self.proxy, request, **headers)

    def streamed(self) -> None:
        request, headers = self._ask()
        assert read_stream(self.proxy.chat_url, request, seconds=60, **headers).status == 200

    def spoilt(self, fault) -> None:
        self.whole(self._answer(mangle=fault))

    def no_completion(self) -> None:
        """Sealed well, but what is sealed is no JSON."""
        self.whole(sealed("{" + self.traffic.word(self.traffic.answers, "answer")))

    def bad_json(self) -> None:
        request, headers = self._ask()
        assert post(self.proxy, json.dumps(request).encode()[:-1], **headers).status_code == 400

    def cancelled(self) -> None:
        request, headers = self._ask(late(60, self._answer()))
        with httpx.stream(
            "POST", self.proxy.chat_url, json=request | {"stream": True}, headers=headers, timeout=60
        ) as answer:
            next(answer.iter_raw())

    def left_in_its_body(self) -> None:
        body = json.dumps(self._ask()[0], ensure_ascii=False).encode()
        head = "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        with socket.create_connection(("127.0.0.1", self.proxy.port)) as caller:
            caller.sendall(f"{head}Content-Length: {len(body) + 1}\r\n\r\n".encode() + body)

    def stays_connected(self) -> None:
        request, headers = self._ask(self._answer(LARGE // 160))
        self.staying.append(httpx.Client(timeout=60))
        self.staying[-1].post(self.proxy.chat_url, json=request, headers=headers).raise_for_status()

    def large_prompt(self) -> None:
        request, headers = self._ask(times=LARGE // 160)
        assert post(self.proxy, request, **headers).status_code == 200

    def large_answer(self) -> None:
        request, headers = self._ask(self._answer(LARGE // 160))
        assert post(self.proxy, request, **headers).status_code == 200

    def large_stream(self) -> None:
        request, headers = self._ask(self._answer(LARGE // 160), times=LARGE // 160)
        assert read_stream(self.proxy.chat_url, request, seconds=60, **headers).status == 200


def content_key(router: nomyo_router.Router, exchange) -> bytes:
    """The AES key that a request was sealed with."""
    oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    return router.key.private_key.decrypt(base64.b64decode(exchange.envelope["encrypted_aes_key"]), oaep)


def callers_connected(proxy: Proxy) -> int:
    """How many of the proxy's connections with callers are not closed yet."""
    rows = [line.split() for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]]
    local = f"0100007F:{proxy.port:04X}"
    return sum(row[1] == local and row[3] != "0A" and row[9] != "0" for row in rows)


def wait_until_idle(proxy: Proxy, staying: int) -> None:
    """Until no callers but these are connected; what was asked last is then not the last that was asked."""
    deadline = time.monotonic() + SETTLE_SECONDS

    def wait() -> None:
        while callers_connected(proxy) > staying:
            assert time.monotonic() < deadline, "callers are still connected"
            time.sleep(0.02)

    wait()
    assert post(proxy, {}).status_code == 400
    wait()


def settled(proxy: Proxy, search: Search) -> list:
    """What the memory holds as soon as two looks in a row see the same."""
    deadline, before = time.monotonic() + SETTLE_SECONDS, None
    while True:
        found = search.process(proxy.process.pid)
        places = [(each.needle, each.address) for each in found]
        if not found or places == before or time.monotonic() > deadline:
            return found
        before = places
        time.sleep(0.5)  # it stands still during a look, and has to get on between two


class RecordingSecrets:
    """Stands in for `secrets` in the test router, to know the key of each answer."""

    def __init__(self, kept: list[bytes]):
        self._kept = kept

    def token_bytes(self, count: int) -> bytes:
        self._kept.append(secrets.token_bytes(count))
        return self._kept[-1]


def private_numbers(path: pathlib.Path, password: str) -> list[Needle]:
    """The secret numbers of a key file."""
    key = serialization.load_pem_private_key(path.read_bytes(), password.encode())
    numbers = key.private_numbers()
    secret = {"p": numbers.p, "q": numbers.q, "d": numbers.d, "dp": numbers.dmp1, "dq": numbers.dmq1}
    return [each for name, number in secret.items() for each in number_needles(f"retired key {name}", number)]


@dataclass
class Aftermath:
    """A proxy that has served the load and is idle, and what to look for in it."""

    proxy: Proxy
    callers: list[httpx.Client]  # who stay connected
    search: Search  # in memory
    everywhere: Search  # in files: its own secrets as well


def rotate_key(proxy: Proxy, public_key: pathlib.Path) -> None:
    """Has the client key replaced and waits until it is."""
    before, deadline = public_key.read_bytes(), time.monotonic() + SETTLE_SECONDS
    proxy.process.send_signal(signal.SIGUSR1)
    while public_key.read_bytes() == before:
        assert time.monotonic() < deadline, f"the key was not rotated:\n{proxy.log()[-2000:]}"
        time.sleep(0.02)


def serve(mode: str, router: nomyo_router.Router, directory: pathlib.Path, started: list[Proxy]) -> Aftermath:
    """Starts a proxy with this mode of secure memory, loads it, rotates its key and waits until it is idle."""
    keys, password_file = directory / "keys", directory / "password"
    password, api_key = mark("password") + secrets.token_hex(16), mark("key") + secrets.token_hex(16)
    keys.mkdir(mode=0o700)
    password_file.write_text(password)
    password_file.chmod(0o600)
    changes = {
        "router": {"retries": 0},
        "privacy": {"secure_memory": mode},
        "keys": {"mode": "directory", "directory": str(keys), "password_file": str(password_file)},
        "stream": {"commit_after": "100ms"},
        "limits": {"idle_timeout": "10m"},  # who stays connected is connected when the memory is searched
        "log": {"level": "trace"},
    }
    proxy = Proxy(router.url, api_key=api_key, changes=changes)
    started.append(proxy)
    proxy.ready()
    router.reset()
    with pytest.MonkeyPatch.context() as patch:
        load = Load(proxy, router)
        patch.setattr(nomyo_router, "secrets", RecordingSecrets(load.traffic.content_keys))
        needles = load.run().needles()
    key = private_numbers(keys / "private_key.pem", password)
    assert Search(key).process(proxy.process.pid), "the key in use is not found, so a retired one would not be"
    rotate_key(proxy, keys / "public_key.pem")
    wait_until_idle(proxy, len(load.staying))
    assert callers_connected(proxy) == len(load.staying)
    own = [each for text in (password, api_key) for each in text_needles("own secret", text)]
    return Aftermath(proxy, load.staying, Search(needles + key), Search(needles + key + own))


@pytest.fixture(scope="module")
def aftermath(server_keys, tmp_path_factory):
    """The aftermath of each mode, made when it is first asked for."""
    router = nomyo_router.Router(*server_keys).start()
    made: dict[str, Aftermath] = {}
    started: list[Proxy] = []

    def of(mode: str) -> Aftermath:
        if mode not in made:
            made[mode] = serve(mode, router, tmp_path_factory.mktemp(mode), started)
        return made[mode]

    yield of
    for client in [client for after in made.values() for client in after.callers]:
        client.close()
    for proxy in started:
        proxy.stop()
    router.stop()


def summary(found: list) -> str:
    """How many of each, and the first few in full."""
    counts = Counter(f"{each.needle.label} ({each.needle.form})" for each in found)
    return "\n".join([f"{counts}", *(str(each) for each in found[:40])])


def may_lock_memory() -> bool:
    soft, _ = resource.getrlimit(resource.RLIMIT_MEMLOCK)
    status = pathlib.Path("/proc/self/status").read_text()
    capabilities = int(status.split("CapEff:")[1].split()[0], 16)
    return soft == resource.RLIM_INFINITY or bool(capabilities >> 14 & 1)  # CAP_IPC_LOCK


def test_the_search_finds_every_form_wherever_it_begins():
    there, elsewhere = f'„{mark()}" \\ {secrets.token_hex(16)}é', f"{mark()} {secrets.token_hex(16)}"
    number, key = secrets.randbits(2048) | 1 << 2047, secrets.token_bytes(32)
    needles = [*text_needles("text", there), *number_needles("number", number), Needle("key", "raw", key)]
    blob = b"".join(bytes(index % 8 + 1) + needle.content for index, needle in enumerate(needles))
    holding = "import sys, time; held = sys.stdin.buffer.read(); print(flush=True); time.sleep(600)"
    child = subprocess.Popen([sys.executable, "-c", holding], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        child.stdin.write(blob)
        child.stdin.close()
        child.stdout.readline()
        found = Search(needles + list(text_needles("absent", elsewhere))).process(child.pid)
    finally:
        child.kill()
        child.wait()
    assert {each.needle for each in found} >= set(needles)
    assert "absent" not in {each.needle.label for each in found}


@pytest.mark.parametrize("mode", ["auto", "required"])
def test_nothing_is_left_in_memory(aftermath, mode):
    if mode == "required" and not may_lock_memory():
        pytest.skip("this machine does not let even root lock memory")
    after = aftermath(mode)
    # What must be there proves that this memory was read.
    directory = Search([Needle("control", "raw", str(after.proxy.directory).encode())])
    assert directory.process(after.proxy.process.pid) != []
    found = settled(after.proxy, after.search)
    assert not [each for each in found if each.needle.label.startswith(NOTHING_OF)], summary(found)


def test_without_protection_the_same_search_finds_some(aftermath):
    after, kinds = aftermath("off"), {"prompt", "answer"}
    found = after.search.process(after.proxy.process.pid, *kinds)
    assert kinds <= {each.needle.label for each in found}


@pytest.mark.parametrize("mode", ["auto", "off"])
def test_nothing_stands_in_logs_metrics_status_or_on_disk(aftermath, mode):
    after = aftermath(mode)
    for name in ("metrics", "status"):
        answer = after.proxy.admin("GET", f"/{name}").raise_for_status()
        (after.proxy.directory / f"answer-of-{name}").write_bytes(answer.content)
    files = [path for path in after.proxy.directory.rglob("*") if path.is_file()]
    assert {"log", "answer-of-metrics", "answer-of-status"} <= {path.name for path in files}
    assert [str(finding) for path in files for finding in after.everywhere.file(path)] == []


@pytest.mark.parametrize("mode", ["auto", "off"])
def test_a_core_dump_by_force_is_written_only_without_protection(aftermath, mode):
    pattern = pathlib.Path("/proc/sys/kernel/core_pattern").read_text().strip()
    if pattern.startswith("|") or "/" in pattern:
        pytest.skip(f"core dumps go to {pattern!r} here, where this test does not look")
    proxy = aftermath(mode).proxy
    with suppress(PermissionError):  # where even root may not raise a limit that the proxy has lowered for good
        unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        resource.prlimit(proxy.process.pid, resource.RLIMIT_CORE, unlimited)
    proxy.process.send_signal(signal.SIGABRT)
    assert proxy.process.wait(60) == -signal.SIGABRT
    Process.every.remove(proxy)  # it did not end by itself, as those do that are looked for at the end
    cores = list(proxy.directory.glob("core*"))
    if mode == "auto":
        assert cores == []
    elif not cores:
        pytest.skip("this machine writes no core dumps")
    else:
        kinds = {"prompt", "answer"}
        assert kinds <= {each.needle.label for each in aftermath(mode).search.file(cores[0], *kinds)}
