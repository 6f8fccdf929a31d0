"""Ways to call the proxy: the official SDK, and plain HTTP where an SDK would hide what is tested."""

import json
import socket

import httpx
import openai

from daemon import CLEAR, Proxy, mark
from replies import MODEL

PATIENCE = 60


def sdk_for(proxy: Proxy, **options) -> openai.OpenAI:
    """A synchronous SDK client for any proxy."""
    return openai.OpenAI(**({"http_client": openai.DefaultHttpxClient(verify=CLEAR)} | _options(proxy) | options))


def async_sdk_for(proxy: Proxy, **options) -> openai.AsyncOpenAI:
    """An asynchronous SDK client for any proxy."""
    return openai.AsyncOpenAI(**({"http_client": openai.DefaultAsyncHttpxClient(verify=CLEAR)} | _options(proxy) | options))


def _options(proxy: Proxy) -> dict:
    return {"base_url": proxy.url + "/v1", "api_key": mark("caller"), "max_retries": 0, "timeout": PATIENCE}


def prompt(content: str, **members) -> dict:
    """The smallest request with this text."""
    return {"model": MODEL, "messages": [{"role": "user", "content": content}], **members}


def post(
    proxy: Proxy, body: dict | bytes, path: str = "/v1/chat/completions", **headers: str
) -> httpx.Response:
    """Posts without any SDK; `content_type="text/plain"` becomes a header."""
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    if isinstance(body, dict):
        return httpx.post(proxy.url + path, json=body, headers=fields, timeout=PATIENCE, verify=CLEAR)
    fields.setdefault("content-type", "application/json")
    return httpx.post(proxy.url + path, content=body, headers=fields, timeout=PATIENCE, verify=CLEAR)


class Caller:
    """One request on a connection of its own, whose answer nobody waits for."""

    def __init__(self, proxy: Proxy, content: str, **members):
        body = json.dumps(prompt(content, **members)).encode()
        head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n"
        self.socket = socket.create_connection(("127.0.0.1", proxy.port))
        self.socket.sendall(head.encode() + b"Content-Type: application/json\r\n\r\n" + body)

    def leave(self) -> None:
        self.socket.close()


def error_of(answer: httpx.Response) -> dict:
    """The error object of an answer, which must have OpenAI's shape."""
    error = answer.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}, error
    assert isinstance(error["message"], str) and error["message"]
    assert isinstance(error["type"], str) and error["type"]
    assert error["param"] is None or isinstance(error["param"], str)
    assert error["code"] is None or isinstance(error["code"], str)
    return error
