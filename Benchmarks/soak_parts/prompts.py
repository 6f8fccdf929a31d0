"""Prompts that nobody can mix up: a name of its own, then a long text from a random place on."""

import json
import random

KIND_SIZES = {"4 KB": 4 * 1024, "100 KB": 100 * 1024, "2 MiB": 2 * 1024 * 1024}
KIND_SHARES = {"4 KB": 0.945, "100 KB": 0.05, "2 MiB": 0.005}
# What JSON writes with an escape, what UTF-8 writes with two to four bytes, and what streams split at.
AWKWARD = ['"', "\\", "\n", "\t", "ü", "–", "漢字", "🙂", "\u2028", "</s>", "data: [DONE]"]


class Prompts:
    def __init__(self, seed):
        self.random = random.Random(seed)
        words = ["".join(self.random.choices("abcdefghijklmnopqrstuvwxyz", k=self.random.randint(2, 9)))
                 for _ in range(4000)]
        pieces, size = [], 0
        while size < 3 * 1024 * 1024:
            piece = self.random.choice(AWKWARD) if self.random.random() < 0.04 else self.random.choice(words)
            pieces.append(piece)
            size += len(piece) + 1
        self._text = " ".join(pieces)
        self._made = 0

    def make(self, kind):
        """A prompt of about this size."""
        size = KIND_SIZES[kind]
        start = self.random.randrange(len(self._text) - size)
        self._made += 1
        return f"{self._made}-{self.random.getrandbits(64):016x} {self._text[start:start + size]}"

    def kind(self):
        return self.random.choices(list(KIND_SHARES), KIND_SHARES.values())[0]


def request_body(prompt, is_stream):
    body = {"model": "echo", "messages": [{"role": "user", "content": prompt}]}
    if is_stream:
        body["stream"] = True
    return json.dumps(body, ensure_ascii=False).encode()
