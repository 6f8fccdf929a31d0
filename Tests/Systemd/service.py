"""The installed service: its units, its configuration, and ways to call it."""

import pathlib
import shutil
import socket

import httpx
import openai

import installed
from callers import prompt
from daemon import mark, merged, toml
from replies import MODEL
from unit import Journal, Unit, run

PORT = 12439
ROUTER_PORT = 12500
SOCKET = "/run/nomyo-proxy-callers/http.sock"
ADMIN_SOCKET = "/run/nomyo-proxy/admin.sock"
STATE = pathlib.Path("/var/lib/private/nomyo-proxy")

SETTINGS = {
    "router": {"url": f"http://127.0.0.1:{ROUTER_PORT}", "allow_http": True, "rate": {"per_second": 0}},
    # Made in a fraction of the time, and none ahead: not the keys are tested.
    "keys": {"primes": 4, "pool": 0},
}


class Service(Unit):
    """nomyo-proxy.service with its sockets."""

    url = f"http://127.0.0.1:{PORT}"

    def __init__(self):
        super().__init__("nomyo-proxy.service")
        self.tcp, self.unix = Unit("nomyo-proxy.socket"), Unit("nomyo-proxy-unix.socket")

    def configure(self, **changes) -> None:
        """Writes the configuration; `shutdown={"drain": "1s"}` is laid over what the tests need."""
        installed.CONFIGURATION.write_text(toml(merged(SETTINGS, changes)))

    def reset(self) -> None:
        """Stops everything and forgets state, failures and credentials."""
        for unit in (self.tcp, self.unix, self):
            unit.command("stop", seconds=200)
            unit.command("reset-failed")
        for path in (installed.KEY, installed.ENCRYPTED_KEY):
            path.unlink(missing_ok=True)
        shutil.rmtree(STATE, ignore_errors=True)

    def journal(self) -> Journal:
        """Reads what the unit logs from now on."""
        return Journal(unit=self.name)

    def sdk(self, url: str | None = None, **how) -> openai.OpenAI:
        """The official SDK, which never tries twice."""
        return openai.OpenAI(base_url=(url or self.url) + "/v1", api_key=mark("caller"), max_retries=0, timeout=20, **how)

    def ask(self, content: str, url: str | None = None) -> str:
        """One exchange by the SDK; the answer's text."""
        with self.sdk(url) as sdk:
            answer = sdk.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": content}])
        return answer.choices[0].message.content

    def post(self, content: str, seconds: float = 60, **members) -> httpx.Response:
        """One exchange by plain HTTP on a connection of its own."""
        return httpx.post(self.url + "/v1/chat/completions", json=prompt(content, **members), timeout=seconds)

    def admin(self, *command: str):
        """The program's own command as root, as an operator calls it."""
        return run("nomyo-proxy", *command)
