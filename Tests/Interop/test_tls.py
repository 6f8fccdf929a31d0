"""TLS on the listener: curl, OpenSSL, Python's ssl and OpenAI's SDK judge it; certificates are replaced under load."""

import concurrent.futures
import contextlib
import os
import pathlib
import shutil
import signal
import socket
import ssl
import struct
import subprocess
import time

import httpx
import openai
import pytest

from callers import prompt
from daemon import Proxy, free_port, mark
from fault_tls import Authority
from replies import late, says
from residue import Needle, Search, text_needles
from test_reload import reload

PATIENCE = 20
NEVER = late(60, says("nobody hears this"))
ALIVE = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


class Served:
    """A proxy with a port for TLS and one in clear text, and what callers need to trust it."""

    def __init__(self, start_proxy, router, directory: pathlib.Path):
        self.authority, self.is_broken = Authority(directory), False
        self.file = directory / "served.pem"
        self.show(self.authority.issue("first"))
        plain, self.port = free_port(), free_port()
        self.proxy = start_proxy(
            router,
            ready=False,
            listen=[f"127.0.0.1:{plain}", f"tls:127.0.0.1:{self.port}"],
            tls={"certificate_file": str(self.file), "key_file": str(self.file)},
        )
        self.proxy.port = plain
        self.proxy.ready()

    def show(self, issued: pathlib.Path) -> None:
        """Puts a chain and its key where the daemon looks, as a tool for certificates does: by renaming."""
        shutil.copy(issued, self.file.with_suffix(".new"))
        self.file.with_suffix(".new").chmod(0o600)
        self.file.with_suffix(".new").rename(self.file)

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    @property
    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.authority.file))

    def client(self, **how) -> httpx.Client:
        return httpx.Client(base_url=self.url, verify=self.trust, timeout=PATIENCE, **how)

    def sdk(self, http: httpx.Client) -> openai.OpenAI:
        return openai.OpenAI(
            base_url=self.url + "/v1", api_key=mark("caller"), max_retries=0, http_client=http, timeout=PATIENCE
        )

    def connect(self) -> ssl.SSLSocket:
        raw = socket.create_connection(("127.0.0.1", self.port), PATIENCE)
        return self.trust.wrap_socket(raw, server_hostname="127.0.0.1", suppress_ragged_eofs=False)

    def shown(self) -> int:
        """The serial number of the certificate that a new caller sees."""
        with self.connect() as connection:
            return int(connection.getpeercert()["serialNumber"], 16)

    def descriptors(self) -> int:
        return len(os.listdir(f"/proc/{self.proxy.process.pid}/fd"))


@pytest.fixture(scope="module")
def shared(shared_router, tmp_path_factory):
    """The proxy that most tests share."""
    started = []

    def start(router, /, *, ready, **changes) -> Proxy:
        started.append(Proxy(router.url, api_key=mark("key"), changes=changes))
        return started[-1]

    yield Served(start, shared_router, tmp_path_factory.mktemp("shared"))
    for each in started:
        each.stop()


@pytest.fixture
def served(shared, router) -> Served:
    """The shared proxy with a certificate that is as it should be."""
    if shared.is_broken:
        shared.show(shared.authority.issue("mended"))
        assert "configuration reloaded" in reload(shared.proxy)
        shared.is_broken = False
    return shared


@pytest.fixture
def breakable(served) -> Served:
    """The shared proxy, for a test that leaves files behind which nobody could serve."""
    served.is_broken = True
    return served


@pytest.fixture
def own(start_proxy, router, tmp_path) -> Served:
    """A proxy of the test's own, to be stopped."""
    return Served(start_proxy, router, tmp_path)


def request_text(content: str) -> bytes:
    """A chat request as bytes."""
    body = httpx.Request("POST", "http://x", json=prompt(content)).content
    head = "POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def until(fact, seconds: float = 5) -> None:
    """Waits until something is so."""
    deadline = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.02)


def test_curl_and_the_sdk_are_answered(served, router):
    asked = [
        *("curl", "--silent", "--show-error", "--max-time", "20", "--noproxy", "*"),
        *("--cacert", str(served.authority.file), "--write-out", "\n%{http_version} %{ssl_verify_result}"),
    ]
    said = subprocess.run([*asked, served.url + "/readyz"], capture_output=True, text=True, timeout=30)
    assert said.stdout.splitlines()[-1] == "1.1 0", said
    with served.client() as http:
        sdk = served.sdk(http)
        router.will(says("whole"), says("a streamed answer"))
        assert sdk.chat.completions.create(**prompt("ask")).choices[0].message.content == "whole"
        parts = sdk.chat.completions.create(**prompt("stream"), stream=True)
        text = "".join(part.choices[0].delta.content or "" for part in parts if part.choices)
        assert text == "a streamed answer"


def test_a_stranger_to_the_authority_does_not_trust_it(served):
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(served.url + "/healthz", timeout=PATIENCE)


@pytest.mark.parametrize("version, works", [("tls1", False), ("tls1_1", False), ("tls1_2", True), ("tls1_3", True)])
def test_only_tls_1_2_and_1_3_are_spoken(served, version, works):
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{served.port}", f"-{version}"]
    # OpenSSL itself would not offer the old ones, and the server would not be asked.
    command += ["-cipher", "DEFAULT@SECLEVEL=0", "-alpn", "h2,http/1.1", "-CAfile", str(served.authority.file)]
    said = subprocess.run([*command, "-verify_return_error"], input=b"", capture_output=True, timeout=30)
    assert (said.returncode == 0) is works
    wanted = b"ALPN protocol: http/1.1" if works else b"alert protocol version"
    assert wanted in said.stdout + said.stderr


@pytest.mark.parametrize("cipher", ["AES128-SHA", "AES256-GCM-SHA384", "ECDHE-ECDSA-AES128-SHA"])
def test_ciphers_without_forward_secrecy_or_authentication_are_refused(served, cipher):
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{served.port}", "-tls1_2", "-cipher", f"{cipher}@SECLEVEL=0"]
    said = subprocess.run(command, input=b"", capture_output=True, timeout=30)
    assert said.returncode != 0 and b"alert handshake failure" in said.stderr


def test_clear_text_on_the_port_ends_at_once_and_is_logged_for_debugging(served):
    with socket.create_connection(("127.0.0.1", served.port), PATIENCE) as caller:
        caller.sendall(ALIVE)
        answer = b""
        while received := caller.recv(4096):
            answer += received
    assert b"HTTP" not in answer
    until(lambda: "plain HTTP on a port for TLS" in served.proxy.log())
    line = next(line for line in served.proxy.log().splitlines() if "plain HTTP on a port" in line)
    assert '"level":"debug"' in line


def test_a_large_prompt_and_a_large_answer_come_through_whole(served, router):
    text = "x" * (3 << 20)
    router.will(says(text))
    with served.client() as http:
        answer = http.post("/v1/chat/completions", json=prompt(text))
    assert answer.json()["choices"][0]["message"]["content"] == text
    assert router.exchanges[0].last_content == text


# MARK: The end of a connection


@pytest.mark.parametrize("how", ["closes TLS and the connection", "closes the connection", "resets it"])
def test_a_caller_that_leaves_is_noticed(served, router, how):
    router.will(NEVER)
    caller = served.connect()
    caller.sendall(request_text("leave"))
    [exchange] = router.wait_for(1)
    if how == "closes TLS and the connection":
        # The last word is sent; nobody waits for the answer to it.
        caller.settimeout(0)
        with contextlib.suppress(ssl.SSLError):
            caller.unwrap()
    if how == "resets it":
        caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    caller.close()
    assert exchange.client_gone.wait(5)
    until(lambda: served.proxy.admin("GET", "/status").json()["exchanges"]["in_flight"] == 0)


@pytest.mark.parametrize("content", [None, "half"])
def test_a_caller_that_ends_its_half_is_treated_as_one_in_clear_text(served, router, content):
    """TLS has an end of its own for each direction, as TCP has: what was asked before it counts just as much."""
    router.will(late(1.5, says("half")), late(1.5, says("half")))
    asked = request_text(content) if content else ALIVE
    with socket.create_connection(("127.0.0.1", served.proxy.port), PATIENCE) as plain:
        plain.sendall(asked)
        plain.shutdown(socket.SHUT_WR)
        wanted = b"".join(iter(lambda: plain.recv(4096), b""))
    sent, received = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = served.trust.wrap_bio(received, sent, server_hostname="127.0.0.1")
    with socket.create_connection(("127.0.0.1", served.port), PATIENCE) as raw:

        def step(action):
            """What `action` returns once enough has come; None when the other side has closed instead."""
            while True:
                with contextlib.suppress(ssl.SSLWantReadError):
                    return action()
                raw.sendall(sent.read())
                if not (bytes_ := raw.recv(65536)):
                    return None
                received.write(bytes_)

        step(tls.do_handshake)
        tls.write(asked)
        with contextlib.suppress(ssl.SSLWantReadError):
            tls.unwrap()
        raw.sendall(sent.read())
        answer = b""
        with contextlib.suppress(ssl.SSLZeroReturnError):
            while part := step(lambda: tls.read(4096)):
                answer += part
    assert answer.split(b"\r\n")[0] == wanted.split(b"\r\n")[0]
    assert answer.rpartition(b"\r\n\r\n")[2] == wanted.rpartition(b"\r\n\r\n")[2]


def test_the_end_is_told_before_the_connection_is_closed(served):
    with served.connect() as caller:
        caller.sendall(ALIVE.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        answer = b""
        # `suppress_ragged_eofs` is off: an end without close_notify would raise.
        while received := caller.recv(4096):
            answer += received
    assert answer.startswith(b"HTTP/1.1 200")


def test_a_stop_answers_what_is_under_way(own, router):
    router.will(late(1, says("still answered")))
    with own.client() as http, concurrent.futures.ThreadPoolExecutor() as pool:
        asking = pool.submit(http.post, "/v1/chat/completions", json=prompt("at the end"))
        router.wait_for(1)
        own.proxy.process.send_signal(signal.SIGTERM)
        assert asking.result(PATIENCE).json()["choices"][0]["message"]["content"] == "still answered"
    assert own.proxy.process.wait(PATIENCE) == 0


def test_handshakes_that_fail_leave_no_descriptor_behind(served):
    with served.client() as http:
        http.get("/healthz")
    before = served.descriptors()
    stranger = ssl.create_default_context()
    for number in range(60):
        with socket.create_connection(("127.0.0.1", served.port), PATIENCE) as caller:
            if number % 3 == 0:
                caller.sendall(b"GET / HTTP/1.1\r\n\r\n")
            elif number % 3 == 1:
                with pytest.raises(ssl.SSLError):
                    stranger.wrap_socket(caller, server_hostname="127.0.0.1")
    until(lambda: served.descriptors() <= before)


# MARK: Memory


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can read the memory of another process")
def test_neither_prompt_nor_answer_is_kept_by_the_connection_that_they_went_over(served, router):
    """Small ones, and some of many TLS records; while they are under way, the same search has to find the prompt."""
    asked, answered = (f"{mark(kind)} {mark(kind)}" for kind in ("prompt", "answer"))
    asked_for = Search(list(text_needles("prompt", asked)))
    both = Search([*text_needles("prompt", asked), *text_needles("answer", answered)])
    memory = served.proxy.process.pid
    with served.client() as small, served.client() as large, concurrent.futures.ThreadPoolExecutor() as pool:
        for http, times in ((small, 1), (large, 20_000)):
            router.reset()
            router.will(late(1, says(answered * times)))
            asking = pool.submit(http.post, "/v1/chat/completions", json=prompt(asked * times))
            router.wait_for(1)
            assert asked_for.process(memory), "a prompt under way is not found, so one left behind would not be"
            assert asking.result(PATIENCE).json()["choices"][0]["message"]["content"] == answered * times
        # Both connections are still open, and nothing follows on them.
        # It stands still while it is searched, and has to get on before that.
        until(lambda: time.sleep(0.5) or not both.process(memory), 60)


# MARK: Certificates


def test_certificates_are_replaced_under_load_and_nobody_notices(served):
    """Callers who come and go, and one who stays, while the pair is replaced several times."""
    first, end = served.shown(), time.monotonic() + 3
    serials, failures, count = {first}, [], 0

    def call_again_and_again() -> int:
        made = 0
        while time.monotonic() < end:
            with served.client() as http:
                answers = [http.get("/healthz").status_code for _ in range(3)]
            made += len(answers)
            failures.extend(status for status in answers if status != 200)
        return made

    with concurrent.futures.ThreadPoolExecutor(3) as pool, served.connect() as staying:
        calling = [pool.submit(call_again_and_again) for _ in range(3)]
        while time.monotonic() < end:
            served.show(served.authority.issue(f"next-{count}"))
            assert "TLS certificate replaced" in reload(served.proxy)
            serials.add(served.shown())
            count += 1
            staying.sendall(ALIVE)
            assert staying.recv(4096).startswith(b"HTTP/1.1 200")
        assert sum(each.result(PATIENCE) for each in calling) > 20
        assert int(staying.getpeercert()["serialNumber"], 16) == first
    assert not failures and len(serials) == count + 1 > 2


def test_a_pair_that_does_not_match_changes_nothing_and_is_named(breakable):
    before = breakable.shown()
    mixed = breakable.authority.issue("one").read_text().split("-----BEGIN PRIVATE")[0]
    mixed += "-----BEGIN PRIVATE" + breakable.authority.issue("two").read_text().split("-----BEGIN PRIVATE")[1]
    breakable.file.write_text(mixed)
    said = reload(breakable.proxy)
    assert "not reloaded" in said and str(breakable.file) in said and "tls.key_file" in said
    assert breakable.shown() == before
    said = breakable.proxy.command("check")
    assert said.returncode != 0 and str(breakable.file) in said.stderr and "first certificate" in said.stderr


def broken(served: Served, how: str) -> str:
    """Breaks the files in one way; returns what a person is told of it."""
    good = served.file.read_text()
    certificate, key = good.split("-----BEGIN PRIVATE")
    if how == "no file":
        served.file.unlink()
        return "does not exist"
    if how == "no certificate":
        served.file.write_text("-----BEGIN PRIVATE" + key)
        return "holds no certificate"
    if how == "damaged certificate":
        served.file.write_text(certificate.replace("MII", "AAA") + "-----BEGIN PRIVATE" + key)
        return "certificate that cannot be read"
    if how == "no key":
        served.file.write_text(certificate)
        return "holds no private key"
    if how == "damaged key":
        served.file.write_text(certificate + "-----BEGIN PRIVATE" + key.replace("MI", "AA"))
        return "private key that cannot be read"
    locked = subprocess.run(
        ["openssl", "pkey", "-aes256", "-passout", "pass:word"], input=good, capture_output=True, text=True, check=True
    )
    served.file.write_text(certificate + locked.stdout)
    return "protected by a password"


@pytest.mark.parametrize(
    "how", ["no file", "no certificate", "damaged certificate", "no key", "damaged key", "encrypted key"]
)
def test_files_that_cannot_be_served_are_told_of_by_check(breakable, how):
    wanted = broken(breakable, how)
    said = breakable.proxy.command("check")
    assert said.returncode != 0 and wanted in said.stderr and str(breakable.file) in said.stderr
    assert "not reloaded" in reload(breakable.proxy)
    assert breakable.shown()


def test_a_certificate_whose_time_is_over_and_an_open_key_are_warned_of(breakable):
    breakable.show(breakable.authority.issue("late", days=-1))
    breakable.file.chmod(0o644)
    said = breakable.proxy.command("check")
    assert said.returncode == 0
    assert "expired on" in said.stderr and "open to others" in said.stderr
    assert "expired on" in reload(breakable.proxy)


def test_an_entry_without_files_is_a_fault(breakable):
    configuration = breakable.proxy.directory / "config.toml"
    text = configuration.read_text()
    configuration.write_text(text[: text.index("[tls]")])
    said = breakable.proxy.command("check")
    configuration.write_text(text)
    assert said.returncode != 0
    assert "tls.certificate_file" in said.stderr and "tls.key_file" in said.stderr


def test_the_key_may_be_a_credential_and_health_asks_over_tls(start_proxy, router, tmp_path):
    """The one listener speaks TLS, for a name that is not 127.0.0.1."""
    issued, port = Authority(tmp_path).issue("elsewhere", address="127.0.0.2"), free_port()
    (tmp_path / "tls-key").write_bytes(issued.read_bytes())
    configuration = tmp_path / "tls.toml"
    configuration.write_text(f'listen = ["tls:127.0.0.1:{port}"]\n[tls]\ncertificate_file = "{issued}"\n')
    proxy = start_proxy(router)
    environment = proxy._environment | {"CREDENTIALS_DIRECTORY": str(tmp_path)}
    program = [proxy._program, "--config", str(configuration)]
    run = [program[0], "run", *program[1:], "--admin-listen", "none", "--router-url", router.url, "--router-allow-http=true"]
    with open(tmp_path / "log", "wb") as log:
        daemon = subprocess.Popen(run, env=environment, stdout=log, stderr=log)
    try:
        asked = [program[0], "health", *program[1:]]
        until(lambda: subprocess.run(asked, env=environment, capture_output=True).returncode == 0, 15)
        # An address that stands for all is no host that anybody may ask for.
        asked_all = [*asked, "--listen", f"tls:0.0.0.0:{port}"]
        said = subprocess.run(asked_all, env=environment, capture_output=True, text=True)
        assert said.returncode == 0, said
    finally:
        daemon.terminate()
        daemon.wait(PATIENCE)
    assert subprocess.run(asked, env=environment, capture_output=True).returncode == 1
