"""What the test router says and what the drivers ask, known to both sides."""

import json

MODEL = "Qwen/Qwen3-0.6B"
DETAIL = "refused by the test router"
STATUSES = (400, 401, 403, 404, 413, 429, 500, 503)

#: An ordinary answer: paragraphs, quotation marks, a backslash, code.
TEXT = (
    'The first paragraph says "hello" and ends with a backslash: \\\n\n'
    "```python\nprint({'a': [1, 2.0, 1e3]}, end='\\n')  # 100 % literal\n```\n\n"
    "1. one item, <b>not</b> HTML & not &amp; either\n2. another item\n\n"
    "data: this line begins like an event\n\nThe last paragraph is long enough to be cut into several pieces "
    "by anything that streams, and it ends here."
)

#: A family joined by ZWJ, flags, a combining accent, line separators of Unicode, CJK, right-to-left scripts.
UNICODE = (
    "👩‍👩‍👧‍👦 🏳️‍🌈 🇳🇴 👍🏽 cafe\u0301 a\u0085b\u2028c\u2029d 漢字かな交じり文 한국어 "
    "שלום עולם مرحبا بالعالم \U0001d54f \u200fend"
)

#: Ends a prompt for clients that add a line of their own.
END = "[[end]]"

#: 2 MiB.
BIG = ("0123456789abcde " * 4096 + "\n") * 32
BIG = BIG[: 2 * 1024 * 1024 - 1] + "."

NOTE = 'naïve "quoted" \\ 🌦️'
#: The calls that the model makes: id, name, arguments.
CALLS = [
    ("call_oslo_7f3", "get_weather", {"city": "Oslo", "days": [1, 2], "note": NOTE}),
    ("call_kyoto_9a1", "get_weather", {"city": "Kyōto", "days": [], "note": ""}),
]
TOOL_TEXT = "Tells the weather of a city."
TOOL_SCHEMA = {
    "type": "object",
    "properties": {
        "city": {"type": "string"},
        "days": {"type": "array", "items": {"type": "integer"}},
        "note": {"type": "string"},
    },
    "required": ["city", "days", "note"],
    "additionalProperties": False,
}
#: The same as `tools` of OpenAI's chat want it.
TOOLS = [
    {
        "type": "function",
        "function": {"name": "get_weather", "description": TOOL_TEXT, "parameters": TOOL_SCHEMA},
    }
]

#: What structured answers hold.
REPORT = {"city": "Tromsø", "degrees": -3}


def weather(city: str, days: list, note: str) -> str:
    """The tool."""
    return f"{city}: {len(days)} days, {note!r}"


#: What the model says after the tool's answers.
TOLD = "I was told " + " and ".join(weather(**arguments) for _, _, arguments in CALLS)

#: An edit as aider asks for it, and what it makes of `print("hello")`.
EDIT = """Like this:

greeting.py
```python
<<<<<<< SEARCH
print("hello")
=======
print("hello, wörld")
>>>>>>> REPLACE
```
"""
EDITED = 'print("hello, wörld")\n'

#: What an agent finds in a file before it answers.
FOUND = "The note says {word}."

#: A file in the form of Codex's tool for it, and what it holds. Newer models of its own reach that tool from a script,
#: which is the text of a custom tool.
PATCH = '*** Begin Patch\n*** Add File: made.txt\n+naïve \\ "made"\n+二\n*** End Patch\n'
PATCHED = 'naïve \\ "made"\n二\n'
SCRIPT = f"const patch = {json.dumps(PATCH)};\ntext(await tools.apply_patch(patch));\n"
#: A model for which Codex has that tool; the proxy has the name as an alias.
CODEX_MODEL = "gpt-6.1-sol"
