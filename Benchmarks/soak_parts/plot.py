"""Draws a soak: plot.py FIGURES.json PICTURE.png. Runs where matplotlib is (drawing.py)."""

import json
import sys

import matplotlib.pyplot as plt

# White paper and dark ink: the picture brings its own ground, so it reads the same on light and dark pages.
# The colours are told apart by those who see red and green alike, too.
INK, FAINT, GRID = "#1f2328", "#57606a", "#d0d7de"
BLUE, ORANGE, VERMILION, GREEN, PURPLE, SKY = "#0072b2", "#d98200", "#c8500a", "#007a5a", "#8a4f7d", "#56b4e9"
MARKS = {"outage": (VERMILION, "router away"), "fault": (ORANGE, "fault"),
         "turn": (GREEN, "rotation or reload")}


def kind_of(event):
    if event["kind"].startswith("outage"):
        return "outage"
    return "turn" if event["kind"] in ("POST /rotate", "SIGUSR1", "SIGHUP") else "fault"


def smooth(values, width):
    """Median over a moving window, for the eye."""
    if width < 2:
        return values
    half = width // 2
    result = []
    for index in range(len(values)):
        window = sorted(value for value in values[max(0, index - half):index + half + 1] if value is not None)
        result.append(window[len(window) // 2] if window else None)
    return result


def points(minutes, values):
    """Only what was measured."""
    return zip(*[(minute, value) for minute, value in zip(minutes, values, strict=True) if value is not None],
               strict=True)


def line(axes, minutes, values, width, colour, label):
    """Every second faintly, the moving median on it."""
    axes.plot(*points(minutes, values), color=colour, linewidth=0.6, alpha=0.3)
    axes.plot(*points(minutes, smooth(values, width)), color=colour, linewidth=1.4, label=label)


def mark_events(strip, others, events):
    for row, (kind, (colour, label)) in enumerate(MARKS.items()):
        chosen = [event for event in events if kind_of(event) == kind]
        for event in chosen:
            strip.plot([event["begin"] / 60, max(event["end"], event["begin"] + 0.5) / 60], [-row, -row],
                       color=colour, linewidth=7, solid_capstyle="butt")
        if kind == "outage":
            for axes in others:
                for event in chosen:
                    axes.axvspan(
                        event["begin"] / 60, event["end"] / 60, color=colour, alpha=0.12, linewidth=0)
    strip.set_yticks([-row for row in range(len(MARKS))], [label for _, label in MARKS.values()])
    strip.set_ylim(-len(MARKS) + 0.4, 0.6)
    strip.tick_params(axis="y", length=0)


def draw(run, picture):
    rows, events = run["rows"], run["events"]
    column = {name: [row[name] for row in rows] for name in rows[0]}
    minutes = [time / 60 for time in column["time"]]
    width = max(1, len(rows) // 120)
    plt.rcParams.update({
        "font.size": 9, "axes.edgecolor": FAINT, "axes.labelcolor": INK, "text.color": INK,
        "xtick.color": FAINT, "ytick.color": FAINT, "axes.spines.top": False, "axes.spines.right": False,
        "axes.grid": True, "grid.color": GRID, "grid.linewidth": 0.5, "legend.frameon": False,
        "figure.facecolor": "white"})
    figure, (rate, latency, memory, held, load, strip) = plt.subplots(
        6, 1, sharex=True, figsize=(10, 11), height_ratios=[2, 2.4, 2.4, 2, 1.6, 1], layout="constrained")

    line(rate, minutes, column["exchanges"], width, BLUE, "right answers")
    rate.set(ylabel="answers\nper second", ylim=(0, None))
    line(latency, minutes, column["p50"], width, BLUE, "p50")
    line(latency, minutes, column["p99"], width, PURPLE, "p99")
    latency.set(ylabel="latency in ms\n(log scale)", yscale="log")
    line(memory, minutes, column["memory"], width, BLUE, "resident memory")
    for when, style in (("before", "--"), ("after", ":")):
        memory.axhline(
            run[when]["memory"], color=FAINT, linewidth=0.8, linestyle=style, label=f"at rest, {when}")
    memory.set(ylabel="memory in MiB", ylim=(0, 1.15 * max(column["memory"])))
    line(held, minutes, column["descriptors"], width, BLUE, "descriptors")
    line(held, minutes, column["threads"], width, GREEN, "threads")
    held.set(ylabel="open descriptors,\nthreads", ylim=(0, None))
    line(load, minutes, column["in_flight"], width, BLUE, "in flight")
    line(load, minutes, column["queue"], width, ORANGE, "queued")
    load.set(ylabel="exchanges", ylim=(0, None))
    for axes in (latency, memory, held, load):
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize=8)

    mark_events(strip, (rate, latency, memory, held, load), events)
    strip.grid(False)
    strip.set(xlabel="minutes", xlim=(0, minutes[-1]))
    answers, lost = sum(run["right"].values()), sum(1 for loss in run["losses"] if not loss["beyond_saving"])
    figure.suptitle(
        f"{answers:,} answers through nomyo-proxy in {run['seconds'] / 60:.0f} minutes, {lost} lost",
        x=0.01, ha="left", fontsize=12)
    figure.savefig(picture, dpi=110)


draw(json.load(open(sys.argv[1], encoding="utf-8")), sys.argv[2])
