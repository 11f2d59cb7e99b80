"""The sigmoid loss over all pairs of a batch."""

from __future__ import annotations

import math
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .pair_loss import PairLoss


class SigLIPLoss(PairLoss):
    """Sigmoid loss over all pairs of a batch, after Zhai et al. 2023 (arXiv:2303.15343).

    The logit of a pair is b - t * distance, or b + t * cosine: near pairs have to score high. t =
    exp(t') and b are learnt. As in Lange et al. the sum is divided by the number of patterns; the
    pair of a pattern with itself says nothing and stays out.

    Parameters
    ----------
    metric : {"euclidean", "cosine"}, default="euclidean"
    t : float, default=10.0
        Where t starts.
    b : float, optional
        Where b starts; by default 6 for distances and -10 for cosines.

    See Also
    --------
    xrpdsim.embedding.NTXentLoss : with a temperature.
    xrpdsim.embedding.ContrastiveLoss : with a margin.

    Examples
    --------
    >>> import torch
    >>> near = torch.eye(3)[[0, 0, 1]]
    >>> loss = SigLIPLoss()
    >>> bool(loss(near, torch.tensor([0, 0, 1])) < loss(near, torch.tensor([0, 1, 0])))
    True
    """

    constants: ClassVar[dict[str, str]] = {"t": "siglip_t", "b": "siglip_b"}

    def __init__(self, metric: str = "euclidean", t: float = 10.0, b: float | None = None) -> None:
        super().__init__(metric)
        if not t > 0:
            raise ValueError(f"SigLIP's t must be above 0, got {t}")
        if b is None:
            b = 6.0 if metric == "euclidean" else -10.0
        if not math.isfinite(b):
            raise ValueError(f"SigLIP's b must be a finite number, got {b}")
        self.t_prime = nn.Parameter(torch.tensor(math.log(t)))
        self.b = nn.Parameter(torch.tensor(float(b)))

    def forward(
        self,
        embeddings: Tensor,
        phases: Tensor,
        pairs: Tensor | None = None,
        weights: Tensor | None = None,
    ) -> Tensor:
        """Return the sum over all pairs, divided by the number of patterns."""
        return self.mean_over_pairs(embeddings, phases, weights) * (len(phases) - 1)

    def terms(self, compared: Tensor, positive: Tensor, negative: Tensor) -> tuple[Tensor, Tensor]:
        """Return the sum over all pairs; the label of a pair is +1 or -1."""
        counted = positive | negative
        return (self._losses(compared, positive) * counted).sum()[None], counted.sum()[None]

    def weighted_terms(
        self, compared: Tensor, positive: Tensor, negative: Tensor, weights: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Return the weighted sum over all pairs."""
        counted = weights * (positive | negative)
        return (self._losses(compared, positive) * counted).sum()[None], counted.sum()[None]

    def _losses(self, compared: Tensor, positive: Tensor) -> Tensor:
        sign = 1.0 if self.metric == "cosine" else -1.0
        logits = self.b + sign * self.t_prime.exp() * compared
        return F.softplus(torch.where(positive, -logits, logits))

    def per_pair(self, loss: float, n_patterns: int) -> float:
        """Undo the division by patterns instead of pairs."""
        return loss / max(n_patterns - 1, 1)

    def learnt(self) -> dict[str, float]:
        """Return t and b."""
        return {"t": math.exp(self.t_prime.item()), "b": self.b.item()}
