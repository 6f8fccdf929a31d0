"""Every request that the router sees, field by field, against PROTOCOL's sections 1 and 2."""

import base64
import re
import urllib.parse

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from callers import error_of, post, prompt, sdk_for
from daemon import mark

UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
KNOWN = {
    "host",
    "accept",
    "accept-encoding",
    "connection",
    "user-agent",
    "content-type",
    "content-length",
    "authorization",
    "x-payload-id",
    "x-public-key",
    "x-security-tier",
    "expect",
}


@pytest.fixture
def exchange(proxy, router):
    """One exchange caused by the SDK with everything on it that could leak."""
    leaks = {
        "HTTP-Referer": "https://app.example/" + mark("header"),
        "X-Title": mark("header"),
        "Cookie": "session=" + mark("header"),
        "X-Forwarded-For": "203.0.113.7",
        "session-id": mark("header"),
        "X-Payload-ID": mark("header"),
        "X-Public-Key": mark("header"),
    }
    organisation = {"organization": mark("header"), "project": mark("header")}
    with sdk_for(proxy, default_headers=leaks, **organisation) as client:
        client.chat.completions.create(**prompt(mark("prompt")))
        [exchange] = router.exchanges
        exchange.caller_api_key = client.api_key
    return exchange


def test_no_header_of_the_caller_reaches_the_router(exchange):
    assert {name.lower() for name, _ in exchange.headers} <= KNOWN
    everything = str(exchange.headers)
    assert "header-" not in everything and "203.0.113.7" not in everything
    assert "OpenAI" not in everything and "python" not in everything.lower()


def test_the_bearer_is_the_configured_key_and_the_callers_stays_here(exchange, proxy):
    assert exchange.header("Authorization") == f"Bearer {proxy.api_key}"
    assert exchange.caller_api_key not in str(exchange.headers)
    assert exchange.caller_api_key.encode() not in exchange.plaintext


def test_the_request_line_and_the_type_are_the_protocols(exchange):
    assert (exchange.method, exchange.target) == ("POST", "/v1/chat/secure_completion")
    assert exchange.header("Content-Type") == "application/octet-stream"
    assert exchange.header("Content-Length") == str(len(exchange.body))
    assert exchange.header("Transfer-Encoding") is None and exchange.header("X-Security-Tier") is None


def test_the_payload_id_is_a_fresh_random_uuid(proxy, router):
    for _ in range(3):
        post(proxy, prompt("hello"))
    assert all(UUID4.fullmatch(exchange.payload_id) for exchange in router.exchanges)
    assert len({exchange.payload_id for exchange in router.exchanges}) == 3


def test_the_public_key_is_a_percent_encoded_pem_of_an_rsa_4096_key(exchange):
    header = exchange.header("X-Public-Key")
    assert re.fullmatch(r"(?:[A-Za-z0-9_.~/-]|%[0-9A-F]{2})+", header), "something that quote() would escape"
    assert header in (
        urllib.parse.quote(exchange.caller_key),
        urllib.parse.quote(exchange.caller_key, safe="~"),
    )
    lines = exchange.caller_key.strip().split("\n")
    assert (lines[0], lines[-1]) == ("-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----")
    assert {len(line) for line in lines[1:-2]} == {64} and "\r" not in exchange.caller_key
    key = serialization.load_pem_public_key(exchange.caller_key.encode())
    assert isinstance(key, rsa.RSAPublicKey)
    assert key.key_size == 4096 and key.public_numbers().e == 65537


def test_the_envelope_has_the_protocols_members_in_their_order(exchange):
    envelope = exchange.envelope
    assert list(envelope) == [
        "version",
        "algorithm",
        "encrypted_payload",
        "encrypted_aes_key",
        "key_algorithm",
        "payload_algorithm",
    ]
    assert list(envelope["encrypted_payload"]) == ["ciphertext", "nonce", "tag"]
    del envelope["encrypted_payload"], envelope["encrypted_aes_key"]
    assert envelope == {
        "version": "1.0",
        "algorithm": "hybrid-aes256-rsa4096",
        "key_algorithm": "RSA-OAEP-SHA256",
        "payload_algorithm": "AES-256-GCM",
    }


def test_nonce_tag_and_wrapped_key_have_their_lengths_in_strict_base64(exchange):
    texts = exchange.envelope["encrypted_payload"] | {"key": exchange.envelope["encrypted_aes_key"]}
    lengths = {name: len(base64.b64decode(text, validate=True)) for name, text in texts.items()}
    assert lengths == {"ciphertext": len(exchange.plaintext), "nonce": 12, "tag": 16, "key": 512}
    assert all(re.fullmatch(r"[A-Za-z0-9+/]*={0,2}", text) for text in texts.values())


def test_nothing_of_the_prompt_is_readable_in_the_body(exchange):
    assert exchange.last_content.startswith("prompt-")
    assert exchange.last_content.encode() not in exchange.body
    assert base64.b64encode(exchange.last_content.encode())[:16] not in exchange.body


def test_the_routers_key_is_fetched_without_credentials_and_once(start_proxy, start_router):
    router = start_router()
    proxy = start_proxy(router)
    for _ in range(3):
        assert post(proxy, prompt("hello")).status_code == 200
    assert len(router.key_fetches()) == 1
    names = {name.lower() for name, _ in router.key_fetches()[0].headers}
    assert names <= {"host", "accept", "accept-encoding", "connection", "user-agent"}


def test_without_a_router_key_the_callers_bearer_goes_to_the_router(start_proxy, router):
    proxy = start_proxy(router, api_key=None)
    with sdk_for(proxy) as client:
        client.chat.completions.create(**prompt("hello"))
        assert router.exchanges[0].header("Authorization") == f"Bearer {client.api_key}"


def test_without_any_key_no_authorization_is_sent(start_proxy, router):
    proxy = start_proxy(router, api_key=None)
    post(proxy, prompt("hello"))
    assert router.exchanges[0].header("Authorization") is None


def test_a_callers_api_key_in_the_body_goes_nowhere(proxy, router):
    key = mark("caller")
    assert post(proxy, prompt("hello", api_key=key)).status_code == 200
    assert key.encode() not in router.exchanges[0].plaintext and key not in str(router.exchanges[0].headers)


@pytest.mark.parametrize("tier", ["standard", "high", "maximum"])
@pytest.mark.parametrize("place", ["header", "body"])
def test_the_security_tier_travels_as_a_header(proxy, router, tier, place):
    if place == "header":
        answer = post(proxy, prompt("hello"), X_Security_Tier=tier)
    else:
        answer = post(proxy, prompt("hello", security_tier=tier))
    assert answer.status_code == 200
    assert router.exchanges[0].header("X-Security-Tier") == tier
    assert b"security_tier" not in router.exchanges[0].plaintext


def test_the_configured_tier_is_used_when_the_request_names_none(start_proxy, router):
    proxy = start_proxy(router, router={"security_tier": "high"})
    post(proxy, prompt("hello"))
    post(proxy, prompt("hello"), X_Security_Tier="standard")
    assert [exchange.header("X-Security-Tier") for exchange in router.exchanges] == ["high", "standard"]


@pytest.mark.parametrize(
    "how",
    [{"header": "top"}, {"header": "HIGH"}, {"body": "top"}, {"body": 3}, {"body": ["high"]}],
    ids=["header", "upper case", "body", "number", "list"],
)
def test_an_invalid_tier_is_refused_here(proxy, router, how):
    if "header" in how:
        answer = post(proxy, prompt("hello"), X_Security_Tier=how["header"])
    else:
        answer = post(proxy, prompt("hello", security_tier=how["body"]))
        assert error_of(answer)["param"] == "security_tier"
    assert answer.status_code == 400 and error_of(answer)["type"] == "invalid_request_error"
    assert router.exchanges == []


def test_a_path_prefix_of_the_routers_url_is_kept(start_proxy, start_router):
    router = start_router(prefix="/eu/one")
    proxy = start_proxy(router.url + "/")
    assert post(proxy, prompt("hello")).json()["choices"][0]["message"]["content"] == "hello"
    assert router.exchanges[0].target == "/eu/one/v1/chat/secure_completion"
