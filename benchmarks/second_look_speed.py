"""How fast are both looks of organic-2? As ratios to organic-1, run beside them.

    python benchmarks/second_look_speed.py [--patterns 400] [--pairs 4000] [--threads 1]

The bars: the first look not slower than organic-1; 1000 second looks a second and core, what is
computed once a pattern not counted; both looks loaded in under a second, torch imported.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np
import torch

from xrpdsim import PairwisePhaseClassifier, SiameseXRPDEmbedder  # torch is imported here
from xrpdsim.simulation import simulate_patterns, virtual_crystal

TIMES = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--patterns", type=int, default=400)
    parser.add_argument("--pairs", type=int, default=4000)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    SiameseXRPDEmbedder()

    names = ("organic-1", "organic-2")
    loading = side_by_side(
        [lambda name=name: PairwisePhaseClassifier.from_pretrained(name) for name in names]
    )
    print(f"loading: {loading[0]:.2f} s, {loading[1]:.2f} s with both looks")
    few = np.concatenate(
        [
            simulate_patterns(virtual_crystal(k), 8, preset=preset, random_state=k)
            for k, preset in enumerate(["transmission", "well-plate"] * 4)
        ]
    )
    X = np.tile(few, (-(-options.patterns // len(few)), 1))[: options.patterns].astype(np.float32)
    one, two = (PairwisePhaseClassifier.from_pretrained(name) for name in names)
    look = two.second_look_
    rng = np.random.default_rng(0)
    i, j = rng.integers(len(X), size=(2, options.pairs))
    stems = look.stems(X)
    embedding_1, embedding_2, once, second = side_by_side(
        [
            lambda: one.embedder_.transform(X),
            lambda: two.embedder_.transform(X),
            lambda: look.stems(X),
            lambda: look.log_odds(stems, stems, i, j, np.full(len(i), 0.7)),
        ]
    )
    print(
        f"first look: {embedding_2 / embedding_1:.2f} of organic-1's time a pattern "
        f"({len(X) / embedding_2:.0f} patterns a second)"
    )
    print(f"once a pattern for the second look: {once / embedding_1:.2f} of that time")
    print(
        f"second look: {len(i) / second:.0f} pairs a second on {options.threads} thread(s); one "
        f"costs {second / len(i) / (embedding_1 / len(X)):.2f} of embedding a pattern"
    )


def side_by_side(tasks: list[Callable[[], object]]) -> list[float]:
    """Return the shortest time of each task, all run in turn so that other work meets them all."""
    seconds = np.empty((TIMES, len(tasks)))
    for row in seconds:
        for column, task in enumerate(tasks):
            start = time.perf_counter()
            task()
            row[column] = time.perf_counter() - start
    return [float(column) for column in seconds.min(axis=0)]


if __name__ == "__main__":
    main()
