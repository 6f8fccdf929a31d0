"""LangChain: ChatOpenAI, ChatAnthropic and ChatOllama, which are used alike. CLIENT_KIND says which."""

import os

import pydantic
from langchain_core.messages import HumanMessage, ToolMessage

from report import PATIENCE, URL, check, key, left, main, mark, refusals
from texts import BIG, MODEL, TOOLS, UNICODE, weather

KIND = os.environ["CLIENT_KIND"]


class Report(pydantic.BaseModel):
    """A report of the weather."""

    city: str
    degrees: int


def chat(api_key: str = key(), **more):
    if KIND == "anthropic":
        from langchain_anthropic import ChatAnthropic

        how = {"model": MODEL, "base_url": URL, "api_key": api_key, "max_retries": 0, "timeout": PATIENCE}
        return ChatAnthropic(**how | more)
    if KIND == "ollama":
        from langchain_ollama import ChatOllama

        headers = {"Authorization": f"Bearer {api_key}"}
        return ChatOllama(
            model=MODEL, base_url=URL, client_kwargs={"headers": headers, "timeout": PATIENCE}, **more
        )
    from langchain_openai import ChatOpenAI

    how = {"model": MODEL, "base_url": URL + "/v1", "api_key": api_key, "max_retries": 0, "timeout": PATIENCE}
    return ChatOpenAI(**how | {"use_responses_api": KIND == "responses"} | more)


def human(name: str, text: str = "") -> HumanMessage:
    return HumanMessage(mark(name) + text)


def gathered(stream):
    """A stream put together by adding its chunks, as LangChain does it."""
    whole, pieces = None, 0
    for chunk in stream:
        pieces += bool(chunk.text)
        whole = chunk if whole is None else whole + chunk
    return whole, pieces


def finish(message) -> str:
    said = message.response_metadata
    return (
        said.get("finish_reason") or said.get("stop_reason") or said.get("done_reason") or said.get("status")
    )


def calls_of(message) -> list:
    identified = KIND != "ollama"  # Ollama has no ids: LangChain makes some up
    return [[call["id"] if identified else None, call["name"], call["args"]] for call in message.tool_calls]


def answers(message) -> list:
    return [
        ToolMessage(weather(**call["args"]), tool_call_id=call["id"], name=call["name"])
        for call in message.tool_calls
    ]


@check("whole")
def whole():
    answer = chat().invoke([human("whole")])
    return {"text": answer.text, "finish": finish(answer), "usage": answer.usage_metadata["total_tokens"]}


@check("stream")
def stream():
    answer, pieces = gathered(chat().stream([human("stream")]))
    return {"text": answer.text, "pieces": pieces, "finish": finish(answer)}


@check("tools")
def tools():
    model = chat().bind_tools(TOOLS)
    asked = model.invoke([human("tools")])
    final = model.invoke([human("tools"), asked, *answers(asked)])
    return {"calls": calls_of(asked), "text": final.text}


@check("tools in a stream")
def tools_in_a_stream():
    model = chat().bind_tools(TOOLS)
    asked, _ = gathered(model.stream([human("tools-stream")]))
    final, _ = gathered(model.stream([human("tools-stream"), asked, *answers(asked)]))
    return {"calls": calls_of(asked), "text": final.text}


@refusals
def refused(api_key: str, text: str, streamed: bool):
    if streamed:
        return gathered(chat(api_key).stream([HumanMessage(text)]))
    # ChatOllama always asks for a stream.
    return chat(api_key).invoke([HumanMessage(text)])


@check("cancel")
def cancel():
    answer = chat().stream([human("cancel")])
    first = next(answer)
    answer.close()
    left()
    return type(first).__name__


@check("wait")
def wait():
    return chat().invoke([human("wait")]).text


@check("wait, streamed")
def wait_streamed():
    return gathered(chat().stream([human("wait-streamed")]))[0].text


@check("unicode")
def unicode():
    return {
        "text": chat().invoke([human("unicode", UNICODE)]).text,
        "streamed": gathered(chat().stream([human("unicode", UNICODE)]))[0].text,
    }


@check("2 MiB")
def big():
    return chat().invoke([human("big", BIG)]).text


@check("structured output")
def structured():
    method = {} if KIND in ("anthropic",) else {"method": "json_schema"}
    return chat().with_structured_output(Report, **method).invoke([human("parse")]).model_dump()


main()
