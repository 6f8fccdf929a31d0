"""Ollama's own library."""

import json

import ollama

from report import PATIENCE, check, key, left, main, mark, refusals
from texts import BIG, MODEL, TOOLS, UNICODE, weather


def sdk(api_key: str = key()) -> ollama.Client:
    return ollama.Client(headers={"Authorization": f"Bearer {api_key}"}, timeout=PATIENCE)


client = sdk()


def user(name: str, text: str = "") -> list[dict]:
    return [{"role": "user", "content": mark(name) + text}]


def gathered(stream) -> dict:
    made = {"text": "", "pieces": 0, "finish": None, "calls": []}
    for part in stream:
        made["text"] += part.message.content or ""
        made["pieces"] += bool(part.message.content)
        made["calls"] += calls_of(part.message)
        made["finish"] = part.done_reason
        made["usage"] = (part.prompt_eval_count or 0) + (part.eval_count or 0)
    return made


def calls_of(message) -> list:
    """Ollama's calls have no id."""
    return [[None, call.function.name, dict(call.function.arguments)] for call in message.tool_calls or []]


@check("models")
def models():
    return [model.model for model in client.list().models]


@check("whole")
def whole():
    answer = client.chat(MODEL, user("whole"))
    usage = answer.prompt_eval_count + answer.eval_count
    return {"text": answer.message.content, "finish": answer.done_reason, "usage": usage}


@check("stream")
def stream():
    return gathered(client.chat(MODEL, user("stream"), stream=True))


def answers(calls: list) -> list:
    asked = [{"function": {"name": name, "arguments": arguments}} for _, name, arguments in calls]
    told = [
        {"role": "tool", "tool_name": name, "content": weather(**arguments)} for _, name, arguments in calls
    ]
    return [{"role": "assistant", "tool_calls": asked}, *told]


@check("tools")
def tools():
    calls = calls_of(client.chat(MODEL, user("tools"), tools=TOOLS).message)
    final = client.chat(MODEL, [*user("tools"), *answers(calls)], tools=TOOLS)
    return {"calls": calls, "text": final.message.content}


@check("tools in a stream")
def tools_in_a_stream():
    calls = gathered(client.chat(MODEL, user("tools-stream"), tools=TOOLS, stream=True))["calls"]
    history = [*user("tools-stream"), *answers(calls)]
    return {"calls": calls, "text": gathered(client.chat(MODEL, history, tools=TOOLS, stream=True))["text"]}


@refusals
def refused(api_key: str, text: str, streamed: bool):
    answer = sdk(api_key).chat(MODEL, [{"role": "user", "content": text}], stream=streamed)
    return list(answer) if streamed else answer


@check("cancel")
def cancel():
    answer = client.chat(MODEL, user("cancel"), stream=True)
    first = next(answer)
    answer.close()
    left()
    return first.done


@check("wait")
def wait():
    return client.chat(MODEL, user("wait")).message.content


@check("wait, streamed")
def wait_streamed():
    return gathered(client.chat(MODEL, user("wait-streamed"), stream=True))["text"]


@check("unicode")
def unicode():
    return {
        "text": client.chat(MODEL, user("unicode", UNICODE)).message.content,
        "streamed": gathered(client.chat(MODEL, user("unicode", UNICODE), stream=True))["text"],
    }


@check("2 MiB")
def big():
    return client.chat(MODEL, user("big", BIG)).message.content


@check("names with :latest")
def latest():
    """Lists show the names so, and tools use what lists show."""
    return client.chat(MODEL + ":latest", user("whole-latest")).message.content


@check("generate")
def generate():
    whole = client.generate(MODEL, mark("whole-generate"), system="Be brief.").response
    pieces = [part.response for part in client.generate(MODEL, mark("stream-generate"), stream=True)]
    return {"text": whole, "streamed": "".join(pieces), "pieces": len(pieces)}


@check("format")
def structured():
    schema = {"type": "object", "properties": {"city": {"type": "string"}, "degrees": {"type": "integer"}}}
    return json.loads(client.chat(MODEL, user("parse"), format=schema).message.content)


@check("show")
def show():
    return list(client.show(MODEL).capabilities)


@check("ps")
def ps():
    return [model.model for model in client.ps().models]


@check("embed")
def embed():
    """There are none without an embedder of the user's own."""
    try:
        client.embed(MODEL, "a text")
    except ollama.ResponseError as error:
        return error.status_code


main()
