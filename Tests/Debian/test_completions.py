"""Completions, in the shells themselves: what is typed and Tab, and what the shell then runs."""

import os
import pty
import re
import select
import shutil
import signal
import subprocess
import time

import pytest

# The command is a function of each shell here, which says what it was called with.
SHELLS = {
    "bash": (
        ["bash", "--norc", "--noprofile", "-i"],
        "bind 'set bell-style none'; . /usr/share/bash-completion/bash_completion; "
        '{name}() {{ printf "ran""<%s>\\n" "$*"; }}'),
    "zsh": (
        ["zsh", "-f", "-i"],
        'fpath=({tree}/usr/share/zsh/vendor-completions $fpath); autoload -Uz compinit; compinit -u -D; '
        '{name}() {{ printf "ran""<%s>\\n" "$*" }}'),
    "fish": (["fish", "--private"], 'function {name}; printf "ran""<%s>\\n" "$argv"; end'),
}
LONGEST = 30


class Terminal:
    """A shell on a terminal."""

    def __init__(self, command, environment):
        self.pid, self.descriptor = pty.fork()
        if self.pid == 0:
            os.execvpe(command[0], command, environment)
        self.seen = ""

    def type(self, text):
        os.write(self.descriptor, text.encode())

    def wait_for(self, pattern):
        """The first match in what the shell wrote since the last one."""
        deadline = time.monotonic() + LONGEST
        while not (found := re.search(pattern, self.seen)):
            left = deadline - time.monotonic()
            assert left > 0 and select.select([self.descriptor], [], [], left)[0], f"no {pattern} in: {self.seen!r}"
            self.seen += os.read(self.descriptor, 65536).decode(errors="replace")
        self.seen = self.seen[found.end():]
        return found

    def close(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.descriptor)


@pytest.fixture(params=SHELLS)
def shell(request, tree, tmp_path):
    name = request.param
    assert shutil.which(name), f"{name} is missing; tools/deps package installs it"
    command, begin = SHELLS[name]
    terminal = Terminal(command, {
        "PATH": os.environ["PATH"], "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "TERM": "dumb", "LC_ALL": "C.UTF-8", "PS1": "",
        "COLUMNS": "200", "XDG_DATA_DIRS": f"{tree}/usr/share:/usr/share"})
    try:
        for program in ("nomyo-proxy", "nomyo-dev-router"):
            terminal.type(begin.format(name=program, tree=tree) + "\r")
        terminal.type('printf "be""gun\\n"\r')
        terminal.wait_for("begun")
        yield terminal
    finally:
        terminal.close()


@pytest.mark.parametrize("typed, ran", [
    ("nomyo-proxy trus", "trust"),
    ("nomyo-proxy trust acc", "trust accept"),
    ("nomyo-proxy run --router-api-k", "run --router-api-key-file"),
    ("nomyo-proxy health --rea", "health --ready"),
    ("nomyo-dev-router --show-w", "--show-wire"),
])
def test_tab_completes_commands_and_options(shell, typed, ran):
    shell.type(f"{typed}\t")
    # Enter only once the rest is there: what is typed ahead would not wait for it.
    rest = ran.rpartition(" ")[2]
    shell.wait_for(re.escape(rest[-2:]))
    shell.type("\r")
    assert shell.wait_for(r"ran<([^>]*)>")[1].strip() == ran


@pytest.mark.parametrize("kind, check", [
    ("bash-completion/completions/{}", ["bash", "-n"]),
    ("zsh/vendor-completions/_{}", ["zsh", "-n"]),
    ("fish/vendor_completions.d/{}.fish", ["fish", "--no-execute"]),
])
@pytest.mark.parametrize("name", ["nomyo-proxy", "nomyo-dev-router"])
def test_the_shell_can_read_the_file(kind, check, name, tree):
    subprocess.run([*check, tree / "usr/share" / kind.format(name)], check=True, timeout=30)
