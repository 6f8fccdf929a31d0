"""The table of faults as a page."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """What is to be expected of one fault at one phase."""

    phase: str
    name: str
    does: str  # what the proxy does
    brief: str  # what a request gets that meets the fault for a short time
    lasting: str  # what it gets while the fault lasts
    sent: tuple[int, int]  # how often it is sealed and sent at most, in either case
    at_most: str  # how long it takes until a request has its answer
    ends: str  # what recovers it
    within: float | None  # seconds from the end of the fault to the next answer; None where it may be more

    @property
    def label(self) -> str:
        return f"{self.phase}-{self.name}".replace(" ", "_")

    @property
    def is_final(self) -> bool:
        """Whether a request that meets it is lost by design."""
        return self.does.startswith("gives up")


PHASES = {
    "dns": ("The name", "The router's name is looked up by a daemon that has just been started."),
    "connect": ("The connection", "TCP to the router, up to its first byte."),
    "tls": ("TLS", "The handshake, when its first bytes have gone out."),
    "key": ("The router's key", "`GET /pki/public_key`, while no key is known; without one nothing can be sealed."),
    "request_body": ("The request", "Part of the sealed request has gone out."),
    "waiting": ("The wait for the answer", "The router has the request, and nothing of an answer has come."),
    "answer_head": ("The answer's head", "Part of it has come."),
    "answer_body": ("The answer's body", "Its head and part of the body have come."),
}

NAMES = {
    "no such name": "no such name (NXDOMAIN)",
    "fails": "the resolver fails (SERVFAIL)",
    "late": "the resolver is late",
    "silent": "the resolver is silent",
    "refused": "refused",
    "slow start": "the daemon is up before the router",
    "blackhole": "SYNs are not answered",
    "slow": "a trickle of bytes",
    "close": "closed (FIN)",
    "reset": "reset (RST)",
    "stall": "half-open",
    "vanish": "gone",
    "unknown authority": "certificate of an unknown authority",
    "wrong name": "certificate for another host",
    "expired": "expired certificate",
}

_INTRODUCTION = """\
# When the network fails

What becomes of a request when something goes wrong between the proxy and the router. Every line is tried on each run
of [test_faults.py](../Tests/Interop/test_faults.py), with a [proxy](../Tests/Interop/fault_proxy.py) that breaks
connections at a chosen byte; this page is generated there (`FAULTS_WRITE=1`). `Benchmarks/faults` measures what it costs.

In all cases:

- No request waits beyond its deadline: the caller's `x-request-timeout`, else `router.response_timeout`.
- What was sealed goes out once. An attempt after a failure is sealed anew, with a new key and a new id.
- An answer after more than one attempt carries `x-should-retry: false`, so that the caller's tool does not multiply them.
- Nothing is left behind: descriptors, counters of requests in flight and waiting are back to where they were.
- No restart is needed. What the last column names brings the next answer within a second of the fault's end, unless
  another time is named.
- Latency, jitter and little bandwidth cost time and nothing else, as long as the answer is there before the deadline.

*Half-open* is a connection on which nothing comes, while what is sent is acknowledged; it may go on some time. *Gone* is
a peer of which nothing is heard again, as when the state of a NAT on the way is lost: not even acknowledgements.

"Met for {brief} s" is what a request gets that is under way when the fault begins and has time left when it ends;
"lasts" is what it gets otherwise, with the default `router.retries = 2`. "Sent" counts how often it is sealed and begins
to pass at most, in these two cases. "Takes at most" is for a fault that lasts; it is never more than the deadline.
"""

_END = """
## Several at once

After three failures in a row to reach the router, one request at a time tries; the others wait, up to 10 s from the
first failure. A request whose time is over in such a pause is answered 504 `deadline_passed`, and 503
`upstream_unreachable` where that is plain beforehand. After these 10 s callers are told 503 `upstream_unreachable` at
once, with `retry-after`, and one in each half second tries, until one gets through. A try that has no connection after a
second is joined by another. With `router.retries = 0` nothing is tried again at all.

Connections that stand but are dead, after a change of networks for instance, look like any others until something is
sent. What is sent on one is given up after 5 s without an acknowledgement and sealed anew, and from then on none of the
connections from before is used.
"""


def _outcome(text: str) -> str:
    status, _, code = text.partition(" ")
    return f"{status} `{code}`" if code else "answered"


def _line(row: Row) -> str:
    outcomes = [_outcome(row.brief), _outcome(row.lasting), f"{row.sent[0]}, {row.sent[1]}"]
    return f"| {' | '.join([NAMES[row.name], row.does, *outcomes, row.at_most, row.ends])} |\n"


def page(table: list[Row], *, brief: float) -> str:
    """docs/faults.md."""
    text = _INTRODUCTION.format(brief=brief)
    for phase, (title, explanation) in PHASES.items():
        text += f"\n## {title}\n\n{explanation}\n\n"
        text += f"| what happens | the proxy | met for {brief} s | lasts | sent | takes at most | recovered by |\n"
        text += "|---|---|---|---|---|---|---|\n"
        text += "".join(_line(row) for row in table if row.phase == phase)
    return text + _END
