"""Function calls: whole, streamed, and there and back again."""

import json

import pytest

from callers import prompt
from replies import completion, message, sealed, tool_call
from wire_text import read_stream

WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather in a city",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}
OSLO = tool_call("call_1", "get_weather", '{"city": "Oslo",  "days":1.0}')
TOKYO = tool_call("call_2", "get_weather", '{"city":"東京 \\u2028 😀", "note":"' + "x" * 300 + '"}')


def streamed_calls(chunks) -> dict[int, dict]:
    """Puts calls together from SDK chunks the way a strict client does."""
    calls: dict[int, dict] = {}
    for chunk in chunks:
        for choice in chunk.choices:
            fragments = choice.delta.tool_calls or []
            assert len(fragments) <= 1, "two calls in one chunk"
            for fragment in fragments:
                assert isinstance(fragment.index, int) and isinstance(fragment.function.arguments, str)
                if fragment.index not in calls:
                    assert fragment.id and fragment.type == "function" and fragment.function.name
                    assert fragment.index == len(calls), "a call began out of order"
                    calls[fragment.index] = tool_call(fragment.id, fragment.function.name, "")
                else:
                    assert fragment.id is None and fragment.function.name is None, "name or id came twice"
                    assert fragment.index == len(calls) - 1, "a call went on after the next one began"
                calls[fragment.index]["function"]["arguments"] += fragment.function.arguments
    return calls


def test_a_tool_call_comes_back_whole(sdk, router):
    router.will(sealed(completion(message(None, calls=[OSLO]))))
    choice = sdk.chat.completions.create(**prompt("weather?"), tools=[WEATHER]).choices[0]
    assert router.exchanges[0].payload["tools"] == [WEATHER]
    assert choice.finish_reason == "tool_calls" and choice.message.content is None
    assert [call.model_dump() for call in choice.message.tool_calls] == [OSLO]


def test_a_tool_choice_reaches_the_router(sdk, router):
    forced = {"type": "function", "function": {"name": "get_weather"}}
    sdk.chat.completions.create(**prompt("weather?"), tools=[WEATHER], tool_choice=forced)
    assert router.exchanges[0].payload["tool_choice"] == forced


def test_the_result_of_a_tool_goes_to_the_router_and_its_answer_comes_back(sdk, router):
    router.will(
        sealed(completion(message(None, calls=[OSLO]))), sealed(completion(message("It rains in Oslo.")))
    )
    conversation = [{"role": "user", "content": "Does it rain in Oslo?"}]
    ask = {"model": "openai/gpt-oss-20b", "messages": conversation, "tools": [WEATHER]}
    called = sdk.chat.completions.create(**ask).choices[0].message
    conversation.append(called.model_dump(exclude_none=True))
    conversation.append(
        {"role": "tool", "tool_call_id": called.tool_calls[0].id, "content": '{"rain": true}'}
    )
    final = sdk.chat.completions.create(**ask).choices[0]
    seen = router.exchanges[1].payload["messages"]
    assert seen[1]["tool_calls"] == [OSLO] and seen[2] == conversation[2]
    assert (final.message.content, final.finish_reason) == ("It rains in Oslo.", "stop")


@pytest.mark.parametrize("calls", [[OSLO], [OSLO, TOKYO]], ids=["one", "two in parallel"])
def test_streamed_calls_put_together_are_the_routers(sdk, router, calls):
    router.will(sealed(completion(message(None, calls=calls))))
    chunks = list(sdk.chat.completions.create(**prompt("weather?"), tools=[WEATHER], stream=True))
    assert list(streamed_calls(chunks).values()) == calls
    assert [c.choices[0].finish_reason for c in chunks if c.choices and c.choices[0].finish_reason] == [
        "tool_calls"
    ]


def test_text_before_a_call_is_streamed_before_it(sdk, router):
    router.will(sealed(completion(message("Let me look.", calls=[OSLO]))))
    chunks = list(sdk.chat.completions.create(**prompt("weather?"), tools=[WEATHER], stream=True))
    kinds = [
        "call" if c.choices[0].delta.tool_calls else "text"
        for c in chunks
        if c.choices and (c.choices[0].delta.content or c.choices[0].delta.tool_calls)
    ]
    assert kinds == sorted(kinds, reverse=True) and {"text", "call"} == set(kinds)
    assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == "Let me look."
    assert list(streamed_calls(chunks).values()) == [OSLO]


def test_the_sdks_own_accumulator_rebuilds_the_calls(sdk, router):
    router.will(sealed(completion(message(None, calls=[OSLO, TOKYO]))))
    with sdk.chat.completions.stream(**prompt("weather?"), tools=[WEATHER]) as stream:
        final = stream.get_final_completion().choices[0]
    seen = [(call.id, call.function.name, call.function.arguments) for call in final.message.tool_calls]
    assert seen == [(call["id"], *call["function"].values()) for call in (OSLO, TOKYO)]
    assert final.finish_reason == "tool_calls"


def test_a_call_without_arguments_is_streamed_with_an_empty_object(proxy, router):
    router.will(sealed(completion(message(None, calls=[tool_call("call_9", "now", "")]))))
    fragments = [
        call
        for delta in read_stream(proxy.chat_url, prompt("time?", tools=[WEATHER])).deltas()
        for call in delta.get("tool_calls", [])
    ]
    assert "".join(fragment["function"]["arguments"] for fragment in fragments) == "{}"


@pytest.mark.parametrize("said, streamed", [("stop", "tool_calls"), ("length", "length")])
def test_the_finish_reason_of_streamed_calls_is_what_clients_expect(proxy, router, said, streamed):
    router.will(sealed(completion(message(None, calls=[OSLO]), finish=said)))
    stream = read_stream(proxy.chat_url, prompt("weather?", tools=[WEATHER]))
    reasons = [choice["finish_reason"] for chunk in stream.chunks for choice in chunk["choices"]]
    assert [reason for reason in reasons if reason] == [streamed]


def test_a_schema_reaches_the_router_byte_for_byte(proxy, router):
    schema = (
        '{"type":"function" ,"function":{"strict":true,"parameters":{"z":1.0,"a":1e2,'
        '"big":12345678901234567890,"url":"http:\\/\\/x","type":"object", "properties":{}},"name":"f"}}'
    )
    ask = '{"model":"echo","messages":[{"role":"user","content":"x"}],"tools":[%s],"stream":true}' % schema
    assert read_stream(proxy.chat_url, ask.encode()).status == 200
    assert schema.encode() in router.exchanges[0].plaintext
    assert json.loads(schema)["function"]["name"] == "f"
