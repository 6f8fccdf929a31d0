"""Who may talk to the daemon: every shape by which local servers were reached before, each by its name, on a raw socket."""

import re
import types

import pytest

from daemon import Proxy, free_port, mark
from test_guards import BODY, raw

HERE = "http://localhost:3000"
EVIL = "http://evil.example"
# One of each kind: asks the model, lists, tells of the daemon, is static, is nowhere.
PATHS = [
    "/v1/chat/completions",
    "/v1/models",
    "/api/tags",
    "/",
    "/healthz",
    "/readyz",
    "/api/v1/docs",
    "/api/v1/openapi.json",
    "/nowhere",
    "/v1/../v1/models",
]
METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"]

HOSTS = {
    "another name": "evil.example",
    "a name with ours in front": "localhost.evil.example",
    "an address with a name behind": "127.0.0.1.evil.example",
    "user information": "localhost@evil.example",
    "user information before ours": "evil.example@localhost",
    "user and password": "a:b@127.0.0.1",
    "every address of this machine": "0.0.0.0",
    "every address, with our port": "0.0.0.0:12439",
    "every address in IPv6": "[::]",
    "an address of another machine": "192.168.1.10",
    "an address in a short form": "127.1",
    "an address as one number": "2130706433",
    "an address in hexadecimal": "0x7f000001",
    "an address in octal": "0177.0.0.1",
    "an IPv4 address in IPv6": "[::ffff:127.0.0.1]",
    "IPv6 without brackets": "::1",
    "a bracket too few": "[::1",
    "a name behind brackets": "[::1].evil.example",
    "a dot at the end": "localhost.",
    "a port too large": "localhost:65536",
    "an empty port": "localhost:",
    "two ports": "localhost:1:2",
    "two names": "localhost, evil.example",
    "two names with a blank": "localhost evil.example",
    "a path": "localhost/evil.example",
    "a fragment": "localhost#evil.example",
    "a backslash": "localhost\\evil.example",
    "a percent sign": "localhost%2eevil.example",
    "letters that look like ours": "lоcalhost",
    "nothing": "",
}
ORIGINS = {
    "another site": EVIL,
    "ours as a prefix": "http://localhost.evil.example",
    "our address as a prefix": "http://127.0.0.1.evil.example",
    "ours with a port as a prefix": "http://localhost:3000.evil.example",
    "ours as user information": "http://localhost@evil.example",
    "ours as a path": "http://evil.example/http://localhost",
    "ours as a fragment": "http://evil.example#localhost",
    "every address": "http://0.0.0.0:12439",
    "an opaque origin": "null",
    "a file": "file://",
    "an extension": "chrome-extension://abcdefghijklmnop",
    "an application with ours as a prefix": "app://obsidian.md.evil.example",
    "another scheme": "ftp://localhost",
    "no scheme": "localhost:3000",
    "nothing": "",
    "a wildcard": "*",
    "two in one": f"{HERE} {EVIL}",
    "two in a list": f"{HERE}, {EVIL}",
    "letters that become ours in lower case": "http://LOCALHOST\u212a",
}
DISGUISES = [
    "X-Forwarded-Host: localhost",
    "X-Forwarded-For: 127.0.0.1",
    "X-Forwarded-Server: localhost",
    "X-Host: localhost",
    "X-Original-Host: localhost",
    "X-Real-IP: 127.0.0.1",
    "X-HTTP-Host-Override: localhost",
    "Forwarded: for=127.0.0.1;host=localhost;proto=http",
    "X-Original-URL: /healthz",
    "X-Rewrite-URL: /healthz",
    "X-HTTP-Method-Override: OPTIONS",
]


def ask(place, method: str, target: str, *fields: str, body: bytes = b"", version: str = "1.1") -> types.SimpleNamespace:
    """One request as it is written here; the answer taken apart, statuses as numbers, names in lower case."""
    lines = [f"{method} {target} HTTP/{version}", *fields, "Connection: close"]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    head, _, rest = raw(place, "\n".join(lines) + "\n", body).partition(b"\r\n\r\n")
    first, *others = head.decode("latin-1").split("\r\n")
    assert first.startswith("HTTP/1.1 "), (method, target, fields, head)
    named = [line.split(": ", 1) for line in others]
    return types.SimpleNamespace(
        status=int(first.split()[1]), body=rest, fields={name.lower(): value for name, value in named}
    )


def refused(answer, *allowed: int) -> None:
    assert answer.status in (allowed or (403,)), answer
    assert not [name for name in answer.fields if name.startswith("access-control-")], answer.fields


@pytest.mark.parametrize("host", HOSTS.values(), ids=HOSTS)
def test_a_foreign_host_reaches_no_route(proxy, router, host):
    for path in PATHS:
        refused(ask(proxy, "GET", path, f"Host: {host}"), 400, 403)
    refused(ask(proxy, "POST", PATHS[0], f"Host: {host}", "Content-Type: application/json", body=BODY), 400, 403)
    assert router.exchanges == []


@pytest.mark.parametrize("origin", ORIGINS.values(), ids=ORIGINS)
def test_a_foreign_origin_reaches_no_route_and_reads_nothing(proxy, router, origin):
    for path in PATHS:
        refused(ask(proxy, "GET", path, "Host: localhost", f"Origin: {origin}"), 400, 403)
    for kind in ("text/plain", "application/json"):
        fields = ("Host: localhost", f"Origin: {origin}", f"Content-Type: {kind}")
        refused(ask(proxy, "POST", PATHS[0], *fields, body=BODY), 400, 403)
    assert router.exchanges == []


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("field", ["Origin: " + EVIL, "Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site"])
def test_no_method_and_no_path_is_forgotten(proxy, router, method, field):
    for path in PATHS:
        refused(ask(proxy, method, path, "Host: localhost", field))
    assert router.exchanges == []


@pytest.mark.parametrize("method", METHODS)
def test_a_foreign_host_is_refused_with_every_method(proxy, router, method):
    for path in PATHS:
        refused(ask(proxy, method, path, "Host: evil.example"))
    assert router.exchanges == []


def test_an_origin_that_equals_host_is_no_criterion(proxy, router):
    for host in ("evil.example", f"evil.example:{proxy.port}", f"rebound.evil.example:{proxy.port}"):
        for path in PATHS:
            refused(ask(proxy, "GET", path, f"Host: {host}", f"Origin: http://{host}", "Sec-Fetch-Site: same-origin"))
    assert router.exchanges == []


@pytest.mark.parametrize(
    "fields, target, version",
    [
        ([], "/v1/models", "1.1"),
        ([], "/v1/models", "1.0"),
        (["Host: localhost", "Host: localhost"], "/v1/models", "1.1"),
        (["Host: localhost", "Host: evil.example"], "/v1/models", "1.1"),
        (["Host: evil.example", "Host: localhost"], "/v1/models", "1.1"),
        (["Host: localhost"], "http://evil.example/v1/models", "1.1"),
        (["Host: localhost"], "HTTP://EVIL.example/v1/models", "1.1"),
        (["Host: localhost"], "https://evil.example/v1/models", "1.1"),
        (["Host: localhost"], "http://localhost@evil.example/v1/models", "1.1"),
        (["Host: localhost"], "http://localhost.evil.example/v1/models", "1.1"),
        (["Host: evil.example"], "http://localhost/v1/models", "1.1"),
        (["Host: localhost"], "//evil.example/v1/models@", "1.1"),
    ],
    ids=[
        "no Host",
        "no Host in HTTP/1.0",
        "twice the same Host",
        "ours, then another",
        "another, then ours",
        "absolute form",
        "absolute form in capitals",
        "absolute form with TLS",
        "absolute form with user information",
        "absolute form with ours as a prefix",
        "absolute form with ours, Host another",
        "a path that looks like a host",
    ],
)
def test_one_host_has_to_come_and_the_target_has_to_agree(proxy, router, fields, target, version):
    refused(ask(proxy, "GET", target, *fields, version=version), 400, 403, 404)
    assert router.exchanges == []


def test_the_absolute_form_of_our_own_name_is_answered(proxy):
    assert ask(proxy, "GET", "http://localhost/v1/models", "Host: localhost").status == 200


@pytest.mark.parametrize("disguise", DISGUISES)
def test_what_reverse_proxies_add_changes_nothing(proxy, router, disguise):
    refused(ask(proxy, "GET", "/v1/models", "Host: evil.example", disguise))
    refused(ask(proxy, "GET", "/v1/models", "Host: localhost", "Origin: " + EVIL, disguise))
    honest = ask(proxy, "GET", "/v1/models", "Host: localhost", disguise.replace("localhost", "evil.example"))
    assert honest.status == 200 and b'"data"' in honest.body


@pytest.mark.parametrize(
    "field",
    ["Origin: " + HERE, "Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: none", "Sec-Fetch-Mode: cors", "Sec-Fetch-Dest: empty"],
)
@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", "application/json-seq", None],
)
def test_a_page_that_does_not_send_json_is_refused_before_its_body_is_read(proxy, router, field, kind):
    typed = [] if kind is None else [f"Content-Type: {kind}"]
    # The body is announced and never sent: an answer that waited for it would not come.
    for paths in ("/v1/chat/completions", "/v1/messages", "/api/chat"):
        answer = ask(proxy, "POST", paths, "Host: localhost", field, *typed, "Content-Length: 1000000")
        assert answer.status == 415, (paths, answer)
    assert router.exchanges == []


def test_a_refusal_does_not_wait_for_the_body_either(proxy, router):
    for fields in (["Host: evil.example"], ["Host: localhost", "Origin: " + EVIL]):
        refused(ask(proxy, "POST", PATHS[0], *fields, "Content-Type: application/json", "Content-Length: 1000000"))
        refused(ask(proxy, "POST", PATHS[0], *fields, "Expect: 100-continue", "Content-Length: 9"))


def preflight(place, path: str, origin: str, *fields: str):
    return ask(place, "OPTIONS", path, "Host: localhost", f"Origin: {origin}", "Access-Control-Request-Method: POST", *fields)


def test_a_private_network_preflight_is_answered_if_asked_for_and_only_then(proxy):
    wish = "Access-Control-Request-Private-Network: true"
    for path in PATHS:
        plain, private = preflight(proxy, path, HERE), preflight(proxy, path, HERE, wish)
        assert plain.status == private.status == 204
        assert "access-control-allow-private-network" not in plain.fields
        assert private.fields["access-control-allow-private-network"] == "true"
        for answer in (plain, private):
            assert answer.fields["access-control-allow-origin"] == HERE
            assert answer.fields["vary"].lower() == "origin" and answer.fields["access-control-max-age"] == "600"
            assert "access-control-allow-credentials" not in answer.fields
        refused(preflight(proxy, path, EVIL, wish))


def test_a_preflight_of_a_program_without_an_origin_is_none(proxy):
    answer = ask(proxy, "OPTIONS", "/v1/models", "Host: localhost", "Access-Control-Request-Method: POST")
    refused(answer, 405)


def test_every_answer_to_a_friend_can_be_read_by_it_and_by_nobody_else(proxy, router):
    json = ("Host: localhost", "Origin: " + HERE, "Content-Type: application/json")
    answers = {
        200: ask(proxy, "GET", "/v1/models", "Host: localhost", "Origin: " + HERE),
        400: ask(proxy, "POST", PATHS[0], *json, body=b"{"),
        404: ask(proxy, "GET", "/nowhere", "Host: localhost", "Origin: " + HERE),
        405: ask(proxy, "DELETE", "/v1/models", "Host: localhost", "Origin: " + HERE),
        413: ask(proxy, "POST", PATHS[0], *json, "Content-Length: 999999999"),
        415: ask(proxy, "POST", PATHS[0], *json[:2], "Content-Type: text/plain", "Content-Length: 9"),
        501: ask(proxy, "POST", "/api/pull", *json, body=b"{}"),
    }
    for status, answer in answers.items():
        assert answer.status == status
        assert answer.fields["access-control-allow-origin"] == HERE and answer.fields["vary"] == "Origin"
        assert "*" not in "".join(v for k, v in answer.fields.items() if k.startswith("access-control"))


@pytest.fixture(scope="module")
def steered(shared_router):
    """A proxy whose operator's listener is on a port, and a stand-in for it that `raw` can ask."""
    port = free_port()
    proxy = Proxy(shared_router.url, api_key=mark("key"), changes={"admin": {"listen": f"127.0.0.1:{port}"}})
    yield types.SimpleNamespace(port=port, proxy=proxy.ready())
    proxy.stop()


@pytest.mark.parametrize(
    "fields",
    [
        ["Host: evil.example"],
        ["Host: localhost", "Host: localhost"],
        ["Host: 0.0.0.0"],
        ["Host: localhost", "Origin: " + EVIL],
        ["Host: evil.example", "Origin: " + EVIL],
        ["Host: localhost", "Origin: null"],
        ["Host: localhost", "Sec-Fetch-Site: cross-site"],
        ["Host: evil.example", "X-Forwarded-Host: localhost"],
    ],
    ids=" ".join,
)
def test_the_operators_port_has_the_same_guard(steered, fields):
    # Two hosts are no HTTP (RFC 9112 section 3.2), which is seen before anybody is judged.
    status = 400 if fields.count("Host: localhost") == 2 else 403
    for path in ("/status", "/metrics", "/rotate", "/trust/accept", "/nowhere"):
        for method in ("GET", "POST", "OPTIONS", "DELETE"):
            refused(ask(steered, method, path, *fields), status)


@pytest.mark.parametrize("field", ["Origin: " + HERE, "Sec-Fetch-Site: same-origin", "Sec-Fetch-Mode: no-cors"])
def test_a_page_cannot_steer_by_a_form_and_reads_nothing(steered, field):
    for path in ("/rotate", "/trust/accept"):
        refused(ask(steered, "POST", path, "Host: localhost", field, "Content-Type: text/plain", "Content-Length: 900"), 415)
    answer = ask(steered, "GET", "/status", "Host: localhost", field)
    assert answer.status == 200 and not [name for name in answer.fields if name.startswith("access-control")]
    asked = preflight(steered, "/rotate", HERE)
    refused(asked, 405)


def test_reading_has_no_effect(steered):
    """No GET changes anything: what steers is POST alone."""
    rotations = lambda: re.search(rb'"rotations":(\d+)', ask(steered, "GET", "/status", "Host: localhost").body)[1]
    before = rotations()
    for path in ("/rotate", "/trust/accept"):
        refused(ask(steered, "GET", path, "Host: localhost"), 405)
    assert rotations() == before
