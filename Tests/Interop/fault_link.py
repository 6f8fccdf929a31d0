"""One connection through the fault proxy."""

import asyncio
import socket
import time
from dataclasses import dataclass

from fault_wire import Messages, end_with_fin, end_with_reset, deafen

_KEY_REQUEST = b"GET /pki/public_key "
_TLS_HANDSHAKE = 0x16
_PIECE = 1 << 16


@dataclass(frozen=True)
class Pace:
    """How slowly bytes pass, each way."""

    latency: float = 0  # seconds
    jitter: float = 0  # up to so many seconds more, drawn from the proxy's seed
    rate: float = 0  # bytes a second; 0 sets no limit


class Link:
    """A connection from nomyo-proxy and the one to the router that belongs to it."""

    def __init__(self, way, caller: socket.socket):
        self.way, self.caller, self.router = way, caller, socket.socket()
        self.router.setblocking(False)
        self.pace, self.is_over = way.pace, False
        self.flows = asyncio.Event()
        self.flows.set()
        self._is_tls: bool | None = None
        self._asked: list[bytes] = []  # heads of the requests whose answers are not over
        self._passed = {True: 0, False: 0}  # bytes of the current phase that passed, of requests and of answers
        self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        try:
            await self._reached("connect")
            await asyncio.get_running_loop().sock_connect(self.router, ("127.0.0.1", self.way.router_port))
            async with asyncio.TaskGroup() as pumps:
                for is_request in (True, False):
                    queue = asyncio.Queue(256)
                    pumps.create_task(self._receive(queue, is_request))
                    pumps.create_task(self._deliver(queue, is_request))
            self.end("close")
        except* OSError:
            self.end("reset")

    # What happens to it

    def suffer(self, action: str | Pace) -> None:
        """One of the actions, now."""
        if isinstance(action, Pace):
            self.pace = action
        elif action == "stall":
            self.flows.clear()
        else:
            self.end(action)

    def heal(self) -> None:
        """Ends what can be ended; what is closed or dead stays so."""
        self.pace = self.way.pace
        self.flows.set()

    def end(self, action: str) -> None:
        """Closes both connections, the one from nomyo-proxy in this way."""
        if self.is_over:
            return
        self.is_over = True
        self.way.links.discard(self)
        self._task.cancel()
        for connection in (self.caller, self.router):
            # A number that is free again may belong to another connection before the event loop has forgotten it.
            asyncio.get_running_loop().remove_reader(connection)
            asyncio.get_running_loop().remove_writer(connection)
        end_with_reset(self.router)
        if action == "vanish":
            deafen(self.caller)
            self.way.vanished.append(self.caller)
        elif action == "close":
            self.way.keep(asyncio.create_task(end_with_fin(self.caller)))
        else:
            end_with_reset(self.caller)

    async def _reached(self, phase: str) -> None:
        """A moment has come for which a fault may be set."""
        if fault := self.way.take_fault(phase):
            self.suffer(fault.action)
        await self.flows.wait()
        if self.is_over:
            raise ConnectionAbortedError

    # What passes

    async def _receive(self, queue: asyncio.Queue, is_request: bool) -> None:
        """Takes bytes in one direction and says when they are due; those that are slow wait in the queue."""
        source = self.caller if is_request else self.router
        data = b"-"
        while data:
            data = await asyncio.get_running_loop().sock_recv(source, _PIECE)
            delay = self.pace.latency + self.pace.jitter * self.way.random.random()
            await queue.put((time.monotonic() + delay, data))

    async def _deliver(self, queue: asyncio.Queue, is_request: bool) -> None:
        messages = Messages()
        while (received := await queue.get())[1]:
            due, data = received
            await asyncio.sleep(due - time.monotonic())
            if self._is_tls is None:
                self._is_tls = data[0] == _TLS_HANDSHAKE
            if self._is_tls:
                await self._pass("" if is_request else "tls", data, is_request)
                continue
            for part, piece in messages.feed(data):
                await self._pass_part(part, piece, is_request)
        await self.flows.wait()
        (self.router if is_request else self.caller).shutdown(socket.SHUT_WR)

    async def _pass_part(self, part: str, piece: bytes, is_request: bool) -> None:
        if part == "end":
            if not is_request:
                self._asked.pop(0)
            return
        if part == "head":
            self._passed[is_request] = 0
            if is_request:
                self._asked.append(piece)
                self.way.note(piece)
        asked = self._asked[-1 if is_request else 0]
        if asked.startswith(b"POST"):
            if part == "head" and not is_request:
                await self._reached("waiting")
            await self._pass(f"{'request' if is_request else 'answer'}_{part}", piece, is_request)
            if part == "head":
                self._passed[is_request] = 0
        else:
            is_key = asked.startswith(_KEY_REQUEST) and not is_request
            await self._pass("key" if is_key else "", piece, is_request)

    async def _pass(self, phase: str, data: bytes, is_request: bool) -> None:
        """Sends these bytes of a phase; in front of the one that a fault is set for, it happens."""
        fault, passed = self.way.faults.get(phase), self._passed[is_request]
        if fault and passed <= fault.after < passed + len(data):
            split = fault.after - passed
            await self._send(data[:split], is_request)
            await self._reached(phase)
            data = data[split:]
        await self._send(data, is_request)

    async def _send(self, data: bytes, is_request: bool) -> None:
        destination = self.router if is_request else self.caller
        while data:
            await self.flows.wait()
            step = max(1, int(self.pace.rate / 20)) if self.pace.rate else len(data)
            if self.pace.rate:
                await asyncio.sleep(len(data[:step]) / self.pace.rate)
            await asyncio.get_running_loop().sock_sendall(destination, data[:step])
            self._passed[is_request] += len(data[:step])
            data = data[step:]
