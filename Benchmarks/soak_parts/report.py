"""A soak told in Markdown."""

import collections
import statistics
import sys
import types
from dataclasses import dataclass

from rig import ROOT

from . import judge
from .sampling import percentile

MARKER = "soak"


@dataclass
class Run:
    """Everything that is known of a run; plain values only."""

    minutes: float
    connections: int
    seconds: float
    cpu: float
    rows: list
    before: dict
    after: dict
    right: dict
    sizes: dict
    left: dict
    losses: list
    events: list
    rotation_failures: list
    heeds_hang_up: bool
    mute_seconds: int
    exchanges: dict
    rotations: int
    exit_status: int


def need_markers(name):
    """Half an hour is not to be spent on figures that find no place."""
    page = (ROOT / "docs/benchmarks.md").read_text()
    for marker in (f"<!-- {name} -->\n", f"<!-- end of {name} -->"):
        if marker not in page:
            sys.exit(f"docs/benchmarks.md has no line {marker.strip()}")


def losses(run):
    """What was lost, alike ones together."""
    told = collections.Counter((loss["kind"], loss["what"], loss["beyond_saving"]) for loss in run.losses)
    return [f"{count} x {kind}: {what}" + (f" (beyond saving: {reason})" if reason else "")
            for (kind, what, reason), count in told.most_common(12)]


def complaints(run):
    """What is wrong with a run, a sentence each."""
    losses = [types.SimpleNamespace(**loss) for loss in run.losses]
    found = judge.complaints(run.rows, run.before, run.after, losses)
    if run.rotation_failures:
        found.append(f"{len(run.rotation_failures)} rotations failed; the first: {run.rotation_failures[0]}")
    if run.mute_seconds > len(run.rows) * 0.05:
        found.append(f"the admin socket said nothing within 5 s, {run.mute_seconds} times")
    if run.exit_status != 0:
        found.append(f"the proxy ended with status {run.exit_status} on SIGTERM while nothing was under way")
    return found


def quarters(run, name):
    return [statistics.median(each) for number in (1, 2, 3, 4)
            if (each := [row[name] for row in judge.quarter(run.rows, number) if row[name] is not None])]


def spread(values, form):
    return ", ".join(format(value, form) for value in values)


def table(run):
    """The figures, then how often each thing happened."""
    unexcused = [loss for loss in run.losses if not loss["beyond_saving"]]
    excused = collections.Counter(loss["beyond_saving"] for loss in run.losses if loss["beyond_saving"])
    rates = sorted(row["exchanges"] for row in run.rows)
    answers = sum(run.right.values())
    rows = [
        ("length, callers at once", f"{run.seconds / 60:.1f} minutes, {run.connections}"),
        ("answers, every character checked",
         f"{answers:,} ({run.right['whole']:,} whole, {run.right['stream']:,} streams)"),
        ("prompts of these", ", ".join(f"{count:,} of {size}" for size, count in sorted(
            run.sizes.items(), key=lambda item: -item[1]))),
        ("callers that left", f"{sum(run.left.values()):,} ("
         + ", ".join(f"{count:,} {phase}" for phase, count in run.left.items()) + ")"),
        ("**lost**", f"**{len(unexcused)}**"),
        ("lost and beyond saving by design",
         "0" if not excused else "; ".join(f"{count}: {reason}" for reason, count in excused.items())),
        ("attempts after the first", f"{run.exchanges['retries']:,}"),
        ("exchanges a second, median and best", f"{percentile(rates, 0.5):.0f}, {rates[-1]:.0f}"),
        ("processor time of the proxy",
         f"{run.cpu:.0f} s, {run.cpu / max(answers, 1) * 1000:.1f} ms for each answer"),
        ("median of p50 by quarter of the run", f"{spread(quarters(run, 'p50'), '.0f')} ms"),
        ("median of p99 by quarter of the run", f"{spread(quarters(run, 'p99'), '.0f')} ms"),
        ("**resident memory by quarter of the run**",
         f"{spread(quarters(run, 'memory'), '.1f')} MiB; {judge.memory_growth(run.rows):+.1f} MiB from the "
         f"second to the last, allowed {judge.allowed_growth(run.rows):+.0f}"),
        ("**at rest, before and after**",
         f"{run.before['descriptors']} and {run.after['descriptors']} descriptors, "
         f"{run.before['threads']} and {run.after['threads']} threads (and {run.before['pool']} and "
         f"{run.after['pool']} of the runtime's pool), "
         f"{run.before['in_flight']} and {run.after['in_flight']} in flight, "
         f"{run.before['memory']:.1f} and {run.after['memory']:.1f} MiB"),
        ("client keys replaced", f"{run.rotations}"
         + ("" if run.heeds_hang_up else "; no SIGHUP was sent, it would end the daemon")),
    ]
    text = "| what | figure |\n|---|---|\n" + "".join(f"| {name} | {value} |\n" for name, value in rows)
    text += "\n| what happened meanwhile | times |\n|---|---|\n"
    happened = collections.Counter(
        event["kind"] + (" (failed)" if event["note"].startswith("not to be had") else "")
        for event in run.events)
    return text + "".join(f"| {kind} | {count} |\n" for kind, count in sorted(happened.items()))
