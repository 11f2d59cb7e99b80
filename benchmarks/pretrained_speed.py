"""How fast are the shipped weights? Loading, embedding and comparing, on raw counts.

    python benchmarks/pretrained_speed.py [--patterns 4096] [--threads 2]

Half of the patterns are whole scans, half are cut. The bar is loading in under a second (torch
imported) and 2000 patterns a second on two cores.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import torch

from xrpdsim import PairwisePhaseClassifier, SiameseXRPDEmbedder  # torch is imported here
from xrpdsim.simulation import simulate_patterns, virtual_crystal


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--patterns", type=int, default=4096)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)

    SiameseXRPDEmbedder()
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        classifier = PairwisePhaseClassifier.from_pretrained("organic-1", device="cpu")
        seconds.append(time.perf_counter() - start)
    print(f"loading: {seconds[0]:.2f} s the first time, {min(seconds):.2f} s after that")

    few = np.concatenate(
        [
            simulate_patterns(virtual_crystal(k), 8, preset=preset, random_state=k)
            for k, preset in enumerate(["transmission", "well-plate"] * 4)
        ]
    )
    X = np.tile(few, (-(-options.patterns // len(few)), 1))[: options.patterns]
    embedder = classifier.embedder_
    embedder.transform(X[:256])
    rates, cpu = [], time.process_time()
    for _ in range(3):
        start = time.perf_counter()
        embedder.transform(X)
        rates.append(len(X) / (time.perf_counter() - start))
    cpu = (time.process_time() - cpu) / 3
    print(
        f"embedding {len(X)} patterns on {options.threads} threads: {rates[0]:.0f} a second the "
        f"first time, {max(rates):.0f} after that ({1000 * cpu / len(X):.2f} ms of processor time "
        "each)"
    )
    start = time.perf_counter()
    classifier.predict_proba(X)
    n_pairs = len(X) * (len(X) - 1) // 2
    print(f"probabilities of all {n_pairs} pairs: {time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    main()
