"""What the fault proxy does to sockets, and how it knows where in an exchange it is."""

import asyncio
import ctypes
import re
import socket
import struct

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_SO_ATTACH_FILTER, _SO_DETACH_FILTER = 26, 27
_RETURN_NOTHING = struct.pack("HBBI", 0x06, 0, 0, 0)  # the BPF program `ret #0`: keep no byte of any packet
_LONGEST_GOODBYE = 5.0


def deafen(connection: socket.socket) -> None:
    """The kernel drops whatever arrives for this socket, be it SYN, data or FIN, and acknowledges nothing."""
    program = ctypes.create_string_buffer(_RETURN_NOTHING, len(_RETURN_NOTHING))
    description = struct.pack("HL", 1, ctypes.addressof(program))
    connection.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, description)


def hear_again(connection: socket.socket) -> None:
    """Ends `deafen`."""
    connection.setsockopt(socket.SOL_SOCKET, _SO_DETACH_FILTER, 0)


def end_with_reset(connection: socket.socket) -> None:
    """Closes with RST."""
    try:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    finally:
        connection.close()


async def end_with_fin(connection: socket.socket) -> None:
    """Closes with FIN, also where bytes have come that nobody read, which would make the kernel send RST."""
    loop = asyncio.get_running_loop()
    try:
        connection.shutdown(socket.SHUT_WR)
        async with asyncio.timeout(_LONGEST_GOODBYE):
            while await loop.sock_recv(connection, 1 << 16):
                pass
    except (OSError, TimeoutError):
        pass
    finally:
        connection.close()


class Messages:
    """Cuts one direction of a connection into the parts of its HTTP/1.1 messages, each with a Content-Length."""

    def __init__(self):
        self._head, self._left = b"", 0

    def feed(self, data: bytes):
        """Yields ("head", bytes), ("body", bytes) and, when a message is over, ("end", b"")."""
        while data:
            if not self._left:
                head, blank, rest = (self._head + data).partition(b"\r\n\r\n")
                if not blank:
                    self._head = head
                    return
                found = _LENGTH.search(head + b"\r\n")
                self._head, self._left, data = b"", int(found[1]) if found else 0, rest
                yield "head", head + blank
            else:
                part, data = data[: self._left], data[self._left :]
                self._left -= len(part)
                yield "body", part
            if not self._left:
                yield "end", b""
