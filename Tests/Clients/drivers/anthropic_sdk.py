"""Anthropic's SDK."""

import anthropic

from report import PATIENCE, check, left, main, mark, refusals
from texts import BIG, MODEL, TOOL_SCHEMA, TOOL_TEXT, UNICODE, weather

client = anthropic.Anthropic(max_retries=0, timeout=PATIENCE)
TOOLS = [{"name": "get_weather", "description": TOOL_TEXT, "input_schema": TOOL_SCHEMA}]


def prompt(name: str, text: str = "", **more) -> dict:
    content = [{"type": "text", "text": mark(name) + text, "cache_control": {"type": "ephemeral"}}]
    return {"model": MODEL, "max_tokens": 1000, "messages": [{"role": "user", "content": content}]} | more


def usage(message) -> int:
    return message.usage.input_tokens + message.usage.output_tokens


@check("models")
def models():
    return [model.id for model in client.models.list()]


@check("whole")
def whole():
    answer = client.messages.create(**prompt("whole", system="Be brief."))
    return {"text": answer.content[0].text, "finish": answer.stop_reason, "usage": usage(answer)}


@check("stream")
def stream():
    """By the events themselves, as tools without the helper read them."""
    made = {"text": "", "pieces": 0, "finish": None, "kinds": []}
    for event in client.messages.create(**prompt("stream"), stream=True):
        made["kinds"].append(event.type)
        if event.type == "content_block_delta":
            made["text"] += event.delta.text
            made["pieces"] += 1
        if event.type == "message_delta":
            made["finish"] = event.delta.stop_reason
    return made | {"kinds": [kind for kind in dict.fromkeys(made["kinds"]) if kind != "ping"]}


@check("stream helper")
def stream_helper():
    with client.messages.stream(**prompt("stream-helper")) as stream:
        text = "".join(stream.text_stream)
        final = stream.get_final_message()
    return {"text": text, "final": final.content[0].text, "finish": final.stop_reason}


def tool_round(name: str, ask) -> dict:
    request = prompt(name, tools=TOOLS)
    asked = ask(request)
    calls = [block for block in asked.content if block.type == "tool_use"]
    results = [
        {"type": "tool_result", "tool_use_id": call.id, "content": weather(**call.input)} for call in calls
    ]
    turns = [
        {"role": "assistant", "content": [block.model_dump(exclude_none=True) for block in asked.content]},
        {"role": "user", "content": results},
    ]
    final = ask(request | {"messages": [*request["messages"], *turns]})
    return {
        "calls": [[call.id, call.name, call.input] for call in calls],
        "finish": asked.stop_reason,
        "text": final.content[0].text,
    }


@check("tools")
def tools():
    return tool_round("tools", lambda request: client.messages.create(**request))


@check("tools in a stream")
def tools_in_a_stream():
    def ask(request: dict):
        with client.messages.stream(**request) as stream:
            return stream.get_final_message()

    return tool_round("tools-stream", ask)


@refusals
def refused(api_key: str, text: str, streamed: bool):
    asked = {"model": MODEL, "max_tokens": 10, "messages": [{"role": "user", "content": text}]}
    with anthropic.Anthropic(api_key=api_key, max_retries=0, timeout=PATIENCE) as other:
        if not streamed:
            return other.messages.create(**asked)
        with other.messages.stream(**asked) as stream:
            return stream.get_final_message()


@check("cancel")
def cancel():
    answer = client.messages.create(**prompt("cancel"), stream=True)
    first = next(iter(answer))
    answer.close()
    left()
    return first.type


@check("wait")
def wait():
    return client.messages.create(**prompt("wait")).content[0].text


@check("wait, streamed")
def wait_streamed():
    with client.messages.stream(**prompt("wait-streamed")) as stream:
        return stream.get_final_text()


@check("unicode")
def unicode():
    with client.messages.stream(**prompt("unicode", UNICODE)) as stream:
        streamed = stream.get_final_text()
    return {
        "text": client.messages.create(**prompt("unicode", UNICODE)).content[0].text,
        "streamed": streamed,
    }


@check("2 MiB")
def big():
    return client.messages.create(**prompt("big", BIG)).content[0].text


@check("count_tokens")
def count_tokens():
    return client.messages.count_tokens(model=MODEL, messages=prompt("count")["messages"]).input_tokens


main()
