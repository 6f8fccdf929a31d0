"""TLS before the test router: an authority, good and bad certificates, and what speaks TLS with them."""

import asyncio
import contextlib
import datetime
import ipaddress
import pathlib
import ssl
import threading

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

#: What the certificate can be: in order; of an authority that nobody knows; for another host; no longer valid.
CERTIFICATES = ("good", "unknown authority", "wrong name", "expired")


class Authority:
    """Makes certificates into files of a directory."""

    def __init__(self, directory: pathlib.Path, name: str = "authority"):
        self.directory, self.key = directory, ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"test {name}")])
        self.file = directory / f"{name}.pem"
        certificate = self._certificate(self.name, self.key, x509.BasicConstraints(True, None))
        self.file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def issue(self, label: str, address: str = "127.0.0.1", days: int = 1) -> pathlib.Path:
        """A file with a new key and its certificate for an address."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, label)])
        names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
        text = self._certificate(subject, key, names, days).public_bytes(serialization.Encoding.PEM)
        text += key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file = self.directory / f"{label}.pem"
        file.write_bytes(text)
        return file

    def _certificate(self, subject, key, extension, days: int = 1) -> x509.Certificate:
        now, day = datetime.datetime.now(datetime.UTC), datetime.timedelta(days=1)
        builder = x509.CertificateBuilder(self.name, subject, key.public_key(), x509.random_serial_number())
        builder = builder.not_valid_before(now - 3 * day).not_valid_after(now + days * day)
        builder = builder.add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
        return builder.sign(self.key, hashes.SHA256())


class TLSFront:
    """Ends TLS before a router that speaks clear text, in a thread of its own."""

    def __init__(self, router_port: int, directory: pathlib.Path):
        authority, stranger = Authority(directory), Authority(directory, "stranger")
        self.ca_file = str(authority.file)
        self._files = {
            "good": authority.issue("good"),
            "unknown authority": stranger.issue("unknown"),
            "wrong name": authority.issue("other", address="127.0.0.2"),
            "expired": authority.issue("expired", days=-1),
        }
        self.router_port = router_port
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.show("good")
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._connections: set[asyncio.Task] = set()

    def show(self, certificate: str) -> None:
        """From the next connection on, it shows this one of the certificates."""
        self._context.load_cert_chain(self._files[certificate])

    def start(self) -> "TLSFront":
        self._thread.start()
        serving = asyncio.start_server(self._accepted, "127.0.0.1", 0, ssl=self._context)
        self._server = asyncio.run_coroutine_threadsafe(serving, self._loop).result(10)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def stop(self) -> None:
        async def end() -> None:
            self._server.close()
            for task in self._connections:
                task.cancel()
            await asyncio.gather(*self._connections, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections.add(asyncio.current_task())
        try:
            router_reader, router_writer = await asyncio.open_connection("127.0.0.1", self.router_port)
            try:
                async with asyncio.TaskGroup() as both:
                    both.create_task(self._pass(reader, router_writer))
                    both.create_task(self._pass(router_reader, writer))
            finally:
                router_writer.transport.abort()
        except* (OSError, EOFError):
            pass
        finally:
            self._connections.discard(asyncio.current_task())
            writer.transport.abort()

    @staticmethod
    async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
        # TLS has no half-closed connections: what one end ends, ends.
        with contextlib.suppress(OSError):
            await writer.drain()
        raise EOFError
