"""Embeddings go to an embedder on this machine and nowhere else, in the form that was asked for."""

import asyncio
import gzip
import json

import httpx
import openai
import pytest

from callers import PATIENCE, error_of, post, prompt, sdk_for
from daemon import CLEAR, STOP_SECONDS, Proxy, free_port, mark
from embedder import Embedder, as_floats, packed, vector

MODEL = "nomic-embed-text"
ROUTES = ["/v1/embeddings", "/embeddings", "/api/v1/embeddings", "/v1/v1/embeddings", "/v1/embeddings/"]


@pytest.fixture(params=[False, True], ids=["floats only", "knows base64"])
def any_embedder(request):
    embedder = Embedder(knows_base64=request.param)
    yield embedder
    embedder.stop()


@pytest.fixture(scope="module")
def shared_embedder():
    embedder = Embedder()
    yield embedder
    embedder.stop()


@pytest.fixture(scope="module")
def shared_embedding_proxy(shared_router, shared_embedder):
    proxy = Proxy(
        shared_router.url, api_key=mark("key"), changes={"embeddings": {"url": shared_embedder.url}}
    )
    yield proxy.ready()
    proxy.stop()


@pytest.fixture
def embedder(shared_embedder) -> Embedder:
    """The embedder behind `embedding`, with nothing on record and answering as it should."""
    shared_embedder.reset()
    return shared_embedder


@pytest.fixture
def embedding(shared_embedding_proxy, embedder, router) -> Proxy:
    """The proxy that most of these tests share; starting one takes seconds."""
    return shared_embedding_proxy


@pytest.fixture
def proxy_to(start_proxy, router):
    """Starts a proxy in front of an embedder, or with any value of `embeddings.url`."""

    def start(embedder: Embedder | str, **changes) -> Proxy:
        url = embedder if isinstance(embedder, str) else embedder.url
        return start_proxy(router, embeddings={"url": url}, **changes)

    return start


def embed(proxy: Proxy, given: object, path: str = "/v1/embeddings", **members) -> httpx.Response:
    return post(proxy, {"model": MODEL, "input": given, **members}, path)


def assert_nothing_reached(router, secret: str) -> None:
    """Neither sealed nor in the clear; the router's key is all that may have been asked for."""
    assert router.exchanges == []
    assert {each.target for each in router.others} <= {"/pki/public_key"}
    assert secret.encode() not in b"".join(each.body for each in router.others)


def test_the_sdk_gets_vectors_whatever_the_embedder_speaks(proxy_to, router, any_embedder):
    proxy, secret = proxy_to(any_embedder), mark("prompt")
    with sdk_for(proxy) as client:
        by_default = client.embeddings.create(model=MODEL, input=[secret, "über"])
        as_list = client.embeddings.create(model=MODEL, input=secret, encoding_format="float")
    assert [each.embedding for each in by_default.data] == [
        as_floats(vector(secret)),
        as_floats(vector("über")),
    ]
    assert [each.index for each in by_default.data] == [0, 1]
    assert as_list.data[0].embedding == vector(secret)
    assert by_default.model == MODEL and by_default.usage.total_tokens == 2
    assert [each.members.get("encoding_format") for each in any_embedder.asked] == ["base64", "float"]
    assert_nothing_reached(router, secret)


async def test_many_at_once(embedding, router, embedder):
    proxy = embedding
    async with httpx.AsyncClient(timeout=PATIENCE) as client:
        body = [{"model": MODEL, "input": f"text {number}"} for number in range(50)]
        answers = await asyncio.gather(
            *(client.post(proxy.url + "/v1/embeddings", json=each) for each in body)
        )
    for number, answer in enumerate(answers):
        assert answer.json()["data"][0]["embedding"] == vector(f"text {number}")


@pytest.mark.parametrize("given", ["text", ["one", "two"], [1, 2, 3], [[1, 2], [3]]], ids=str)
def test_texts_and_tokens(embedding, router, embedder, given):
    proxy = embedding
    several = isinstance(given, list) and not isinstance(given[0], int)
    expected = [vector(each) for each in (given if several else [given])]
    assert [each["embedding"] for each in embed(proxy, given).json()["data"]] == expected
    in_base64 = embed(proxy, given, encoding_format="base64").json()["data"]
    assert [each["embedding"] for each in in_base64] == [packed(each) for each in expected]


def test_the_embedder_gets_what_was_written_and_gives_what_it_wrote(proxy_to, router, embedder):
    proxy = proxy_to(embedder, models={"aliases": {MODEL: "something/else"}})
    body = b'{ "model":"%s", "input":"a\\/b \\u00e9", "dimensions": 3, "truncate":true }' % MODEL.encode()
    raw = b'{"object": "list", "data":[{"embedding": [1.50,-2E-3, 0],"index":0}], "model":"x", "more":[1.0]}'
    embedder.will(200, raw)
    answer = post(proxy, body, "/v1/embeddings")
    assert answer.content == raw and answer.headers["content-type"].startswith("application/json")
    assert embedder.asked[0].body == body and embedder.asked[0].path == "/v1/embeddings"


def test_dimensions_are_the_embedders_to_heed(embedding, router, embedder):
    with sdk_for(embedding) as client:
        answer = client.embeddings.create(model=MODEL, input="text", dimensions=100)
    assert answer.data[0].embedding == as_floats(vector("text", 100))


@pytest.mark.parametrize("path", ROUTES)
def test_all_spellings_of_the_route(embedding, router, embedder, path):
    answer = embed(embedding, "text", path)
    assert answer.status_code == 200 and answer.json()["data"][0]["embedding"] == vector("text")


def test_no_secret_goes_to_the_embedder(embedding, router, embedder):
    proxy, secret = embedding, mark("caller")
    names = ["x-api-key", "api-key", "cookie", "openai-organization", "x-forwarded-for", "user-agent"]
    headers = {"authorization": f"Bearer {secret}"} | dict.fromkeys(names, secret)
    body = {"model": MODEL, "input": "text", "user": secret, "metadata": {"who": secret}, "api_key": secret}
    answer = httpx.post(proxy.url + "/v1/embeddings", json=body, headers=headers, timeout=PATIENCE)
    assert answer.status_code == 200
    asked = embedder.asked[0]
    sent = json.dumps(asked.headers) + asked.body.decode().replace(f'"user":"{secret}"', "")
    sent = sent.replace(f'"user": "{secret}"', "")  # compat.strip_identifiers is "account" by default
    assert secret not in sent and proxy.api_key not in sent
    assert "authorization" not in {name.lower() for name in asked.headers}


def test_compressed_requests(embedding, router, embedder):
    body = gzip.compress(json.dumps({"model": MODEL, "input": "packed"}).encode())
    answer = post(embedding, body, "/v1/embeddings", content_encoding="gzip")
    assert answer.json()["data"][0]["embedding"] == vector("packed")


@pytest.mark.parametrize(
    "members, param",
    [
        ({"model": MODEL}, "input"),
        ({"model": MODEL, "input": []}, "input"),
        ({"model": MODEL, "input": ["a", 1]}, "input[1]"),
        ({"model": MODEL, "input": "a", "encoding_format": "int8"}, "encoding_format"),
    ],
    ids=str,
)
def test_a_malformed_request_is_a_400_that_names_the_member(embedding, router, embedder, members, param):
    answer = post(embedding, members, "/v1/embeddings")
    assert answer.status_code == 400 and error_of(answer)["param"] == param
    assert embedder.asked == []


@pytest.mark.parametrize("path", [*ROUTES, "/api/embed", "/api/embeddings"])
def test_without_an_embedder_it_is_a_501_that_says_what_to_set(proxy, router, path):
    secret = mark("prompt")
    members = {"prompt": secret} if path == "/api/embeddings" else {"input": secret}
    answer = post(proxy, {"model": MODEL, **members}, path)
    assert answer.status_code == 501 and "embeddings.url" in answer.text
    if not path.startswith("/api/embed"):
        assert error_of(answer)["code"] == "embeddings_not_available"
    assert answer.headers.get("x-should-retry") == "false"
    assert_nothing_reached(router, secret)


def test_the_sdk_does_not_try_a_501_again(proxy, router):
    asked = []
    http = openai.DefaultHttpxClient(verify=CLEAR, event_hooks={"request": [asked.append]})
    with sdk_for(proxy, max_retries=3, http_client=http) as client, pytest.raises(openai.InternalServerError) as raised:
        client.embeddings.create(model=MODEL, input="text")
    assert raised.value.status_code == 501 and len(asked) == 1


def test_ollamas_route(embedding, router, embedder):
    proxy = embedding
    answer = post(proxy, {"model": MODEL, "input": ["one", "two"], "keep_alive": "5m"}, "/api/embed").json()
    assert answer["embeddings"] == [vector("one"), vector("two")] and answer["model"] == MODEL
    assert isinstance(answer["total_duration"], int)
    assert post(proxy, {"model": MODEL, "input": "one"}, "/api/embed").json()["embeddings"] == [vector("one")]
    older = post(proxy, {"model": MODEL, "prompt": "three"}, "/api/embeddings").json()
    assert older["embedding"] == vector("three")
    assert [each.path for each in embedder.asked] == ["/v1/embeddings"] * 3
    assert_nothing_reached(router, "three")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(embedding, router, embedder, status):
    elsewhere = Embedder()
    embedder.will(status, location=elsewhere.url + "/embeddings")
    answer = embed(embedding, mark("prompt"))
    assert answer.status_code == 502 and "redirect" in error_of(answer)["message"]
    assert elsewhere.asked == [] and len(embedder.asked) == 1
    elsewhere.stop()


def test_an_embedder_that_is_down_is_a_502_that_says_so(proxy_to, router, embedder):
    proxy, secret = proxy_to(f"http://127.0.0.1:{free_port()}/v1"), mark("prompt")
    error = error_of(answer := embed(proxy, secret))
    assert answer.status_code == 502 and error["code"] == "embedder_unreachable"
    assert "embeddings.url" in error["message"] and secret not in answer.text
    assert_nothing_reached(router, secret)
    assert post(proxy, prompt("chat goes on")).status_code == 200


def test_an_embedder_that_was_restarted_is_found_again(proxy_to, router):
    first = Embedder()
    port = first.port
    proxy = proxy_to(first)
    assert embed(proxy, "text").status_code == 200
    first.stop()
    assert embed(proxy, "text").status_code == 502
    second = Embedder(port=port)
    assert embed(proxy, "text").json()["data"][0]["embedding"] == vector("text")
    second.stop()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        {"data": []},
        {"data": [{"embedding": "AACAPw=="}]},
        {"error": {"message": "no"}},
    ],
    ids=str,
)
def test_an_answer_that_is_none_is_a_502(embedding, router, embedder, body):
    embedder.will(200, body)
    answer = embed(embedding, "text")
    assert answer.status_code == 502 and error_of(answer)["code"] == "embedder_answer"


@pytest.mark.parametrize(
    "status, told",
    [(400, 400), (404, 404), (422, 422), (429, 429), (503, 503), (500, 502), (401, 502), (403, 502)],
)
def test_the_embedders_refusal_is_told_as_its_own(embedding, router, embedder, status, told):
    embedder.will(status, {"error": {"message": "said by the embedder"}})
    error = error_of(answer := embed(embedding, "text"))
    assert answer.status_code == told and error["code"].startswith("embedder_")
    if status not in (401, 403):
        assert "said by the embedder" in error["message"]


def test_an_answer_without_end_is_refused(embedding, router, embedder):
    embedder.will(200, b'{"data":[' + b" " * (80 << 20))
    answer = embed(embedding, "text")
    assert answer.status_code == 502 and error_of(answer)["code"] == "embedder_answer"


def test_a_caller_who_goes_takes_the_request_back(embedding, router, embedder):
    proxy = embedding
    embedder.hold.clear()
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(proxy.url + "/v1/embeddings", json={"model": MODEL, "input": "text"}, timeout=1.5)
    assert embedder.asked, "it left before its request was there"
    assert embedder.gone.wait(5), "the connection to the embedder is still there"


def test_localhost_is_this_machine(proxy_to, router, embedder):
    proxy = proxy_to(f"http://localhost:{embedder.port}")
    assert embed(proxy, "text").json()["data"][0]["embedding"] == vector("text")


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/v1",
        "http://10.0.0.1:8080/v1",
        "http://127.0.0.1.example.com/v1",
        "http://user:hunter2@127.0.0.1/v1",
        "https://127.0.0.1/v1",
    ],
)
def test_an_embedder_elsewhere_is_no_configuration(start_proxy, router, url):
    proxy = start_proxy(router, ready=False, embeddings={"url": url})
    assert proxy.process.wait(STOP_SECONDS) != 0
    assert "embeddings.url" in proxy.log() and "hunter2" not in proxy.log()
