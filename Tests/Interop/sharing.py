"""Lets several sessions share one suite: each takes the files that no other has taken.

With `--share-by FOLDER` a session claims a file of tests by creating its name in the folder, and runs what it claimed. The
last file runs in each of them: it looks at what the session itself has logged. Files with a test that failed are named in
the folder's `failed`, a line each.
"""

import itertools
import pathlib

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--share-by", metavar="FOLDER", help="share the suite with other sessions by claims in this folder")


def pytest_runtestloop(session: pytest.Session) -> bool | None:
    folder = session.config.getoption("--share-by")
    if not folder or session.testsfailed or session.config.option.collectonly:
        return None
    files = [list(items) for _, items in itertools.groupby(session.items, key=lambda item: item.path)]
    taken = (items for items in files if items is files[-1] or _claim(pathlib.Path(folder) / items[0].path.name))
    # One file ahead, because what a file leaves set up depends on what comes next.
    current = next(taken, None)
    while current:
        following = next(taken, None)
        after = [*current[1:], following[0] if following else None]
        for item, nextitem in zip(current, after, strict=True):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=nextitem)
            if session.shouldfail:
                raise session.Failed(session.shouldfail)
            if session.shouldstop:
                raise session.Interrupted(session.shouldstop)
        current = following
    return True


def pytest_terminal_summary(terminalreporter, config: pytest.Config) -> None:
    folder = config.getoption("--share-by")
    if not folder:
        return
    reports = terminalreporter.getreports("failed") + terminalreporter.getreports("error")
    with open(pathlib.Path(folder) / "failed", "a") as names:
        names.writelines(f"{name}\n" for name in sorted({report.nodeid.partition("::")[0] for report in reports}))


def _claim(place: pathlib.Path) -> bool:
    try:
        place.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True
