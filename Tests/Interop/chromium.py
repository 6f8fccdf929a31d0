"""Drives a headless Chromium over its DevTools protocol, and records whatever its console complains of."""

import base64
import contextlib
import itertools
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time
import urllib.request

from websockets.sync.client import connect

START_SECONDS = 120
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def program() -> str:
    """The browser's path. Its absence is a failure and no reason to skip: the page is part of the product."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    assert found, "Chromium is needed for the documentation page: apt-get install chromium, or set CHROMIUM"
    return found


class Chromium:
    """One browser with a profile of its own."""

    def __init__(self):
        self._profile = pathlib.Path(tempfile.mkdtemp(prefix="chromium-"))
        arguments = [
            program(),
            "--headless=new",
            "--remote-debugging-port=0",
            f"--user-data-dir={self._profile}",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            "--no-proxy-server",
            "--hide-scrollbars",
        ]
        if os.geteuid() == 0:
            arguments.append("--no-sandbox")  # its sandbox refuses to work for root
        self._output = open(self._profile / "output", "wb")
        self.process = subprocess.Popen(
            [*arguments, "about:blank"], stdin=subprocess.DEVNULL, stdout=self._output, stderr=self._output
        )
        self.port = self._await_port()

    def _await_port(self) -> int:
        announced, deadline = self._profile / "DevToolsActivePort", time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            assert self.process.poll() is None, f"Chromium ended:\n{(self._profile / 'output').read_text()}"
            if announced.exists() and (lines := announced.read_text().splitlines()):
                return int(lines[0])
            time.sleep(0.05)
        raise AssertionError(f"Chromium did not start in {START_SECONDS} s")

    def tab(self) -> "Tab":
        """A new tab."""
        new = urllib.request.Request(f"http://127.0.0.1:{self.port}/json/new?about:blank", method="PUT")
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(new, timeout=10) as answer:
            return Tab(json.load(answer)["webSocketDebuggerUrl"])

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._output.close()
        shutil.rmtree(self._profile, ignore_errors=True)


class Tab:
    """One tab: `complaints` are the errors of its console, `requested` the URLs that it asked for."""

    def __init__(self, url: str):
        self._closing = contextlib.ExitStack()
        self._socket = self._closing.enter_context(connect(url, max_size=None, proxy=None))
        self._numbers = itertools.count(1)
        self.complaints: list[str] = []
        self.requested: list[str] = []
        for domain in ("Page", "Runtime", "Log", "Network", "Audits"):
            self.call(f"{domain}.enable")

    def close(self) -> None:
        self._closing.close()

    def call(self, method: str, **parameters) -> dict:
        """Calls one method of the protocol and takes note of the events before its result."""
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            said = json.loads(self._socket.recv(timeout=30))
            if said.get("id") == number:
                assert "error" not in said, f"{method}: {said['error']}"
                return said["result"]
            self._note(said)

    def _note(self, event: dict) -> None:
        about = event["params"]
        match event["method"]:
            case "Network.requestWillBeSent":
                self.requested.append(about["request"]["url"])
            case "Runtime.exceptionThrown":
                self.complaints.append(f"exception: {about['exceptionDetails']}")
            case "Runtime.consoleAPICalled" if about["type"] in ("error", "warning", "assert"):
                self.complaints.append(f"console: {about['args']}")
            case "Log.entryAdded" if about["entry"]["level"] in ("error", "warning"):
                self.complaints.append(f"log: {about['entry']['text']} {about['entry'].get('url', '')}")
            case "Audits.issueAdded" if "contentSecurityPolicyIssueDetails" in about["issue"]["details"]:
                self.complaints.append(f"policy: {about['issue']['details']}")

    def evaluate(self, script: str):
        """The value of an expression in the page."""
        result = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in result, f"{script}: {result['exceptionDetails']}"
        return result["result"].get("value")

    def wait_for(self, script: str, seconds: float = 20):
        """The value of an expression as soon as it is something; an element comes as an empty dictionary."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if (value := self.evaluate(script)) not in (None, False, 0, ""):
                return value
            time.sleep(0.05)
        text = self.evaluate("document.body.innerText")
        raise AssertionError(f"not in {seconds} s: {script}\n{self.complaints}\nThe page says:\n{text}")

    def open(self, url: str, until: str = "document.readyState === 'complete'") -> None:
        self.call("Page.navigate", url=url)
        self.wait_for(until)

    def size(self, width: int, height: int) -> None:
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
        )

    def prefer(self, scheme: str) -> None:
        """Sets the colour scheme that the user is said to prefer."""
        self.call(
            "Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}]
        )

    def press(self, key: str, code: int, modifiers: int = 0) -> None:
        """Presses a key; modifiers as DevTools has them: 1 Alt, 2 Ctrl, 8 Shift."""
        text = {"Enter": "\r", "Tab": ""}.get(key, key if len(key) == 1 else "")
        what = {"key": key, "code": key, "windowsVirtualKeyCode": code, "modifiers": modifiers}
        self.call("Input.dispatchKeyEvent", type="keyDown", **what, **({"text": text} if text else {}))
        self.call("Input.dispatchKeyEvent", type="keyUp", **what)

    def screenshot(self, path: pathlib.Path) -> None:
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))
