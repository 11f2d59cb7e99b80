"""The recipe of the shipped weights: endless simulated rounds, one loss, checkpoints."""

from __future__ import annotations

import json
import math
import os
import sys
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from .._support._workers import end_with
from ..embedding.losses import SigLIPLoss
from ..embedding.networks import EmbeddingModule, build_module
from ..embedding.networks.hybrid import Inputs
from ..embedding.training import resolve_device, seeded, thread_limit
from ..patterns import GRID_POINTS
from ._checkpoints import keep_progress, read_checkpoint, write_checkpoint
from .training_data import Round, simulate_round

CHECKPOINT = "checkpoint.pt"
PROGRESS = "progress.jsonl"


@dataclass(frozen=True)
class Recipe:
    """Everything that decides which weights come out.

    Parameters
    ----------
    seed : int
    cycles : sequence of int
        Rounds of each cycle of the learning rate. A round simulates new families and trains a few
        steps on the newest ones.
    families_per_round, pool_rounds : int
        New families a round, and how many rounds are kept to draw batches from.
    steps_per_round, families_per_step : int
        Batches a round, and whole families a batch: near relatives are always side by side.
    lr, weight_decay : float
        Of AdamW.
    warmup, cooldown : int, float
        Rounds over which the learning rate first rises, and share of a cycle over which it falls
        to zero along a cosine at its end; else it is constant.
    learnt_alone : float
        Weight of the loss of the learnt vector alone, beside that of the whole embedding.
    bfloat16 : bool
        Whether the network is computed in half precision while it is trained; twice as fast on
        processors that know it, ten times slower on others.
    n_threads : int
        Of torch; weights repeat bit for bit for one number of threads.
    device : str
    module_params : dict
        Of `HybridNet`.

    Examples
    --------
    >>> Recipe(seed=1).to_dict()["seed"]
    1
    """

    seed: int = 0
    cycles: Sequence[int] = (1600,)
    families_per_round: int = 16
    pool_rounds: int = 8
    steps_per_round: int = 6
    families_per_step: int = 12
    lr: float = 3e-3
    weight_decay: float = 0.02
    warmup: int = 10
    cooldown: float = 0.3
    learnt_alone: float = 1.0
    bfloat16: bool = False
    n_threads: int = 1
    device: str = "cpu"
    module_params: dict[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return the parameters as plain values."""
        return asdict(self)

    @property
    def rounds(self) -> int:
        """Rounds of all cycles."""
        return sum(self.cycles)

    def learning_rate(self, number: int) -> float:
        """Return the learning rate of a round."""
        start, n = 0, self.cycles[0]
        for following in self.cycles[1:]:
            if number < start + n:
                break
            start, n = start + n, following
        falling = self.cooldown * n
        left = (start + n - number) / falling if falling else 1.0
        fall = 0.5 - 0.5 * math.cos(math.pi * min(left, 1.0))
        return self.lr * min((number + 1) / self.warmup, 1.0) * fall


def train_weights(
    recipe: Recipe,
    out: str | os.PathLike[str],
    *,
    checkpoint_every: int = 20,
    n_workers: int = 0,
) -> Any:
    """Train by a recipe, or go on where an earlier call in the same folder stopped.

    Parameters
    ----------
    recipe : Recipe
    out : path-like
        Folder for the checkpoint and a log of the progress. A checkpoint of another recipe is
        refused, unless all that differs are cycles that it had not reached.
    checkpoint_every : int
        Rounds.
    n_workers : int, default=0
        Processes that simulate the next rounds while this one trains; 0 does both in turn. The bits
        are the same.

    Returns
    -------
    EmbeddingModule

    Raises
    ------
    ValueError
        If the folder holds a checkpoint of another recipe, or half of one.

    Examples
    --------
    >>> from xrpdsim.recipes import Recipe, train_weights
    >>> train_weights(Recipe(seed=0), "weights")  # doctest: +SKIP
    """
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    device = resolve_device(recipe.device)
    with thread_limit(recipe.n_threads), seeded(recipe.seed, device):
        module = build_module("hybrid", recipe.module_params, "unit", GRID_POINTS).to(device)
        loss = SigLIPLoss("cosine", t=20.0, b=-12.0).to(device)
        alone = SigLIPLoss("cosine", t=20.0, b=-12.0).to(device)
        optimizer = _optimizer(recipe, module, loss, alone)
        state = {"module": module, "loss": loss, "alone": alone, "optimizer": optimizer}
        first = _resume(recipe, out / CHECKPOINT, state, device)
        keep_progress(out / PROGRESS, "rounds", first)
        pool: deque[Inputs] = deque(maxlen=recipe.pool_rounds)
        started = time.monotonic()
        earliest = max(0, first - recipe.pool_rounds + 1)
        for number, simulated in enumerate(_rounds(recipe, earliest, n_workers), start=earliest):
            # Nothing of it is learnt, so a pattern that is drawn again needs it only once.
            pool.append(_inputs(simulated, module, device))
            if number < first:
                continue
            lr = recipe.learning_rate(number)
            for group in optimizer.param_groups:
                group["lr"] = lr
            mean_loss = _train_round(recipe, number, pool, module, loss, alone, optimizer)
            done = number + 1
            if done % checkpoint_every == 0 or done == recipe.rounds:
                contents = {"recipe": json.dumps(asdict(recipe)), "rounds": done}
                write_checkpoint(out / CHECKPOINT, contents, state)
                line = {
                    "rounds": done,
                    "loss": round(mean_loss, 5),
                    "learning_rate": lr,
                    **{name: round(value, 3) for name, value in loss.learnt().items()},
                    "seconds": round(time.monotonic() - started, 1),
                    "cpu_seconds": round(time.process_time(), 1),
                }
                with (out / PROGRESS).open("a", encoding="utf-8") as file:
                    file.write(json.dumps(line) + "\n")
                print(line, file=sys.stderr, flush=True)
    return module.eval()


def _rounds(recipe: Recipe, first: int, n_workers: int) -> Iterator[Round]:
    """Yield rounds in their order, simulated in so many processes a few rounds ahead."""
    numbers = range(first, recipe.rounds)
    if not n_workers:
        for number in numbers:
            yield simulate_round(recipe.seed, number, recipe.families_per_round)
        return
    # torch's threads do not survive a fork
    with ProcessPoolExecutor(
        n_workers, get_context("spawn"), initializer=end_with, initargs=(os.getpid(),)
    ) as workers:
        ahead: deque[Future[Round]] = deque()
        try:
            for number in numbers:
                task = workers.submit(
                    simulate_round, recipe.seed, number, recipe.families_per_round
                )
                ahead.append(task)
                if len(ahead) > 2 * n_workers:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()
        finally:
            workers.shutdown(cancel_futures=True)


def _train_round(
    recipe: Recipe,
    number: int,
    pool: Sequence[Inputs],
    module: EmbeddingModule,
    loss: SigLIPLoss,
    alone: SigLIPLoss,
    optimizer: torch.optim.Optimizer,
) -> float:
    module.train()
    network: Any = module.network
    device = next(module.parameters()).device
    rng = np.random.default_rng([recipe.seed, number, 1])
    n_families = sum(len(part.channels) for part in pool)
    total = 0.0
    with seeded(int(rng.integers(2**31)), device):
        for _ in range(recipe.steps_per_round):
            size = min(recipe.families_per_step, n_families)
            chosen = rng.choice(n_families, size, replace=False)
            inputs, phases = _batch(pool, chosen)
            with torch.autocast(device.type, dtype=torch.bfloat16, enabled=recipe.bfloat16):
                learnt = network.learnt(inputs)
            whole = network.joined(learnt, inputs.classical, inputs.spectrum)
            value = loss(whole, phases)
            if recipe.learnt_alone:
                value = value + recipe.learnt_alone * alone(learnt, phases)
            optimizer.zero_grad()
            value.backward()
            optimizer.step()
            total += float(value.detach())
    return total / recipe.steps_per_round


def _inputs(simulated: Round, module: EmbeddingModule, device: torch.device) -> Inputs:
    network: Any = module.network
    n_families, n_forms, n_patterns, n_points = simulated.X.shape
    X = torch.from_numpy(simulated.X.reshape(-1, n_points)).to(device)
    inputs = network.inputs(X.nan_to_num(0.0), (~X.isnan()).to(X.dtype))
    return Inputs(*(part.unflatten(0, (n_families, n_forms, n_patterns)) for part in inputs))


def _batch(pool: Sequence[Inputs], chosen: NDArray[np.intp]) -> tuple[Inputs, Tensor]:
    """Return the inputs of the patterns of the chosen families, and the form of each."""
    families = [family for part in pool for family in zip(*part, strict=True)]
    n_forms, n_patterns = families[0][0].shape[:2]
    parts = zip(*(families[number] for number in chosen), strict=True)
    inputs = Inputs(*(torch.stack(part).flatten(0, 2) for part in parts))
    phases = torch.arange(len(chosen) * n_forms, device=inputs.channels.device)
    return inputs, phases.repeat_interleave(n_patterns)


def _optimizer(recipe: Recipe, module: Any, *losses: SigLIPLoss) -> torch.optim.Optimizer:
    decaying = [p for p in module.parameters() if p.ndim > 1]
    others = [p for p in module.parameters() if p.ndim <= 1]
    others += [p for loss in losses for p in loss.parameters()]
    groups = [
        {"params": decaying, "weight_decay": recipe.weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=recipe.lr, fused=True)


def _resume(recipe: Recipe, path: Path, state: dict[str, Any], device: torch.device) -> int:
    """Take over a checkpoint, and return how many rounds are done."""
    if not path.exists():
        return 0
    saved = read_checkpoint(path, ["recipe", "rounds", *state], device)
    earlier = Recipe(**json.loads(saved["recipe"]))
    done = int(saved["rounds"])
    # Through JSON, as the checkpoint went: tuples become lists.
    old, new = (json.loads(json.dumps(asdict(r))) for r in (earlier, recipe))
    differing = {name for name in new if old[name] != new[name]}
    same_so_far = all(
        earlier.learning_rate(number) == recipe.learning_rate(number) for number in range(done)
    )
    if differing - {"cycles"} or not same_so_far or done > recipe.rounds:
        raise ValueError(
            f"{path}: a checkpoint of another recipe, which differs in "
            f"{', '.join(sorted(differing)) or 'nothing'}; choose another folder, or delete it"
        )
    for name, part in state.items():
        part.load_state_dict(saved[name])
    return done
