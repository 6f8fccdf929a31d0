"""Plays the model behind the test router: what it answers follows from the mark in the prompt."""

import hashlib
import json
import re
import threading
from collections import defaultdict

from received import Exchange
from replies import Reply, completion, late, message, refusal, says, sealed, tool_call
from texts import CALLS, DETAIL, EDIT, END, FOUND, REPORT, SCRIPT, TEXT

_MARK = re.compile(r"\[\[([^\[\]/]+)/([^\[\]]+)\]\]")
WAIT_SECONDS = 8.0


def text_of(content: object) -> str:
    """The text of a message's content, be it a string or a list of parts."""
    if isinstance(content, list):
        return "".join(part.get("text") or "" for part in content)
    return content or ""


def prompt_of(exchange: Exchange, check: str) -> str:
    """What stands behind the mark of a check; agents put texts of their own around the prompt."""
    mark = f"/{check}]]"
    texts = [text_of(each.get("content")) for each in exchange.payload["messages"]]
    return next((text.rpartition(mark)[2] for text in reversed(texts) if mark in text), "")


class Model:
    """Answers by the last mark and keeps what arrived under it: `heard(client, check)`."""

    def __init__(self):
        self._heard: dict[tuple[str, str], list[Exchange]] = defaultdict(list)
        self._arrived = threading.Condition()

    def __call__(self, exchange: Exchange) -> Reply:
        texts = [text_of(each.get("content")) for each in exchange.payload["messages"]]
        marks = _MARK.findall("\n".join(texts))
        if not marks:
            return says("There was no mark in the prompt.")
        client, check = marks[-1]
        with self._arrived:
            self._heard[client, check].append(exchange)
            self._arrived.notify_all()
        return self._reply(check, exchange)

    def heard(self, client: str, check: str) -> list[Exchange]:
        """The requests of a client's check so far."""
        with self._arrived:
            return list(self._heard[client, check])

    def wait_for(self, client: str, check: str, seconds: float) -> Exchange | None:
        """The first request of a check, as soon as it is there."""
        with self._arrived:
            self._arrived.wait_for(lambda: self._heard[client, check], seconds)
            return next(iter(self._heard[client, check]), None)

    def _reply(self, check: str, exchange: Exchange) -> Reply:
        kind, _, rest = check.partition("-")
        said = prompt_of(exchange, check).partition(END)[0]
        match kind:
            case "refuse":
                return refusal(int(rest), f"no such model: {DETAIL}" if rest == "404" else DETAIL)
            case "cancel":
                return late(60, says("nobody hears this"))
            case "wait":
                return late(WAIT_SECONDS, says(TEXT))
            case "unicode":
                return says(said)
            case "big":
                return says(digest(said))
            case "agent":
                return self._as_an_agents(exchange)
            case "patch":
                return self._patching(exchange)
            case "edit":
                return says(EDIT)
            case "tools":
                return self._with_tools(exchange)
            case "parse":
                return self._structured(exchange)
            case _:
                return says(TEXT)

    @staticmethod
    def _with_tools(exchange: Exchange) -> Reply:
        """The two calls first; then what the tools said."""
        told = [text_of(each["content"]) for each in exchange.payload["messages"] if each["role"] == "tool"]
        if told:
            return says("I was told " + " and ".join(told))
        calls = [
            tool_call(identifier, name, json.dumps(arguments, ensure_ascii=False))
            for identifier, name, arguments in CALLS
        ]
        return sealed(completion(message(None, calls=calls)))

    @staticmethod
    def _as_an_agents(exchange: Exchange) -> Reply:
        """Lets the agent show a file, then says what stands in it."""
        told = [text_of(each["content"]) for each in exchange.payload["messages"] if each["role"] == "tool"]
        if told:
            found = _WORD.search(told[-1])
            return says(FOUND.format(word=found[0] if found else "nothing: " + told[-1]))
        tools = {each["function"]["name"] for each in exchange.payload.get("tools") or []}
        for name, arguments in _SHELLS.items():
            if name in tools:
                call = tool_call("call_note_1", name, json.dumps(arguments("cat note.txt")))
                return sealed(completion(message(None, calls=[call])))
        return says(f"There is no shell among the tools: {sorted(tools)}")

    @staticmethod
    def _patching(exchange: Exchange) -> Reply:
        """Lets Codex write a file with a script of its custom tool, then talks."""
        if any(each["role"] == "tool" for each in exchange.payload["messages"]):
            return says(TEXT)
        call = tool_call("call_patch_1", "exec", json.dumps({"input": SCRIPT}))
        return sealed(completion(message(None, calls=[call])))

    @staticmethod
    def _structured(exchange: Exchange) -> Reply:
        """The report, as a call of the caller's tool if it gave one, else as text."""
        text = json.dumps(REPORT, ensure_ascii=False)
        if tools := exchange.payload.get("tools"):
            call = tool_call("call_report_1", tools[0]["function"]["name"], text)
            return sealed(completion(message(None, calls=[call])))
        return says(text)


#: How agents of several makes are asked to run a command: the arguments of their tool, by its name.
_SHELLS = {
    "Bash": lambda command: {"command": command, "description": "Shows the note"},
    "exec_command": lambda command: {"cmd": command},
    "shell_command": lambda command: {"command": command},
    "shell": lambda command: {"command": ["bash", "-c", command]},
}
_WORD = re.compile(r"word-[0-9a-f]{16}")


def digest(text: str) -> str:
    """What stands for a long text."""
    return f"{len(text)} characters, SHA-256 {hashlib.sha256(text.encode()).hexdigest()}"
