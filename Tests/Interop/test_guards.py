"""Web pages and rebound names must not reach the router; programs on this machine must."""

import socket

import httpx
import pytest

from callers import error_of, post, prompt
from daemon import mark

BODY = b'{"model":"echo","messages":[{"role":"user","content":"x"}]}'
FRIENDS = [
    "http://localhost:3000",
    "https://localhost",
    "http://127.0.0.1:8080",
    "http://[::1]:5173",
    "app://obsidian.md",
    "vscode-webview://1a2b3c",
    "vscode-file://vscode-app",
    "tauri://localhost",
]
STRANGERS = [
    "https://evil.example",
    "http://localhost.evil.example",
    "http://127.0.0.1.evil.example",
    "null",
    "http://evil.example:3000",
    "file://",
    "http://localhost@evil.example",
    "chrome-extension://abc",
    "app://obsidian.md.evil.example",
    "http://evil.example#localhost",
    "",
    "ftp://localhost",
]
ROUTES = [
    ("POST", "/v1/chat/completions"),
    ("GET", "/v1/models"),
    ("GET", "/nowhere"),
    ("OPTIONS", "/v1/chat/completions"),
]


def raw(proxy, head: str, body: bytes = b"", patience: float = 5) -> bytes:
    """Sends bytes as they are and reads until the other side closes, resets or stays silent for so long."""
    answer = b""
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=patience) as caller:
        try:
            caller.sendall(head.replace("\n", "\r\n").encode() + b"\r\n" + body)
            while piece := caller.recv(65536):
                answer += piece
        except (ConnectionError, TimeoutError):
            pass  # what came before it is the answer
    return answer


@pytest.mark.parametrize(
    "content_type",
    [
        "application/x-www-form-urlencoded",
        "text/plain",
        "application/json; charset=utf-8",
        "application/octet-stream",
    ],
)
def test_a_program_may_send_any_content_type(proxy, router, content_type):
    assert post(proxy, BODY, content_type=content_type).status_code == 200


def test_a_program_may_send_no_content_type(proxy, router):
    answer = raw(
        proxy,
        f"POST /v1/chat/completions HTTP/1.1\nHost: localhost\nContent-Length: {len(BODY)}\n"
        "Connection: close\n",
        BODY,
    )
    assert b"200" in answer.split(b"\r\n")[0] and len(router.exchanges) == 1


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
@pytest.mark.parametrize("origin", ["http://localhost:3000", "http://127.0.0.1:8080"])
def test_a_page_of_this_machine_must_send_json(proxy, router, content_type, origin):
    answer = post(proxy, BODY, content_type=content_type, origin=origin)
    assert answer.status_code == 415 and error_of(answer) and router.exchanges == []


@pytest.mark.parametrize("origin", FRIENDS)
def test_a_friendly_origin_is_answered_and_may_read_the_answer(proxy, router, origin):
    answer = post(proxy, BODY, origin=origin)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == origin
    assert "origin" in answer.headers["vary"].lower()
    assert "access-control-allow-credentials" not in answer.headers


def test_a_friendly_origin_may_read_errors_and_streams_too(proxy, router):
    origin = "http://localhost:3000"
    for answer in (post(proxy, b"{", origin=origin), post(proxy, prompt("x", stream=True), origin=origin)):
        assert answer.headers["access-control-allow-origin"] == origin


@pytest.mark.parametrize("origin", STRANGERS)
def test_a_foreign_origin_is_refused_without_a_word_of_permission(proxy, router, origin):
    for method, path in ROUTES:
        answer = httpx.request(
            method,
            proxy.url + path,
            content=BODY if method == "POST" else b"",
            timeout=5,
            headers={"Origin": origin, "Content-Type": "text/plain"},
        )
        assert answer.status_code == 403, (method, path)
        assert "access-control-allow-origin" not in answer.headers
    assert router.exchanges == []


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST:1234", "127.0.0.1", "127.9.8.7:1", "[::1]", "[::1]:80", "app.localhost:3000"],
)
def test_names_of_this_machine_are_accepted_as_host(proxy, router, host):
    assert post(proxy, BODY, host=host).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "0.0.0.0",
        "[::]",
        "192.168.1.10",
        "evil.example:12439",
        "user@localhost",
        "localhost:1:2",
        "localhost.",
        "evil.localhost.example",
        "2130706433",
        "127.1",
        "[::ffff:192.168.1.10]",
    ],
)
def test_a_foreign_host_is_refused_on_every_route(proxy, router, host):
    for method, path in ROUTES:
        answer = httpx.request(method, proxy.url + path, headers={"Host": host}, timeout=5)
        assert answer.status_code in (400, 403), (method, path)
        if host == "evil.example":
            assert answer.status_code == 403
    assert router.exchanges == []


def test_an_origin_equal_to_a_foreign_host_is_no_criterion(proxy, router):
    answer = post(proxy, BODY, host="evil.example", origin="http://evil.example")
    assert answer.status_code == 403 and router.exchanges == []


@pytest.mark.parametrize(
    "hosts",
    ["", "Host:\n", "Host: localhost\nHost: evil.example\n", "Host: evil.example\nHost: localhost\n"],
    ids=["none", "empty", "two", "two again"],
)
def test_exactly_one_host_must_come(proxy, router, hosts):
    answer = raw(
        proxy,
        f"POST /v1/chat/completions HTTP/1.1\n{hosts}Content-Length: {len(BODY)}\nConnection: close\n",
        BODY,
    )
    assert answer.split(b" ")[1] in (b"400", b"403") and router.exchanges == []


@pytest.mark.parametrize(
    "site, status", [("cross-site", 403), ("same-site", 403), ("same-origin", 200), ("none", 200)]
)
def test_a_page_without_an_origin_gives_itself_away(proxy, router, site, status):
    assert post(proxy, BODY, sec_fetch_site=site).status_code == status
    assert (
        httpx.get(proxy.url + "/v1/models", headers={"Sec-Fetch-Site": site}, timeout=5).status_code == status
    )


def test_a_preflight_of_a_friend_allows_what_it_asked_for(proxy):
    asked = "authorization, content-type, x-stainless-os, x-stainless-retry-count"
    answer = httpx.options(
        proxy.chat_url,
        timeout=5,
        headers={
            "Origin": "app://obsidian.md",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": asked,
            "Access-Control-Request-Private-Network": "true",
        },
    )
    assert answer.status_code == 204 and answer.content == b""
    assert answer.headers["access-control-allow-origin"] == "app://obsidian.md"
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert set(asked.split(", ")) <= set(answer.headers["access-control-allow-headers"].lower().split(", "))
    assert answer.headers["access-control-allow-private-network"] == "true"


@pytest.mark.parametrize(
    "head",
    [
        "POST /v1/chat/completions HTTP/1.1\nHost: localhost\nContent-Length: 5\nContent-Length: 6\n",
        "POST /v1/chat/completions HTTP/1.1\nHost: localhost\nContent-Length: 5\n"
        "Transfer-Encoding: chunked\n",
        "POST /v1/chat/completions HTTP/1.1\nHost: localhost\nContent-Length: -1\n",
        "POST /v1/chat/completions HTTP/1.1\nHost: localhost\nTransfer-Encoding: chunked, gzip\n",
        "GET /v1/models\n",
        "\x16\x03\x01\x02 TLS\n",
        "POST /v1/chat/completions HTTP/3.0\nHost: localhost\n",
        "GET /v1/models HTTP/1.1\nHost: localhost\nX: " + "a" * 200_000 + "\n",
    ],
    ids=[
        "two lengths",
        "length and chunks",
        "negative",
        "odd coding",
        "HTTP/0.9",
        "TLS",
        "HTTP/3",
        "huge header",
    ],
)
def test_broken_http_is_refused_or_dropped_and_nothing_passes(proxy, router, head):
    answer = raw(proxy, head, b"0\r\n\r\n", patience=1)
    assert not answer or answer.split(b" ")[1][:1] in (b"4", b"5"), answer[:200]
    assert router.exchanges == []
    assert post(proxy, prompt(mark("prompt"))).status_code == 200
