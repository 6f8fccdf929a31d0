"""What the measurements share: the programs under test, the load generator, OpenSSL's own figure."""

import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROXY = pathlib.Path(os.environ.get("NOMYO_PROXY", ROOT / ".build-release/dist/nomyo-proxy"))
ROUTER = pathlib.Path(os.environ.get("NOMYO_DEV_ROUTER", ROOT / ".build-release/dist/nomyo-dev-router"))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def rsa_private_operation(processes, seconds):
    """Operations a second of RSA-4096 decryption-size private operations, by OpenSSL's own measurement."""
    command = ["openssl", "speed", "-seconds", str(seconds)]
    if processes > 1:
        command += ["-multi", str(processes)]
    output = subprocess.run(command + ["rsa4096"], capture_output=True, text=True, check=True).stdout
    # The last line: rsa 4096 bits, seconds a private operation, seconds a public one, and both the other way round.
    return float(re.search(r"^rsa 4096 bits .*?([\d.]+)\s+[\d.]+$", output, re.MULTILINE)[1])


class Daemon:
    def __init__(self, binary, arguments, environment=None, wait_for=None):
        self.started = time.monotonic()
        # The daemon takes every variable of this prefix for a setting, and make has some of its own.
        own = {name: value for name, value in os.environ.items() if not name.startswith("NOMYO_")}
        self.process = subprocess.Popen(
            [str(binary), *arguments], env={**own, **(environment or {})},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = self.started + 60
        while True:
            try:
                with urllib.request.urlopen(wait_for, timeout=1) as answer:
                    if answer.status == 200:
                        break
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    sys.exit(f"{binary} does not come up")
                time.sleep(0.005)
        self.ready_after = time.monotonic() - self.started

    def resident_mib(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)


def http_request(path, body, fields):
    head = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    head += [f"{name}: {value}" for name, value in fields.items()]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def chat(prompt_bytes, **members):
    words = "The quick brown fox jumps over the lazy dog. "
    prompt = (words * (prompt_bytes // len(words) + 1))[:prompt_bytes]
    body = {"model": "echo", "messages": [{"role": "user", "content": prompt}], **members}
    return json.dumps(body).encode()


class Load:
    def __init__(self, folder, binary=None):
        """Builds the generator in the folder, unless there is one already."""
        self.folder = pathlib.Path(folder)
        self.binary = pathlib.Path(binary or self.folder / "load")
        if binary is None:
            subprocess.run(["swiftc", "-O", "-o", str(self.binary),
                            str(ROOT / "Benchmarks/load.swift")], check=True)

    def run(self, port, request, connections, count):
        file = self.folder / "request"
        file.write_bytes(request)
        output = subprocess.run([str(self.binary), str(port), str(file), str(connections), str(count)],
                                capture_output=True, text=True, check=True).stdout
        result = json.loads(output)
        if result["errors"]:
            sys.exit(f"{result['errors']} of {count} requests failed: no figure")
        return result


def wait_ready(port):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1)
            return
        except OSError:
            time.sleep(0.01)
    sys.exit("the proxy does not become ready")


def start_proxy(router_port, folder, *, probe="readyz", **settings):
    """The proxy with settings like keys_pool=2, its state and its sockets in a directory of its own.

    It is there as soon as the route `probe` answers.
    """
    port = free_port()
    home = tempfile.mkdtemp(dir=folder)
    environment = {"NOMYO_PROXY_LISTEN": f"127.0.0.1:{port},unix:{home}/proxy.sock", "NOMYO_API_KEY": "bench",
                   "NOMYO_PROXY_ROUTER_URL": f"http://127.0.0.1:{router_port}",
                   "NOMYO_PROXY_ROUTER_ALLOW_HTTP": "true", "NOMYO_PROXY_LOG_LEVEL": "warning",
                   "NOMYO_PROXY_ROUTER_RATE_PER_SECOND": "0",  # what is measured is not the rate
                   "STATE_DIRECTORY": home, "RUNTIME_DIRECTORY": home}
    environment |= {f"NOMYO_PROXY_{name.upper()}": str(value) for name, value in settings.items()}
    daemon = Daemon(PROXY, ["run"], environment, f"http://127.0.0.1:{port}/{probe}")
    daemon.admin_socket = pathlib.Path(home) / "admin.sock"
    daemon.socket = pathlib.Path(home) / "proxy.sock"
    return port, daemon


def start_router(*flags):
    port = free_port()
    return port, Daemon(ROUTER, ["--listen", f"127.0.0.1:{port}", *flags],
                        wait_for=f"http://127.0.0.1:{port}/pki/public_key")


def need_programs():
    for binary in (PROXY, ROUTER):
        if not binary.exists():
            sys.exit(f"{binary} is missing: run `make release` first")


def write_table(table, name):
    """Puts a table between its markers in docs/benchmarks.md."""
    page = ROOT / "docs/benchmarks.md"
    begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
    before, rest = page.read_text().split(begin, 1)
    page.write_text(before + begin + table + end + rest.split(end, 1)[1])
