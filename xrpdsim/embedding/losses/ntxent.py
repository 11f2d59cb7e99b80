"""The normalised temperature-scaled cross entropy."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor
from torch.nn import functional as F

from .pair_loss import PairLoss

_SMALLEST = 1e-30


class NTXentLoss(PairLoss):
    """Normalised temperature-scaled cross entropy with several positives a pattern.

    Each pair of one form is told from all pairs of its first pattern with other forms (Chen et al.
    2020, arXiv:2002.05709; several positives as in pytorch-metric-learning); logits are
    -distance / temperature, or cosine / temperature.

    Parameters
    ----------
    metric : {"euclidean", "cosine"}, default="euclidean"
    temperature : float, default=5.0
        As in Lange et al.

    See Also
    --------
    xrpdsim.embedding.SigLIPLoss : each pair by itself.
    xrpdsim.embedding.ContrastiveLoss : with a margin.

    Examples
    --------
    >>> import torch
    >>> from xrpdsim.embedding import NTXentLoss
    >>> embeddings = torch.tensor([[1.0, 0.0], [1.0, 0.1], [0.0, 1.0], [0.1, 1.0]])
    >>> loss = NTXentLoss("cosine", temperature=0.5)
    >>> right, wrong = torch.tensor([0, 0, 1, 1]), torch.tensor([0, 1, 0, 1])
    >>> bool(loss(embeddings, right) < loss(embeddings, wrong))
    True
    """

    constants: ClassVar[dict[str, str]] = {"temperature": "temperature"}

    def __init__(self, metric: str = "euclidean", temperature: float = 5.0) -> None:
        super().__init__(metric)
        if not temperature > 0:
            raise ValueError(f"temperature must be above 0, got {temperature}")
        self.temperature = temperature

    def terms(self, compared: Tensor, positive: Tensor, negative: Tensor) -> tuple[Tensor, Tensor]:
        """Return the sum over pairs of one form, each against its row's pairs of two."""
        logits, against = self._logits(compared, negative)
        losses = F.softplus(against - logits)
        return (losses * positive).sum()[None], positive.sum()[None]

    def weighted_terms(
        self, compared: Tensor, positive: Tensor, negative: Tensor, weights: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Return the weighted sum over pairs of one form; of two forms they weigh in their rows."""
        # the weight of a row's own pattern is a factor of all its pairs, and cancels
        relative = weights / weights.mean(dim=1, keepdim=True).clamp(min=_SMALLEST)
        logits, against = self._logits(compared, negative & (weights > 0), relative)
        losses = F.softplus(against - logits)
        counted = weights * positive
        return (losses * counted).sum()[None], counted.sum()[None]

    def _logits(
        self, compared: Tensor, negative: Tensor, weights: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Return the logit of each pair, and what its row's pairs of two forms come to."""
        logits = compared / (self.temperature if self.metric == "cosine" else -self.temperature)
        # A finite floor: -inf in a row without negatives would make its gradient NaN.
        floor = torch.finfo(logits.dtype).min / 2
        others = logits if weights is None else logits + weights.clamp(min=_SMALLEST).log()
        return logits, others.masked_fill(~negative, floor).logsumexp(dim=1, keepdim=True)
