"""The OpenAI SDK from 1.x on: chat, and where the version has them its helpers."""

import json

import openai

from openai_flow import gathered, told
from report import PATIENCE, check, left, main, mark, refusals
from texts import BIG, MODEL, TOOLS, UNICODE

VERSION = tuple(int(part) for part in openai.__version__.split(".")[:2])


client = openai.OpenAI(max_retries=0, timeout=PATIENCE)


def prompt(name: str, text: str = "") -> dict:
    return {"model": MODEL, "messages": [{"role": "user", "content": mark(name) + text}]}


@check("models")
def models():
    return [model.id for model in client.models.list()]


@check("one model")
def one_model():
    return client.models.retrieve(MODEL).id


@check("whole")
def whole():
    answer = client.chat.completions.create(**prompt("whole"))
    choice = answer.choices[0]
    return {
        "text": choice.message.content,
        "finish": choice.finish_reason,
        "usage": answer.usage.total_tokens,
    }


@check("stream")
def stream():
    if VERSION < (1, 26):  # has no `stream_options` yet
        return gathered(client.chat.completions.create(**prompt("stream"), stream=True))
    usage = {"include_usage": True}
    return gathered(client.chat.completions.create(**prompt("stream"), stream=True, stream_options=usage))


@check("tools")
def tools():
    request = prompt("tools") | {"tools": TOOLS}
    asked = client.chat.completions.create(**request).choices[0]
    calls = [
        [call.id, call.function.name, json.loads(call.function.arguments)]
        for call in asked.message.tool_calls
    ]
    final = client.chat.completions.create(**(request | {"messages": told("tools", calls)})).choices[0]
    return {"calls": calls, "finish": asked.finish_reason, "text": final.message.content}


@check("tools in a stream")
def tools_in_a_stream():
    request = prompt("tools-stream") | {"tools": TOOLS, "stream": True}
    asked = gathered(client.chat.completions.create(**request))
    final = gathered(
        client.chat.completions.create(**(request | {"messages": told("tools-stream", asked["calls"])}))
    )
    return {"calls": asked["calls"], "finish": asked["finish"], "text": final["text"]}


@refusals
def refused(api_key: str, text: str, streamed: bool):
    ask = {"model": MODEL, "messages": [{"role": "user", "content": text}], "stream": streamed}
    with openai.OpenAI(api_key=api_key, max_retries=0, timeout=PATIENCE) as other:
        return other.chat.completions.create(**ask)


@check("cancel")
def cancel():
    answer = client.chat.completions.create(**prompt("cancel"), stream=True)
    first = next(iter(answer))
    answer.response.close() if VERSION < (1, 13) else answer.close()
    left()
    return first.choices[0].delta.role


@check("wait")
def wait():
    return client.chat.completions.create(**prompt("wait")).choices[0].message.content


@check("wait, streamed")
def wait_streamed():
    return gathered(client.chat.completions.create(**prompt("wait-streamed"), stream=True))["text"]


@check("unicode")
def unicode():
    return {
        "text": client.chat.completions.create(**prompt("unicode", UNICODE)).choices[0].message.content,
        "streamed": gathered(client.chat.completions.create(**prompt("unicode", UNICODE), stream=True))[
            "text"
        ],
    }


@check("2 MiB")
def big():
    return client.chat.completions.create(**prompt("big", BIG)).choices[0].message.content


if VERSION >= (1, 109):
    import openai_dialects  # noqa: F401
    import openai_helpers  # noqa: F401

main()
