"""aider: its command line, and for what takes many requests the scripting interface of the same program."""

import os
import pathlib
import re
import subprocess
import sys

os.environ |= {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "AIDER_ANALYTICS_DISABLE": "true"}

from report import PATIENCE, check, main, mark, refusals, stopped_while_waiting
from texts import BIG, END, MODEL, UNICODE

from aider.coders import Coder
from aider.io import InputOutput
from aider.models import Model

OPTIONS = ["--no-git", "--no-show-model-warnings", "--no-check-update", "--no-pretty", "--yes-always"]
AIDER = [str(pathlib.Path(sys.executable).with_name("aider")), "--model", "openai/" + MODEL, *OPTIONS]


class Io(InputOutput):
    """Ends with the first error that aider shows its user; most it would try again for a minute."""

    def tool_warning(self, message="", strip=True):
        if shown := re.match(r"litellm\.(\w+)", message):
            raise type(shown[1], (Exception,), {"__module__": "litellm"})(message)

    tool_error = tool_warning


def aider(text: str, *options: str) -> str:
    """What it wrote down as the model's answer."""
    history = pathlib.Path(f"history-{len(list(pathlib.Path().glob('history-*')))}")
    arguments = ["--message", text, "--chat-history-file", str(history), *options]
    subprocess.run([*AIDER, *arguments], stdin=subprocess.DEVNULL, timeout=2 * PATIENCE, check=True)
    return re.search(r"^#### .*?\n\n(.*)\n+> Tokens", history.read_text(), re.DOTALL | re.MULTILINE)[1].strip(
        "\n"
    )


def ask(text: str, streamed: bool = False) -> str:
    """The same from a script."""
    io = Io(
        yes=True, pretty=False, fancy_input=False, chat_history_file=os.devnull, input_history_file=os.devnull
    )
    coder = Coder.create(
        main_model=Model("openai/" + MODEL), io=io, edit_format="ask", use_git=False, stream=streamed
    )
    return coder.run(text)


@check("whole")
def whole():
    return {"text": aider(mark("whole"), "--no-stream", "--chat-mode", "ask")}


@check("stream")
def stream():
    return {"text": aider(mark("stream"), "--chat-mode", "ask"), "pieces": None}


@check("edit of a file")
def edit():
    pathlib.Path("greeting.py").write_text('print("hello")\n')
    aider(mark("edit"), "--edit-format", "diff", "--file", "greeting.py")
    return pathlib.Path("greeting.py").read_text()


@refusals
def refused(api_key: str, text: str, streamed: bool):
    os.environ["OPENAI_API_KEY"] = api_key
    try:
        return ask(text, streamed)
    finally:
        os.environ["OPENAI_API_KEY"] = "unused"


@check("cancel")
def cancel():
    return stopped_while_waiting([*AIDER, "--message", mark("cancel")])


@check("wait")
def wait():
    return ask(mark("wait"))


@check("wait, streamed")
def wait_streamed():
    return ask(mark("wait-streamed"), streamed=True)


@check("unicode")
def unicode():
    return {
        "text": ask(mark("unicode") + UNICODE + END),
        "streamed": ask(mark("unicode") + UNICODE + END, streamed=True),
    }


@check("2 MiB")
def big():
    return ask(mark("big") + BIG + END)


main()
