"""Callers that ask when they like and not when they are answered, each a process of its own."""

import asyncio
import collections
import json
import multiprocessing
import random
import time

from .caller import Wire, head_of
from .prompts import request_body

EXPECTED = "A fixed answer."


class PacedCaller:
    """Asks at random times, `rate` times a second on average, or in pulses of many at once."""

    def __init__(self, name, rate, pulse=None):
        self.name, self.rate, self.pulse = name, rate, pulse
        self.over = multiprocessing.Event()
        self.receiver, self._sender = multiprocessing.Pipe(duplex=False)
        self.process = None

    def start(self, port, seed):
        self.process = multiprocessing.Process(
            target=lambda: asyncio.run(self._run(port, random.Random(f"{seed} {self.name}"))), daemon=True)
        self.process.start()

    def end(self):
        """Asks no more; waits for what is still to be answered and returns what became of all of it."""
        self.over.set()
        return self.receiver.recv()

    async def _run(self, port, chance):
        self._port, self._idle = port, []
        self._waits, self._outcomes = [], collections.Counter()
        asked = set()
        while not self.over.is_set():
            size = round(chance.uniform(*self.pulse)) if self.pulse else 1
            await self._sleep(chance.expovariate(self.rate / (sum(self.pulse) / 2 if self.pulse else 1)))
            for _ in range(0 if self.over.is_set() else size):
                task = asyncio.ensure_future(self._ask())
                asked.add(task)
                task.add_done_callback(asked.discard)
        await asyncio.gather(*asked)
        self._sender.send({"name": self.name, "waits": self._waits, "outcomes": dict(self._outcomes)})

    async def _sleep(self, seconds):
        end = time.monotonic() + seconds
        while not self.over.is_set() and (left := end - time.monotonic()) > 0:
            await asyncio.sleep(min(left, 0.2))

    async def _ask(self):
        wire = self._idle.pop() if self._idle else Wire(self._port)
        if wire.is_over:
            wire.close()
        body = request_body(f"{self.name} asks", is_stream=False)
        begin = time.monotonic()
        try:
            await wire.open()
            wire.writer.write(head_of(body) + body)
            status, fields = await wire.head()
            answer = json.loads(await wire.body(fields))
        except (OSError, EOFError, ValueError) as error:
            self._outcomes[f"{type(error).__name__} {error}"] += 1
            return wire.close()
        if status == 200 and answer["choices"][0]["message"]["content"] == EXPECTED:
            self._outcomes["answered"] += 1
            self._waits.append(time.monotonic() - begin)
        else:
            self._outcomes[f"{status} {answer.get('error', {}).get('code')}"] += 1
        if fields.get("connection") == "close":
            return wire.close()
        self._idle.append(wire)
