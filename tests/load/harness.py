"""What benchmarks share: cases side by side, one table, one JSON file.

A ratio is ours / theirs, both in the same unit, measured in the same run. Growth is the cost of each at the largest
size over the cost of each at the smallest.
"""

import json
import os
import platform
import resource
import time
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass
class Case:
    case: str
    unit: str
    ours: float
    peer: str = ""
    theirs: float | None = None
    ratio: float | None = None
    n: int = 0
    rss_peak_mb: float = 0.0
    queries: int | None = None


class Bench:
    def __init__(self, name):
        self.name, self.cases = name, []

    def add(self, case, unit, ours, *, n, rss_mb=None, peer="", theirs=None, queries=None):
        """`rss_mb`: the most memory that the process which did the work ever held; this one's where it isn't said."""
        ratio = round(ours / theirs, 3) if theirs else None
        rss = round(peak_mb() if rss_mb is None else rss_mb, 1)
        self.cases.append(Case(case, unit, round(ours, 3), peer, theirs and round(theirs, 3), ratio, n, rss, queries))

    def finish(self):
        """Print the table and write `.satchel/bench/<name>.json`."""
        print(f"\n{self.name}, on {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
        print(
            f"{'case':44} {'ours':>10} {'unit':14} {'peer':22} {'theirs':>10} {'ratio':>7} {'n':>7} {'MB':>6} {'queries':>8}"
        )
        for one in self.cases:
            print(
                f"{one.case:44} {one.ours:10.2f} {one.unit:14} {one.peer:22} {_or(one.theirs, '.2f'):>10} "
                f"{_or(one.ratio, '.2f'):>7} {one.n:7} {one.rss_peak_mb:6.0f} {_or(one.queries, 'd'):>8}"
            )
        path = ROOT / ".satchel" / "bench" / f"{self.name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps([asdict(one) for one in self.cases], indent=2, ensure_ascii=False) + "\n")


def side_by_side(ours, theirs, *, rounds=5, seconds=0.4, clock=time.perf_counter):
    """(ours, theirs, calls): calls a second of two functions, A/B/A/B, the median round of each.

    With `time.process_time` as clock, what else the machine does counts for little; only for what waits for nobody.
    """
    return by_turns(lambda: rate(ours, seconds, clock), lambda: rate(theirs, seconds, clock), rounds=rounds)


def by_turns(ours, theirs, *, rounds=5):
    """The same of two that measure themselves: each gives (calls a second, calls)."""
    rates, calls = ([], []), 0
    for _round in range(rounds):
        for measure, found in zip((ours, theirs), rates, strict=True):
            a_second, made = measure()
            found.append(a_second)
            calls += made
    return (*(sorted(found)[rounds // 2] for found in rates), calls)


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def peak_mb():
    """The most memory that this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def peak_mb_of(pid):
    """The same of another process that still runs."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))


def children_of(pid):
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()] or [pid]


def rate(function, seconds, clock=time.perf_counter):
    """(calls a second, calls). The clock is asked after as many calls as take a hundredth of the time."""
    calls, block, spent, began = 0, 1, 0, clock()
    while spent < seconds:
        for _ in range(block):
            function()
        calls += block
        before, spent = spent, clock() - began
        if spent - before < seconds / 100:
            block *= 2
    return calls / spent, calls


def _or(value, form):
    return "" if value is None else format(value, form)
