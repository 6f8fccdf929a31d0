"""curl, as scripts use it: `-d` without a content type, `-N` for streams, `--fail-with-body` for the status."""

import json
import subprocess

from by_hand import Refused, run
from report import PATIENCE, URL, left

CHAT = URL + "/v1/chat/completions"


def arguments(key: str) -> list[str]:
    return ["curl", "-sS", "-N", "-H", f"Authorization: Bearer {key}", "--max-time", str(PATIENCE)]


def ask(body: dict, key: str) -> dict:
    status = ["-w", "\n%{http_code}", "-d", "@-", CHAT]
    text = json.dumps(body).encode()
    done = subprocess.run([*arguments(key), *status], input=text, capture_output=True, check=True)
    answer, _, status = done.stdout.decode().rpartition("\n")
    if status != "200":
        raise Refused(int(status), json.loads(answer)["error"]["message"])
    if body.get("stream"):
        return gathered(answer)
    said = json.loads(answer)
    message = said["choices"][0]["message"]
    calls = [
        [call["id"], call["function"]["name"], json.loads(call["function"]["arguments"])]
        for call in message.get("tool_calls") or []
    ]
    finish = said["choices"][0]["finish_reason"]
    return {
        "text": message["content"],
        "finish": finish,
        "usage": said["usage"]["total_tokens"],
        "calls": calls,
    }


def gathered(text: str) -> dict:
    """The events put together; a shell script would do it with sed and jq."""
    lines = [line for line in text.split("\n") if line]
    assert lines.pop() == "data: [DONE]"
    made = {"text": "", "pieces": 0, "finish": None, "calls": {}}
    for line in lines:
        assert line.startswith("data: "), line
        for choice in json.loads(line[6:])["choices"]:
            delta = choice["delta"]
            made["text"] += delta.get("content") or ""
            made["pieces"] += bool(delta.get("content"))
            made["finish"] = choice["finish_reason"] or made["finish"]
            for part in delta.get("tool_calls") or []:
                call = made["calls"].setdefault(part["index"], ["", "", ""])
                call[0] += part.get("id") or ""
                call[1] += part["function"].get("name") or ""
                call[2] += part["function"].get("arguments") or ""
    made["calls"] = [[*call[:2], json.loads(call[2])] for call in made["calls"].values()]
    return made


def leave(body: dict, key: str) -> str:
    with subprocess.Popen(
        [*arguments(key), "-d", "@-", CHAT], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        process.stdin.write(json.dumps(body).encode())
        process.stdin.close()
        first = process.stdout.readline().decode()
        process.terminate()  # Ctrl-C
        left()
    return first


def models() -> list[str]:
    done = subprocess.run([*arguments("unused"), URL + "/v1/models"], capture_output=True, check=True)
    return [model["id"] for model in json.loads(done.stdout)["data"]]


run(models, ask, leave)
