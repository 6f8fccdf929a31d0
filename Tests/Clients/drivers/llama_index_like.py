"""LlamaIndex with OpenAILike."""

import gc

from llama_index.core.llms import ChatMessage
from llama_index.core.tools import FunctionTool
from llama_index.llms.openai_like import OpenAILike
from pydantic import BaseModel

from report import PATIENCE, URL, check, key, left, main, mark, refusals
from texts import BIG, MODEL, TOOL_TEXT, UNICODE, weather


class Report(BaseModel):
    """A report of the weather."""

    city: str
    degrees: int


def get_weather(city: str, days: list[int], note: str) -> str:
    return weather(city, days, note)


TOOL = FunctionTool.from_defaults(get_weather, description=TOOL_TEXT)


def model(api_key: str = key()) -> OpenAILike:
    how = {"is_chat_model": True, "is_function_calling_model": True, "max_retries": 0, "timeout": PATIENCE}
    return OpenAILike(model=MODEL, api_base=URL + "/v1", api_key=api_key, **how)


def user(name: str, text: str = "") -> list[ChatMessage]:
    return [ChatMessage(role="user", content=mark(name) + text)]


def gathered(stream) -> dict:
    text, pieces, last = "", 0, None
    for last in stream:
        text += last.delta or ""
        pieces += bool(last.delta)
    return {"text": text, "pieces": pieces, "last": last}


@check("whole")
def whole():
    answer = model().chat(user("whole"))
    choice = answer.raw.choices[0]
    return {
        "text": answer.message.content,
        "finish": choice.finish_reason,
        "usage": answer.raw.usage.total_tokens,
    }


@check("stream")
def stream():
    made = gathered(model().stream_chat(user("stream")))
    last = made.pop("last")
    return made | {"whole": last.message.content}


def answers(calls: list) -> list[ChatMessage]:
    return [
        ChatMessage(
            role="tool",
            content=TOOL.call(**call.tool_kwargs).content,
            additional_kwargs={"tool_call_id": call.tool_id, "name": call.tool_name},
        )
        for call in calls
    ]


def tool_round(name: str, streamed: bool) -> dict:
    llm = model()

    def chat(history: list[ChatMessage]):
        if streamed:
            return gathered(
                llm.stream_chat_with_tools([TOOL], chat_history=history, allow_parallel_tool_calls=True)
            )["last"]
        return llm.chat_with_tools([TOOL], chat_history=history, allow_parallel_tool_calls=True)

    asked = chat(user(name))
    calls = llm.get_tool_calls_from_response(asked)
    final = chat([*user(name), asked.message, *answers(calls)])
    return {
        "calls": [[call.tool_id, call.tool_name, call.tool_kwargs] for call in calls],
        "text": final.message.content,
    }


@check("tools")
def tools():
    return tool_round("tools", streamed=False)


@check("tools in a stream")
def tools_in_a_stream():
    return tool_round("tools-stream", streamed=True)


@refusals
def refused(api_key: str, text: str, streamed: bool):
    asked = [ChatMessage(role="user", content=text)]
    return gathered(model(api_key).stream_chat(asked)) if streamed else model(api_key).chat(asked)


@check("cancel")
def cancel():
    answer = model().stream_chat(user("cancel"))
    first = next(answer)
    answer.close()
    gc.collect()  # nothing else closes what the generator read from
    left()
    return type(first).__name__


@check("wait")
def wait():
    return model().chat(user("wait")).message.content


@check("wait, streamed")
def wait_streamed():
    return gathered(model().stream_chat(user("wait-streamed")))["text"]


@check("unicode")
def unicode():
    return {
        "text": model().chat(user("unicode", UNICODE)).message.content,
        "streamed": gathered(model().stream_chat(user("unicode", UNICODE)))["text"],
    }


@check("2 MiB")
def big():
    return model().chat(user("big", BIG)).message.content


@check("structured output")
def structured():
    return model().as_structured_llm(Report).chat(user("parse")).raw.model_dump()


main()
