"""Codex without a head, as it comes in the wheel of its command line."""

import json
import os
import pathlib
import re
import secrets
import subprocess

import codex_cli_bin

from report import PATIENCE, check, key, main, mark, refusals, stopped_while_waiting
from texts import CODEX_MODEL, END, UNICODE

CODEX = str(pathlib.Path(codex_cli_bin.__file__).parent / "bin/codex")
home = pathlib.Path.home() / "codex"
home.mkdir()
(home / "config.toml").write_text(
    os.environ["CLIENT_SETUP"] + "\nrequest_max_retries = 0\nstream_max_retries = 0\n"
)
os.environ |= {"CODEX_HOME": str(home), "NOMYO_KEY": key()}


class Failed(Exception):
    """What it printed when it ended with an error, and the status in it if there is one."""

    def __init__(self, text: str):
        super().__init__(text)
        shown = re.search(r"\b[45]\d\d\b", text)
        self.status_code = int(shown[0]) if shown else None


def command(*options: str) -> list[str]:
    checks = ["--skip-git-repo-check", "--dangerously-bypass-approvals-and-sandbox"]
    return [CODEX, "exec", "--json", "--ephemeral", *checks, *options]


def events(text: str, *options: str, api_key: str = key()) -> list[dict]:
    done = subprocess.run(
        command(*options, "-"),
        input=text.encode(),
        capture_output=True,
        timeout=3 * PATIENCE,
        env=os.environ | {"NOMYO_KEY": api_key},
    )
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith(b"{")]
    failed = [line["error"]["message"] for line in lines if line["type"] == "turn.failed"]
    if done.returncode or failed:
        raise Failed("\n".join(failed) or (done.stdout + done.stderr).decode())
    return lines


def codex(text: str, *options: str, api_key: str = key()) -> str:
    items = [
        line["item"] for line in events(text, *options, api_key=api_key) if line["type"] == "item.completed"
    ]
    return [item["text"] for item in items if item["type"] == "agent_message"][-1]


@check("stream")
def stream():
    return {"text": codex(mark("stream"))}


@check("a task with a tool")
def task():
    word = f"word-{secrets.token_hex(8)}"
    pathlib.Path("note.txt").write_text(word + "\n")
    return {"word": word, "text": codex(mark("agent-note") + " What does note.txt say?")}


@check("a custom tool")
def patch():
    text = codex(mark("patch") + " Make a file.", "--model", CODEX_MODEL)
    return {"file": pathlib.Path("made.txt").read_text(), "text": text}


@refusals
def refused(api_key: str, text: str, streamed: bool):
    return codex(text, api_key=api_key)


@check("cancel")
def cancel():
    return stopped_while_waiting(command(mark("cancel")))


@check("wait, streamed")
def wait():
    return codex(mark("wait-streamed"))


@check("unicode")
def unicode():
    return {"text": codex(mark("unicode") + UNICODE + END)}


main()
