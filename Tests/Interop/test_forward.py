"""`nomyo-dev-router --forward`: opened requests reach an OpenAI-compatible server, and its answers come back sealed."""

import http.server
import json
import threading

import openai
import pytest

from daemon import DevRouter, Proxy


class ModelServer(http.server.BaseHTTPRequestHandler):
    """As much of an OpenAI-compatible server as a forwarded request meets. It answers the prompt backwards."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.reply(200, {"object": "list", "data": [{"id": "local/model", "object": "model"}]})

    def do_POST(self):
        text = self.rfile.read(int(self.headers["content-length"])).decode()
        self.server.requests.append((self.path, text))
        request = json.loads(text)
        if request["model"] != "local/model":
            return self.reply(404, {"error": {"message": "no such model"}})
        content = request["messages"][-1]["content"][::-1]
        choice = {"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": "stop"}
        self.reply(200, {"id": "x", "object": "chat.completion", "created": 1, "model": "local/model", "choices": [choice]})

    def reply(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def model_server():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), ModelServer)
    server.requests = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()


@pytest.fixture(scope="module")
def client(model_server):
    forward = f"http://127.0.0.1:{model_server.server_port}"
    router = DevRouter("--forward", forward).ready()
    proxy = Proxy(router.url, api_key="any").ready()
    with openai.OpenAI(base_url=proxy.url + "/v1", api_key="any", max_retries=0) as client:
        yield client
    proxy.stop()
    router.stop()


def test_a_real_server_answers_through_both_seals(client, model_server):
    answer = client.chat.completions.create(
        model="local/model", messages=[{"role": "user", "content": "drawkcab"}], temperature=0.5
    )
    assert answer.choices[0].message.content == "backward"
    path, text = model_server.requests[-1]
    assert path == "/v1/chat/completions"
    assert json.loads(text)["temperature"] == 0.5


def test_its_models_are_listed(client):
    assert [model.id for model in client.models.list()] == ["local/model"]


def test_its_refusal_keeps_its_status(client):
    with pytest.raises(openai.NotFoundError):
        client.chat.completions.create(model="other", messages=[{"role": "user", "content": "x"}])
