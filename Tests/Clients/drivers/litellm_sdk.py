"""LiteLLM as a library."""

import json
import os

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"

import litellm

from openai_flow import gathered, told
from report import PATIENCE, URL, check, key, left, main, mark, refusals
from texts import BIG, MODEL, TOOLS, UNICODE

litellm.suppress_debug_info = True


def ask(name: str, text: str = "", **more):
    how = {
        "model": "openai/" + MODEL,
        "api_base": URL + "/v1",
        "api_key": key(),
        "messages": [{"role": "user", "content": mark(name) + text}],
        "timeout": PATIENCE,
        "max_retries": 0,
    }
    return litellm.completion(**how | more)


@check("whole")
def whole():
    answer = ask("whole")
    choice = answer.choices[0]
    return {
        "text": choice.message.content,
        "finish": choice.finish_reason,
        "usage": answer.usage.total_tokens,
    }


@check("stream")
def stream():
    return gathered(ask("stream", stream=True, stream_options={"include_usage": True}))


@check("tools")
def tools():
    asked = ask("tools", tools=TOOLS).choices[0]
    calls = [
        [call.id, call.function.name, json.loads(call.function.arguments)]
        for call in asked.message.tool_calls
    ]
    final = ask("tools", tools=TOOLS, messages=told("tools", calls)).choices[0]
    return {"calls": calls, "finish": asked.finish_reason, "text": final.message.content}


@check("tools in a stream")
def tools_in_a_stream():
    asked = gathered(ask("tools-stream", tools=TOOLS, stream=True))
    final = gathered(
        ask("tools-stream", tools=TOOLS, stream=True, messages=told("tools-stream", asked["calls"]))
    )
    return {"calls": asked["calls"], "finish": asked["finish"], "text": final["text"]}


@refusals
def refused(api_key: str, text: str, streamed: bool):
    return ask("", api_key=api_key, messages=[{"role": "user", "content": text}], stream=streamed)


@check("cancel")
def cancel():
    answer = ask("cancel", stream=True)
    first = next(iter(answer))
    answer.completion_stream.close()
    left()
    return first.choices[0].delta.role


@check("wait")
def wait():
    return ask("wait").choices[0].message.content


@check("wait, streamed")
def wait_streamed():
    return gathered(ask("wait-streamed", stream=True))["text"]


@check("unicode")
def unicode():
    return {
        "text": ask("unicode", UNICODE).choices[0].message.content,
        "streamed": gathered(ask("unicode", UNICODE, stream=True))["text"],
    }


@check("2 MiB")
def big():
    return ask("big", BIG).choices[0].message.content


@check("anthropic/")
def anthropic_messages():
    return (
        ask("whole-anthropic", model="anthropic/" + MODEL, api_base=URL, max_tokens=500)
        .choices[0]
        .message.content
    )


@check("ollama_chat/")
def ollama_chat():
    return ask("whole-ollama", model="ollama_chat/" + MODEL, api_base=URL).choices[0].message.content


@check("its responses")
def responses():
    answer = litellm.responses(
        model="openai/" + MODEL,
        input=mark("whole-responses"),
        api_base=URL + "/v1",
        api_key=key(),
        max_retries=0,
    )
    return answer.output[0].content[0].text


main()
