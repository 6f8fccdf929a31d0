"""A NOMYO router for tests, put together from the functions of the `nomyo` package itself.

A `SecureCompletionClient` that holds the server's private key opens requests with `decrypt_response`, and
`_do_encrypt` seals the answers after `fetch_server_public_key` was replaced by the key of the request. So
whatever passes here was opened and sealed by code that is not this project's. It serves HTTP/1.1 with
keep-alive on a random loopback port in a thread of its own, records what arrives (see `received`), and
answers as it is told (see `replies`).
"""

import asyncio
import contextvars
import json
import logging
import secrets
import threading
import time
from collections.abc import Callable

import h11
import nomyo.SecureCompletionClient as package

from received import Exchange, Received
from replies import MODEL, Reply, completion, message, refusal, sealed, unsealed

logging.getLogger("nomyo").setLevel(logging.ERROR)

MODELS = (MODEL, "openai/gpt-oss-20b", "echo")
_plaintexts: contextvars.ContextVar[list] = contextvars.ContextVar("plaintexts")


class _RecordingJSON:
    """Stands in for `json` inside the package, to see the exact bytes that it decrypted."""

    def __getattr__(self, name: str):
        return getattr(json, name)

    def loads(self, text, **how):
        if isinstance(text, (bytes, bytearray)) and (seen := _plaintexts.get(None)) is not None:
            seen.append(bytes(text))
        return json.loads(text, **how)


package.json = _RecordingJSON()


def server_key() -> package.SecureCompletionClient:
    """A new RSA-4096 key pair made by the package, in the client object that can open with it."""
    holder = package.SecureCompletionClient("https://router.invalid", secure_memory=False)
    holder.generate_keys()
    return holder


def echo(exchange: Exchange) -> Reply:
    """Answers with the content of the last message and with the metadata that a real router adds."""
    answer = completion(message(exchange.last_content), model=exchange.payload["model"])
    answer["_metadata"] = {
        "payload_id": exchange.payload_id,
        "response_status": "success",
        "security_tier": exchange.header("X-Security-Tier") or "standard",
    }
    return sealed(answer)


class Router:
    """The router. `behaviour` decides the answers; `exchanges` and `others` hold what arrived."""

    def __init__(
        self,
        *keys: package.SecureCompletionClient,
        api_key: str | None = None,
        port: int = 0,
        prefix: str = "",
    ):
        self.keys, self.generation, self.api_key, self.port, self.prefix = keys, 0, api_key, port, prefix
        self._arrived = threading.Condition()
        self._loop = asyncio.new_event_loop()
        self._connections: set[asyncio.Task] = set()
        self.connections_opened = 0
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self.reset()

    def reset(self) -> None:
        """Forgets what arrived and goes back to echoing."""
        self.exchanges: list[Exchange] = []
        self.others: list[Received] = []
        self.behaviour: Callable[[Exchange], Reply] = echo
        self.key_reply: Callable[[], Reply] = lambda: unsealed(self.key.public_key_pem, "text/plain")

    def will(self, *replies: Reply | Callable[[Exchange], Reply]) -> None:
        """Gives these answers, one a request, and echoes after them."""
        waiting = list(replies)

        def next_reply(exchange: Exchange) -> Reply:
            reply = waiting.pop(0) if waiting else echo
            return reply(exchange) if callable(reply) else reply

        self.behaviour = next_reply

    def always(self, reply: Reply) -> None:
        """Gives this answer to every request."""
        self.behaviour = lambda _: reply

    @property
    def key(self) -> package.SecureCompletionClient:
        return self.keys[self.generation % len(self.keys)]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{self.prefix}"

    def rotate(self) -> None:
        """The next key takes over; what is sealed to the former one is refused from now on."""
        self.generation += 1

    def key_fetches(self) -> list[Received]:
        return [each for each in self.others if each.target == self.prefix + "/pki/public_key"]

    def wait_for(self, count: int, seconds: float = 10) -> list[Exchange]:
        """The exchanges, as soon as there are so many."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.exchanges) >= count, seconds), (
                f"{len(self.exchanges)} of {count} requests reached the router in {seconds} s"
            )
            return list(self.exchanges)

    def start(self) -> "Router":
        self._thread.start()
        serving = asyncio.start_server(self._accepted, "127.0.0.1", self.port, backlog=256)
        self._server = asyncio.run_coroutine_threadsafe(serving, self._loop).result(10)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._shut_down(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def hang_up(self) -> None:
        """Closes every connection and goes on listening."""

        async def close() -> None:
            for task in list(self._connections):
                task.cancel()
            await asyncio.gather(*self._connections, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(close(), self._loop).result(10)

    async def _shut_down(self) -> None:
        self._server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        self._connections.add(task)
        self.connections_opened = number = self.connections_opened + 1
        wire = h11.Connection(h11.SERVER, max_incomplete_event_size=256 * 1024)
        try:
            while request := await self._next_request(wire, reader, writer, number):
                if not await self._answer(request, wire, reader, writer):
                    break
                wire.start_next_cycle()
        except (OSError, h11.ProtocolError, asyncio.CancelledError):
            pass
        finally:
            self._connections.discard(task)
            writer.close()

    async def _next_request(self, wire, reader, writer, connection: int) -> Received | None:
        head, body = None, bytearray()
        while True:
            event = wire.next_event()
            if event is h11.NEED_DATA:
                if wire.they_are_waiting_for_100_continue:
                    writer.write(wire.send(h11.InformationalResponse(status_code=100, headers=[])))
                wire.receive_data(await reader.read(1 << 18))
            elif isinstance(event, h11.Request):
                head = event
            elif isinstance(event, h11.Data):
                body += event.data
            elif isinstance(event, h11.EndOfMessage):
                fields = [(name.decode(), value.decode()) for name, value in head.headers.raw_items()]
                what = (head.method.decode(), head.target.decode(), fields, bytes(body), connection)
                is_sealed = what[1] == self.prefix + "/v1/chat/secure_completion"
                return Exchange(*what) if is_sealed else Received(*what)
            else:
                return None

    async def _answer(self, request: Received, wire, reader, writer) -> bool:
        """Answers one request; False when the connection ends with it."""
        if isinstance(request, Exchange):
            reply = await self._open(request) or self.behaviour(request)
        else:
            self.others.append(request)
            reply = self._plain_endpoint(request)
        if reply.delay and await self._caller_left(reply.delay, wire, reader):
            request.client_gone.set()
            return False
        if reply.drop:
            return False
        body = reply.body if reply.completion is None else await self._seal(request, reply)
        if reply.status in (204, 304):
            body = b""
        fields = [*reply.headers, ("Content-Length", str(len(body)))]
        if reply.close == "announce":
            fields.append(("Connection", "close"))
        writer.write(wire.send(h11.Response(status_code=reply.status, headers=fields)))
        if reply.sends is not None:
            writer.write(body[: reply.sends])
            return False
        writer.write(wire.send(h11.Data(data=body)) + wire.send(h11.EndOfMessage()))
        await writer.drain()
        return not reply.close

    async def _caller_left(self, seconds: float, wire, reader) -> bool:
        """Waits so long; true at once if the caller hangs up meanwhile."""
        try:
            async with asyncio.timeout(seconds):
                while data := await reader.read(1 << 16):
                    wire.receive_data(data)
        except TimeoutError:
            return False
        except ConnectionError:
            pass
        return True

    def _plain_endpoint(self, request: Received) -> Reply:
        if request.target == self.prefix + "/pki/public_key":
            return self.key_reply()
        if request.target == self.prefix + "/v1/models":
            return unsealed({"data": [{"id": name, "name": name, "owned_by": "test"} for name in MODELS]})
        return refusal(404, "Not Found")

    async def _open(self, exchange: Exchange) -> Reply | None:
        """Opens the request with the package's own code; the refusal if that fails."""
        seen: list[bytes] = []
        try:
            _plaintexts.set(seen)
            opened = await self.key.decrypt_response(exchange.body, exchange.payload_id)
            exchange.plaintext, exchange.payload = seen[-1], json.loads(seen[-1])
            assert opened["_metadata"]["is_encrypted"]
        except Exception as error:  # whatever the package raises, a router says 400
            return refusal(400, f"Decryption failed: {type(error).__name__}")
        finally:
            with self._arrived:
                self.exchanges.append(exchange)
                self._arrived.notify_all()
        if self.api_key and exchange.header("Authorization") != f"Bearer {self.api_key}":
            return refusal(401, "Invalid NOMYO API key")
        return None

    async def _seal(self, exchange: Exchange, reply: Reply) -> bytes:
        """Seals with the package's `_do_encrypt`, adds `processed_at`, then spoils it if told to."""
        text = reply.plaintext()
        sealer = package.SecureCompletionClient("https://caller.invalid", secure_memory=False)
        recipient = reply.seal_to or exchange.caller_key

        async def key_of_the_request() -> str:
            return recipient

        sealer.fetch_server_public_key = key_of_the_request
        envelope = await sealer._do_encrypt(text, bytearray(secrets.token_bytes(32)))
        envelope = envelope[:-1] + f', "processed_at": {int(time.time())}}}'.encode()
        return reply.mangle(envelope) if reply.mangle else envelope
