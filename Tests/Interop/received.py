"""What arrived at the test router, as values for the tests to look at."""

import json
import threading
import time
import urllib.parse
from dataclasses import dataclass, field


@dataclass
class Received:
    """One request as it came over the wire."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes
    connection: int
    arrived: float = field(default_factory=time.monotonic)
    client_gone: threading.Event = field(default_factory=threading.Event)

    def header(self, name: str) -> str | None:
        """The value of a header that must not be repeated."""
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        assert len(values) <= 1, f"{name} came {len(values)} times"
        return values[0] if values else None

    @property
    def payload_id(self) -> str:
        return self.header("X-Payload-ID")

    @property
    def caller_key(self) -> str:
        """The PEM text of the caller's public key."""
        return urllib.parse.unquote(self.header("X-Public-Key"))

    @property
    def envelope(self) -> dict:
        return json.loads(self.body)


@dataclass
class Exchange(Received):
    """A sealed request; `plaintext` is the exact JSON text inside, None if it could not be opened."""

    plaintext: bytes | None = None
    payload: dict | None = None

    @property
    def last_content(self) -> str:
        return self.payload["messages"][-1]["content"]
