"""What the test router can be told to answer: completions, refusals and faults, as values."""

import json
import time
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass, replace

MODEL = "Qwen/Qwen3-0.6B"


@dataclass(frozen=True)
class Reply:
    """One answer. Either `body` goes out as it is, or `completion` is sealed to the caller's key."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "application/json"),)
    body: bytes | None = None
    completion: dict | str | bytes | None = None
    seal_to: str | None = None  # PEM of the key to seal to, when it is not the caller's
    mangle: Callable[[bytes], bytes] | None = None  # changes the bytes of the envelope
    delay: float = 0
    sends: int | None = None  # announces the whole length, sends so many bytes and hangs up
    drop: bool = False  # hangs up without a word
    close: str = ""  # "announce": Connection: close; "silent": hangs up after the whole answer

    def plaintext(self) -> bytes:
        """The completion as the bytes to seal; raw UTF-8 unless lone surrogates force escapes."""
        text = self.completion
        if isinstance(text, dict):
            text = json.dumps(text, ensure_ascii=False)
            if any("\ud800" <= character <= "\udfff" for character in text):
                text = json.dumps(self.completion)
        return text.encode() if isinstance(text, str) else text


def sealed(completion: dict | str | bytes, **how) -> Reply:
    """A 200 with the completion sealed to the caller, text and bytes exactly as given."""
    return Reply(completion=completion, **how)


def refusal(
    status: int, detail: object = "refused by the test router", *, delay: float = 0, **headers: str
) -> Reply:
    """An error as FastAPI writes it; `retry_after="1"` becomes a `Retry-After` header."""
    fields = tuple((name.replace("_", "-").title(), value) for name, value in headers.items())
    body = json.dumps({"detail": detail}).encode()
    return Reply(status, (("Content-Type", "application/json"), *fields), body, delay=delay)


def unsealed(body: str | bytes | dict, content_type: str = "application/json", status: int = 200) -> Reply:
    """An answer in clear: what a router must never give to a sealed request."""
    if isinstance(body, dict):
        body = json.dumps(body)
    return Reply(status, (("Content-Type", content_type),), body.encode() if isinstance(body, str) else body)


def dropped() -> Reply:
    """The connection is closed before anything was answered."""
    return Reply(drop=True)


def late(seconds: float, reply: Reply) -> Reply:
    """The same answer, after so many seconds."""
    return replace(reply, delay=seconds)


def message(content: str | None, *, reasoning: str | None = None, calls: list | None = None) -> dict:
    """An assistant message; `calls` are `tool_call` values."""
    made = {"role": "assistant", "content": content}
    if reasoning is not None:
        made["reasoning_content"] = reasoning
    if calls:
        made["tool_calls"] = calls
    return made


def tool_call(identifier: str, name: str, arguments: str) -> dict:
    """One function call as it stands in an assistant message."""
    return {"id": identifier, "type": "function", "function": {"name": name, "arguments": arguments}}


def completion(*messages: dict, model: str = MODEL, finish: str | None = None, **members) -> dict:
    """A whole `chat.completion` with one choice for each message."""
    return {
        "id": "chatcmpl-" + urllib.parse.quote(str(time.monotonic_ns())),
        "object": "chat.completion",
        "created": int(time.time()),
        "model": model,
        "choices": [
            {
                "index": index,
                "message": each,
                "finish_reason": finish or ("tool_calls" if each.get("tool_calls") else "stop"),
            }
            for index, each in enumerate(messages)
        ],
        "usage": {"prompt_tokens": 11, "completion_tokens": 31, "total_tokens": 42},
        **members,
    }


def says(content: str, **how) -> Reply:
    """A sealed answer with this text."""
    return sealed(completion(message(content)), **how)


def _without(*path: str) -> Callable[[dict], None]:
    def remove(envelope: dict) -> None:
        for name in path[:-1]:
            envelope = envelope[name]
        del envelope[path[-1]]

    return remove


def _with(value: object, *path: str) -> Callable[[dict], None]:
    def put(envelope: dict) -> None:
        for name in path[:-1]:
            envelope = envelope[name]
        envelope[path[-1]] = value

    return put


def _flipped(*path: str) -> Callable[[dict], None]:
    """Changes the first base64 character of a member, so that it stays base64 of the same length."""

    def flip(envelope: dict) -> None:
        for name in path[:-1]:
            envelope = envelope[name]
        text = envelope[path[-1]]
        envelope[path[-1]] = ("B" if text[0] == "A" else "A") + text[1:]

    return flip


def _joined_tag(envelope: dict) -> None:
    """The layout of nomyo-js 0.1.0: no `tag`, its bytes at the end of the ciphertext."""
    payload = envelope["encrypted_payload"]
    payload["ciphertext"] += payload.pop("tag")


def _blank_in_nonce(envelope: dict) -> None:
    """Lax decoders skip the blank and open the answer; a strict one refuses."""
    payload = envelope["encrypted_payload"]
    payload["nonce"] = payload["nonce"][:4] + " " + payload["nonce"][4:]


def _edit(change: Callable[[dict], None]) -> Callable[[bytes], bytes]:
    def mangle(text: bytes) -> bytes:
        envelope = json.loads(text)
        change(envelope)
        return json.dumps(envelope).encode()

    return mangle


#: Ways to spoil an honest envelope. Every one of them must end as `upstream_integrity`.
ENVELOPE_FAULTS: dict[str, Callable[[bytes], bytes]] = {
    "wrong version": _edit(_with("2.0", "version")),
    "version as a number": _edit(_with(1.0, "version")),
    "wrong algorithm": _edit(_with("hybrid-aes128-rsa2048", "algorithm")),
    "no version": _edit(_without("version")),
    "bad tag": _edit(_flipped("encrypted_payload", "tag")),
    "bad ciphertext": _edit(_flipped("encrypted_payload", "ciphertext")),
    "bad nonce": _edit(_flipped("encrypted_payload", "nonce")),
    "bad wrapped key": _edit(_flipped("encrypted_aes_key")),
    "no tag": _edit(_without("encrypted_payload", "tag")),
    "tag joined to the ciphertext": _edit(_joined_tag),
    "short nonce": _edit(_with("AAAAAAAAAAA=", "encrypted_payload", "nonce")),
    "blank inside base64": _edit(_blank_in_nonce),
    "ciphertext as a list": _edit(_with([1, 2, 3], "encrypted_payload", "ciphertext")),
    "cut in the middle": lambda text: text[: len(text) // 2],
    "two documents": lambda text: text + text,
    "a member twice": lambda text: text[:-1] + b', "version": "1.0"}',
    "a byte order mark": lambda text: b"\xef\xbb\xbf" + text,
    "bytes that are not UTF-8": lambda text: text[:-1] + b', "note": "\xff\xfe"}',
    "an array around it": lambda text: b"[" + text + b"]",
    "nothing at all": lambda text: b"",
}
