"""Writes what the run showed into docs/clients.md, between two marks."""

import pathlib
from collections.abc import Callable, Sequence

from clients import CLIENTS, Client
from daemon import ROOT
from texts import STATUSES

PAGE = pathlib.Path(ROOT / "docs/clients.md")
BEGIN, END = "<!-- clients: begin -->\n", "<!-- clients: end -->\n"

#: The columns and the checks under them; a client has those that it does not say it is without.
COLUMNS = {
    "models": ["models"],
    "whole": ["whole"],
    "stream": ["stream"],
    "tools": ["tools", "tools in a stream"],
    "errors": ["errors", "errors of streams"],
    "cancel": ["cancel"],
    "8 s": ["wait", "wait, streamed"],
    "Unicode": ["unicode"],
    "2 MiB": ["2 MiB"],
}

_IN_WORDS = {"by_hand.Refused": "the status", "__main__.Failed": "its message"}

Passed = set[tuple[str, str]]


def count(client: Client, passed: Passed) -> int:
    """How many checks passed; every status of a refusal is one."""
    names = [check for name, check in passed if name == client.name]
    return sum(len(STATUSES) if check.startswith("errors") else 1 for check in names)


def _cell(client: Client, checks: Sequence[str], passed: Passed) -> str:
    had = [check for check in checks if check in client.checks]
    if not had:
        return "–"
    return "yes" if all((client.name, check) in passed for check in had) else "**no**"


def _row(cells: list) -> str:
    return f"| {' | '.join(str(cell) for cell in cells)} |\n"


def _alike(value_of: Callable[[Client], object]) -> dict:
    """The names of the clients that have the same, under what they have."""
    groups: dict = {}
    for client in CLIENTS:
        groups.setdefault(value_of(client), []).append(client.name)
    return {value: "; ".join(names) for value, names in groups.items()}


def _version(client: Client) -> str:
    named = client.name.startswith(client.package)
    return client.version if named else f"{client.package} {client.version}"


def _results(passed: Passed) -> str:
    text = _row(["client", "version", *COLUMNS, "more", "checks"]) + "|---" * (len(COLUMNS) + 4) + "|\n"
    for client in CLIENTS:
        cells = [_cell(client, checks, passed) for checks in [*COLUMNS.values(), client.more]]
        text += _row([client.name, _version(client), *cells, count(client, passed)])
    total = f"**{sum(count(client, passed) for client in CLIENTS)}**"
    text += _row(["", "", *[""] * (len(COLUMNS) + 1), total]) + "\nMore:\n\n"
    for more, names in _alike(lambda client: client.more).items():
        text += f"- {names}: {', '.join(more)}\n" if more else ""
    text += "\nNot there:\n\n"
    reasons: dict[tuple, list[str]] = {}
    for client in CLIENTS:
        for check, reason in client.without.items():
            reasons.setdefault((client.name, reason), []).append(check)
    gaps: dict[tuple, list[str]] = {}
    for (name, reason), checks in reasons.items():
        gaps.setdefault((tuple(checks), reason), []).append(name)
    return text + "".join(
        f"- {', '.join(checks)}: {'; '.join(names)}: {reason}\n" for (checks, reason), names in gaps.items()
    )


def _exceptions() -> str:
    """What the user of each client has to catch."""
    text = _row(["client", *STATUSES]) + "|---" * (len(STATUSES) + 1) + "|\n"
    for errors, names in _alike(lambda client: tuple(client.errors[status] for status in STATUSES)).items():
        text += _row([names, *(_IN_WORDS.get(name) or f"`{name.partition('.')[2]}`" for name in errors)])
    return text


def _setups() -> str:
    text = ""
    for (language, setup), names in _alike(lambda client: (client.language, client.setup)).items():
        text += f"### {names}\n\n```{language}\n{setup}\n```\n\n"
    return text


_RAISED = """
## What is raised

When the router answers with one of these statuses, a client raises the exception that it has for the same status of its
own provider. The router's 500 is a 502 of the proxy. A stream that is refused before it began raises the same.

"""
_SET_UP = """
## Set-up

The lines that were tested, but for the port; further settings only turned repetitions off, and named a key for each error.
Which key stands there does not matter to a proxy that holds the router's; else the caller's own goes to the router.

"""


def generated(passed: Passed) -> str:
    """What stands between the marks."""
    return "## What passed\n\n" + _results(passed) + _RAISED + _exceptions() + _SET_UP + _setups()


def parts(text: str) -> tuple[str, str, str]:
    """What stands before, between and after the marks."""
    before, begin, rest = text.partition(BEGIN)
    between, end, after = rest.partition(END)
    assert begin and end, f"{PAGE} has lost its marks"
    return before + begin, between, end + after
