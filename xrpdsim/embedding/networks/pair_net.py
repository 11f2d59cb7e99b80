"""Two patterns side by side, their features compared at all lags."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .hybrid import N_CHANNELS


class PairNet(nn.Module):
    """Compare two patterns position by position, a little shifted against each other, too.

    A stem of convolutions turns each pattern into features along its range. Their dot products at
    lags to either side make a correlation volume, as in stereo matching: a line that a strained
    lattice has moved is found at another lag, a line of another form at none. The same of each
    pattern with itself says what there is to be found. Convolutions over the position and two dense
    layers turn the volume and the first look's score into a logit. It is the mean over both orders
    of the two patterns, so that the order does not matter.

    Parameters
    ----------
    features : int, default=24
        Of the stem, at each position.
    lags : int, default=12
        Positions to either side at which two patterns are compared. A position is two bins of the
        patterns, 0.08 degrees on the common grid: 12 of them are 0.96 degrees.
    self_lags : int, default=6
        The same for a pattern and itself.
    channels : sequence of int, default=(48, 48, 96)
        Of the convolutions over the volume.
    hidden : int, default=96
        Of the dense layer.

    Examples
    --------
    >>> import torch
    >>> from xrpdsim.embedding.networks import PairNet
    >>> net = PairNet().eval()
    >>> patterns = torch.rand(2, 4, 975)
    >>> stems = net.stem(patterns)
    >>> first, second = stems[:1], stems[1:]
    >>> score = torch.tensor([0.5])
    >>> bool(net(first, second, score) == net(second, first, score))
    True
    """

    def __init__(
        self,
        *,
        features: int = 24,
        lags: int = 12,
        self_lags: int = 6,
        channels: Sequence[int] = (48, 48, 96),
        hidden: int = 96,
    ) -> None:
        super().__init__()
        self.features = features
        self.lags = lags
        self.self_lags = self_lags
        self.stem_layers = nn.Sequential(
            nn.Conv1d(N_CHANNELS, features, 9, padding=4),
            nn.SiLU(),
            nn.Conv1d(features, features, 5, stride=2, padding=2),
            nn.SiLU(),
            nn.Conv1d(features, features, 3, padding=1),
        )
        n_in = (2 * lags + 1) + 2 * (self_lags + 1) + 1
        layers: list[nn.Module] = []
        for number, n_out in enumerate(channels):
            layers += [
                nn.Conv1d(n_in, n_out, 5, stride=2 if number else 1, padding=2, bias=False),
                nn.BatchNorm1d(n_out),
                nn.SiLU(),
            ]
            n_in = n_out
        self.convolutions = nn.Sequential(*layers)
        self.dense = nn.Sequential(nn.Linear(2 * n_in + 1, hidden), nn.SiLU(), nn.Linear(hidden, 1))

    def stem(self, patterns: Tensor) -> Tensor:
        """Return what is computed once a pattern.

        Parameters
        ----------
        patterns : Tensor of shape (n_patterns, 4, n_bins)

        Returns
        -------
        Tensor of shape (n_patterns, features + 1, n_bins / 2)
            Features along the range, 0 where not measured; the last channel is what was measured.
        """
        measured = F.max_pool1d(patterns[:, -1:], 2, ceil_mode=True)
        features = self.stem_layers(patterns)[..., : measured.shape[-1]] * measured
        return torch.cat([features, measured], dim=1)

    def forward(self, first: Tensor, second: Tensor, score: Tensor) -> Tensor:
        """Return the log odds that pairs are one form.

        Parameters
        ----------
        first, second : Tensor of shape (n_pairs, features + 1, n_positions)
            Stems of the patterns of each pair.
        score : Tensor of shape (n_pairs,)
            Of the first look.

        Returns
        -------
        Tensor of shape (n_pairs,)
        """
        # always in one order, so that rounding does not tell A with B from B with A
        swap = (first.sum(dim=(1, 2)) > second.sum(dim=(1, 2)))[:, None, None]
        first, second = torch.where(swap, second, first), torch.where(swap, first, second)
        across = self._correlations(first, second, range(-self.lags, self.lags + 1))
        own = [
            self._correlations(stem, stem, range(self.self_lags + 1)) for stem in (first, second)
        ]
        both = (first[:, -1:] * second[:, -1:],)
        unordered = [own[0] + own[1], (own[0] - own[1]).abs(), *both]
        back = _seen_from_the_other(across)
        n = len(first)
        volume = torch.cat([torch.cat([x, *unordered], dim=1) for x in (across, back)], dim=0)
        # two positions at a time: half the work, and a lag is still one of single positions
        volume = F.avg_pool1d(torch.tanh(volume), 2, ceil_mode=True)
        x = self.convolutions(volume)
        pooled = torch.cat([x.mean(dim=2), x.amax(dim=2)], dim=1)
        logit = self.dense(torch.cat([pooled, score.repeat(2)[:, None]], dim=1))[:, 0]
        return (logit[:n] + logit[n:]) / 2

    def _correlations(self, first: Tensor, second: Tensor, lags: range) -> Tensor:
        """Return dot products of features at each lag, shape (n_pairs, n_lags, n_positions)."""
        a, b = first[:, :-1], second[:, :-1]
        n = a.shape[-1]
        reach = max(abs(lags.start), abs(lags.stop - 1))
        b = F.pad(b, (reach, reach))
        products = [(a * b[..., reach + lag : reach + lag + n]).sum(dim=1) for lag in lags]
        return torch.stack(products, dim=1) / self.features**0.5


def _seen_from_the_other(correlations: Tensor) -> Tensor:
    """Return the correlations of B with A from those of A with B, which hold the same products.

    At position x and lag k, B(x) A(x + k) is A(x + k) B((x + k) - k).
    """
    n_lags, n = correlations.shape[1:]
    reach = n_lags // 2
    padded = F.pad(correlations.flip(1), (reach, reach))
    return torch.stack([padded[:, k, k : k + n] for k in range(n_lags)], dim=1)
