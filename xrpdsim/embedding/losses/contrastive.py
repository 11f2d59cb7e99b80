"""The contrastive loss with a margin."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor
from torch.nn import functional as F

from .pair_loss import SMALLEST_SQUARE, PairLoss

_SMALLEST = 1e-30


class ContrastiveLoss(PairLoss):
    """Contrastive loss with a margin, Hadsell et al. 2006 (CVPR), equation 4.

    Half the squared distance for pairs of one form, half the squared shortfall from the margin for
    the others. Embeddings are sigmoid outputs: of 128, the largest distance is 11.3, so that the
    margin of 8 can be reached; on unit vectors it could not.

    Parameters
    ----------
    metric : {"euclidean"}
    margin : float, default=8.0
        As in Lange et al.

    See Also
    --------
    xrpdsim.embedding.SigLIPLoss : all pairs of a batch.
    xrpdsim.embedding.NTXentLoss : with a temperature.

    Examples
    --------
    >>> import torch
    >>> from xrpdsim.embedding import ContrastiveLoss
    >>> embeddings = torch.tensor([[1.0, 0.0], [1.0, 0.1], [0.0, 1.0], [0.1, 1.0]])
    >>> right, wrong = torch.tensor([0, 0, 1, 1]), torch.tensor([0, 1, 0, 1])
    >>> loss = ContrastiveLoss(margin=1.0)
    >>> bool(loss(embeddings, right) < loss(embeddings, wrong))
    True
    """

    output = "sigmoid"
    metrics = ("euclidean",)
    draws_pairs = True
    constants: ClassVar[dict[str, str]] = {"margin": "margin"}

    def __init__(self, metric: str = "euclidean", margin: float = 8.0) -> None:
        super().__init__(metric)
        if not margin > 0:
            raise ValueError(f"margin must be above 0, got {margin}")
        self.margin = margin

    def forward(
        self,
        embeddings: Tensor,
        phases: Tensor,
        pairs: Tensor | None = None,
        weights: Tensor | None = None,
    ) -> Tensor:
        """Return the mean over the pairs drawn, or over all, both kinds weighing the same."""
        if pairs is None:
            return self.mean_over_pairs(embeddings, phases, weights)
        first, second = pairs.T
        squares = (embeddings[first] - embeddings[second]).square().sum(1)
        distances = squares.clamp(min=SMALLEST_SQUARE).sqrt()
        losses = self._losses(distances, phases[first] == phases[second])
        if weights is None:
            return losses.mean()
        of_pairs = weights[first] * weights[second]
        return (losses * of_pairs).sum() / of_pairs.sum().clamp(min=_SMALLEST)

    def terms(self, compared: Tensor, positive: Tensor, negative: Tensor) -> tuple[Tensor, Tensor]:
        """Return sums over both kinds; they weigh the same, as among the pairs drawn."""
        losses = self._losses(compared, positive)
        sums = [(losses * kind).sum() for kind in (positive, negative)]
        return torch.stack(sums), torch.stack([positive.sum(), negative.sum()])

    def weighted_terms(
        self, compared: Tensor, positive: Tensor, negative: Tensor, weights: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Return weighted sums over both kinds."""
        losses = self._losses(compared, positive)
        kinds = [weights * kind for kind in (positive, negative)]
        sums = [(losses * kind).sum() for kind in kinds]
        return torch.stack(sums), torch.stack([kind.sum() for kind in kinds])

    def _losses(self, distances: Tensor, same: Tensor) -> Tensor:
        return torch.where(same, distances, F.relu(self.margin - distances)).square() / 2
