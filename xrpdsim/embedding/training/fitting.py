"""From settings and patterns to a trained network."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from skorch.callbacks import PassthroughScoring
from skorch.helper import predefined_split

from ..._support._table import Table
from ..._support._warnings import warn_user
from ..losses import look_up_loss
from ..networks import build_module
from ._callbacks import (
    BestWeights,
    PlateauSchedule,
    ProgressLine,
    ValidationChecks,
    copy_of_callback,
)
from ._optimizers import optimizer_options
from ._samplers import BalancedPairs, PhaseBatches, Sampler, ShuffledBatches
from .collapse import N_TRIED, refuse_useless
from .devices import seeded, thread_limit
from .settings import TrainingSettings
from .skorch_net import EmbeddingNet, PatternDataset, TrainingBatches, ValidationBatch
from .training_state import TrainingState


def train(
    settings: TrainingSettings,
    X: NDArray[np.float32],
    phases: NDArray[np.intp],
    held_out: NDArray[np.intp],
    device: torch.device,
    random: np.random.Generator,
    weights: dict[str, torch.Tensor] | None = None,
    resumed: TrainingState | None = None,
    sample_weight: NDArray[np.float32] | None = None,
) -> EmbeddingNet:
    """Train a network.

    Parameters
    ----------
    settings : TrainingSettings
    X : ndarray of shape (n_patterns, n_points), float32
        NaN where not measured.
    phases : ndarray of shape (n_patterns,)
    held_out : ndarray of shape (n_validation,)
        Rows to validate on; the others train.
    device : torch.device
    random : Generator
        All randomness of weights, dropout and batches comes from it.
    weights : dict of str to Tensor, optional
        What the module starts from instead of random weights. They are validated first, and kept
        if nothing better comes.
    resumed : TrainingState, optional
        Of an earlier training with these weights, whose optimiser and loss go on.
    sample_weight : ndarray of shape (n_patterns,), float32, optional
        Weights of patterns, of mean 1.

    Returns
    -------
    EmbeddingNet
        With the best weights, and its callbacks still in place.
    """
    training = np.setdiff1d(np.arange(len(X)), held_out)
    sampler_random = np.random.default_rng(random.integers(2**63))

    def patterns(rows: NDArray[np.intp]) -> PatternDataset:
        of_rows = None if sample_weight is None else sample_weight[rows]
        return PatternDataset(X[rows], phases[rows], device, of_rows)

    dataset = patterns(training)
    validation = predefined_split(patterns(held_out)) if held_out.size else None
    seed = int(random.integers(2**63))
    check_start = weights is not None and validation is not None
    with seeded(seed, device), thread_limit(settings.n_threads):
        batches = build_batches(settings, dataset, phases[training], sampler_random)
        net = build_net(
            settings,
            X.shape[1],
            device,
            **optimizer_options(settings.optimizer, settings.optimizer_params),
            iterator_train=lambda dataset, batch_size: batches,
            train_split=validation,
            callbacks=build_callbacks(settings, len(batches), check_start=check_start),
        ).initialize()
        if weights is not None:
            _load(net, weights)
        if resumed is not None:
            resumed.put_into(net, settings)
        try:
            return net.partial_fit(dataset, None)
        except KeyError as error:
            if validation is not None or "valid_loss" not in str(error):
                raise
            raise ValueError(
                "a callback asks for the validation loss, but with n_validation_groups=0 nothing "
                "is validated; let it monitor train_loss, or hold compounds out"
            ) from error


def finish(
    net: EmbeddingNet,
    settings: TrainingSettings,
    X: NDArray[np.float32],
    *,
    trained_on: Iterable[Any] | None = None,
) -> dict[str, Any]:
    """Return what a training learnt, as attributes; lets go of data, optimiser and loss.

    Parameters
    ----------
    net : EmbeddingNet
        From `train`.
    settings : TrainingSettings
    X : ndarray of shape (n_patterns, n_points), float32
        Patterns to see by whether anything was learnt.
    trained_on : iterable, optional
        Labels of the compounds that were learnt from, where another training is to go on from this
        one.

    Returns
    -------
    dict of str to object
        net_, history_, best_check_, interrupted_ and loss_parameters_ of the embedder; with
        `trained_on` _training_state too.

    Raises
    ------
    ValueError
        If the validation loss was never a number, or embeddings are none.
    KeyboardInterrupt
        If training was interrupted before there was anything worth keeping.
    """
    callbacks = dict(net.callbacks_)
    history = list(net.history)
    best = callbacks["xrpdsim_best"].check
    rows = callbacks["xrpdsim_checks"].rows
    if net.interrupted_ and (not rows or (settings.n_validation_groups and best is None)):
        raise KeyboardInterrupt("training was interrupted before anything worth keeping")
    if settings.n_validation_groups and best is None:
        raise ValueError(
            f"training diverged: the validation loss was not a number at any of {len(rows)} "
            f"checks; lower lr={settings.lr}, or scale the patterns"
        )
    if net.interrupted_:
        kept = "weights" if best is None else "best weights"
        warn_user(
            f"training was interrupted after {rows[-1]['epoch']:.2f} of {settings.max_epochs} "
            f"epochs; the {kept} so far are kept"
        )
    learnt = {
        "net_": net,
        "history_": Table.from_rows(rows),
        "best_check_": best,
        "interrupted_": net.interrupted_,
        "loss_parameters_": net.criterion_.learnt(),
    }
    if trained_on is not None:
        learnt["_training_state"] = TrainingState.of(net, settings, trained_on)
    net.trim_for_prediction()
    net.history.extend(history)  # which skorch takes for something needed in training only
    some = np.linspace(0, len(X) - 1, min(len(X), N_TRIED), dtype=np.intp)
    with thread_limit(settings.n_threads):
        refuse_useless(net.embed_patterns(X[some]), settings)
    return learnt


def restore(
    settings: TrainingSettings,
    n_points: int,
    device: torch.device,
    weights: dict[str, torch.Tensor],
) -> EmbeddingNet:
    """Return a network with weights from elsewhere, ready for prediction.

    Raises
    ------
    ValueError
        If the weights do not fit the network that the settings describe.
    """
    with seeded(0, device):
        net = build_net(settings, n_points, device, optimizer=_NoOptimizer).initialize()
    _load(net, weights)
    net.trim_for_prediction()
    return net


def _load(net: EmbeddingNet, weights: dict[str, torch.Tensor]) -> None:
    for name, values in net.module_.state_dict().items():
        if name in weights and weights[name].dtype != values.dtype:
            raise ValueError(
                f"the weights do not fit the network: {name} is {weights[name].dtype}, expected "
                f"{values.dtype}"
            )
    try:
        net.module_.load_state_dict(weights)
    except RuntimeError as error:
        raise ValueError(f"the weights do not fit the network: {error}") from error


class _NoOptimizer:
    """Takes the place of an optimizer in a network that will not be trained.

    The first of torch's own that a process builds imports its compiler, for a second or more.
    """

    def __init__(self, parameters: Any, lr: float) -> None:
        pass


def build_net(
    settings: TrainingSettings, n_points: int, device: torch.device, **options: Any
) -> EmbeddingNet:
    """Return skorch's network, not trained yet; `options` are further arguments of it."""
    output = look_up_loss(settings.loss).output
    module = partial(build_module, settings.architecture, settings.module_params, output, n_points)
    return EmbeddingNet(
        module,
        settings.loss_builder(),
        lr=settings.lr,
        max_epochs=settings.max_epochs,
        batch_size=settings.batch_size,
        iterator_valid=ValidationBatch,
        verbose=0,
        device=str(device),
        **options,
    )


def build_callbacks(
    settings: TrainingSettings, n_batches: int, *, check_start: bool = False
) -> list[Any]:
    """Return what happens besides training steps; `n_batches` is an epoch's.

    Callbacks of the user's are copied, so that none brings anything of another training along.
    """
    ours: dict[str, Any] = {
        "train_loss": PassthroughScoring("train_loss", on_train=True),
        "valid_loss": PassthroughScoring("valid_loss"),
        "checks": ValidationChecks(n_batches, settings.checks_per_epoch, check_start),
    }
    if settings.lr_patience is not None:
        ours["schedule"] = PlateauSchedule(settings.lr_factor, settings.lr_patience)
    # after the user's, so that at the end it is the best weights that stay
    last: dict[str, Any] = {"best": BestWeights()}
    if settings.verbose:
        last["progress"] = ProgressLine()
    return [
        *((f"xrpdsim_{name}", callback) for name, callback in ours.items()),
        *map(copy_of_callback, settings.callbacks or ()),
        *((f"xrpdsim_{name}", callback) for name, callback in last.items()),
    ]


def build_batches(
    settings: TrainingSettings,
    dataset: PatternDataset,
    phases: NDArray[np.intp],
    random: np.random.Generator,
) -> Any:
    """Return what yields the training batches of an epoch, as often as it is iterated over.

    Raises
    ------
    TypeError
        If the user's own does not say how many batches an epoch has.
    ValueError
        If there are none.
    """
    if settings.iterator_train is None:
        sampler = build_sampler(settings, phases, random)
        return TrainingBatches(dataset, sampler=sampler, batch_size=settings.batch_size)
    options = {"batch_size": settings.batch_size} | (settings.iterator_train_params or {})
    batches = settings.iterator_train(dataset, **options)
    if not hasattr(batches, "__len__"):
        raise TypeError(
            f"the {type(batches).__name__} that iterator_train returns has no len(); give it "
            "__len__, the number of batches an epoch: validation checks are spread over them"
        )
    if not len(batches):
        raise ValueError(
            f"iterator_train makes no batch of the {len(dataset)} patterns that train, with "
            f"{options}; lower batch_size, or leave drop_last out of iterator_train_params"
        )
    return batches


def build_sampler(
    settings: TrainingSettings, phases: NDArray[np.intp], random: np.random.Generator
) -> Sampler:
    """Return what draws the batches from the training patterns."""
    if look_up_loss(settings.loss).draws_pairs:
        return BalancedPairs(phases, settings.batch_size, settings.pairs_per_pattern, random)
    if settings.patterns_per_phase is not None:
        return PhaseBatches(phases, settings.batch_size, settings.patterns_per_phase, random)
    return ShuffledBatches(phases, settings.batch_size, random)
