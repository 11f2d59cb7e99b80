"""From labelled patterns to the network of a second look."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from ..._support._progress import track
from ...embedding.networks import PairNet, pattern_channels
from ...embedding.storage import plain
from ...embedding.training import seeded, thread_limit, threads_for
from ._doubtful_pairs import draw_pairs
from ._second_look_file import LARGEST, MOST_CHANNELS, sizes_are_possible

PAIRS_AT_A_TIME = 32
"""Always as many, so that a pair's score does not depend on what else is asked for; what more pairs
need at once does not fit the cache of a processor core."""

_PATTERNS_AT_A_TIME = 64
_LARGEST_GRADIENT = 5.0


@dataclass(frozen=True)
class FittingSettings:
    """What the training of a second look needs.

    Parameters
    ----------
    module_params : dict
        Of `PairNet`.
    steps, patterns_per_step, pairs_per_step : int
    lr, weight_decay : float
        Of AdamW; the learning rate rises over the first twentieth of the steps and then falls to
        zero along a cosine.
    average : float
        Decay a step of the moving average of the weights, which is what is kept.
    seed : int
    n_threads : int or None
    verbose : bool
    """

    module_params: dict[str, Any]
    steps: int
    patterns_per_step: int
    pairs_per_step: int
    lr: float
    weight_decay: float
    average: float
    seed: int
    n_threads: int | None
    verbose: bool


def check_module_params(module_params: dict[str, Any]) -> None:
    """Raise ValueError unless these are keyword arguments of `PairNet`, of possible sizes."""
    with torch.device("meta"):
        defaults = PairNet().sizes
    unknown = module_params.keys() - defaults.keys()
    if unknown or not sizes_are_possible(plain(defaults | module_params)):
        raise ValueError(
            f"module_params={module_params!r}: the network takes features and hidden, whole "
            f"numbers from 1 to {LARGEST}; channels, a list of up to {MOST_CHANNELS} such numbers; "
            "and lags and self_lags, which may be 0 as well"
        )


def channels_of(X: NDArray[np.floating]) -> Tensor:
    """Return what the network sees of patterns, (n_patterns, 4, n_bins)."""
    pieces = []
    for piece in torch.from_numpy(np.asarray(X, dtype=np.float32)).split(_PATTERNS_AT_A_TIME):
        mask = (~piece.isnan()).float()
        pieces.append(pattern_channels(piece.nan_to_num(0.0), mask))
    return torch.cat(pieces)


def stems_of(net: PairNet, X: NDArray[np.floating]) -> Tensor:
    """Return what is computed once a pattern, (n_patterns, n_positions, n_features)."""
    with torch.inference_mode(), thread_limit(threads_for(len(X))):
        pieces = [net.stem(piece)[:n] for piece, n in _padded(channels_of(X))]
    return torch.cat(pieces)


def _padded(channels: Tensor) -> Iterator[tuple[Tensor, int]]:
    for piece in channels.split(_PATTERNS_AT_A_TIME):
        n = len(piece)
        yield F.pad(piece, (0, 0, 0, 0, 0, _PATTERNS_AT_A_TIME - n)), n


def second_scores(
    net: PairNet,
    a: Tensor,
    b: Tensor,
    i: NDArray[np.intp],
    j: NDArray[np.intp],
    score: NDArray[np.floating],
) -> NDArray[np.float64]:
    """Return the log odds of pairs of rows `i` of `a` and `j` of `b`."""
    odds = np.empty(len(i))
    first_scores = torch.from_numpy(np.asarray(score, dtype=np.float32))
    with torch.inference_mode(), thread_limit(threads_for(len(i))):
        for start in range(0, len(i), PAIRS_AT_A_TIME):
            rows = slice(start, start + PAIRS_AT_A_TIME)
            n = len(i[rows])
            fill = np.zeros(PAIRS_AT_A_TIME - n, dtype=np.intp)
            first, second = (
                stems[torch.from_numpy(np.concatenate([which[rows], fill]))]
                for stems, which in ((a, i), (b, j))
            )
            asked = F.pad(first_scores[rows], (0, len(fill)))
            odds[rows] = net(first, second, asked)[:n].numpy()
    return odds


def fit_pair_net(
    X: NDArray[np.floating],
    compounds: NDArray[np.intp],
    phases: NDArray[np.intp],
    first_scores: NDArray[np.floating],
    lowest: float,
    settings: FittingSettings,
) -> PairNet:
    """Train a network on the pairs that a first look leaves in doubt.

    Parameters
    ----------
    X : ndarray of shape (n_patterns, n_points)
        NaN where not measured.
    compounds, phases : ndarray of shape (n_patterns,)
    first_scores : ndarray of shape (n_patterns, n_patterns)
    lowest : float
        Pairs whose first score is below this one are not trained on.
    settings : FittingSettings

    Returns
    -------
    PairNet
        Ready for prediction.
    """
    channels = channels_of(X)
    order = np.argsort(phases, kind="stable")
    with thread_limit(settings.n_threads), seeded(settings.seed, torch.device("cpu")):
        training = PairTraining(
            settings.module_params,
            lr=settings.lr,
            weight_decay=settings.weight_decay,
            average=settings.average,
            n_steps=settings.steps,
        )
        for step in track(range(settings.steps), "training the second look", show=settings.verbose):
            rng = np.random.default_rng([settings.seed, step])
            rows = _some_phases(phases, order, settings.patterns_per_step, rng)
            scores = first_scores[np.ix_(rows, rows)]
            pairs, same = draw_pairs(
                compounds[rows], phases[rows], scores, settings.pairs_per_step, rng, lowest
            )
            if len(pairs):
                training.step(step, channels[torch.from_numpy(rows)], scores, pairs, same)
    return training.kept.eval()


class PairTraining:
    """A network that is trained on pairs, and the moving average of its weights.

    Parameters
    ----------
    module_params : dict
        Of `PairNet`.
    lr, weight_decay, average : float
        As in `FittingSettings`.
    n_steps : int

    Attributes
    ----------
    net, kept : PairNet
        What is trained, and the moving average of it.
    optimizer : AdamW
    """

    def __init__(
        self,
        module_params: dict[str, Any],
        *,
        lr: float,
        weight_decay: float,
        average: float,
        n_steps: int,
    ) -> None:
        self.lr, self.average, self.n_steps = lr, average, n_steps
        self.net, self.kept = (PairNet(**module_params) for _ in range(2))
        self.kept.load_state_dict(self.net.state_dict())
        self.optimizer = torch.optim.AdamW(self.net.parameters(), lr=lr, weight_decay=weight_decay)

    @property
    def state(self) -> dict[str, Any]:
        """The parts that change, by their names."""
        return {"net": self.net, "kept": self.kept, "optimizer": self.optimizer}

    def step(
        self,
        number: int,
        channels: Tensor,
        scores: NDArray[np.floating],
        pairs: NDArray[np.intp],
        same: NDArray[np.bool_],
    ) -> float:
        """Train on some pairs of a batch of patterns; return their mean loss.

        Parameters
        ----------
        number : int
            Of the step.
        channels : Tensor of shape (n_patterns, 4, n_bins)
        scores : ndarray of shape (n_patterns, n_patterns)
            Of the first look.
        pairs : ndarray of shape (n_pairs, 2)
        same : ndarray of shape (n_pairs,), bool
        """
        for group in self.optimizer.param_groups:
            group["lr"] = _learning_rate(self.lr, number, self.n_steps)
        loss = _pair_loss(
            self.net,
            channels,
            torch.from_numpy(scores.astype(np.float32)),
            torch.from_numpy(pairs),
            same,
        )
        self.optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), _LARGEST_GRADIENT)
        self.optimizer.step()
        _move_average(self.kept, self.net, min(self.average, (1 + number) / (10 + number)))
        return loss.item()


def _some_phases(
    phases: NDArray[np.intp], order: NDArray[np.intp], n: int, rng: np.random.Generator
) -> NDArray[np.intp]:
    """Draw phases until they have `n` patterns, or all patterns if there are no more."""
    if n >= len(phases):
        return order
    chosen: list[NDArray[np.intp]] = []
    for phase in rng.permutation(np.unique(phases)):
        chosen.append(rng.permutation(np.flatnonzero(phases == phase)))
        if sum(map(len, chosen)) >= n:
            break
    return np.concatenate(chosen)[:n]


def _pair_loss(
    net: PairNet, channels: Tensor, scores: Tensor, pairs: Tensor, same: NDArray[np.bool_]
) -> Tensor:
    """Return the binary cross-entropy of pairs; each pattern passes the stem once."""
    used, where = pairs.unique(return_inverse=True)
    stems = net.stem(channels[used])
    score = scores[pairs[:, 0], pairs[:, 1]]
    logit = net(stems[where[:, 0]], stems[where[:, 1]], score)
    return F.binary_cross_entropy_with_logits(logit, torch.from_numpy(same).float())


def _move_average(kept: PairNet, net: PairNet, decay: float) -> None:
    """Move the weights that are kept towards those that are trained."""
    with torch.no_grad():
        for old, new in zip(kept.state_dict().values(), net.state_dict().values(), strict=True):
            if old.dtype.is_floating_point:
                old.lerp_(new, 1 - decay)
            else:
                old.copy_(new)


def _learning_rate(highest: float, step: int, n_steps: int) -> float:
    """Return the learning rate of a step, see `FittingSettings`."""
    rise = min((step + 1) / max(1.0, n_steps / 20), 1.0)
    return highest * rise * (0.5 + 0.5 * math.cos(math.pi * step / n_steps))
