"""What runs in the application container. Each command prints one JSON document.

PLACE is `http://HOST:PORT` or `unix:/PATH`, as OpenAI's SDK and plain HTTP reach the sidecar.
"""

import http.client
import json
import signal
import socket
import sys
import time
import urllib.parse


def sdk(place: str, prompt: str) -> dict:
    """OpenAI's SDK: a list of models, a whole answer, a stream."""
    import httpx
    import openai

    transport = httpx.HTTPTransport(uds=place.removeprefix("unix:")) if place.startswith("unix:") else None
    base = "http://localhost/v1" if transport else place + "/v1"
    with openai.OpenAI(
        base_url=base, api_key="of-the-application", max_retries=0, http_client=httpx.Client(transport=transport)
    ) as client:
        messages = [{"role": "user", "content": prompt}]
        whole = client.chat.completions.create(model="echo", messages=messages)
        stream = client.chat.completions.create(model="echo", messages=messages, stream=True)
        pieces = [chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices]
        return {
            "models": [model.id for model in client.models.list()],
            "whole": whole.choices[0].message.content,
            "stream": "".join(pieces),
        }


class UnixConnection(http.client.HTTPConnection):
    """HTTP over a unix socket."""

    def __init__(self, path: str, timeout: float):
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def request(place: str, method: str, path: str, body: dict | None = None, timeout: float = 30) -> dict:
    """One request, and what it was answered."""
    if place.startswith("unix:"):
        connection = UnixConnection(place.removeprefix("unix:"), timeout)
    else:
        connection = http.client.HTTPConnection(urllib.parse.urlsplit(place).netloc, timeout=timeout)
    text = None if body is None else json.dumps(body)
    connection.request(method, path, text, {"content-type": "application/json"})
    answer = connection.getresponse()
    return {"status": answer.status, "body": answer.read().decode(), "headers": dict(answer.getheaders())}


def ask(place: str, prompt: str) -> dict:
    """One chat completion without an SDK."""
    body = {"model": "echo", "messages": [{"role": "user", "content": prompt}]}
    return request(place, "POST", "/v1/chat/completions", body)


def fault(router: str, mode: str, count: str) -> dict:
    """Makes the next requests to nomyo-dev-router fail."""
    return request(router, "POST", "/dev/fault", {"mode": mode, "count": int(count)})


def outlast(place: str, prompt: str) -> dict:
    """Asks until it was answered, then failed, then was answered again: what an application sees of a restart."""
    seen: list[bool] = []
    deadline = time.monotonic() + 90
    while seen != [True, False, True] and time.monotonic() < deadline:
        try:
            answered = ask(place, prompt)["status"] == 200
        except OSError:
            answered = False
        if seen[-1:] != [answered] and (seen or answered):
            seen.append(answered)
            print(json.dumps({"answered": answered}), flush=True)
        time.sleep(0.02)
    return {"seen": seen}


def dns(name: str, address: str) -> dict:
    """A name server on 127.0.0.1 that knows one name; for ever."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 53))
    print(json.dumps({"listening": True}), flush=True)
    question = b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\0"
    while True:
        data, caller = server.recvfrom(512)
        asked = data[12 : data.index(b"\0", 12) + 5]
        known = asked[:-4] == question
        is_address = known and asked[-4:-2] == b"\0\1"
        head = data[:2] + (b"\x85\x80" if known else b"\x85\x83") + b"\0\1" + (b"\0\1" if is_address else b"\0\0")
        record = b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4" + socket.inet_aton(address) if is_address else b""
        server.sendto(head + b"\0\0\0\0" + asked + record, caller)


def wait() -> dict:
    """For ever; ends on SIGTERM, also as the first process of a container."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    while True:
        signal.pause()


print(json.dumps(globals()[sys.argv[1]](*sys.argv[2:])))
