"""Whether a soak was passed, by numbers alone."""

import os
import statistics

# The heap keeps what it has once needed, because locked pages cannot be given back (docs/decisions/0006). So
# memory goes up in steps whenever more large prompts meet than ever before, by 2 to 6 MiB each and ever more
# rarely. Four of the largest are allowed. A leak grows with the exchanges instead: the two medians that are
# compared stand half a run apart.
MEMORY_BOUND_MIB = 24.0
# A whole answer leaves a timer behind: the one for its first sign of life, after 200 s. The runtime keeps a
# timer that is cancelled until its time would have come (measured: 0.7 KB each). A run that is short against
# that sees them gather, and may; a long one sees as many come as go.
TIMER_SECONDS = 200
TIMER_BYTES = 1024
# The runtime's pool has a worker for each processor, and a few more for what must not wait for those.
POOL_BOUND = os.cpu_count() + 4
# A soak that moves nothing proves nothing; a busy machine of two processors carries many times this.
LEAST_RATE = 10.0


def quarter(rows, number):
    """The rows of a quarter of the run, 1 to 4."""
    size = len(rows) / 4
    return rows[round(size * (number - 1)):round(size * number)]


def memory_growth(rows):
    """The median of the last quarter less that of the second, in MiB."""
    last, second = (statistics.median(row["memory"] for row in quarter(rows, number)) for number in (4, 2))
    return last - second


def bytes_per_exchange(rows):
    """What that growth makes for each exchange in between."""
    passed = sum(row["exchanges"] for row in rows) / 2
    return memory_growth(rows) * 1024 * 1024 / passed if passed else 0.0


def allowed_growth(rows):
    """How much memory may grow from the second quarter to the last, in MiB."""
    begin, end = (rows[len(rows) * eighth // 8]["time"] for eighth in (3, 7))
    gathering = max(0, min(end, TIMER_SECONDS) - begin)
    rate = statistics.mean(row["exchanges"] for row in rows)
    return MEMORY_BOUND_MIB + gathering * rate * TIMER_BYTES / 1024 / 1024


def what_is_more(before, after, list_name):
    """The kinds of which there are more than before."""
    if not list_name:
        return ""
    more = [f"{count - before[list_name].get(kind, 0)} x {kind}" for kind, count in after[list_name].items()
            if count > before[list_name].get(kind, 0)]
    return f" ({', '.join(more)})"


def complaints(rows, before, after, losses):
    """What is wrong, a sentence each; none where the soak was passed.

    `before` and `after` are what the daemon holds at rest: descriptors, threads without those of the
    runtime's pool, which come and go, those of the pool, exchanges in flight and queued.
    """
    found = []
    if len(rows) < 8:
        return [f"the run was too short to be judged: {len(rows)} samples"]
    unexcused = [loss for loss in losses if not loss.beyond_saving]
    if unexcused:
        first = unexcused[0]
        found.append(f"{len(unexcused)} exchanges were lost; the first: {first.kind}, {first.what}")
    growth = memory_growth(rows)
    if growth > (allowed := allowed_growth(rows)):
        found.append(
            f"memory grew by {growth:.1f} MiB from the second quarter to the last; {allowed:.0f} MiB are "
            f"allowed ({bytes_per_exchange(rows):.0f} bytes for each exchange in between)")
    for name in ("descriptors", "threads", "in_flight", "queue"):
        if after[name] > before[name]:
            more = what_is_more(before, after, {"threads": "names", "descriptors": "open"}.get(name))
            found.append(f"{name.replace('_', ' ')} did not return: {before[name]} at rest before, "
                         f"{after[name]} after{more}")
    if after["pool"] > POOL_BOUND:
        found.append(f"the runtime's pool has {after['pool']} threads at rest; it needs {POOL_BOUND} at most")
    rate = statistics.median(row["exchanges"] for row in rows)
    if rate < LEAST_RATE:
        found.append(f"only {rate:.1f} exchanges a second were answered; a soak takes {LEAST_RATE:.0f}")
    return found
