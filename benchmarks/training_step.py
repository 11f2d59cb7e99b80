"""Time of a SMolNet training step against a bare PyTorch loop, as a ratio.

Both train the same network by the same loss and optimiser on the same batches of the same data, on
the CPU. Epochs of either alternate, and the fastest of each counts, so that other work on the
machine touches both alike. What the ratio holds beyond 1 is what the training loop adds: skorch,
callbacks, drawing and indexing of batches. Validation is left out of both.

    python benchmarks/training_step.py [--patterns 1024] [--rounds 7] [--threads 1]
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from xrpdsim.embedding import SiameseXRPDEmbedder
from xrpdsim.embedding.training import FROM_SCRATCH, TrainingSettings
from xrpdsim.embedding.training.fitting import build_callbacks, build_net, build_sampler
from xrpdsim.embedding.training.skorch_net import PatternDataset, TrainingBatches

N_POINTS = 1950
BOUND = 1.15


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--patterns", type=int, default=1024)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    random = np.random.default_rng(0)
    X = random.random((arguments.patterns, N_POINTS), dtype=np.float32)
    phases = random.integers(0, 16, arguments.patterns)

    for loss in ("siglip", "ntxent", "contrastive"):
        embedder = SiameseXRPDEmbedder(loss=loss, pairs_per_pattern=0.5)
        settings = TrainingSettings.from_parameters(embedder.get_params(), FROM_SCRATCH)
        ours, bare = our_epoch(settings, X, phases), bare_epoch(settings, X, phases)
        n_batches = len(build_sampler(settings, phases, random))
        seconds = np.array([[timed(ours), timed(bare)] for _ in range(arguments.rounds + 1)])[1:]
        ours_step, bare_step = seconds.min(axis=0) / n_batches
        ratio = ours_step / bare_step
        print(
            f"smolnet {loss:12s} ours {ours_step * 1e3:6.1f} ms   bare {bare_step * 1e3:6.1f} ms   "
            f"ratio {ratio:.3f}  (at most {BOUND}: {'met' if ratio <= BOUND else 'MISSED'})",
            flush=True,
        )


def timed(call: Callable[[], None]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def our_epoch(settings: TrainingSettings, X: np.ndarray, phases: np.ndarray) -> Callable[[], None]:
    """Return an epoch of the library's own loop, as `fit` runs it."""
    torch.manual_seed(0)
    cpu = torch.device("cpu")
    sampler = build_sampler(settings, phases, np.random.default_rng(0))
    batches = TrainingBatches(PatternDataset(X, phases, cpu), sampler=sampler, batch_size=0)
    callbacks = build_callbacks(settings, len(sampler))
    net = build_net(settings, N_POINTS, cpu, train_split=None, callbacks=callbacks).initialize()
    net.notify("on_train_begin")

    def epoch() -> None:
        net.notify("on_epoch_begin")
        net.run_single_epoch(batches, training=True, prefix="train", step_fn=net.train_step)
        net.notify("on_epoch_end")

    return epoch


def bare_epoch(settings: TrainingSettings, X: np.ndarray, phases: np.ndarray) -> Callable[[], None]:
    """Return an epoch of the shortest loop that does the same; batches are ready beforehand."""
    torch.manual_seed(0)
    cpu = torch.device("cpu")
    net = build_net(settings, N_POINTS, cpu, train_split=None).initialize()
    module, criterion = net.module_, net.criterion_
    optimizer = torch.optim.Adam(
        [*module.parameters(), *criterion.parameters()], lr=net.lr, fused=True
    )
    batches: list[tuple[Tensor, Tensor, Tensor, Tensor | None]] = []
    for rows, pairs in build_sampler(settings, phases, np.random.default_rng(0)):
        signal = torch.from_numpy(X[rows])
        batches.append(
            (
                signal,
                torch.ones_like(signal),
                torch.from_numpy(phases[rows]),
                None if pairs is None else torch.from_numpy(pairs),
            )
        )
    module.train()

    def epoch() -> None:
        for signal, mask, phase, pairs in batches:
            optimizer.zero_grad()
            loss = criterion(module(signal, mask), phase, pairs)
            loss.backward()
            optimizer.step()

    return epoch


if __name__ == "__main__":
    main()
