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

    def add(self, case, unit, ours, *, n, peer="", theirs=None, queries=None):
        ratio = round(ours / theirs, 3) if theirs else None
        self.cases.append(
            Case(case, unit, round(ours, 3), peer, theirs and round(theirs, 3), ratio, n, peak_mb(), queries)
        )

    def finish(self):
        """Print the table and write `.satchel/bench/<name>.json`."""
        print(f"\n{self.name}, on {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
        print(
            f"{'case':44} {'ours':>10} {'unit':14} {'peer':22} {'theirs':>10} {'ratio':>7} {'n':>7} {'MB':>6} {'queries':>7}"
        )
        for one in self.cases:
            print(
                f"{one.case:44} {one.ours:10.2f} {one.unit:14} {one.peer:22} {_or(one.theirs, '.2f'):>10} "
                f"{_or(one.ratio, '.2f'):>7} {one.n:7} {one.rss_peak_mb:6.0f} {_or(one.queries, 'd'):>7}"
            )
        path = ROOT / ".satchel" / "bench" / f"{self.name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps([asdict(one) for one in self.cases], indent=2) + "\n")


def side_by_side(ours, theirs, *, rounds=5, seconds=0.4):
    """Calls a second of two functions, A/B/A/B, the median round of each."""
    rates = {ours: [], theirs: []}
    for _round in range(rounds):
        for function in (ours, theirs):
            rates[function].append(_rate(function, seconds))
    return tuple(sorted(rates[function])[rounds // 2] for function in (ours, theirs))


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def peak_mb():
    """The most memory that this process or a child of it ever held."""
    return max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024


def _rate(function, seconds):
    calls, began = 0, time.perf_counter()
    while (spent := time.perf_counter() - began) < seconds:
        function()
        calls += 1
    return calls / spent


def _or(value, form):
    return "" if value is None else format(value, form)
