"""Bodies in every content coding and in every form of it, and some that were made to cost."""

import gzip
import io
import zlib

import zstandard

ZEROS = bytes(16 << 20)
#: 10 GB, in pieces of ZEROS
REPEATS = 10_000_000_000 // len(ZEROS) + 1


def bare(text: bytes) -> bytes:
    """Without any wrapping, as some programs send what they call deflate."""
    compressor = zlib.compressobj(wbits=-15)
    return compressor.compress(text) + compressor.flush()


def named_gzip(text: bytes) -> bytes:
    """With the file's name and time in the header, as gzip(1) writes them."""
    file = io.BytesIO()
    with gzip.GzipFile("body.json", "wb", fileobj=file, mtime=1_700_000_000) as writer:
        writer.write(text)
    return file.getvalue()


def zstd(text: bytes, **how) -> bytes:
    return zstandard.ZstdCompressor(**how).compress(text)


def streamed_zstd(text: bytes) -> bytes:
    """Without the size in the header, as programs do that compress while they read."""
    compressor = zstandard.ZstdCompressor(write_checksum=True).compressobj()
    return compressor.compress(text) + compressor.flush()


def halves(encode):
    return lambda text: encode(text[: len(text) // 2]) + encode(text[len(text) // 2 :])


SKIPPABLE = b"\x50\x2a\x4d\x18\x05\0\0\0notes"

#: name -> (what stands in Content-Encoding, how it is made)
ENCODED = {
    "gzip": ("gzip", gzip.compress),
    "gzip with a name": ("gzip", named_gzip),
    "gzip in two members": ("gzip", halves(gzip.compress)),
    "x-gzip": ("x-gzip", gzip.compress),
    "upper case": ("GZIP", gzip.compress),
    "deflate": ("deflate", zlib.compress),
    "deflate without wrapping": ("deflate", bare),
    "deflate that compresses nothing": ("deflate", lambda text: zlib.compress(text, 0)),
    "zstd": ("zstd", zstd),
    "zstd of unknown size": ("zstd", streamed_zstd),
    "zstd with a checksum": ("zstd", lambda text: zstd(text, write_checksum=True)),
    "zstd at its hardest": ("zstd", lambda text: zstd(text, level=22)),
    "zstd in two frames": ("zstd", halves(zstd)),
    "zstd around skippable frames": ("zstd", lambda text: SKIPPABLE + zstd(text) + SKIPPABLE),
    "identity": ("identity", bytes),
    "identity and gzip": ("identity, gzip", gzip.compress),
    "empty elements": (", gzip ,,", gzip.compress),
}
ONCE = {"gzip": gzip.compress, "deflate": zlib.compress, "zstd": zstd}


def deflated_zeros() -> bytes:
    """10 GB of zeros in a deflate stream without its beginning and its end."""
    compressor = zlib.compressobj(9, wbits=-15)
    return (compressor.compress(ZEROS) + compressor.flush(zlib.Z_FULL_FLUSH)) * REPEATS


def bombs() -> dict[str, tuple[str, bytes]]:
    deflated, frames = deflated_zeros(), zstd(ZEROS) * REPEATS
    header = gzip.compress(b"", mtime=0)[:10]
    compressor = zstandard.ZstdCompressor().compressobj()
    one_frame = b"".join(compressor.compress(ZEROS) for _ in range(REPEATS)) + compressor.flush()
    return {
        "gzip": ("gzip", header + deflated),
        "deflate": ("deflate", b"\x78\xda" + deflated),
        "deflate without wrapping": ("deflate", deflated),
        "zstd": ("zstd", one_frame),
        "zstd in frames": ("zstd", frames),
        "gzip twice": ("gzip, gzip", gzip.compress(header + deflated)),
        "gzip in zstd": ("gzip, zstd", zstd(header + deflated)),
        "nothing, many times": ("gzip, zstd", zstd(gzip.compress(b"") * 1_000_000)),
    }
