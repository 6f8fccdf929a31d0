"""The whole product at once: SDK, proxy and dev router, all three real."""

import httpx
import openai
import pytest

from callers import prompt, sdk_for
from daemon import Proxy, mark


@pytest.fixture(scope="module")
def pair(dev_router):
    proxy = Proxy(dev_router.url, api_key=mark("key"), changes={"router": {"retries": 0}}).ready()
    yield proxy
    proxy.stop()


def test_a_chat_goes_all_the_way(pair):
    with sdk_for(pair) as client:
        said = client.chat.completions.create(model="echo", messages=prompt("ünï 😀")["messages"])
        assert said.choices[0].message.content == "ünï 😀" and said.model == "echo"


def test_a_stream_with_a_tool_call_goes_all_the_way(pair):
    tool = {"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object"}}}
    ask = {
        "model": "echo",
        "messages": prompt('call get_weather {"city":"Oslo"}')["messages"],
        "tools": [tool],
    }
    with sdk_for(pair) as client, client.chat.completions.stream(**ask) as stream:
        final = stream.get_final_completion().choices[0]
    assert final.finish_reason == "tool_calls"
    assert final.message.tool_calls[0].function.name == "get_weather"


def test_a_rotation_of_the_router_is_not_noticed(pair, dev_router):
    with sdk_for(pair) as client:
        for text in ("before", "after"):
            said = client.chat.completions.create(model="echo", messages=prompt(text)["messages"])
            assert said.choices[0].message.content == text
            httpx.post(dev_router.url + "/dev/rotate", timeout=30).raise_for_status()


@pytest.mark.parametrize("mode", ["plain", "html", "bad-tag", "wrong-key", "wrong-version"])
def test_a_fault_of_the_router_is_an_integrity_error(pair, dev_router, mode):
    httpx.post(dev_router.url + "/dev/fault", json={"mode": mode, "count": 1}, timeout=5).raise_for_status()
    with sdk_for(pair) as client:
        with pytest.raises(openai.InternalServerError) as raised:
            client.chat.completions.create(model="echo", messages=prompt("fails")["messages"])
        assert raised.value.status_code == 502 and raised.value.code == "upstream_integrity"
        said = client.chat.completions.create(model="echo", messages=prompt("works")["messages"])
        assert said.choices[0].message.content == "works"


def test_the_models_of_the_dev_router_are_listed(pair):
    with sdk_for(pair) as client:
        assert "echo" in [model.id for model in client.models.list()]


def test_an_answer_that_breaks_off_is_a_broken_connection(pair, dev_router):
    httpx.post(dev_router.url + "/dev/fault", json={"mode": "truncate", "count": 1}, timeout=5).raise_for_status()
    with sdk_for(pair) as client:
        with pytest.raises(openai.InternalServerError) as raised:
            client.chat.completions.create(model="echo", messages=prompt("fails")["messages"])
        assert raised.value.status_code == 502 and raised.value.code == "upstream_unreachable"
        answer = client.chat.completions.create(model="echo", messages=prompt("works")["messages"])
    assert answer.choices[0].message.content == "works"
