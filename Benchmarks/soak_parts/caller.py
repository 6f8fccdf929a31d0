"""Callers in a closed loop: they ask, check every character of the answer, and some leave early."""

import asyncio
import json
import re
import socket
import struct
import time
from dataclasses import dataclass

from .prompts import request_body

LONGEST_WAIT = 150
STREAM_SHARE, LEAVING_SHARE = 0.3, 0.12
PIECE = re.compile(rb'"content":"((?:[^"\\]|\\.)*)"')
PHASES = ["connected", "head", "half the body", "asked", "waiting", "reading"]


class Wrong(Exception):
    """An answer that is not the right one."""


FAILURES = (Wrong, OSError, EOFError, ValueError, KeyError, TimeoutError, asyncio.LimitOverrunError)


@dataclass
class Loss:
    """A caller that stayed and got no right answer."""

    begin: float
    end: float
    kind: str
    what: str
    beyond_saving: str = ""


class Wire:
    """A keep-alive connection to the proxy."""

    def __init__(self, port):
        self.port, self.reader, self.writer = port, None, None

    async def open(self):
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 22)

    @property
    def is_over(self):
        """Whether the proxy has closed it, as it does with connections that are idle for long."""
        return self.reader is not None and self.reader.at_eof()

    def close(self, with_reset=False):
        if self.writer is None:
            return
        if with_reset:
            self.writer.transport.get_extra_info("socket").setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.writer.transport.abort()
        else:
            self.writer.close()
        self.reader = self.writer = None

    async def head(self):
        """Status and fields of the answer."""
        text = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        lines = text.split("\r\n")
        fields = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
        return int(lines[0].split(" ", 2)[1]), fields

    async def body(self, fields):
        if "content-length" in fields:
            return await self.reader.readexactly(int(fields["content-length"]))
        parts = []
        while size := int(await self.reader.readuntil(b"\r\n"), 16):
            parts.append((await self.reader.readexactly(size + 2))[:-2])
        await self.reader.readexactly(2)
        return b"".join(parts)


def text_of(body, is_stream):
    """What the answer says; raises `Wrong` where it is not complete."""
    if not is_stream:
        choice = json.loads(body)["choices"][0]
        if choice["finish_reason"] != "stop":
            raise Wrong(f"finish_reason {choice['finish_reason']}")
        return choice["message"]["content"]
    if not body.endswith(b"data: [DONE]\n\n") or b'"finish_reason":"stop"' not in body[-2000:]:
        raise Wrong(f"a stream that ends with {body[-300:]!r}")
    return json.loads(b'"' + b"".join(PIECE.findall(body)) + b'"')


def head_of(body):
    return (b"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            b"Content-Length: %d\r\n\r\n" % len(body))


class Callers:
    """All callers together with what became of their requests."""

    def __init__(self, port, prompts, count):
        self.port, self.prompts, self.count = port, prompts, count
        self.is_over = False
        self.right = {"whole": 0, "stream": 0}
        self.sizes = {}
        self.left = dict.fromkeys(PHASES, 0)
        self.losses = []
        self.latencies = []  # of the current second, in milliseconds

    def take_latencies(self):
        taken, self.latencies = self.latencies, []
        return sorted(taken)

    async def run(self):
        """Until `is_over` is set; every caller ends its last exchange first."""
        await asyncio.gather(*(self._loop() for _ in range(self.count)))

    async def _loop(self):
        chance = self.prompts.random
        wire = Wire(self.port)
        while not self.is_over:
            kind = self.prompts.kind()
            is_stream = chance.random() < STREAM_SHARE
            if chance.random() < LEAVING_SHARE:
                await self._leave(wire, kind, is_stream)
            else:
                await self._stay(wire, kind, is_stream)
            if chance.random() < 0.05:
                wire.close()
        wire.close()

    async def ask(self, wire, kind, is_stream):
        """One exchange; raises what went wrong."""
        prompt = self.prompts.make(kind)
        body = request_body(prompt, is_stream)
        await wire.open()
        wire.writer.write(head_of(body) + body)
        status, fields = await wire.head()
        answer = await wire.body(fields)
        if status != 200:
            raise Wrong(f"status {status}: {answer[:300].decode(errors='replace')}")
        said = text_of(answer, is_stream)
        if said != prompt:
            raise Wrong(f"{said[:40]!r}… ({len(said)} characters) for {prompt[:40]!r}… ({len(prompt)})")
        if fields.get("connection") == "close":
            wire.close()

    async def _stay(self, wire, kind, is_stream):
        begin = time.monotonic()
        name = "stream" if is_stream else "whole"
        try:
            await asyncio.wait_for(self.ask(wire, kind, is_stream), LONGEST_WAIT)
            self.right[name] += 1
            self.sizes[kind] = self.sizes.get(kind, 0) + 1
            self.latencies.append((time.monotonic() - begin) * 1000)
        except FAILURES as error:
            wire.close(with_reset=True)
            what = str(error) if isinstance(error, Wrong) else f"{type(error).__name__} {error}"
            self.losses.append(Loss(begin, time.monotonic(), f"{name}, {kind}", what))
            await asyncio.sleep(0.2)  # a proxy that refuses everything is not to be hammered

    async def _leave(self, wire, kind, is_stream):
        """Goes away at a random moment, by FIN or by RST."""
        chance = self.prompts.random
        phase = chance.choice(PHASES)
        body = request_body(self.prompts.make(kind), is_stream)
        try:
            await wire.open()
            if phase == "head":
                wire.writer.write(head_of(body)[: chance.randint(1, 60)])
            elif phase == "half the body":
                wire.writer.write(head_of(body) + body[: chance.randrange(len(body))])
            elif phase != "connected":
                wire.writer.write(head_of(body) + body)
                await wire.writer.drain()
            if phase == "waiting":
                await asyncio.sleep(chance.random() * 0.25)
            elif phase == "reading":
                await asyncio.wait_for(wire.reader.read(chance.randint(1, 2000)), 5)
        except (OSError, TimeoutError):
            pass  # it was going to leave anyway
        wire.close(with_reset=chance.random() < 0.5)
        self.left[phase] += 1
