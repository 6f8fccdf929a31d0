"""Texts that could be taken for the stream they are in: each arrives as the router said it, read by readers of others.

Chat, completions and Responses are read by OpenAI's SDK, messages by Anthropic's, and Ollama's lines by `httpx` and
`json` as Ollama's own SDK does, which also ends lines at U+2028 and its kind.
"""

import json
from dataclasses import dataclass

import anthropic
import httpx
import pytest

from callers import PATIENCE, sdk_for
from daemon import Proxy
from hostile_daemon import MESSAGES
from replies import MODEL, completion, message, tool_call

TOOL = {"name": "f", "description": "d", "parameters": {"type": "object", "properties": {"a": {"type": "string"}}}}
FUNCTION = {"type": "function", "function": TOOL}

TEXTS = {
    "every control character": "".join(map(chr, [*range(0x20), *range(0x7F, 0xA0)])) * 3,
    "every end of a line": "a\rb\nc\r\nd\x0be\x0cf\x1cg\x1dh\x1ei\x85j\u2028k\u2029l\n\n\r\r\r\n\r\n" * 40,
    "events": 'a\n\ndata: [DONE]\n\ndata: {"error":{"message":"x"}}\n\nevent: message_stop\ndata: {}\n\n',
    "fields of events": "event: error\nid: 7\nretry: 1\n: a comment\rdata:x\r\n\r\ndata\n\n{}\n{\"done\":true}\n",
    "the end": "[DONE]",
    "the end, again and again": "\n\ndata: [DONE]" * 300 + "\n\n",
    "the end of its own JSON": '"}}]}\n\ndata: {"choices":[{"delta":{"content":"x"}}]}\n\n' + '\\"\\\\",\\u0022\\n' * 40,
    "what looks like escapes": r"\u2028 \n \ud83d \x00 \\u0041 \/ %0A &#10; \N{BULLET}" * 40,
    "blanks": " \t  \n \u00a0\u3000\u200b\u2060 " * 60,
    "leading and trailing blanks": "   \n a \n   ",
    "byte order marks": "\ufeffa \ufeff\ufeff b\ufeff",
    "marks of direction": "\u202eabc\u202c \u2066d\u2069 \u200f" * 40,
    "characters that are none": "\ufffd \ufffe\uffff \ufdd0 \U0001fffe\U0010ffff \ue000" * 40,
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈👍🏽🇩🇪 e\u0301\u0323\u20dd " * 120,
    "emoji without a blank": "👩‍👩‍👧‍👦" * 700,
    "a thousand accents on one letter": "a" + "\u0301" * 1000,
    "a word of 64 KiB and long runs of others": "x" * 65_536 + "é" * 900 + "😀" * 500 + "\u2028" * 700 + "\0" * 500,
    "halves of pairs": "\ud83d \ude00 \ud83d\ud83d\ude00\ude00 \udbff" * 60,
}


def raw(text: str) -> str:
    """A JSON string with as few escapes as there can be."""
    return json.dumps(text, ensure_ascii=False)


def escaped(text: str) -> str:
    """One in which all is escapes, pairs in two."""
    units = text.encode("utf-16-be", "surrogatepass")
    return '"' + "".join(f"\\u{units[at]:02X}{units[at + 1]:02x}" for at in range(0, len(units), 2)) + '"'


def understood(text: str) -> str:
    """The text as a reader of JSON has it, to whom halves that meet are a whole."""
    return json.loads(escaped(text))


def answer(write, text: str, calls: bool) -> bytes:
    """A completion that says the text, thinks it, and calls a tool with it."""
    made = [tool_call("call_1", "f", "@arguments")] if calls else None
    said = json.dumps(completion(message("@text", reasoning="@text", calls=made)))
    said = said.replace('"@text"', write(text))
    return said.replace('"@arguments"', write('{"a":' + json.dumps(text) + "}")).encode()


@dataclass
class Heard:
    """What the pieces of a stream come to; None for what the dialect has no place for."""

    text: str = ""
    thoughts: str | None = ""
    arguments: str | None = ""


def by_chat(proxy: Proxy) -> Heard:
    heard = Heard()
    with sdk_for(proxy) as client:
        for chunk in client.chat.completions.create(model=MODEL, messages=MESSAGES, tools=[FUNCTION], stream=True):
            for choice in chunk.choices:
                heard.text += choice.delta.content or ""
                heard.thoughts += getattr(choice.delta, "reasoning_content", None) or ""
                heard.arguments += "".join(call.function.arguments or "" for call in choice.delta.tool_calls or [])
    return heard


def by_completions(proxy: Proxy) -> Heard:
    with sdk_for(proxy) as client:
        chunks = client.completions.create(model=MODEL, prompt="hello", stream=True)
        return Heard("".join(choice.text for chunk in chunks for choice in chunk.choices), None, None)


def by_responses(proxy: Proxy) -> Heard:
    heard = Heard()
    with sdk_for(proxy) as client:
        for event in client.responses.create(model=MODEL, input="hello", tools=[TOOL | {"type": "function"}], stream=True):
            match event.type:
                case "response.output_text.delta":
                    heard.text += event.delta
                case "response.reasoning_summary_text.delta":
                    heard.thoughts += event.delta
                case "response.function_call_arguments.delta":
                    heard.arguments += event.delta
                case "response.completed":
                    assert event.response.output_text == heard.text
    return heard


def by_messages(proxy: Proxy) -> Heard:
    heard = Heard()
    tool = {"name": "f", "input_schema": TOOL["parameters"]}
    with anthropic.Anthropic(base_url=proxy.url, api_key="any", max_retries=0, timeout=PATIENCE) as client:
        for event in client.messages.create(
            model=MODEL, max_tokens=2048, messages=MESSAGES, tools=[tool], stream=True,
            thinking={"type": "enabled", "budget_tokens": 1024},
        ):
            if event.type != "content_block_delta":
                continue
            match event.delta.type:
                case "text_delta":
                    heard.text += event.delta.text
                case "thinking_delta":
                    heard.thoughts += event.delta.thinking
                case "input_json_delta":
                    heard.arguments += event.delta.partial_json
    return heard


def lines(proxy: Proxy, path: str, body: dict) -> list[dict]:
    with httpx.stream("POST", proxy.url + path, json={"model": MODEL, "think": True} | body, timeout=PATIENCE) as answer:
        return [json.loads(line) for line in answer.iter_lines()]


def by_ollama(proxy: Proxy) -> Heard:
    heard = Heard()
    for line in lines(proxy, "/api/chat", {"messages": MESSAGES, "tools": [FUNCTION]}):
        heard.text += line["message"].get("content", "")
        heard.thoughts += line["message"].get("thinking", "")
        for call in line["message"].get("tool_calls", []):
            heard.arguments += json.dumps(call["function"]["arguments"])
    return heard


def by_ollama_generate(proxy: Proxy) -> Heard:
    heard = Heard(arguments=None)
    for line in lines(proxy, "/api/generate", {"prompt": "hello"}):
        heard.text += line.get("response", "")
        heard.thoughts += line.get("thinking", "")
    return heard


READERS = {
    "chat": by_chat, "completions": by_completions, "responses": by_responses, "anthropic": by_messages,
    "ollama": by_ollama, "ollama generate": by_ollama_generate,
}


@pytest.mark.parametrize("writing", [raw, escaped])
@pytest.mark.parametrize("dialect", READERS)
def test_texts_arrive_as_they_were_said(hostile, dialect, writing):
    for kind, text in TEXTS.items():
        text = understood(text)
        if any("\ud800" <= character <= "\udfff" for character in text) and writing is raw:
            continue  # there is no such text but in escapes
        said = answer(writing, text, calls=dialect != "completions")
        hostile.router.behaviour = lambda wire, said=said: wire.says(said)
        hostile.router.settle()
        heard = READERS[dialect](hostile.proxy)
        assert heard.text == text, (kind, first_difference(heard.text, text))
        assert heard.thoughts is None or heard.thoughts == text, (kind, first_difference(heard.thoughts, text))
        assert heard.arguments is None or json.loads(heard.arguments) == {"a": text}, kind


def first_difference(one: str, other: str) -> str:
    """Where two long texts part."""
    at = next((at for at, (a, b) in enumerate(zip(one, other)) if a != b), min(len(one), len(other)))
    return f"{len(one)} and {len(other)}, apart at {at}: {one[at - 9:at + 30]!r}, {other[at - 9:at + 30]!r}"
