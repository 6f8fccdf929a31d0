"""A router that answers nothing useful, and sees at once when somebody hangs up.

It never opens a request: its key is real, the private half is thrown away. Everything runs in the caller's thread, so
that a moment seen here can be held against one seen at the caller's end.
"""

import selectors
import socket
import subprocess
import threading
import time

PATIENCE = 10


def public_key():
    private = subprocess.run(["openssl", "genrsa", "4096"], capture_output=True, check=True).stdout
    return subprocess.run(["openssl", "rsa", "-pubout"], input=private, capture_output=True, check=True).stdout


class Upstream:
    def __init__(self, key):
        self.key, self.open = key, {}
        self.listening = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self.listening.getsockname()[1]
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.listening, selectors.EVENT_READ)

    def while_starting(self, body):
        """Runs `body`, which waits for a daemon, and gives the key meanwhile."""
        ended = threading.Event()

        def serve():
            while not ended.is_set():
                self.step(0.05)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            return body()
        finally:
            ended.set()
            thread.join()

    def step(self, seconds):
        """Takes in what has come; the connections on which a whole sealed request has."""
        whole = []
        for ready, _ in self.selector.select(seconds):
            if ready.fileobj is self.listening:
                connection, _ = self.listening.accept()
                self.open[connection] = bytearray()
                self.selector.register(connection, selectors.EVENT_READ)
            elif self._read(ready.fileobj):
                whole.append(ready.fileobj)
        return whole

    def next_request(self):
        """The connection of the next sealed request, as soon as it has arrived whole."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if whole := self.step(0.5):
                return whole[0]
        raise TimeoutError("no request came")

    def next_head(self):
        """The connection of the next sealed request, of which the body may be on its way; nothing more is read."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            self.step(0.5)
            for connection, bytes_read in self.open.items():
                if bytes_read:
                    return connection
        raise TimeoutError("no request came")

    def untouched(self):
        """Whether nothing has come that was not looked at."""
        return not self.selector.select(0)

    def seen_close(self, connection):
        """Waits for the other side to hang up; when that was."""
        connection.settimeout(PATIENCE)
        try:
            while connection.recv(1 << 20):
                pass
        except ConnectionError:
            pass
        now = time.perf_counter()
        self.drop(connection)
        return now

    def drop(self, connection):
        if self.open.pop(connection, None) is not None:
            self.selector.unregister(connection)
        connection.close()

    def drop_all(self):
        self.step(0)
        for connection in list(self.open):
            self.drop(connection)

    def _read(self, connection):
        try:
            data = connection.recv(1 << 18)
        except ConnectionError:
            data = b""
        if not data:
            self.drop(connection)
            return False
        read = self.open[connection]
        read += data
        head, separator, body = bytes(read[:16384]).partition(b"\r\n\r\n")
        if not separator:
            return False
        lines = head.decode("latin-1").split("\r\n")
        if "/pki/public_key" in lines[0]:
            read.clear()
            self.answer(connection, b"200 OK", self.key)
            return False
        length = next(int(line.split(":")[1]) for line in lines if line.lower().startswith("content-length:"))
        if len(read) < len(head) + 4 + length:
            return False
        read.clear()
        return True

    @staticmethod
    def answer(connection, status, body, length=None, **fields):
        """Sends a head that announces `length` bytes, by default all of them, and `body`."""
        lines = [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
        lines = [f"content-length: {len(body) if length is None else length}", *lines]
        connection.sendall(b"HTTP/1.1 " + status + b"\r\n" + "\r\n".join(lines).encode() + b"\r\n\r\n" + body)
