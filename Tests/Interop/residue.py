"""Looks for texts and keys in the memory of a running process, in every form that they may have taken there.

All needles are sought in one pass: every aligned word of the memory is looked up among all windows of that size
of all needles. A run of 15 bytes holds at least one aligned word at whatever address it begins, so fragments are
found as well as whole needles.
"""

import base64
import json
import os
import pathlib
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

WORD = 8
CHUNK = 1 << 20
LEAST = 16  # shorter runs may be chance


@dataclass(frozen=True)
class Needle:
    """One form of something that must not be found; `least` is the shortest run of it that counts."""

    label: str
    form: str
    content: bytes
    least: int = LEAST


@dataclass(frozen=True)
class Finding:
    """Where a run of a needle stands, and what stands around it."""

    needle: Needle
    address: int
    length: int
    mapping: str
    around: bytes

    def __str__(self) -> str:
        what = f"{self.length} bytes of {self.needle.label} ({self.needle.form})"
        return f"{what} at {self.address:#x} in {self.mapping}: {self.around!r}"


def text_needles(label: str, text: str) -> Iterator[Needle]:
    """A text raw, as JSON writes it in several spellings, and the base64 of these at every alignment."""
    spelt = "".join(f"\\u{ord(character):04x}" for character in text)
    forms = {
        "raw": text,
        "JSON": json.dumps(text, ensure_ascii=False)[1:-1],
        "JSON in ASCII": json.dumps(text)[1:-1],
    }
    for form, content in forms.items():
        if form == "raw" or content != text:
            yield Needle(label, form, content.encode())
            yield from _base64_needles(label, form, content.encode())
    # Six bytes for each character, five of them much alike in all such texts.
    yield Needle(label, "JSON escapes only", spelt.encode(), 6 * LEAST)
    yield Needle(label, "JSON escapes only, upper case", re.sub(r"(?<=u)....", _upper, spelt).encode(), 6 * LEAST)


def _upper(digits: re.Match) -> str:
    return digits[0].upper()


def _base64_needles(label: str, form: str, content: bytes) -> Iterator[Needle]:
    for shift in range(3):
        text = base64.b64encode(bytes(shift) + content)
        # The outermost characters depend on the neighbours.
        yield Needle(label, f"base64 of {form} at {shift}", text[-(-8 * shift // 6) : -4], 2 * LEAST)


def number_needles(label: str, number: int) -> Iterator[Needle]:
    """A large integer as big number libraries hold it and as files hold it."""
    size = -(-number.bit_length() // 8)
    yield Needle(label, "little-endian", number.to_bytes(size, "little"))
    yield Needle(label, "big-endian", number.to_bytes(size, "big"))


class Search:
    """What is sought, prepared for any number of passes."""

    def __init__(self, needles: list[Needle]):
        self._windows: dict[int, list[tuple[Needle, int]]] = {}
        for needle in needles:
            for offset in range(len(needle.content) - WORD + 1):
                word = int.from_bytes(needle.content[offset : offset + WORD], "little")
                self._windows.setdefault(word, []).append((needle, offset))
        self._words = frozenset(self._windows)

    def process(self, pid: int, *enough: str) -> list[Finding]:
        """What stands in the readable memory of a process, which stands still meanwhile.

        Looks no further once something of all these labels was found.
        """
        with _stopped(pid), open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
            places = ((memory.fileno(), start, end, name) for start, end, name in _mappings(pid))
            return _until((finding for place in places for finding in self._within(*place)), set(enough))

    def file(self, path: pathlib.Path, *enough: str) -> list[Finding]:
        """The same for a file."""
        with open(path, "rb", buffering=0) as content:
            return _until(self._within(content.fileno(), 0, path.stat().st_size, str(path)), set(enough))

    def _within(self, descriptor: int, start: int, end: int, name: str) -> Iterator[Finding]:
        reached = 0
        for position in range(start, end, CHUNK):
            content = _read(descriptor, position, min(CHUNK, end - position))
            content += bytes(-len(content) % WORD)
            words = memoryview(content).cast("Q")
            if self._words.isdisjoint(words):
                continue
            for index, word in enumerate(words):
                address = position + index * WORD
                if word not in self._windows or address < reached:
                    continue
                runs = [self._run(descriptor, address, *window, name) for window in self._windows[word]]
                if longest := max(filter(None, runs), key=lambda run: run.length, default=None):
                    reached = longest.address + longest.length
                    yield longest

    def _run(self, descriptor: int, address: int, needle: Needle, offset: int, name: str) -> Finding | None:
        """How far the needle goes on to both sides of the word that was met."""
        first = max(0, address - offset)
        content = _read(descriptor, first, address - first + len(needle.content) - offset)
        needle_from = offset - (address - first)
        at = begin = end = address - first
        while begin > 0 and content[begin - 1] == needle.content[needle_from + begin - 1]:
            begin -= 1
        while end < len(content) and content[end] == needle.content[needle_from + end]:
            end += 1
        assert begin <= at < end
        if end - begin < min(needle.least, len(needle.content)):
            return None
        around = _read(descriptor, max(0, first + begin - 48), end - begin + 96)
        return Finding(needle, first + begin, end - begin, name, around)


def _until(findings: Iterator[Finding], enough: set[str]) -> list[Finding]:
    found, missing = [], set(enough)
    for finding in findings:
        found.append(finding)
        missing.discard(finding.needle.label)
        if enough and not missing:
            break
    return found


@contextmanager
def _stopped(pid: int) -> Iterator[None]:
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def _mappings(pid: int) -> Iterator[tuple[int, int, str]]:
    for line in pathlib.Path(f"/proc/{pid}/maps").read_text().splitlines():
        span, permissions, _, _, _, *name = line.split(maxsplit=5)
        start, end = (int(bound, 16) for bound in span.split("-"))
        # [vvar] and [vsyscall] belong to the kernel and cannot be read from outside.
        if permissions.startswith("r") and name not in (["[vvar]"], ["[vsyscall]"]):
            yield start, end, f"{span} {permissions} {' '.join(name) or 'anonymous'}"


def _read(descriptor: int, position: int, count: int) -> bytes:
    """As much as can be read; file mappings may reach beyond the end of their file."""
    try:
        return os.pread(descriptor, count, position)
    except OSError:
        return b""
