"""What callers of OpenAI's chat do by hand: put a stream together, bring back what tools said."""

import json

from report import mark
from texts import weather


def gathered(stream) -> dict:
    """A stream put together."""
    made = {"text": "", "pieces": 0, "finish": None, "calls": {}}
    for chunk in stream:
        if getattr(chunk, "usage", None):
            made["usage"] = chunk.usage.total_tokens
        if not chunk.choices:
            continue
        choice = chunk.choices[0]
        made["text"] += choice.delta.content or ""
        made["pieces"] += bool(choice.delta.content)
        made["finish"] = choice.finish_reason or made["finish"]
        for part in choice.delta.tool_calls or []:
            call = made["calls"].setdefault(part.index, ["", "", ""])
            call[0] += part.id or ""
            call[1] += part.function.name or ""
            call[2] += part.function.arguments or ""
    made["calls"] = [[*call[:2], json.loads(call[2])] for call in made["calls"].values()]
    return made


def told(name: str, calls: list) -> list:
    """The messages that bring the tool's answers."""
    asked = [
        {"id": each[0], "type": "function", "function": {"name": each[1], "arguments": json.dumps(each[2])}}
        for each in calls
    ]
    return [
        {"role": "user", "content": mark(name)},
        {"role": "assistant", "content": None, "tool_calls": asked},
        *({"role": "tool", "tool_call_id": each[0], "content": weather(**each[2])} for each in calls),
    ]
