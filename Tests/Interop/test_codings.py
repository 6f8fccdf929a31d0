"""Compressed request bodies: what was compressed is what gets sealed, and what was made to cost costs nothing."""

import concurrent.futures
import gzip
import itertools
import json
import pathlib
import re
import time
import zlib

import httpx
import pytest
import zstandard

from callers import PATIENCE, error_of, post, prompt, sdk_for
from codings import ENCODED, ONCE, bombs, zstd
from daemon import Proxy, mark

MEBIBYTE = 1 << 20
LIMIT = 10 * MEBIBYTE


def request(text: str = "hello", size: int | None = None) -> bytes:
    """A valid request, of exactly so many bytes if a size is given."""
    frame = json.dumps(prompt(text), separators=(",", ":"))
    return frame.encode() if size is None else frame.encode()[:-1] + b" " * (size - len(frame)) + b"}"


def sealed_in(router, position: int = 0) -> bytes:
    """What was sealed, without the blanks that may stand after it."""
    return router.exchanges[position].plaintext.rstrip(b" ")


def send(proxy: Proxy, body, coding: str, path: str = "/v1/chat/completions") -> httpx.Response:
    headers = {"content-type": "application/json", "content-encoding": coding}
    return httpx.post(proxy.url + path, content=body, headers=headers, timeout=PATIENCE)


def pieces(body: bytes, size: int):
    return (body[start : start + size] for start in range(0, len(body), size))


def assert_malformed(answer: httpx.Response, router) -> None:
    error = error_of(answer)
    assert answer.status_code == 400 and error["type"] == "invalid_request_error", answer.text
    assert router.exchanges == []


@pytest.mark.parametrize("kind", ENCODED)
def test_what_was_compressed_is_sealed(proxy, router, kind):
    coding, encode = ENCODED[kind]
    text = request("a word, 42, über, \U0001f600 " * 500)
    answer = send(proxy, encode(text), coding)
    assert answer.status_code == 200, answer.text
    assert sealed_in(router) == text


@pytest.mark.parametrize("kind", ENCODED)
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_chunked_and_compressed_at_once(proxy, router, kind, size):
    coding, encode = ENCODED[kind]
    text = request("chunk by chunk " * 20)
    assert send(proxy, pieces(encode(text), size), coding).status_code == 200
    assert router.exchanges[0].header("content-encoding") is None
    assert sealed_in(router) == text


@pytest.mark.parametrize("first, second", list(itertools.product(ONCE, ONCE)))
def test_two_codings_are_undone_in_turn(proxy, router, first, second):
    text = request("twice " * 300)
    body = ONCE[second](ONCE[first](text))
    assert send(proxy, body, f"{first}, {second}").status_code == 200
    assert sealed_in(router) == text


def test_codings_in_several_fields_are_one_list(proxy, router):
    text = request()
    headers = [
        ("content-type", "application/json"),
        ("content-encoding", "gzip"),
        ("content-encoding", "zstd"),
    ]
    answer = httpx.post(proxy.chat_url, content=zstd(gzip.compress(text)), headers=headers, timeout=PATIENCE)
    assert answer.status_code == 200 and sealed_in(router) == text


def test_four_codings_are_enough(proxy, router):
    body = request()
    for _ in range(4):
        body = gzip.compress(body)
    assert send(proxy, body, "gzip, gzip, gzip, gzip").status_code == 200
    answer = send(proxy, gzip.compress(body), "gzip, gzip, gzip, gzip, gzip")
    assert answer.status_code in (400, 415) and error_of(answer)["type"] == "invalid_request_error"
    assert len(router.exchanges) == 1


def test_an_sdk_that_compresses_what_it_sends(proxy, router):
    def compress(outgoing: httpx.Request) -> None:
        body = zstd(outgoing.read())
        outgoing.headers["content-encoding"], outgoing.headers["content-length"] = "zstd", str(len(body))
        outgoing.stream = httpx.ByteStream(body)

    with (
        httpx.Client(event_hooks={"request": [compress]}) as http,
        sdk_for(proxy, http_client=http) as client,
    ):
        answer = client.chat.completions.create(**prompt("out of a frame"))
        pieces_of_answer = client.chat.completions.create(**prompt("in a stream"), stream=True)
        streamed = "".join(
            chunk.choices[0].delta.content or "" for chunk in pieces_of_answer if chunk.choices
        )
    assert answer.choices[0].message.content == "out of a frame" and streamed == "in a stream"


@pytest.mark.parametrize("coding", ["br", "compress", "gzip, br", "br, gzip", "aes128gcm", "gzip;q=1"])
def test_an_unknown_coding_is_a_415_that_says_what_is_taken(proxy, router, coding):
    answer = send(proxy, gzip.compress(request()), coding)
    assert answer.status_code == 415 and error_of(answer)["type"] == "invalid_request_error"
    accepted = [each.strip() for each in answer.headers["accept-encoding"].split(",")]
    assert set(accepted) == set(ONCE) and router.exchanges == []


@pytest.mark.parametrize("kind", [kind for kind in ENCODED if not kind.startswith("identity")])
def test_a_body_that_ends_too_early_is_a_400(proxy, router, kind):
    coding, encode = ENCODED[kind]
    whole = encode(request("cut " * 50))
    # Between two members or frames is a good end, though of half a request.
    for length in sorted({1, 2, len(whole) // 3, len(whole) // 2, len(whole) - 5, len(whole) - 1}):
        assert_malformed(send(proxy, whole[:length], coding), router)


@pytest.mark.parametrize("coding", ONCE)
@pytest.mark.parametrize("garbage", [b"\0", b"garbage", b"\0" * 512, request()], ids=len)
def test_something_after_the_end_is_a_400(proxy, router, coding, garbage):
    assert_malformed(send(proxy, ONCE[coding](request()) + garbage, coding), router)


@pytest.mark.parametrize("kind", ["gzip", "deflate", "zstd with a checksum"])
def test_a_wrong_checksum_is_a_400(proxy, router, kind):
    coding, encode = ENCODED[kind]
    whole = bytearray(encode(request()))
    # gzip ends with the checksum and the length, the others with the checksum.
    for place in range(1, 9 if coding == "gzip" else 5):
        damaged = bytearray(whole)
        damaged[-place] ^= 0x20
        assert_malformed(send(proxy, bytes(damaged), coding), router)


@pytest.mark.parametrize("coding", ONCE)
def test_what_is_not_compressed_at_all_is_a_400(proxy, router, coding):
    answer = send(proxy, request(secret := mark("prompt")), coding)
    assert_malformed(answer, router)
    assert secret not in answer.text


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_another_coding_than_the_named_one_is_a_400(proxy, router, coding):
    for other in ONCE.keys() - {coding}:
        assert_malformed(send(proxy, ONCE[other](request()), coding), router)


def test_what_needs_a_dictionary_is_a_400(proxy, router):
    text = request()
    compressor = zlib.compressobj(zdict=b'{"model":"')
    assert_malformed(send(proxy, compressor.compress(text) + compressor.flush(), "deflate"), router)
    samples = [request(f"{number} {number * 7}") for number in range(2000)]
    dictionary = zstandard.train_dictionary(1024, samples)
    assert_malformed(send(proxy, zstd(text, dict_data=dictionary), "zstd"), router)


def test_a_window_beyond_what_http_allows_is_a_400(proxy, router):
    parameters = zstandard.ZstdCompressionParameters(window_log=27, write_content_size=False)
    compressor = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    assert_malformed(send(proxy, compressor.compress(request()) + compressor.flush(), "zstd"), router)


@pytest.mark.parametrize("coding", ONCE)
def test_an_empty_body_is_a_400_like_any_other(proxy, router, coding):
    assert_malformed(send(proxy, b"", coding), router)
    assert_malformed(send(proxy, ONCE[coding](b""), coding), router)


@pytest.mark.parametrize("coding", ONCE)
def test_the_limit_is_on_what_was_decoded(proxy, router, coding):
    answer = send(proxy, ONCE[coding](request(size=LIMIT)), coding)
    assert answer.status_code == 200 and len(sealed_in(router)) == LIMIT
    answer = send(proxy, ONCE[coding](request(size=LIMIT + 1)), coding)
    assert answer.status_code == 413 and error_of(answer)["type"] == "invalid_request_error"
    assert len(router.exchanges) == 1


@pytest.mark.parametrize("coding", ONCE)
def test_the_limit_is_the_configured_one(start_proxy, router, coding):
    proxy = start_proxy(router, limits={"request": "64KiB"})
    assert send(proxy, ONCE[coding](request(size=64 << 10)), coding).status_code == 200
    assert send(proxy, ONCE[coding](request(size=(64 << 10) + 1)), coding).status_code == 413


def memory(proxy: Proxy, field: str) -> float:
    """A line of /proc/PID/status, in MiB."""
    text = pathlib.Path(f"/proc/{proxy.process.pid}/status").read_text()
    return int(re.search(rf"{field}:\s+(\d+)", text)[1]) / 1024


def test_ten_gigabytes_of_zeros_cost_neither_memory_nor_time(start_proxy, router):
    proxy = start_proxy(router)
    for name, (coding, body) in bombs().items():
        assert len(body) <= LIMIT, f"{name} would be refused for its own size"
        pathlib.Path(f"/proc/{proxy.process.pid}/clear_refs").write_text("5")  # forgets the highest mark
        before, started = memory(proxy, "VmRSS"), time.monotonic()
        answer = send(proxy, body, coding)
        seconds, grown = time.monotonic() - started, memory(proxy, "VmHWM") - before
        assert answer.status_code == 413 and error_of(answer)["type"] == "invalid_request_error", name
        # The body as it came, as much again as it may decode to, a step in between, and a decoder.
        assert grown < 3 * LIMIT / MEBIBYTE + 12, f"{name}: {grown:.1f} MiB"
        assert seconds < 3, f"{name}: {seconds:.1f} s"
    assert router.exchanges == []
    assert post(proxy, prompt("and on")).json()["choices"][0]["message"]["content"] == "and on"


@pytest.mark.parametrize("coding", ONCE)
def test_others_are_answered_while_a_body_is_decoded(proxy, router, coding):
    body, slowest = ONCE[coding](b" " * LIMIT), 0.0
    with concurrent.futures.ThreadPoolExecutor() as threads, httpx.Client(timeout=5) as client:
        waiting = threads.submit(send, proxy, body, coding)
        while not waiting.done():
            started = time.monotonic()
            assert client.get(proxy.url + "/healthz").status_code == 200
            slowest = max(slowest, time.monotonic() - started)
    assert waiting.result().status_code == 400 and slowest < 2
