"""What all losses over pairs of embeddings share."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn

BLOCK_ROWS = 1024
"""Rows compared with all others at once, so that validation never holds all pairs."""

SMALLEST_SQUARE = 1e-8
"""Squared distances are kept from below this: the square root of 0 has an infinite gradient."""


def euclidean_distances(a: Tensor, b: Tensor) -> Tensor:
    """Return all distances between the rows of `a` and `b`; duplicates have a gradient of zero.

    Parameters
    ----------
    a, b : Tensor of shape (n_a, d) and (n_b, d)

    Returns
    -------
    Tensor of shape (n_a, n_b)
    """
    squares = a.square().sum(1)[:, None] + b.square().sum(1)[None, :] - 2 * a @ b.T
    return squares.clamp(min=SMALLEST_SQUARE).sqrt()


class PairLoss(nn.Module):
    """A loss over pairs of rows; `terms` is what a new loss fills in.

    One of your own goes into ``SiameseXRPDEmbedder(loss=...)`` as a class or an instance.

    Parameters
    ----------
    metric : {"euclidean", "cosine"}
        How two embeddings are compared.

    Attributes
    ----------
    output : {"unit", "sigmoid"}
        What the network is to return: vectors of length 1, or a sigmoid of each value.
    metrics : tuple of str
        The metrics it knows.
    draws_pairs : bool
        Whether it is given pairs that were drawn, instead of all pairs of a batch.
    constants : dict of str to str
        Those of its further arguments that are parameters of the embedder too, with the name that
        each has there; the others come from `loss_params`.

    Raises
    ------
    ValueError
        If the loss does not know the metric.

    Examples
    --------
    A loss of one's own: distances of pairs of one form towards 0, of others towards 1.

    >>> class Targets(PairLoss):
    ...     def terms(self, compared, positive, negative):
    ...         squares = (compared - negative.float()).square()
    ...         sums = [(squares * kind).sum() for kind in (positive, negative)]
    ...         return torch.stack(sums), torch.stack([positive.sum(), negative.sum()])
    >>> embeddings = torch.tensor([[0.0], [0.0], [0.5]])
    >>> round(Targets()(embeddings, torch.tensor([0, 0, 1])).item(), 3)
    0.125
    """

    output: ClassVar[str] = "unit"
    metrics: ClassVar[tuple[str, ...]] = ("euclidean", "cosine")
    draws_pairs: ClassVar[bool] = False
    constants: ClassVar[dict[str, str]] = {}

    def __init__(self, metric: str = "euclidean") -> None:
        super().__init__()
        if metric not in self.metrics:
            raise ValueError(
                f"{type(self).__name__} compares embeddings by metric in {self.metrics}, got "
                f"{metric!r}"
            )
        self.metric = metric

    def forward(
        self,
        embeddings: Tensor,
        phases: Tensor,
        pairs: Tensor | None = None,
        weights: Tensor | None = None,
    ) -> Tensor:
        """Return the loss of a training batch.

        Parameters
        ----------
        embeddings : Tensor of shape (n, d)
        phases : Tensor of shape (n,)
            Rows with the same number are of one form.
        pairs : Tensor of shape (n_pairs, 2), optional
            Rows to compare, for losses that draw their pairs. The others take all pairs.
        weights : Tensor of shape (n,), optional
            Of the rows; given only where `fit` was given weights of patterns.

        Returns
        -------
        Tensor of shape ()
        """
        return self.mean_over_pairs(embeddings, phases, weights)

    def mean_over_pairs(
        self, embeddings: Tensor, phases: Tensor, weights: Tensor | None = None
    ) -> Tensor:
        """Return the mean over all pairs of different rows, whatever their number.

        Parameters
        ----------
        embeddings : Tensor of shape (n, d)
        phases : Tensor of shape (n,)
        weights : Tensor of shape (n,), optional
            A pair weighs the product of the weights of its two rows.

        Returns
        -------
        Tensor of shape ()
        """
        rows = torch.arange(len(phases), device=phases.device)
        totals: list[tuple[Tensor, Tensor]] = []
        for block in rows.split(BLOCK_ROWS):
            distinct = block[:, None] != rows[None, :]
            same = phases[block][:, None] == phases[None, :]
            compared = self.compare(embeddings[block], embeddings)
            if weights is None:
                totals.append(self.terms(compared, same & distinct, ~same))
            else:
                of_pairs = weights[block][:, None] * weights[None, :]
                totals.append(self.weighted_terms(compared, same & distinct, ~same, of_pairs))
        sums, counts = (torch.stack(part) for part in zip(*totals, strict=True))
        sums, counts = sums.sum(0), counts.sum(0)
        present = counts > 0
        return (sums / counts.where(present, 1)).sum() / present.sum().clamp(min=1)

    def compare(self, a: Tensor, b: Tensor) -> Tensor:
        """Return distances, or cosines of unit vectors, of all rows of `a` and `b`."""
        return a @ b.T if self.metric == "cosine" else euclidean_distances(a, b)

    def terms(self, compared: Tensor, positive: Tensor, negative: Tensor) -> tuple[Tensor, Tensor]:
        """Return sums over kinds of pairs and their counts; the loss is the mean of the means.

        Parameters
        ----------
        compared : Tensor of shape (n_rows, n)
            Distances or cosines.
        positive, negative : Tensor of shape (n_rows, n), bool
            Pairs of one form, and of two. A row with itself is in neither.

        Returns
        -------
        sums, counts : Tensor of shape (n_kinds,)
        """
        raise NotImplementedError(f"{type(self).__name__} does not fill in `terms`")

    def weighted_terms(
        self, compared: Tensor, positive: Tensor, negative: Tensor, weights: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Return `terms` with a weight for each pair: weighted sums, and sums of weights.

        Only a loss that takes the `sample_weight` of `fit` fills it in.

        Parameters
        ----------
        compared, positive, negative : Tensor of shape (n_rows, n)
            As for `terms`.
        weights : Tensor of shape (n_rows, n)
            0 or more; of all patterns the mean weight is 1.

        Returns
        -------
        sums, counts : Tensor of shape (n_kinds,)
        """
        raise NotImplementedError(f"{type(self).__name__} does not fill in `weighted_terms`")

    def per_pair(self, loss: float, n_patterns: int) -> float:
        """Bring a training loss to the scale of `mean_over_pairs`."""
        return loss

    def learnt(self) -> dict[str, float]:
        """Return the loss's own parameters, by name."""
        return {}
