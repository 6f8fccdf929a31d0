"""Callers that go away: the router must see its own connection closed, and nothing else may suffer."""

import asyncio
import socket
import threading
import time

import httpx
import openai
import pytest

from callers import Caller, async_sdk_for, post, prompt, sdk_for
from replies import late, says

SOON = 5.0  # seconds that a busy machine may take; Benchmarks/cancel measures them
NEVER = late(60, says("nobody hears this"))


def test_leaving_a_stream_closes_the_routers_connection(proxy, router):
    router.will(NEVER)
    with sdk_for(proxy) as client:
        stream = client.chat.completions.create(**prompt("tell"), stream=True)
        assert next(iter(stream)).choices[0].delta.role == "assistant"
        assert not router.exchanges[0].client_gone.is_set()
        stream.close()
        assert router.exchanges[0].client_gone.wait(SOON)


def test_leaving_a_stream_before_its_commit_closes_the_routers_connection(proxy, router):
    router.will(NEVER)
    caller = Caller(proxy, "tell", stream=True)
    [exchange] = router.wait_for(1)
    caller.leave()
    assert exchange.client_gone.wait(SOON)


async def test_cancelling_a_whole_request_closes_the_routers_connection(proxy, router):
    router.will(NEVER)
    async with async_sdk_for(proxy) as client:
        asking = asyncio.create_task(client.chat.completions.create(**prompt("tell")))
        [exchange] = await asyncio.to_thread(router.wait_for, 1)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert await asyncio.to_thread(exchange.client_gone.wait, SOON)


def test_a_timeout_of_the_sdk_closes_the_routers_connection(proxy, router):
    router.will(NEVER)
    with sdk_for(proxy, timeout=2) as client, pytest.raises(openai.APITimeoutError):
        client.chat.completions.create(**prompt("tell"))
    assert router.wait_for(1)[0].client_gone.wait(SOON)


def test_one_caller_that_leaves_takes_nobody_with_it(proxy, router):
    router.behaviour = lambda asked: NEVER if asked.last_content == "leave" else late(2, says("stayed"))
    answers = []
    staying = threading.Thread(target=lambda: answers.append(post(proxy, prompt("stay"))))
    staying.start()
    router.wait_for(1)
    leaving = Caller(proxy, "leave")
    left = next(each for each in router.wait_for(2) if each.last_content == "leave")
    leaving.leave()
    assert left.client_gone.wait(SOON)
    staying.join(10)
    assert answers[0].json()["choices"][0]["message"]["content"] == "stayed"


async def test_thirty_callers_that_leave_close_thirty_connections(proxy, router):
    router.always(NEVER)
    async with httpx.AsyncClient(timeout=10, limits=httpx.Limits(max_connections=100)) as client:
        asking = [asyncio.create_task(client.post(proxy.chat_url, json=prompt("tell"))) for _ in range(30)]
        exchanges = await asyncio.to_thread(router.wait_for, 30)
        for task in asking:
            task.cancel()
        deadline = time.monotonic() + SOON
        for exchange in exchanges:
            assert await asyncio.to_thread(exchange.client_gone.wait, max(0, deadline - time.monotonic()))
    router.reset()
    assert (await asyncio.to_thread(post, proxy, prompt("and on"))).status_code == 200


def test_a_caller_that_resets_its_connection_is_noticed_too(proxy, router):
    router.will(NEVER)
    body = b'{"model":"echo","messages":[{"role":"user","content":"x"}]}'
    head = b"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    with socket.create_connection(("127.0.0.1", proxy.port)) as caller:
        caller.sendall(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)
        [exchange] = router.wait_for(1)
        caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    assert exchange.client_gone.wait(SOON)


def test_a_caller_that_leaves_in_the_middle_of_its_body_reaches_no_router(proxy, router):
    head = b"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n"
    with socket.create_connection(("127.0.0.1", proxy.port)) as caller:
        caller.sendall(head + b'{"model":"echo",')
    assert post(proxy, prompt("the next one")).status_code == 200
    assert [exchange.last_content for exchange in router.exchanges] == ["the next one"]
