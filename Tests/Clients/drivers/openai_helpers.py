"""What newer versions of the OpenAI SDK add: streaming helpers, `.parse`, asyncio."""

import asyncio
import json

import openai
import pydantic

from report import PATIENCE, check, mark
from texts import MODEL, TOOLS


class Report(pydantic.BaseModel):
    city: str
    degrees: int


client = openai.OpenAI(max_retries=0, timeout=PATIENCE)


def prompt(name: str) -> dict:
    return {"model": MODEL, "messages": [{"role": "user", "content": mark(name)}]}


@check(".stream()")
def stream_helper():
    with client.chat.completions.stream(**prompt("stream-helper")) as stream:
        text = "".join(event.delta for event in stream if event.type == "content.delta")
        final = stream.get_final_completion()
    return {"text": text, "final": final.choices[0].message.content, "finish": final.choices[0].finish_reason}


@check(".stream() with tools")
def stream_helper_with_tools():
    with client.chat.completions.stream(**prompt("tools-helper"), tools=TOOLS) as stream:
        done = [event for event in stream if event.type == "tool_calls.function.arguments.done"]
        message = stream.get_final_completion().choices[0].message
    calls = [
        [call.id, call.function.name, json.loads(call.function.arguments)] for call in message.tool_calls
    ]
    return {"calls": calls, "done": [[event.index, event.name] for event in done]}


@check(".parse")
def parse():
    answer = client.chat.completions.parse(**prompt("parse"), response_format=Report)
    return answer.choices[0].message.parsed.model_dump()


@check("asyncio")
def with_asyncio():
    async def ask() -> str:
        async with openai.AsyncOpenAI(max_retries=0) as asynchronous:
            stream = await asynchronous.chat.completions.create(**prompt("stream-async"), stream=True)
            return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])

    return asyncio.run(ask())
