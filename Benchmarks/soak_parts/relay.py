"""A TCP relay between the proxy and the router that breaks connections on demand and notes what passes."""

import asyncio
import re
import socket
import struct
import time

CONTENT_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
HIGHEST_BACKLOG = 4 * 1024 * 1024


def reset(transport):
    """Ends a connection with RST instead of FIN."""
    if transport is None or transport.is_closing():
        return
    connected = transport.get_extra_info("socket")
    if connected is not None:
        try:
            connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        except OSError:
            pass  # the other end was faster
    transport.abort()


class Exchanges:
    """Follows HTTP/1.1 messages with a Content-Length in one direction: where each begins and ends."""

    def __init__(self):
        self._head = b""
        self._left = 0

    @property
    def is_between(self):
        return not self._head and self._left == 0

    def feed(self, data):
        """Yields ("begin", first line) and ("end", None) as they come."""
        while data:
            if self._left:
                taken = min(self._left, len(data))
                self._left -= taken
                data = data[taken:]
                if self._left == 0:
                    yield "end", None
                continue
            head = self._head + data
            stop = head.find(b"\r\n\r\n")
            if stop < 0:
                self._head = head
                return
            found = CONTENT_LENGTH.search(head[: stop + 2])
            self._head, data = b"", head[stop + 4 :]
            self._left = int(found[1]) if found else 0
            yield "begin", head[: head.find(b"\r\n")].decode("latin-1")
            if self._left == 0:
                yield "end", None


class Side(asyncio.Protocol):
    """One of the two connections of a link."""

    def __init__(self, link, is_caller):
        self.link, self.is_caller, self.transport, self.other = link, is_caller, None, None
        self._early, self._early_size = [], 0

    def connection_made(self, transport):
        self.transport = transport
        transport.set_write_buffer_limits(high=HIGHEST_BACKLOG)
        self.link.made(self)

    def data_received(self, data):
        self.link.passed(self, data)

    def write(self, data):
        """Sends, or keeps until the connection stands."""
        if self.transport is None:
            self._early.append(data)
        elif not self.transport.is_closing():
            self.transport.write(data)

    def flush(self):
        for data in self._early:
            self.write(data)
        self._early = []

    def pause_writing(self):
        if self.other.transport and not self.other.transport.is_closing():
            self.other.transport.pause_reading()

    def resume_writing(self):
        self.link.read_again()

    def connection_lost(self, error):
        self.link.lost(self, error)


class Link:
    """One connection of the proxy and the router's that belongs to it."""

    def __init__(self, relay):
        self.relay = relay
        self.caller, self.router = Side(self, True), Side(self, False)
        self.caller.other, self.router.other = self.router, self.caller
        self.requests, self.answers = Exchanges(), Exchanges()
        self.waiting = 0  # requests without a whole answer
        self.request_cut = self.answer_cut = None  # bytes that may still pass
        self.is_over = False

    @property
    def is_idle(self):
        return self.waiting == 0 and self.requests.is_between

    def made(self, side):
        if side.is_caller:
            self.relay.links.add(self)
            if self.relay.is_stalled:
                side.transport.pause_reading()
            self.relay.connect(self)
        else:
            if self.is_over:
                return side.transport.abort()
            if self.relay.is_stalled:
                side.transport.pause_reading()
            side.flush()

    def passed(self, side, data):
        if self.is_over:
            return
        if side.is_caller:
            self._request_passed(data)
        else:
            self._answer_passed(data)

    def _request_passed(self, data):
        now = time.monotonic()
        for what, line in self.requests.feed(data):
            if what == "begin":
                self.waiting += 1
                self.relay.request_began(self, line, now)
        if self.request_cut is None:
            return self.router.write(data)
        self.router.write(data[: self.request_cut])
        self.request_cut -= len(data)
        if self.request_cut <= 0:
            self.end()

    def _answer_passed(self, data):
        for what, _ in self.answers.feed(data):
            if what == "end":
                self.waiting -= 1
        if self.answer_cut is None:
            return self.caller.write(data)
        self.caller.write(data[: self.answer_cut])
        self.answer_cut -= len(data)
        if self.answer_cut <= 0:
            # What was let through has to leave before the reset overtakes it.
            asyncio.get_running_loop().call_later(0.002, self.end)

    def lost(self, side, error):
        other = side.other.transport
        if self.is_over:
            return
        if error is None and other and not other.is_closing():
            other.close()
            self.relay.links.discard(self)
            self.is_over = True
        else:
            self.end()

    def end(self, with_reset=True):
        """Breaks both connections."""
        self.is_over = True
        self.relay.links.discard(self)
        for transport in (self.caller.transport, self.router.transport):
            if transport:
                reset(transport) if with_reset else transport.close()

    def hold(self):
        for transport in (self.caller.transport, self.router.transport):
            if transport and not transport.is_closing():
                transport.pause_reading()

    def read_again(self):
        if self.relay.is_stalled:
            return
        for transport in (self.caller.transport, self.router.transport):
            if transport and not transport.is_closing():
                transport.resume_reading()


class Relay:
    """Listens for the proxy. Every method breaks one thing, now."""

    def __init__(self, port, router_port, on_request=None):
        self.port, self.router_port, self.on_request = port, router_port, on_request
        self.links = set()
        self.is_stalled = False
        self._cuts = []  # (is_request, bytes) for the next requests
        self._server = None
        self._tasks = set()

    async def open(self):
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: Link(self).caller, "127.0.0.1", self.port, backlog=1024, reuse_address=True)

    def close_door(self):
        """From now on connections are refused; those that stand, stand."""
        self._server.close()

    def connect(self, link):
        async def reach():
            try:
                await asyncio.get_running_loop().create_connection(
                    lambda: link.router, "127.0.0.1", self.router_port)
            except OSError:
                link.end()

        task = asyncio.ensure_future(reach())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def request_began(self, link, line, now):
        if self.on_request:
            self.on_request(line, now)
        link.request_cut = link.answer_cut = None
        if self._cuts and line.startswith("POST"):
            is_request, count = self._cuts.pop()
            if is_request:
                link.request_cut = count
            else:
                link.answer_cut = count

    def cut(self, is_request, counts):
        """Each of the next requests is cut after so many bytes of it, or of its answer."""
        self._cuts = [(is_request, count) for count in counts]

    def end_links(self, idle_only=False, with_reset=True):
        """Breaks the connections that stand, or those on which nothing is under way; how many."""
        chosen = [link for link in self.links if link.is_idle or not idle_only]
        for link in chosen:
            link.end(with_reset)
        return len(chosen)

    def stall(self):
        """Nothing passes any more, and nothing is told."""
        self.is_stalled = True
        for link in self.links:
            link.hold()

    def flow(self):
        self.is_stalled = False
        for link in list(self.links):
            link.read_again()
