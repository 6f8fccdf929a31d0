"""One judge for each check: holds what a client saw, and what the router heard, against what had to be."""

import json
from collections.abc import Callable

from clients import Client
from driving import Seen
from model import WAIT_SECONDS, Model, digest, prompt_of, text_of
from nomyo_router import MODELS
from replies import MODEL
from texts import (
    BIG,
    CALLS,
    CODEX_MODEL,
    DETAIL,
    EDITED,
    FOUND,
    PATCHED,
    REPORT,
    SCRIPT,
    STATUSES,
    TEXT,
    TOLD,
    UNICODE,
    weather,
)

#: Where the user does not see what the router said.
OWN_WORDS = {
    ("openai 0.28", 503),  # the SDK has a sentence of its own for it
    ("Claude Code", 404),
    ("Claude Code", 413),
    ("Codex", 429),
    ("llm", 503),  # the SDK inside tries again until the proxy takes it for a cool-down and says so
}

#: Command lines of whose output nobody can say how it was cut.
ONE_PIECE = {"llm", "aider", "Codex"}

Judge = Callable[[Client, Seen, Model], None]


def models(client: Client, seen: Seen, _: Model) -> None:
    suffix = ":latest" if client.name == "ollama" else ""
    assert sorted(seen["models"]) == sorted(name + suffix for name in (*MODELS, CODEX_MODEL))


def one_model(client: Client, seen: Seen, _: Model) -> None:
    assert seen["one model"] == MODEL


def whole(client: Client, seen: Seen, model: Model) -> None:
    said = seen["whole"]
    assert said["text"] == TEXT
    assert said.get("finish", "stop") in ("stop", "end_turn", "completed"), said
    assert said.get("usage", 42) == 42, said
    [asked] = model.heard(client.name, "whole")
    assert asked.payload["model"] == MODEL and not asked.payload.get("stream")


def stream(client: Client, seen: Seen, model: Model) -> None:
    said = seen["stream"]
    assert said["text"] == TEXT
    assert client.name in ONE_PIECE or said["pieces"] > 3, said
    assert said.get("finish", "stop") in ("stop", "end_turn", "completed"), said
    assert said.get("usage", 42) == 42, said
    assert len(model.heard(client.name, "stream")) == 1


def _calls(client: Client, said: dict, exchanges: list) -> None:
    """The calls as the caller saw them, and its answers to them as the router did."""
    wanted = [list(call) for call in CALLS]
    named = all(call[0] for call in said["calls"])
    assert said["calls"] == (wanted if named else [[None, *call[1:]] for call in wanted]), said["calls"]
    assert said["text"] == TOLD
    first, second = exchanges
    [tool] = first.payload["tools"]
    assert tool["function"]["name"] == "get_weather"
    assert set(tool["function"]["parameters"]["properties"]) == {"city", "days", "note"}
    messages = second.payload["messages"]
    [turn] = [each for each in messages if each.get("tool_calls")]
    sent = [
        [call["id"], call["function"]["name"], json.loads(call["function"]["arguments"])]
        for call in turn["tool_calls"]
    ]
    told = [(each["tool_call_id"], text_of(each["content"])) for each in messages if each["role"] == "tool"]
    if not named:  # the dialect has no ids, so there are others; they must belong together all the same
        assert len({call[0] for call in sent}) == len(sent) and all(call[0] for call in sent), sent
        wanted = [[made[0], *call[1:]] for made, call in zip(sent, wanted, strict=True)]
    assert sent == wanted, sent
    assert told == [(identifier, weather(**arguments)) for identifier, _, arguments in wanted]


def tools(client: Client, seen: Seen, model: Model) -> None:
    _calls(client, seen["tools"], model.heard(client.name, "tools"))


def tools_in_a_stream(client: Client, seen: Seen, model: Model) -> None:
    _calls(client, seen["tools in a stream"], model.heard(client.name, "tools-stream"))


def _errors(client: Client, raised: dict) -> None:
    kinds = {status: raised[str(status)][0] for status in STATUSES}
    others = {status: raised[str(status)] for status in STATUSES if kinds[status] != client.errors[status]}
    assert not others
    for status in STATUSES:
        _, number, text = raised[str(status)]
        answered = {500: 502}.get(status, status)
        assert number in (None, answered), raised[str(status)]
        assert DETAIL in text or (client.name, status) in OWN_WORDS, raised[str(status)]


def errors(client: Client, seen: Seen, _: Model) -> None:
    _errors(client, seen["errors"])


def errors_of_streams(client: Client, seen: Seen, _: Model) -> None:
    _errors(client, seen["errors of streams"])


def cancel(client: Client, seen: Seen, model: Model) -> None:
    assert seen["cancel"] is not None
    assert seen.gone["cancel"] is not None, "the router still had its connection"
    assert len(model.heard(client.name, "cancel")) == 1


def _waited(seen: Seen, check: str) -> None:
    assert seen[check] == TEXT
    assert seen.checks[check]["seconds"] >= WAIT_SECONDS


def wait(client: Client, seen: Seen, model: Model) -> None:
    _waited(seen, "wait")
    assert len(model.heard(client.name, "wait")) == 1


def wait_streamed(client: Client, seen: Seen, model: Model) -> None:
    _waited(seen, "wait, streamed")
    assert len(model.heard(client.name, "wait-streamed")) == 1


def unicode(client: Client, seen: Seen, model: Model) -> None:
    said = seen["unicode"]
    assert set(said.values()) == {UNICODE}, said
    heard = model.heard(client.name, "unicode")
    assert len(heard) == len(said)
    for exchange in heard:
        assert prompt_of(exchange, "unicode").startswith(UNICODE)


def two_mebibytes(client: Client, seen: Seen, model: Model) -> None:
    assert len(BIG) == 2 * 1024 * 1024
    assert seen["2 MiB"] == digest(BIG)
    [asked] = model.heard(client.name, "big")
    assert prompt_of(asked, "big").startswith(BIG)


def stream_helper(client: Client, seen: Seen, _: Model) -> None:
    assert seen[".stream()"] == {"text": TEXT, "final": TEXT, "finish": "stop"}


def stream_helper_with_tools(client: Client, seen: Seen, _: Model) -> None:
    said = seen[".stream() with tools"]
    assert said["calls"] == [list(call) for call in CALLS]
    assert said["done"] == [[index, name] for index, (_, name, _) in enumerate(CALLS)]


def parse(client: Client, seen: Seen, model: Model) -> None:
    assert seen[".parse"] == REPORT
    [asked] = model.heard(client.name, "parse")
    schema = asked.payload["response_format"]["json_schema"]["schema"]
    assert set(schema["properties"]) == {"city", "degrees"}


def with_asyncio(client: Client, seen: Seen, _: Model) -> None:
    assert seen["asyncio"] == TEXT


def texts(check: str, *more: str) -> Judge:
    """All texts that the check saw are the one, and nothing of `more` is missing."""

    def judge(client: Client, seen: Seen, _: Model) -> None:
        said = seen[check]
        assert {value for key, value in said.items() if key in ("text", "streamed", "final")} == {TEXT}, said
        assert said.get("finish") in (None, "stop", "completed", "end_turn"), said
        assert said.get("usage", 42) == 42 and said.get("pieces", 9) > 3 and not said.get("gaps"), said
        assert said.get("kinds", list(more)) == list(more), said

    return judge


def tool_round(check: str, mark: str) -> Judge:
    def judge(client: Client, seen: Seen, model: Model) -> None:
        _calls(client, seen[check], model.heard(client.name, mark))

    return judge


def value(check: str, wanted: object) -> Judge:
    def judge(client: Client, seen: Seen, _: Model) -> None:
        assert seen[check] == wanted

    return judge


def count_tokens(client: Client, seen: Seen, model: Model) -> None:
    assert 0 < seen["count_tokens"] < 100
    assert not model.heard(client.name, "count"), "an estimate was asked from the router"


def show(client: Client, seen: Seen, _: Model) -> None:
    assert {"completion", "tools"} <= set(seen["show"])


def names_with_latest(client: Client, seen: Seen, model: Model) -> None:
    assert seen["names with :latest"] == TEXT
    [asked] = model.heard(client.name, "whole-latest")
    assert asked.payload["model"] == MODEL


def ps(client: Client, seen: Seen, _: Model) -> None:
    assert set(seen["ps"]) <= set(MODELS)


def as_it_grows(client: Client, seen: Seen, _: Model) -> None:
    said = seen["structured output as it grows"]
    assert said["last"] == REPORT and said["pieces"] > 1


def task(client: Client, seen: Seen, model: Model) -> None:
    """The agent ran the command that the model asked for, and the model saw its output."""
    said = seen["a task with a tool"]
    assert said["text"] == FOUND.format(word=said["word"])
    first, second = model.heard(client.name, "agent-note")
    assert said["word"] not in first.plaintext.decode() and said["word"] in second.plaintext.decode()
    [turn] = [each for each in second.payload["messages"] if each.get("tool_calls")]
    [told] = [each for each in second.payload["messages"] if each["role"] == "tool"]
    assert told["tool_call_id"] == turn["tool_calls"][0]["id"] == "call_note_1"
    assert said["word"] in text_of(told["content"])


def task_by_the_sdk(client: Client, seen: Seen, model: Model) -> None:
    said = seen["a task by its SDK"]
    assert said["text"] == FOUND.format(word=said["word"])
    assert said["tools"] == [["call_note_1", "Bash"]]
    assert len(model.heard(client.name, "agent-sdk")) == 2


def custom_tool(client: Client, seen: Seen, model: Model) -> None:
    """The agent ran the script of its custom tool to the letter, and the model heard what came of it."""
    assert seen["a custom tool"] == {"file": PATCHED, "text": TEXT}
    first, second = model.heard(client.name, "patch")
    assert first.payload["model"] == MODEL  # asked for under an alias
    [tool] = [each for each in first.payload["tools"] if each["function"]["name"] == "exec"]
    assert list(tool["function"]["parameters"]["properties"]) == ["input"]
    [turn] = [each for each in second.payload["messages"] if each.get("tool_calls")]
    assert json.loads(turn["tool_calls"][0]["function"]["arguments"]) == {"input": SCRIPT}
    [told] = [each for each in second.payload["messages"] if each["role"] == "tool"]
    assert told["tool_call_id"] == "call_patch_1" and "Script completed" in text_of(told["content"]), told


_RESPONSE_EVENTS = (
    "response.created",
    "response.in_progress",
    "response.output_item.added",
    "response.content_part.added",
    "response.output_text.delta",
    "response.output_text.done",
    "response.content_part.done",
    "response.output_item.done",
    "response.completed",
)

JUDGES: dict[str, Judge] = {
    "models": models,
    "one model": one_model,
    "whole": whole,
    "stream": stream,
    "tools": tools,
    "tools in a stream": tools_in_a_stream,
    "errors": errors,
    "errors of streams": errors_of_streams,
    "cancel": cancel,
    "wait": wait,
    "wait, streamed": wait_streamed,
    "unicode": unicode,
    "2 MiB": two_mebibytes,
    ".stream()": stream_helper,
    ".stream() with tools": stream_helper_with_tools,
    ".parse": parse,
    "asyncio": with_asyncio,
    "responses": texts("responses"),
    "responses in a stream": texts("responses in a stream", *_RESPONSE_EVENTS),
    "responses .stream()": texts("responses .stream()"),
    "responses with tools": tool_round("responses with tools", "tools-responses"),
    "responses with tools in a stream": tool_round(
        "responses with tools in a stream", "tools-responses-stream"
    ),
    "responses .parse": value("responses .parse", REPORT),
    "stateless responses": value("stateless responses", ["previous_response_id", "unsupported_parameter"]),
    "completions": texts("completions"),
    "completions in a stream": texts("completions in a stream"),
    "embeddings": value("embeddings", 501),
    "stream helper": texts("stream helper"),
    "count_tokens": count_tokens,
    "names with :latest": names_with_latest,
    "generate": texts("generate"),
    "format": value("format", REPORT),
    "show": show,
    "ps": ps,
    "embed": value("embed", 501),
    "anthropic/": value("anthropic/", TEXT),
    "ollama_chat/": value("ollama_chat/", TEXT),
    "its responses": value("its responses", TEXT),
    "a task with a tool": task,
    "a task by its SDK": task_by_the_sdk,
    "a custom tool": custom_tool,
    "edit of a file": value("edit of a file", EDITED),
    "structured output as it grows": as_it_grows,
    **{
        check: value(check, REPORT)
        for check in ("structured output", "structured output as JSON", "structured output by a schema")
    },
}
