"""What an embedder's parameters stand for where they are left open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .siamese import SiameseXRPDEmbedder

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


def settled(embedder: SiameseXRPDEmbedder) -> SiameseXRPDEmbedder:
    """Return the same parameters with none left open, for a start from random weights.

    Examples
    --------
    >>> from xrpdsim.embedding import SiameseXRPDEmbedder
    >>> settled(SiameseXRPDEmbedder(loss="ntxent"))
    SiameseXRPDEmbedder(architecture='smolnet', loss='ntxent', lr=0.005, margin=8.0,
                        max_epochs=20, metric='euclidean', siglip_t=10.0,
                        temperature=5.0)
    """
    open_ones = {k: v for k, v in FROM_SCRATCH.items() if getattr(embedder, k) is None}
    return changed(embedder, open_ones)


def changed(embedder: SiameseXRPDEmbedder, params: dict[str, Any]) -> SiameseXRPDEmbedder:
    """Return an embedder with the same parameters but for `params`, not fitted."""
    return type(embedder)(**(embedder.get_params(deep=False) | params))


def in_force(settings: SiameseXRPDEmbedder) -> dict[str, Any]:
    """Return the parameters that may be left open, as `settings_` keeps them."""
    return {name: getattr(settings, name) for name in (*NETWORK, *LOSS_CONSTANTS, *FINE_TUNING)}
