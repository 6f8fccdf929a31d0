"""Pydantic AI: an agent over OpenAI's chat or responses (CLIENT_KIND)."""

import asyncio
import os

from openai import AsyncOpenAI
from pydantic import BaseModel
from pydantic_ai import Agent
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
from pydantic_ai.providers.openai import OpenAIProvider

from report import PATIENCE, URL, arrived, check, key, left, main, mark, refusals
from texts import BIG, MODEL, UNICODE, weather

MODELS = {"chat": OpenAIChatModel, "responses": OpenAIResponsesModel}


class Report(BaseModel):
    city: str
    degrees: int


def agent(api_key: str = key(), **more) -> Agent:
    sdk = AsyncOpenAI(base_url=URL + "/v1", api_key=api_key, max_retries=0, timeout=PATIENCE)
    return Agent(MODELS[os.environ["CLIENT_KIND"]](MODEL, provider=OpenAIProvider(openai_client=sdk)), **more)


async def streamed(agent: Agent, text: str) -> dict:
    async with agent.run_stream(text) as answer:
        pieces = [piece async for piece in answer.stream_text(delta=True, debounce_by=None)]
    return {"text": "".join(pieces), "pieces": len(pieces)}


def ask(name: str, text: str = "") -> str:
    return asyncio.run(agent().run(mark(name) + text)).output


def ask_streamed(name: str, text: str = "") -> dict:
    return asyncio.run(streamed(agent(), mark(name) + text))


@check("whole")
def whole():
    answer = asyncio.run(agent().run(mark("whole")))
    return {"text": answer.output, "usage": answer.usage.total_tokens}


@check("stream")
def stream():
    return ask_streamed("stream")


def with_tool() -> tuple[Agent, list]:
    calls: list = []
    made = agent()

    @made.tool
    def get_weather(context, city: str, days: list[int], note: str) -> str:
        """Tells the weather of a city."""
        calls.append([context.tool_call_id, context.tool_name, {"city": city, "days": days, "note": note}])
        return weather(city, days, note)

    return made, calls


@check("tools")
def tools():
    made, calls = with_tool()
    answer = asyncio.run(made.run(mark("tools")))
    return {"calls": sorted(calls, reverse=True), "text": answer.output}


@check("tools in a stream")
def tools_in_a_stream():
    made, calls = with_tool()
    answer = asyncio.run(streamed(made, mark("tools-stream")))
    return {"calls": sorted(calls, reverse=True), "text": answer["text"]}


@refusals
def refused(api_key: str, text: str, stream: bool):
    made = agent(api_key)
    return asyncio.run(streamed(made, text) if stream else made.run(text))


@check("cancel")
def cancel():
    async def leave() -> str:
        asking = asyncio.create_task(streamed(agent(), mark("cancel")))
        await asyncio.to_thread(arrived)
        asking.cancel()
        try:
            await asking
        except asyncio.CancelledError:
            await asyncio.to_thread(left)
            return "cancelled"
        return "not cancelled"

    return asyncio.run(leave())


@check("wait")
def wait():
    return ask("wait")


@check("wait, streamed")
def wait_streamed():
    return ask_streamed("wait-streamed")["text"]


@check("unicode")
def unicode():
    return {"text": ask("unicode", UNICODE), "streamed": ask_streamed("unicode", UNICODE)["text"]}


@check("2 MiB")
def big():
    return ask("big", BIG)


@check("structured output")
def structured():
    return asyncio.run(agent(output_type=Report).run(mark("parse"))).output.model_dump()


main()
