"""What decides how a network is trained, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

FROM_SCRATCH: dict[str, Any] = {
    "architecture": "smolnet",
    "loss": "siglip",
    "metric": "euclidean",
    "lr": 5e-3,
    "max_epochs": 20,
    "margin": 8.0,
    "temperature": 5.0,
    "siglip_t": 10.0,
}
"""What None stands for where training starts from random weights."""

FINE_TUNING: dict[str, Any] = {"lr": 1e-4, "max_epochs": 5}
"""What it stands for where training starts from `init`, which itself says all the rest.

Chosen on simulated campaigns: longer steps or more of them lose on average what the start knows of
compounds that are not among the training patterns; shorter ones do not adapt to a new instrument.
"""

NETWORK = ("architecture", "module_params", "loss", "metric")
"""What weights are bound to: given beside `init`, these have to agree with it."""

LOSS_CONSTANTS = ("margin", "temperature", "siglip_t", "siglip_b")
"""What comes from `init` unless it is given."""

IN_FORCE = (*NETWORK, *LOSS_CONSTANTS, *FINE_TUNING)
"""The parameters of an embedder that may be left open; `settings_` says what held."""


@dataclass(frozen=True)
class TrainingSettings:
    """All that a training is told, apart from patterns, labels, device and random numbers.

    Parameters
    ----------
    architecture, loss, metric, module_params, lr, lr_factor, lr_patience, max_epochs, batch_size, \
patterns_per_phase, pairs_per_pattern, checks_per_epoch, margin, temperature, siglip_t, siglip_b, \
n_validation_groups, n_threads, verbose
        As the parameters of `xrpdsim.SiameseXRPDEmbedder`, with none left open that has a default.

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
    loss: str
    metric: str
    lr: float
    lr_factor: float
    lr_patience: int
    max_epochs: int
    batch_size: int
    patterns_per_phase: int | None
    pairs_per_pattern: float
    checks_per_epoch: int
    margin: float
    temperature: float
    siglip_t: float
    siglip_b: float | None
    n_validation_groups: int
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
            What a parameter that is None stands for.

        Returns
        -------
        TrainingSettings
        """
        settings = {field.name: parameters[field.name] for field in fields(cls)}
        settings |= {k: v for k, v in where_open.items() if k in settings and settings[k] is None}
        return cls(**settings)

    def in_force(self) -> dict[str, Any]:
        """Return the values of the parameters that may be left open, as `settings_` keeps them."""
        return {name: getattr(self, name) for name in IN_FORCE}
