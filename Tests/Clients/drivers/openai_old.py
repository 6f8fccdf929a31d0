"""The OpenAI SDK of 2023, which many scripts still pin."""

import json

import openai

from report import PATIENCE, check, left, main, mark, refusals
from texts import BIG, MODEL, TOOLS, UNICODE, weather


def ask(name: str, text: str = "", **more):
    messages = [{"role": "user", "content": mark(name) + text}]
    return openai.ChatCompletion.create(
        **{"model": MODEL, "messages": messages, "request_timeout": PATIENCE} | more
    )


def gathered(stream) -> dict:
    """A stream put together as scripts of that time do it."""
    made = {"text": "", "pieces": 0, "finish": None, "calls": {}}
    for chunk in stream:
        choice = chunk["choices"][0]
        made["text"] += choice["delta"].get("content") or ""
        made["pieces"] += bool(choice["delta"].get("content"))
        made["finish"] = choice["finish_reason"] or made["finish"]
        for part in choice["delta"].get("tool_calls") or []:
            call = made["calls"].setdefault(part["index"], ["", "", ""])
            call[0] += part.get("id") or ""
            call[1] += part["function"].get("name") or ""
            call[2] += part["function"].get("arguments") or ""
    made["calls"] = [[*call[:2], json.loads(call[2])] for call in made["calls"].values()]
    return made


@check("models")
def models():
    return [model["id"] for model in openai.Model.list()["data"]]


@check("one model")
def one_model():
    return openai.Model.retrieve(MODEL)["id"]


@check("whole")
def whole():
    answer = ask("whole")
    choice = answer["choices"][0]
    usage = answer["usage"]["total_tokens"]
    return {"text": choice["message"]["content"], "finish": choice["finish_reason"], "usage": usage}


@check("stream")
def stream():
    return gathered(ask("stream", stream=True))


def told(name: str, calls: list) -> list:
    """The messages that bring the tool's answers."""
    asked = [
        {"id": each[0], "type": "function", "function": {"name": each[1], "arguments": json.dumps(each[2])}}
        for each in calls
    ]
    return [
        {"role": "user", "content": mark(name)},
        {"role": "assistant", "content": None, "tool_calls": asked},
        *({"role": "tool", "tool_call_id": each[0], "content": weather(**each[2])} for each in calls),
    ]


@check("tools")
def tools():
    asked = ask("tools", tools=TOOLS)["choices"][0]
    calls = [
        [call["id"], call["function"]["name"], json.loads(call["function"]["arguments"])]
        for call in asked["message"]["tool_calls"]
    ]
    final = ask("tools", tools=TOOLS, messages=told("tools", calls))["choices"][0]
    return {"calls": calls, "finish": asked["finish_reason"], "text": final["message"]["content"]}


@check("tools in a stream")
def tools_in_a_stream():
    asked = gathered(ask("tools-stream", tools=TOOLS, stream=True))
    final = gathered(
        ask("tools-stream", tools=TOOLS, stream=True, messages=told("tools-stream", asked["calls"]))
    )
    return {"calls": asked["calls"], "finish": asked["finish"], "text": final["text"]}


@refusals
def refused(api_key: str, text: str, streamed: bool):
    messages = [{"role": "user", "content": text}]
    return ask("", api_key=api_key, messages=messages, stream=streamed)


@check("cancel")
def cancel():
    answer = ask("cancel", stream=True)
    first = next(answer)
    answer.close()
    left()
    return first["choices"][0]["delta"]["role"]


@check("wait")
def wait():
    return ask("wait")["choices"][0]["message"]["content"]


@check("wait, streamed")
def wait_streamed():
    return gathered(ask("wait-streamed", stream=True))["text"]


@check("unicode")
def unicode():
    return {
        "text": ask("unicode", UNICODE)["choices"][0]["message"]["content"],
        "streamed": gathered(ask("unicode", UNICODE, stream=True))["text"],
    }


@check("2 MiB")
def big():
    return ask("big", BIG)["choices"][0]["message"]["content"]


main()
