"""Losses over pairs of embeddings: SigLIP, NT-Xent and contrastive.

All of them compare the rows of one batch of embeddings. A loss says which `output` it needs of the
network ("unit" vectors or "sigmoid" outputs) and by which `metric` its embeddings are compared.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

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
    """A loss over pairs of rows; `terms` is what a loss of one's own fills in.

    Parameters
    ----------
    metric : {"euclidean", "cosine"}
        How two embeddings are compared.

    Raises
    ------
    ValueError
        If the loss does not know the metric.
    """

    output = "unit"
    metrics: tuple[str, ...] = ("euclidean", "cosine")

    def __init__(self, metric: str = "euclidean") -> None:
        super().__init__()
        if metric not in self.metrics:
            raise ValueError(
                f"{type(self).__name__} compares embeddings by metric in {self.metrics}, got "
                f"{metric!r}"
            )
        self.metric = metric

    def forward(self, embeddings: Tensor, phases: Tensor, pairs: Tensor | None = None) -> Tensor:
        """Return the loss of a training batch.

        Parameters
        ----------
        embeddings : Tensor of shape (n, d)
        phases : Tensor of shape (n,)
            Rows with the same number are of one form.
        pairs : Tensor of shape (n_pairs, 2), optional
            Rows to compare, for losses that draw their pairs. The others take all pairs.

        Returns
        -------
        Tensor of shape ()
        """
        return self.mean_over_pairs(embeddings, phases)

    def mean_over_pairs(self, embeddings: Tensor, phases: Tensor) -> Tensor:
        """Return the mean over all pairs of different rows, whatever their number.

        Parameters
        ----------
        embeddings : Tensor of shape (n, d)
        phases : Tensor of shape (n,)

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
            totals.append(self.terms(compared, same & distinct, ~same))
        sums, counts = (torch.stack(part) for part in zip(*totals, strict=True))
        sums, counts = sums.sum(0), counts.sum(0)
        present = counts > 0
        return (sums / counts.clamp(min=1)).sum() / present.sum().clamp(min=1)

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
        raise NotImplementedError

    def per_pair(self, loss: float, n_patterns: int) -> float:
        """Bring a training loss to the scale of `mean_over_pairs`."""
        return loss

    def learnt(self) -> dict[str, float]:
        """Return the loss's own parameters, by name."""
        return {}


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

    Examples
    --------
    >>> import torch
    >>> near = torch.eye(3)[[0, 0, 1]]
    >>> loss = SigLIPLoss()
    >>> bool(loss(near, torch.tensor([0, 0, 1])) < loss(near, torch.tensor([0, 1, 0])))
    True
    """

    def __init__(self, metric: str = "euclidean", t: float = 10.0, b: float | None = None) -> None:
        super().__init__(metric)
        if not t > 0:
            raise ValueError(f"SigLIP's t must be above 0, got {t}")
        if b is None:
            b = 6.0 if metric == "euclidean" else -10.0
        self.t_prime = nn.Parameter(torch.tensor(math.log(t)))
        self.b = nn.Parameter(torch.tensor(float(b)))

    def forward(self, embeddings: Tensor, phases: Tensor, pairs: Tensor | None = None) -> Tensor:
        """Return the sum over all pairs, divided by the number of patterns."""
        return self.mean_over_pairs(embeddings, phases) * (len(phases) - 1)

    def terms(self, compared: Tensor, positive: Tensor, negative: Tensor) -> tuple[Tensor, Tensor]:
        """Return the sum over all pairs; the label of a pair is +1 or -1."""
        sign = 1.0 if self.metric == "cosine" else -1.0
        logits = self.b + sign * self.t_prime.exp() * compared
        losses = F.softplus(torch.where(positive, -logits, logits))
        counted = positive | negative
        return (losses * counted).sum()[None], counted.sum()[None]

    def per_pair(self, loss: float, n_patterns: int) -> float:
        """Undo the division by patterns instead of pairs."""
        return loss / max(n_patterns - 1, 1)

    def learnt(self) -> dict[str, float]:
        """Return t and b."""
        return {"t": self.t_prime.exp().item(), "b": self.b.item()}


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
    """

    def __init__(self, metric: str = "euclidean", temperature: float = 5.0) -> None:
        super().__init__(metric)
        if not temperature > 0:
            raise ValueError(f"temperature must be above 0, got {temperature}")
        self.temperature = temperature

    def terms(self, compared: Tensor, positive: Tensor, negative: Tensor) -> tuple[Tensor, Tensor]:
        """Return the sum over pairs of one form, each against its row's pairs of two."""
        logits = compared / (self.temperature if self.metric == "cosine" else -self.temperature)
        # A finite floor: -inf in a row without negatives would make its gradient NaN.
        floor = torch.finfo(logits.dtype).min / 2
        against = logits.masked_fill(~negative, floor).logsumexp(dim=1, keepdim=True)
        losses = F.softplus(against - logits)
        return (losses * positive).sum()[None], positive.sum()[None]


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
    """

    output = "sigmoid"
    metrics = ("euclidean",)

    def __init__(self, metric: str = "euclidean", margin: float = 8.0) -> None:
        super().__init__(metric)
        if not margin > 0:
            raise ValueError(f"margin must be above 0, got {margin}")
        self.margin = margin

    def forward(self, embeddings: Tensor, phases: Tensor, pairs: Tensor | None = None) -> Tensor:
        """Return the mean over the pairs drawn, or over all, both kinds weighing the same."""
        if pairs is None:
            return self.mean_over_pairs(embeddings, phases)
        first, second = pairs.T
        squares = (embeddings[first] - embeddings[second]).square().sum(1)
        distances = squares.clamp(min=SMALLEST_SQUARE).sqrt()
        return self._losses(distances, phases[first] == phases[second]).mean()

    def terms(self, compared: Tensor, positive: Tensor, negative: Tensor) -> tuple[Tensor, Tensor]:
        """Return sums over both kinds; they weigh the same, as among the pairs drawn."""
        losses = self._losses(compared, positive)
        sums = [(losses * kind).sum() for kind in (positive, negative)]
        return torch.stack(sums), torch.stack([positive.sum(), negative.sum()])

    def _losses(self, distances: Tensor, same: Tensor) -> Tensor:
        return torch.where(same, distances, F.relu(self.margin - distances)).square() / 2


LOSSES: dict[str, type[PairLoss]] = {
    "siglip": SigLIPLoss,
    "ntxent": NTXentLoss,
    "contrastive": ContrastiveLoss,
}
