"""Node's fetch: hands the requests to node_fetch.mjs and takes its answers."""

import json
import pathlib
import subprocess
import threading
from concurrent.futures import Future

from by_hand import Refused, run
from report import PATIENCE, left

node = subprocess.Popen(
    ["node", str(pathlib.Path(__file__).with_name("node_fetch.mjs"))],
    stdin=subprocess.PIPE,
    stdout=subprocess.PIPE,
    text=True,
)
pending: dict[int, Future] = {}
writing = threading.Lock()


def listen() -> None:
    for line in node.stdout:
        said = json.loads(line)
        waiting = pending.pop(said["id"])
        if "error" in said:
            waiting.set_exception(RuntimeError(said["error"]))
        else:
            waiting.set_result(said["value"])


threading.Thread(target=listen, daemon=True).start()


def command(name: str, **how):
    answer: Future = Future()
    with writing:
        pending[id(answer)] = answer
        node.stdin.write(json.dumps({"id": id(answer), "command": name, **how}) + "\n")
        node.stdin.flush()
    return answer.result(PATIENCE)


def ask(body: dict, key: str) -> dict:
    answer = command("ask", body=body, key=key)
    if "status" in answer:
        raise Refused(answer["status"], answer["body"]["error"]["message"])
    return answer


def leave(body: dict, key: str):
    role = command("begin", body=body, key=key)
    command("leave")
    left()
    return role


run(lambda: command("models"), ask, leave)
