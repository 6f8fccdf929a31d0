"""`llm`: its command line, and for what takes many requests the library that it is made of."""

import json
import os
import pathlib
import shutil
import subprocess
import sys

from report import PATIENCE, check, key, main, mark, refusals, stopped_while_waiting
from texts import BIG, UNICODE

place = pathlib.Path.home() / "llm"
place.mkdir()
(place / "extra-openai-models.yaml").write_text(os.environ["CLIENT_SETUP"])
# For the command that runs beside the others: while two make their database at once, one fails. Copied before there is one.
own = shutil.copytree(place, place.with_name("own"))
os.environ["LLM_USER_PATH"] = str(place)

import llm as library

MODEL_OF_LLM = library.get_model("nomyo")
LLM = [str(pathlib.Path(sys.executable).with_name("llm")), "-m", "nomyo", "--no-log"]


def llm(text: str, *options: str) -> str:
    """What the command prints."""
    asked = [*LLM, "--key", key(), *options]
    done = subprocess.run(asked, input=text.encode(), capture_output=True, timeout=2 * PATIENCE)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().removesuffix("\n")


def ask(text: str, streamed: bool = False, api_key: str = key()) -> str:
    """The same from a script."""
    return MODEL_OF_LLM.prompt(text, stream=streamed, key=api_key).text()


@check("whole")
def whole():
    return {"text": llm(mark("whole"), "--no-stream")}


@check("stream")
def stream():
    asked = [*LLM, "--key", key(), mark("stream")]
    with subprocess.Popen(asked, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
        pieces = list(iter(lambda: os.read(process.stdout.fileno(), 1 << 16), b""))
    return {"text": b"".join(pieces).decode().removesuffix("\n"), "pieces": len(pieces)}


def tool_round(name: str, *options: str) -> dict:
    calls = pathlib.Path(name)
    function = (
        "def get_weather(city: str, days: list, note: str) -> str:\n"
        '    """Tells the weather of a city."""\n'
        "    import json, sys\n"
        f"    sys.path.insert(0, {os.path.dirname(os.path.abspath(__file__))!r})\n"
        "    import texts\n"
        f"    with open({str(calls.absolute())!r}, 'a') as file:\n"
        "        file.write(json.dumps({'city': city, 'days': days, 'note': note}) + '\\n')\n"
        "    return texts.weather(city, days, note)\n"
    )
    text = llm(mark(name), "--functions", function, *options)
    made = [[None, "get_weather", json.loads(line)] for line in calls.read_text().splitlines()]
    return {"calls": made, "text": text}


@check("tools")
def tools():
    return tool_round("tools", "--no-stream")


@check("tools in a stream")
def tools_in_a_stream():
    return tool_round("tools-stream")


@refusals
def refused(api_key: str, text: str, streamed: bool):
    return ask(text, streamed, api_key)


@check("cancel")
def cancel():
    asked = [*LLM, "--key", key(), mark("cancel")]
    return stopped_while_waiting(asked, env=os.environ | {"LLM_USER_PATH": str(own)})


@check("wait")
def wait():
    return ask(mark("wait"))


@check("wait, streamed")
def wait_streamed():
    return ask(mark("wait-streamed"), streamed=True)


@check("unicode")
def unicode():
    return {"text": ask(mark("unicode") + UNICODE), "streamed": ask(mark("unicode") + UNICODE, streamed=True)}


@check("2 MiB")
def big():
    return llm(mark("big") + BIG)


@check("structured output")
def structured():
    return json.loads(llm(mark("parse"), "--schema", "city str, degrees int"))


main()
