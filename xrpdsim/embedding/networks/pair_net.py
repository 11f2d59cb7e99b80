"""Two patterns side by side, their features compared at all lags."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .hybrid import N_CHANNELS

_SHORTEST_BLOCK = 24
"""Positions that are compared with all in their reach at a time."""


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
    lags : int, default=14
        Positions to either side at which two patterns are compared. A position is two bins of the
        patterns, 0.08 degrees on the common grid: 14 of them are 1.12 degrees.
    self_lags : int, default=6
        The same for a pattern and itself.
    channels : sequence of int, default=(48, 48, 96)
        Of the convolutions over the volume.
    hidden : int, default=96
        Of the dense layer.

    Attributes
    ----------
    sizes : dict
        The parameters, as plain values.

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
        lags: int = 14,
        self_lags: int = 6,
        channels: Sequence[int] = (48, 48, 96),
        hidden: int = 96,
    ) -> None:
        super().__init__()
        self.features = features
        self.lags = lags
        self.self_lags = self_lags
        self.sizes = {
            "features": features,
            "lags": lags,
            "self_lags": self_lags,
            "channels": list(channels),
            "hidden": hidden,
        }
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
        Tensor of shape (n_patterns, n_bins / 2, features + self_lags + 2)
            Along the range: features, 0 where not measured; their dot products with those at lags
            from 0 on; and what was measured.
        """
        measured = F.max_pool1d(patterns[:, -1:], 2, ceil_mode=True)
        features = self.stem_layers(patterns)[..., : measured.shape[-1]] * measured
        measured, features = measured.transpose(1, 2), features.transpose(1, 2)
        own = self._correlations(features, features, range(self.self_lags + 1))
        return torch.cat([features, own, measured], dim=2)

    def forward(self, first: Tensor, second: Tensor, score: Tensor) -> Tensor:
        """Return the log odds that pairs are one form.

        Parameters
        ----------
        first, second : Tensor of shape (n_pairs, n_positions, features + self_lags + 2)
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
        widths = [self.features, self.self_lags + 1, 1]
        (a, own_a, measured_a), (b, own_b, measured_b) = (
            stem.split(widths, dim=2) for stem in (first, second)
        )
        lags = range(-self.lags, self.lags + 1)
        both_ways = [self._correlations(a, b, lags), self._correlations(b, a, lags)]
        unordered = [own_a + own_b, (own_a - own_b).abs(), measured_a * measured_b]
        volume = torch.cat([torch.cat([x, *unordered], dim=2) for x in both_ways]).transpose(1, 2)
        # two positions at a time: half the work, and a lag is still one of single positions
        volume = F.avg_pool1d(torch.tanh(volume), 2, ceil_mode=True)
        x = self.convolutions(volume)
        pooled = torch.cat([x.mean(dim=2), x.amax(dim=2)], dim=1)
        logit = self.dense(torch.cat([pooled, score.repeat(2)[:, None]], dim=1))[:, 0]
        n = first.shape[0]
        return (logit[:n] + logit[n:]) / 2

    def _correlations(self, a: Tensor, b: Tensor, lags: range) -> Tensor:
        """Return dot products of features at each lag, shape (n_pairs, n_positions, n_lags)."""
        n_positions, reach = a.shape[1], len(lags) - 1
        length = max(reach, _SHORTEST_BLOCK)
        n_blocks = -(-n_positions // length)
        fill = n_blocks * length - n_positions
        a = F.pad(a, (0, 0, 0, fill)).unflatten(1, (n_blocks, length))
        b = F.pad(b, (0, 0, -lags[0], lags[0] + fill + length))
        b = b.unflatten(1, (n_blocks + 1, length))
        within_reach = torch.cat([b[:, :-1], b[:, 1:, :reach]], dim=2)
        # all products of a block's positions with those in its reach, which is much faster than lag
        # by lag; those of position p begin in column p of row p, so longer rows align them
        products = (a @ within_reach.transpose(2, 3)).flatten(2)
        aligned = F.pad(products, (0, length)).unflatten(2, (length, length + reach + 1))
        return aligned[..., : reach + 1].flatten(1, 2)[:, :n_positions] / self.features**0.5
