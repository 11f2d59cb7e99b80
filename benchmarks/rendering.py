"""How fast patterns are simulated, and how far rendering is from a direct sum.

    python benchmarks/rendering.py [--crystals 40] [--patterns 1500] [--processes 2]

Speeds are of this machine and of what else runs on it; the direct sum is timed in the same run.
"""

from __future__ import annotations

import argparse
import os
import resource
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np

from xrpdsim._support._table import Table
from xrpdsim.patterns import default_two_theta
from xrpdsim.simulation import PRESETS, Lines, pattern_batches, virtual_crystal
from xrpdsim.simulation import _measurement as one_measurement
from xrpdsim.simulation._rendering import Sticks, render, render_directly


def crystals(number: int) -> list[Lines]:
    return [virtual_crystal(random_state=seed) for seed in range(number)]


def against_direct_sum(forms: list[Lines], preset: str, n_patterns: int) -> dict[str, float | str]:
    """Render the lines of simulated measurements both ways.

    Axial divergence, K-alpha2 and uneven samples divide each line into many; undivided lines are
    one profile each, the least that a direct sum can do.
    """
    errors, fast, direct, plain, n_sticks = [], 0.0, 0.0, 0.0, 0
    n_lines = int(np.mean([len(form) for form in forms]))
    grid = default_two_theta()

    def both(sticks, widths, two_theta, rows):
        nonlocal fast, direct, plain, n_sticks
        begin = time.process_time()
        ours = render(sticks, widths, two_theta, rows)
        middle = time.process_time()
        exact = render_directly(sticks, widths, two_theta, rows)
        end = time.process_time()
        one_each = np.linspace(0, sticks.row.size - 1, n_lines * rows).astype(int)
        undivided = Sticks(*(values[one_each] for values in vars(sticks).values()))
        render_directly(undivided, widths, two_theta, rows)
        plain += time.process_time() - end
        direct += end - middle
        fast += middle - begin
        n_sticks += sticks.row.size
        errors.extend(np.abs(ours - exact).max(axis=1) / exact.max(axis=1))
        return ours

    original, one_measurement.render = one_measurement.render, both
    try:
        next(
            pattern_batches(
                forms,
                forms_per_batch=len(forms),
                patterns_per_form=n_patterns,
                preset=preset,
                two_theta=grid,
                random_state=0,
            )
        )
    finally:
        one_measurement.render = original
    return {
        "preset": preset,
        "patterns": len(errors),
        "sticks a pattern": n_sticks / len(errors),
        "largest error": max(errors),
        "median error": float(np.median(errors)),
        "ms a pattern": 1e3 * fast / len(errors),
        "ms direct": 1e3 * direct / len(errors),
        "ms direct, undivided lines": 1e3 * plain / len(errors),
    }


def simulate(job: tuple[int, str, int, int]) -> tuple[int, float]:
    """Draw batches until there are `n_patterns`; return how many, and the processor's seconds."""
    seed, preset, n_crystals, n_patterns = job
    forms = crystals(n_crystals)
    batches = pattern_batches(
        forms, forms_per_batch=n_crystals, patterns_per_form=6, preset=preset, random_state=seed
    )
    next(batches)
    done, begin = 0, time.process_time()
    while done < n_patterns:
        done += len(next(batches)[0])
    return done, time.process_time() - begin


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--crystals", type=int, default=24)
    parser.add_argument("--patterns", type=int, default=1000)
    parser.add_argument("--processes", type=int, default=2)
    arguments = parser.parse_args()
    presets = [name for name in PRESETS if name != "ideal"]

    rows = []
    with ProcessPoolExecutor(arguments.processes, mp_context=get_context("spawn")) as pool:
        for preset in presets:
            share = arguments.patterns // arguments.processes
            jobs = [(n, preset, arguments.crystals, share) for n in range(arguments.processes)]
            list(pool.map(simulate, [(n, preset, 2, 1) for n in range(arguments.processes)]))
            found = list(pool.map(simulate, jobs))
            seconds = [used / done for done, used in found]
            rows.append(
                {
                    "preset": preset,
                    "patterns": sum(done for done, _ in found),
                    "ms a pattern and core": 1e3 * float(np.mean(seconds)),
                    "patterns a minute, all cores": 60 * sum(1 / s for s in seconds),
                }
            )
    print(f"{arguments.processes} processes, processor time, 6 patterns a crystal at once")
    print(Table.from_rows(rows), "\n")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"peak memory of a process: {peak:.0f} MB; load {os.getloadavg()[0]:.1f}\n")

    forms = crystals(arguments.crystals)
    lines = [len(form) for form in forms]
    print(f"{len(forms)} virtual crystals of {min(lines)} to {max(lines)} lines below 42 degrees")
    print(Table.from_rows(against_direct_sum(forms[:8], preset, 2) for preset in presets))


if __name__ == "__main__":
    main()
