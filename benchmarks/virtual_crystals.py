"""How long do crystals and campaigns take? Milliseconds each, on one core.

    python benchmarks/virtual_crystals.py [STRUCTURES]

STRUCTURES is a folder of CIF files, for the time of `lines_from_cif`.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from xrpdsim._support._table import Table
from xrpdsim.datasets import make_screening_campaign
from xrpdsim.simulation import lines_from_cif, near_relative, virtual_crystal


def milliseconds_each(call: Callable[[Any], Any], arguments: Iterable[Any]) -> float:
    arguments = list(arguments)
    call(arguments[0])
    start = time.perf_counter()
    for argument in arguments:
        call(argument)
    return 1000 * (time.perf_counter() - start) / len(arguments)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("structures", type=Path, nargs="?")
    folder = parser.parse_args().structures
    crystals = [virtual_crystal(seed) for seed in range(500)]
    rows = {
        "virtual_crystal": milliseconds_each(virtual_crystal, range(1000)),
        "near_relative": milliseconds_each(lambda x: near_relative(x, random_state=0), crystals),
    }
    if folder is not None:
        rows["lines_from_cif"] = milliseconds_each(_lines_or_none, sorted(folder.glob("*.cif")))
    start = time.perf_counter()
    campaign = make_screening_campaign(random_state=0)
    rows["pattern of a campaign"] = 1000 * (time.perf_counter() - start) / len(campaign.X)
    print(Table({"what": rows.keys(), "milliseconds": rows.values()}))


def _lines_or_none(path: Path) -> Any:
    try:
        return lines_from_cif(path)
    except ValueError:
        return None


if __name__ == "__main__":
    main()
