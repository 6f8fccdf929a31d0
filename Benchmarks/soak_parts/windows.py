"""What a router that counts requests sees, wherever it lets its seconds begin."""


def highest(stamps, span):
    """The highest count in any window of this length, its end not included; stamps in ascending order."""
    most = first = 0
    for last, stamp in enumerate(stamps):
        while stamp - stamps[first] >= span:
            first += 1
        most = max(most, last - first + 1)
    return most


def bursts(stamps, per_second, second=1.0):
    """Where a second holds more than `per_second`: first and last stamp of each such stretch."""
    found = []
    for stamp, after in zip(stamps, stamps[per_second:]):
        if after - stamp >= second:
            continue
        if found and stamp <= found[-1][1]:
            found[-1][1] = after
        else:
            found.append([stamp, after])
    return found


def closest(stretches):
    """The shortest time from the end of a stretch to the beginning of the next; None with fewer than two."""
    gaps = [after[0] - before[1] for before, after in zip(stretches, stretches[1:])]
    return min(gaps, default=None)
