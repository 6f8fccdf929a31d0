"""Where a message ends: lengths, codings and chunks that two readers could take for different ones, each of them refused."""

from http_shapes import CHAT, CL, LAST, LONG, TE, Refused, chunked, head

FIVE = b"5\r\nhello\r\n"
#: CL.TE and TE.CL: whoever heeds the other header finds a request in the body.
INNER = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"

LENGTHS = [
    Refused("length and coding", "9112 6.3", head(CL, TE) + LAST),
    Refused("coding and length", "9112 6.3", head(TE, CL) + LAST),
    Refused("CL.TE with a request inside", "9112 6.3", head(b"Content-Length: %d" % (5 + len(INNER)), TE) + LAST + INNER),
    Refused("TE.CL with a request inside", "9112 6.3", head(TE, b"Content-Length: 4") + b"%x\r\n" % len(INNER) + INNER + b"\r\n" + LAST),
    Refused("length and coding that is obscured by case", "9112 6.3", head(CL, b"tRANSFER-eNCODING: cHUNKED") + LAST),
    Refused("length and coding with a tab before it", "9112 6.3", head(CL, b"Transfer-Encoding:\tchunked") + LAST),
    Refused("length and unknown coding", "9112 6.3", head(CL, b"Transfer-Encoding: xchunked") + LAST),
    Refused("length zero and coding", "9112 6.3", head(b"Content-Length: 0", TE) + LAST),
    Refused("two lengths", "9112 6.3", head(CL, b"Content-Length: 6") + b"hello"),
    Refused("two equal lengths", "9112 6.3", head(CL, CL) + b"hello"),
    Refused("list of equal lengths", "9112 6.3", head(b"Content-Length: 5, 5") + b"hello"),
    Refused("list of lengths", "9112 6.3", head(b"Content-Length: 5, 6") + b"hello"),
    Refused("negative length", "9110 8.6", head(b"Content-Length: -5") + b"hello"),
    Refused("plus length", "9110 8.6", head(b"Content-Length: +5") + b"hello"),
    Refused("hexadecimal length", "9110 8.6", head(b"Content-Length: 0x5") + b"hello"),
    Refused("length in letters", "9110 8.6", head(b"Content-Length: five") + b"hello"),
    Refused("length with a point", "9110 8.6", head(b"Content-Length: 5.0") + b"hello"),
    Refused("length with an exponent", "9110 8.6", head(b"Content-Length: 5e0") + b"hello"),
    Refused("length with underscore", "9110 8.6", head(b"Content-Length: 5_0") + b"hello"),
    Refused("length with a space inside", "9110 8.6", head(b"Content-Length: 5 5") + b"hello"),
    Refused("empty length", "9110 8.6", head(b"Content-Length:") + b"hello"),
    Refused("length in Arabic digits", "9110 8.6", head("Content-Length: ٥".encode()) + b"hello"),
    Refused("length over 63 bits", "9110 8.6", head(b"Content-Length: 9223372036854775808")),
    Refused("length over 64 bits", "9110 8.6", head(b"Content-Length: 18446744073709551621") + b"hello"),
    Refused("length of a thousand digits", "9110 8.6", head(b"Content-Length: " + b"9" * 1000)),
    Refused("length of 40 MiB", "9110 15.5.14", head(b"Content-Length: 41943040"), 413),
    Refused("length of 8 EiB", "9110 15.5.14", head(b"Content-Length: 9223372036854775807"), 413),
]

CODINGS = [
    Refused("gzip, chunked", "9112 6.1", head(b"Transfer-Encoding: gzip, chunked") + LAST, 501),
    Refused("chunked, gzip", "9112 6.1", head(b"Transfer-Encoding: chunked, gzip") + LAST, 400),
    Refused("chunked, chunked", "9112 6.1", head(b"Transfer-Encoding: chunked, chunked") + LAST),
    Refused("chunked in two fields", "9112 6.1", head(TE, TE) + LAST),
    Refused("identity and chunked in two fields", "9112 6.1", head(b"Transfer-Encoding: identity", TE) + LAST, 501),
    Refused("xchunked", "9112 6.1", head(b"Transfer-Encoding: xchunked") + LAST, 501),
    Refused("identity", "9112 6.1", head(b"Transfer-Encoding: identity") + LAST, 501),
    Refused("chunked in quotes", "9112 6.1", head(b'Transfer-Encoding: "chunked"') + LAST, 501),
    Refused("chunked with a parameter", "9112 6.1", head(b"Transfer-Encoding: chunked;q=1") + LAST, 501),
    Refused("chunked after a vertical tab", "9110 5.5", head(b"Transfer-Encoding: \x0bchunked") + LAST),
    Refused("chunked after a form feed", "9110 5.5", head(b"Transfer-Encoding: \x0cchunked") + LAST),
    Refused("chunked after a no-break space", "9110 5.5", head(b"Transfer-Encoding: \xa0chunked") + LAST, 501),
    Refused("empty coding", "9112 6.1", head(b"Transfer-Encoding:") + LAST, 501),
    Refused("a comma before chunked", "9112 6.1", head(b"Transfer-Encoding: , chunked") + LAST, 501),
    Refused("chunked in HTTP/1.0", "9112 6.1", head(TE, line=CHAT.replace(b"1.1", b"1.0")) + LAST),
    Refused("folded coding", "9112 5.2", head(b"Transfer-Encoding:\r\n chunked") + LAST),
]

CHUNKS = [
    Refused(f"chunk: {name}", "9112 7.1", chunked() + body)
    for name, body in {
        "size in letters": b"g\r\nhello\r\n" + LAST,
        "negative size": b"-5\r\nhello\r\n" + LAST,
        "plus size": b"+5\r\nhello\r\n" + LAST,
        "0x size": b"0x5\r\nhello\r\n" + LAST,
        "size with underscore": b"0_5\r\nhello\r\n" + LAST,
        "empty size": b"\r\nhello\r\n" + LAST,
        "size over 64 bits": b"10000000000000005\r\nhello\r\n" + LAST,
        "space before size": b" 5\r\nhello\r\n" + LAST,
        "tab before size": b"\t5\r\nhello\r\n" + LAST,
        "space after size": b"5 \r\nhello\r\n" + LAST,
        "bare LF after size": b"5\nhello\r\n" + LAST,
        "bare CR after size": b"5\rhello\r\n" + LAST,
        "CR CR LF after size": b"5\r\r\nhello\r\n" + LAST,
        "bare LF in an extension": b"5;a\nhello\r\n" + LAST,
        "bare CR in an extension": b"5;a\rb\r\nhello\r\n" + LAST,
        "NUL in an extension": b"5;a\0\r\nhello\r\n" + LAST,
        "open quotes in an extension": b'5;a="b\r\nhello\r\n' + LAST,
        "size too short": b"4\r\nhello\r\n" + LAST,
        "size too long": b"7\r\nhello\r\n" + LAST,
        "no line end after data": b"5\r\nhello0\r\n\r\n",
        "bare LF after data": b"5\r\nhello\n" + LAST,
        "bare CR after data": b"5\r\nhello\r0\r\n\r\n",
        "bare LF at the end": FIVE + b"0\r\n\n",
        "bare LF after the last size": FIVE + b"0\n\r\n",
        "two last chunks, a body behind": FIVE + b"00000000000000000g\r\n\r\n",
        "fold in a trailer": FIVE + b"0\r\nX: a\r\n b\r\n\r\n",
        "space before colon in a trailer": FIVE + b"0\r\nX : a\r\n\r\n",
        "NUL in a trailer": FIVE + b"0\r\nX: \0\r\n\r\n",
        "control character in a trailer": FIVE + b"0\r\nX: \1\r\n\r\n",
        "bare LF in a trailer": FIVE + b"0\r\nX: a\n\r\n",
        "trailer without a name": FIVE + b"0\r\n: a\r\n\r\n",
        "length in a trailer": FIVE + b"0\r\nContent-Length: 100\r\n\r\n",
        "coding in a trailer": FIVE + b"0\r\nTransfer-Encoding: chunked\r\n\r\n",
        "trailer without a colon": FIVE + b"0\r\nnonsense\r\n\r\n",
    }.items()
] + [
    Refused("chunk: a size of 8 EiB", "9110 15.5.14", chunked() + b"7fffffffffffffff\r\n" + b"x" * (11 << 20), 413),
    Refused("chunk: an extension of 70 kB", "9112 7.1.1", chunked() + b"5;" + b"a" * 200_000),
    Refused("chunk: a size with 70,000 zeros", "9112 7.1", chunked() + b"0" * 200_000),
    Refused(
        "chunk: an extension on each of 1,000", "9112 7.1.1", chunked() + (b"1;" + b"a" * 990 + b"\r\nx\r\n") * 1000
    ),
    Refused("chunk: 129 trailers", "6585 5", chunked() + FIVE + b"0\r\n" + b"X: a\r\n" * 129 + b"\r\n", 431),
    Refused("chunk: trailers of 40 kB", "6585 5", chunked() + FIVE + b"0\r\nX: " + LONG + b"\r\n\r\n", 431),
]
