"""What decides how a network is trained, as values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from ..losses import (
    PairLoss,
    constants_of,
    look_up_loss,
    loss_builder,
    name_of_loss,
    refuse_arguments,
)

AUTO = "auto"
"""What parameters are by default whose value depends on `init`."""

FROM_SCRATCH: dict[str, Any] = {
    "architecture": "smolnet",
    "loss": "siglip",
    "metric": "euclidean",
    "lr": 5e-3,
    "optimizer": "Adam",
    "max_epochs": 20,
    "margin": 8.0,
    "temperature": 5.0,
    "siglip_t": 10.0,
}
"""The defaults of a training from random weights, and what `AUTO` stands for there."""

FINE_TUNING: dict[str, Any] = {"lr": 1e-4, "max_epochs": 5}
"""What `AUTO` stands for where training starts from `init`, which itself says all the rest.

Chosen on simulated campaigns: longer steps or more of them lose on average what the start knows of
compounds that are not among the training patterns; shorter ones do not adapt to a new instrument.
"""

SIGLIP_B = {"euclidean": 6.0, "cosine": -10.0}
"""Where b of "siglip" starts, by metric."""

NETWORK = ("architecture", "module_params", "loss", "metric")
"""What weights are bound to: beside `init`, these are its own, or have to agree with it."""

LOSS_CONSTANTS = ("margin", "temperature", "siglip_t", "siglip_b")
"""Arguments of losses that are parameters of the embedder."""

IN_FORCE = (*NETWORK, "loss_params", *LOSS_CONSTANTS, *FINE_TUNING)
"""What weights are made by, and what may be "auto"; `effective_params_` says what held."""


@dataclass(frozen=True)
class TrainingSettings:
    """All that a training is told, apart from patterns, labels, device and random numbers.

    Parameters
    ----------
    architecture, loss, metric, module_params, loss_params, lr, lr_factor, lr_patience, optimizer, \
optimizer_params, max_epochs, batch_size, patterns_per_phase, pairs_per_pattern, checks_per_epoch, \
margin, temperature, siglip_t, siglip_b, n_validation_groups, callbacks, iterator_train, \
iterator_train_params, n_threads, verbose
        As the parameters of `xrpdsim.SiameseXRPDEmbedder`, with none left open that has a default.
        What `loss_params` or an instance says of `LOSS_CONSTANTS` stands there, and a loss of ours
        by its name.

    Examples
    --------
    >>> from xrpdsim.embedding import SiameseXRPDEmbedder
    >>> embedder = SiameseXRPDEmbedder(loss="ntxent")
    >>> settings = TrainingSettings.from_parameters(embedder.get_params(), FROM_SCRATCH)
    >>> settings.loss, settings.lr, settings.max_epochs
    ('ntxent', 0.005, 20)
    """

    architecture: Any
    module_params: dict[str, Any] | None
    loss: Any
    metric: str
    loss_params: dict[str, Any] | None
    lr: float
    lr_factor: float
    lr_patience: int | None
    optimizer: Any
    optimizer_params: dict[str, Any] | None
    max_epochs: int
    batch_size: int
    patterns_per_phase: int | None
    pairs_per_pattern: float
    checks_per_epoch: int
    margin: float
    temperature: float
    siglip_t: float
    siglip_b: float
    n_validation_groups: int
    callbacks: Any
    iterator_train: Any
    iterator_train_params: dict[str, Any] | None
    n_threads: int | None
    verbose: int

    @classmethod
    def from_parameters(
        cls, parameters: Mapping[str, Any], where_open: Mapping[str, Any]
    ) -> TrainingSettings:
        """Take the parameters of an embedder.

        Parameters
        ----------
        parameters : mapping
            As ``get_params`` returns them; those that are no setting of a training are left out.
        where_open : mapping
            What a parameter that is "auto" stands for (or None, as files of version 1 have it).

        Returns
        -------
        TrainingSettings

        Raises
        ------
        ValueError
            If a parameter contradicts `loss_params`, or `metric` an instance given as loss.
        """
        parameters = with_loss_by_name(parameters)
        settings: dict[str, Any] = {field.name: parameters.get(field.name) for field in fields(cls)}
        settings |= {k: v for k, v in where_open.items() if k in settings and _is_open(settings[k])}
        settings |= _constants(settings["loss"], settings["loss_params"], parameters)
        if _is_open(settings["siglip_b"]):
            settings["siglip_b"] = SIGLIP_B[settings["metric"]]
        return cls(**settings)

    def in_force(self) -> dict[str, Any]:
        """Return the values that `effective_params_` keeps."""
        return {name: getattr(self, name) for name in IN_FORCE}

    def loss_builder(self) -> Any:
        """Return what builds the loss when it is called."""
        found = look_up_loss(self.loss)
        constants: dict[str, Any] = {}
        if not isinstance(found, PairLoss):
            constants = {name: getattr(self, of) for name, of in found.constants.items()}
        return loss_builder(self.loss, self.metric, constants | (self.loss_params or {}))


def with_loss_by_name(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters with a class or instance of ours by its name, and what an instance holds.

    Raises
    ------
    TypeError
        If there are `loss_params` beside an instance.
    ValueError
        If `metric` contradicts it.
    """
    loss = parameters["loss"]
    of_instance: dict[str, Any] = {}
    if isinstance(loss, PairLoss):
        refuse_arguments(parameters.get("loss_params") or {})
        of_instance = {"metric": _metric(loss, parameters["metric"]), **constants_of(loss)}
    return {**parameters, **of_instance, "loss": name_of_loss(loss)}


def refuse_constants_beside_instance(parameters: Mapping[str, Any]) -> None:
    """Raise ValueError if a parameter is to be a constant that a loss given as instance has."""
    loss = parameters["loss"]
    if not isinstance(loss, PairLoss):
        return
    held = constants_of(loss)
    for argument, name in loss.constants.items():
        flat = parameters[name]
        is_default = _is_open(flat) or flat == FROM_SCRATCH.get(name)
        if not is_default and not math.isclose(flat, held.get(name, math.nan), rel_tol=1e-6):
            raise ValueError(
                f"{name}={flat!r} says nothing to the {type(loss).__name__} given as loss, which "
                f"is built already; leave {name} out, and give the instance its {argument}"
            )


def _is_open(value: Any) -> bool:
    return value is None or (isinstance(value, str) and value == AUTO)


def _metric(loss: PairLoss, metric: str) -> str:
    if metric in (loss.metric, FROM_SCRATCH["metric"]):
        return loss.metric
    raise ValueError(
        f"metric={metric!r} contradicts the {type(loss).__name__} given as loss, which compares by "
        f"metric={loss.metric!r}; leave metric out"
    )


def _constants(
    loss: Any, loss_params: Mapping[str, Any] | None, parameters: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the flat parameters that `loss_params` sets, and what is left of it."""
    kind = look_up_loss(loss)
    names = {} if isinstance(kind, PairLoss) else kind.constants
    found: dict[str, Any] = {}
    for argument, name in names.items():
        if argument not in (loss_params or {}):
            continue
        value, flat = dict(loss_params or {})[argument], parameters.get(name)
        if not _is_open(flat) and flat not in (FROM_SCRATCH.get(name), value):
            raise ValueError(
                f"{name}={flat!r} and loss_params={{{argument!r}: {value!r}}} contradict each "
                "other; give one of the two"
            )
        found[name] = value
    left = {k: v for k, v in (loss_params or {}).items() if k not in names}
    return found | {"loss_params": left or None}
