"""OpenAI's Agents SDK, over chat or responses (CLIENT_KIND)."""

import asyncio
import json
import os

from agents import (
    Agent,
    ModelSettings,
    OpenAIChatCompletionsModel,
    OpenAIResponsesModel,
    Runner,
    function_tool,
    set_tracing_disabled,
)
from agents.tool_context import ToolContext
from openai import AsyncOpenAI
from pydantic import BaseModel

from report import PATIENCE, arrived, check, key, left, main, mark, refusals
from texts import BIG, MODEL, UNICODE, weather

set_tracing_disabled(True)
MODELS = {"chat": OpenAIChatCompletionsModel, "responses": OpenAIResponsesModel}


class Report(BaseModel):
    city: str
    degrees: int


def agent(api_key: str = key(), **more) -> Agent:
    sdk = AsyncOpenAI(api_key=api_key, max_retries=0, timeout=PATIENCE)
    model = MODELS[os.environ["CLIENT_KIND"]](model=MODEL, openai_client=sdk)
    return Agent(name="tester", model=model, **more)


async def streamed(agent: Agent, text: str) -> dict:
    made = {"text": "", "pieces": 0}
    run = Runner.run_streamed(agent, text)
    async for event in run.stream_events():
        if event.type == "raw_response_event" and event.data.type == "response.output_text.delta":
            made["text"] += event.data.delta
            made["pieces"] += 1
    assert run.final_output == made["text"]
    return made


def ask(name: str, text: str = "") -> str:
    return asyncio.run(Runner.run(agent(), mark(name) + text)).final_output


def ask_streamed(name: str, text: str = "") -> dict:
    return asyncio.run(streamed(agent(), mark(name) + text))


@check("whole")
def whole():
    answer = asyncio.run(Runner.run(agent(), mark("whole")))
    return {"text": answer.final_output, "usage": answer.context_wrapper.usage.total_tokens}


@check("stream")
def stream():
    return ask_streamed("stream")


def with_tool() -> tuple[Agent, list]:
    calls: list = []

    @function_tool
    def get_weather(context: ToolContext, city: str, days: list[int], note: str) -> str:
        """Tells the weather of a city."""
        calls.append([context.tool_call_id, context.tool_name, json.loads(context.tool_arguments)])
        return weather(city, days, note)

    return agent(tools=[get_weather]), calls


@check("tools")
def tools():
    made, calls = with_tool()
    answer = asyncio.run(Runner.run(made, mark("tools")))
    return {"calls": sorted(calls, reverse=True), "text": answer.final_output}


@check("tools in a stream")
def tools_in_a_stream():
    made, calls = with_tool()
    answer = asyncio.run(streamed(made, mark("tools-stream")))
    return {"calls": sorted(calls, reverse=True), "text": answer["text"]}


@refusals
def refused(api_key: str, text: str, stream: bool):
    made = agent(api_key)
    return asyncio.run(streamed(made, text) if stream else Runner.run(made, text))


@check("cancel")
def cancel():
    async def leave() -> str:
        run = Runner.run_streamed(agent(), mark("cancel"))
        first = await anext(run.stream_events())
        await asyncio.to_thread(arrived)
        run.cancel()
        await asyncio.to_thread(left)
        return first.type

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
    made = agent(output_type=Report, model_settings=ModelSettings(temperature=0))
    return asyncio.run(Runner.run(made, mark("parse"))).final_output.model_dump()


main()
