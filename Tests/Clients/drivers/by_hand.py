"""The checks of callers that have no SDK; each says how it asks, and how it leaves."""

from collections.abc import Callable

from openai_flow import told
from report import check, key, main, mark, refusals
from texts import BIG, MODEL, TOOLS, UNICODE


class Refused(Exception):
    """What stands for the exception of callers that look at the status."""

    def __init__(self, status: int, message: str):
        super().__init__(message)
        self.status_code = status


def request(name: str, text: str = "", **more) -> dict:
    return {"model": MODEL, "messages": [{"role": "user", "content": mark(name) + text}]} | more


def run(
    models: Callable[[], list], ask: Callable[[dict, str], dict], leave: Callable[[dict, str], object]
) -> None:
    """All checks: `ask(body, key)` is put together from events if the body asks for a stream."""
    check("models")(models)
    check("whole")(lambda: ask(request("whole"), key()))
    check("stream")(lambda: ask(request("stream", stream=True), key()))

    def tool_round(name: str, **more) -> dict:
        asked = ask(request(name, tools=TOOLS, **more), key())
        final = ask(request(name, tools=TOOLS, **more) | {"messages": told(name, asked["calls"])}, key())
        return {"calls": asked["calls"], "finish": asked["finish"], "text": final["text"]}

    check("tools")(lambda: tool_round("tools"))
    check("tools in a stream")(lambda: tool_round("tools-stream", stream=True))

    def refused(api_key: str, text: str, streamed: bool):
        return ask(
            {"model": MODEL, "messages": [{"role": "user", "content": text}], "stream": streamed}, api_key
        )

    refusals(refused)
    check("cancel")(lambda: leave(request("cancel", stream=True), key()))
    check("wait")(lambda: ask(request("wait"), key())["text"])
    check("wait, streamed")(lambda: ask(request("wait-streamed", stream=True), key())["text"])

    def unicode() -> dict:
        asked = [
            ask(request("unicode", UNICODE, stream=streamed), key())["text"] for streamed in (False, True)
        ]
        return {"text": asked[0], "streamed": asked[1]}

    check("unicode")(unicode)
    check("2 MiB")(lambda: ask(request("big", BIG), key())["text"])
    main()
