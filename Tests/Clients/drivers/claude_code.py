"""Claude Code without a head, as it comes in the wheel of Anthropic's agent SDK."""

import asyncio
import json
import os
import pathlib
import re
import secrets
import subprocess

import claude_agent_sdk

from report import PATIENCE, check, main, mark, refusals, stopped_while_waiting
from texts import BIG, END, UNICODE

CLAUDE = str(pathlib.Path(claude_agent_sdk.__file__).parent / "_bundled/claude")
SETTINGS = {
    "CLAUDE_CODE_MAX_RETRIES": "0",  # ten are made otherwise
    "DISABLE_AUTOUPDATER": "1",
}
os.environ |= SETTINGS


class Failed(Exception):
    """What it printed when it ended with an error, and the status in it if there is one."""

    def __init__(self, text: str):
        super().__init__(text)
        shown = re.search(r"\b[45]\d\d\b", text)
        self.status_code = int(shown[0]) if shown else None


def command(*options: str) -> list[str]:
    return [CLAUDE, "-p", "--output-format", "json", *options]


def claude(text: str, *options: str, api_key: str = "unused") -> str:
    done = subprocess.run(
        command(*options),
        input=text.encode(),
        capture_output=True,
        timeout=3 * PATIENCE,
        env=os.environ | {"ANTHROPIC_API_KEY": api_key},
    )
    said = (
        json.loads(done.stdout)
        if done.stdout.startswith(b"{")
        else {"result": (done.stdout + done.stderr).decode()}
    )
    if done.returncode or said.get("is_error"):
        raise Failed(said["result"])
    return said["result"]


@check("whole")
def whole():
    return {"text": claude(mark("whole"))}


@check("stream")
def stream():
    asked = [CLAUDE, "-p", "--output-format", "stream-json", "--verbose", "--include-partial-messages"]
    done = subprocess.run(
        asked, input=mark("stream").encode(), capture_output=True, timeout=3 * PATIENCE, check=True
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    events = [line["event"] for line in lines if line["type"] == "stream_event"]
    pieces = [event["delta"]["text"] for event in events if event["type"] == "content_block_delta"]
    return {"text": "".join(pieces), "pieces": len(pieces)}


@check("a task with a tool")
def task():
    word = f"word-{secrets.token_hex(8)}"
    pathlib.Path("note.txt").write_text(word + "\n")
    text = claude(mark("agent-note") + " What does note.txt say?", "--allowedTools", "Bash(cat:*)")
    return {"word": word, "text": text}


@check("a task by its SDK")
def task_by_the_sdk():
    word = f"word-{secrets.token_hex(8)}"
    pathlib.Path("note.txt").write_text(word + "\n")

    async def ask() -> dict:
        made = {"word": word, "tools": [], "text": None}
        options = claude_agent_sdk.ClaudeAgentOptions(allowed_tools=["Bash(cat:*)"], env=SETTINGS)
        async for said in claude_agent_sdk.query(
            prompt=mark("agent-sdk") + " What does note.txt say?", options=options
        ):
            if isinstance(said, claude_agent_sdk.AssistantMessage):
                used = [each for each in said.content if isinstance(each, claude_agent_sdk.ToolUseBlock)]
                made["tools"] += [[each.id, each.name] for each in used]
            if isinstance(said, claude_agent_sdk.ResultMessage):
                made["text"] = said.result
        return made

    return asyncio.run(ask())


@refusals
def refused(api_key: str, text: str, streamed: bool):
    return claude(text, api_key=api_key)


@check("cancel")
def cancel():
    return stopped_while_waiting(command(mark("cancel")))


@check("wait, streamed")
def wait():
    return claude(mark("wait-streamed"))


@check("unicode")
def unicode():
    return {"text": claude(mark("unicode") + UNICODE + END)}


@check("2 MiB")
def big():
    return claude(mark("big") + BIG + END)


main()
