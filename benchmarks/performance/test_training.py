"""A training step beside a bare PyTorch loop.

Both train the same network by the same loss and optimiser on the same batches of the same data.
What the ratio holds beyond 1 is what the training loop adds: skorch, callbacks, drawing and
indexing of batches. Validation is left out of both.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor

from xrpdsim.embedding import SiameseXRPDEmbedder
from xrpdsim.embedding.training import FROM_SCRATCH, TrainingSettings
from xrpdsim.embedding.training.fitting import build_callbacks, build_net, build_sampler
from xrpdsim.embedding.training.skorch_net import PatternDataset, TrainingBatches

N_PATTERNS, N_POINTS = 256, 1950


@pytest.mark.parametrize("loss", ["siglip", "ntxent", "contrastive"])
def test_epoch(ratio, loss):
    random = np.random.default_rng(0)
    X = random.random((N_PATTERNS, N_POINTS), dtype=np.float32)
    phases = random.integers(0, 16, N_PATTERNS)
    embedder = SiameseXRPDEmbedder(loss=loss, pairs_per_pattern=0.5)
    settings = TrainingSettings.from_parameters(embedder.get_params(), FROM_SCRATCH)
    bare = "the same loop in bare PyTorch", bare_epoch(settings, X, phases)
    ratio(f"an epoch of SMolNet, {loss}", our_epoch(settings, X, phases), bare)


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
