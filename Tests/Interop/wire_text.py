"""Reads JSON and event streams without losing how they were written."""

import json
import re
import time
from dataclasses import dataclass, field

import httpx

_blank = re.compile(r"[ \t\n\r]*")
_decoder = json.JSONDecoder()


def members(text: bytes) -> list[tuple[str, str]]:
    """The top-level members of a JSON object in their order, name and value exactly as written."""
    source = text.decode()
    position = _skip(source, 0)
    assert source[position] == "{"
    position = _skip(source, position + 1)
    found = []
    while source[position] != "}":
        _, name_end = _decoder.raw_decode(source, position)
        colon = _skip(source, name_end)
        value = _skip(source, colon + 1)
        _, value_end = _decoder.raw_decode(source, value)
        found.append((source[position:name_end], source[value:value_end]))
        position = _skip(source, value_end)
        if source[position] == ",":
            position = _skip(source, position + 1)
    return found


def _skip(source: str, position: int) -> int:
    return _blank.match(source, position).end()


@dataclass
class EventStream:
    """A finished answer to `stream: true`: its bytes and when its last event and its end came."""

    status: int
    headers: httpx.Headers
    raw: bytes
    arrivals: list[tuple[float, bytes]] = field(default_factory=list)

    @property
    def events(self) -> list[str]:
        """The data of the events, under the narrowest reading: `data: `, one line, a blank line."""
        blocks = self.raw.decode().split("\n\n")
        assert blocks.pop() == "", f"the last event has no blank line after it: {self.raw[-80:]!r}"
        for block in blocks:
            assert block.startswith("data: ") and "\n" not in block, f"not one data line: {block!r}"
        return [block.removeprefix("data: ") for block in blocks]

    @property
    def chunks(self) -> list[dict]:
        """The events but `[DONE]`, parsed."""
        return [json.loads(event) for event in self.events if event != "[DONE]"]

    @property
    def text(self) -> str:
        """The content of the first choice, put together again."""
        return "".join(delta.get("content") or "" for delta in self.deltas())

    def deltas(self, index: int = 0) -> list[dict]:
        """The deltas of one choice, in order."""
        return [
            choice["delta"]
            for chunk in self.chunks
            for choice in chunk.get("choices", [])
            if choice["index"] == index
        ]


def read_stream(url: str, request: dict | bytes, seconds: float = 20, **headers: str) -> EventStream:
    """Posts a request and reads the answer to its end without any SDK in between."""
    body = request if isinstance(request, bytes) else json.dumps(request | {"stream": True}).encode()
    fields = {"Content-Type": "application/json"} | {k.replace("_", "-"): v for k, v in headers.items()}
    with httpx.stream("POST", url, content=body, headers=fields, timeout=seconds) as answer:
        arrivals = []
        for piece in answer.iter_raw():
            arrivals.append((time.monotonic(), piece))
        arrivals.append((time.monotonic(), b""))
        raw = b"".join(piece for _, piece in arrivals)
        return EventStream(answer.status_code, answer.headers, raw, arrivals)
