"""A network that keeps a classical view of the pattern beside what it learns."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

N_CHANNELS = 4
"""What the convolutions see: the square root of the pattern, the same without its baseline, this
itself, and what was measured."""

_SHORTCUT_BINS, _SHORTCUT_STRIDE = 8, 4
_STRETCHED_TO = 1e4
"""Top of a pattern before the double logarithm of SNIP, as in `xrpdsim.preprocessing`."""


class Inputs(NamedTuple):
    """What `HybridNet` makes of patterns before anything learnt.

    Attributes
    ----------
    channels : Tensor of shape (n_patterns, 4, n_bins)
        What the convolutions see.
    signal : Tensor of shape (n_patterns, n_bins / 4)
        What the shortcut past them sees: the square root of the pattern without its baseline,
        smoothed, of length 1.
    classical : Tensor of shape (n_patterns, n_components)
        v.
    spectrum : Tensor of shape (n_patterns, n_waves)
        s.
    """

    channels: Tensor
    signal: Tensor
    classical: Tensor
    spectrum: Tensor


class HybridNet(nn.Module):
    """Convolutions beside two classical views of the signal.

    The embedding joins three vectors of length 1: u is learnt; v is the signal without its
    baseline, over its mean nearby, compressed by a power, smoothed by a triangle, as in de Gelder's
    measure, and centred; s are the sizes of v's short Fourier components, centred, too. The cosine
    of two embeddings is then w cos(u, u') + (1 - w) [(1 - q) cos(v, v') + q cos(s, s')]: what is
    unlike anything trained on is still compared classically.

    Over the mean nearby, a strong line weighs little more than a weak one beside it, so that v goes
    by where lines are rather than by how texture and few grains have changed them. A shift of the
    whole pattern, as a specimen off the focus makes, changes the phases of Fourier components, not
    their sizes, so that s goes by how far lines are from each other.

    Patterns are scaled inside: any counts go in, and a factor on them changes nothing. What was not
    measured (mask 0) takes part in no average, baseline or scale, and is 0 in all channels, of
    which the mask itself is one.

    Parameters
    ----------
    n_points : int
        Number of points of a pattern.
    bin_points : int, default=2
        Points that are averaged first.
    channels : sequence of int, default=(32, 64, 96, 96)
        Filters of each convolution.
    kernel_sizes, strides : sequence of int, default=(15, 7, 5, 3), (3, 2, 2, 1)
        Of each convolution.
    hidden : int, default=256
        Width of the dense layer.
    learnt_dim : int, default=128
        Length of u.
    learnt_share : float, default=0.5
        w, from 0 to 1.
    spectrum_share : float, default=0.5
        q, from 0 to 1.
    baseline_bins, classical_baseline_bins : int, default=20, 12
        Half width of SNIP clipping, for what the network sees and for v.
    local_bins : int, default=38
        Bins of the mean nearby.
    local_floor : float, default=0.005
        Added to that mean, where 1 is the height of the strongest line.
    local_noise : float, default=1.5
        Of the mean size of the second differences of a pattern, mostly its noise, so much is added,
        too, so that noise between lines stays small.
    classical_power : float, default=0.6
        Power of the signal in v.
    classical_bins : int, default=5
        Bins of the moving average that, taken twice, smooths v; the triangle's half base.
    classical_stride : int, default=3
        Of so many bins of v one is kept.
    first_wave : int, default=30
        Of the Fourier components in s: how often it fits the pattern's range. Of patterns with few
        points at least the shorter half of the components is taken.
    dropout : float, default=0.0
        Before the dense layers.

    See Also
    --------
    xrpdsim.embedding.SMolNet : the network of the paper.

    Examples
    --------
    >>> import torch
    >>> net = HybridNet(200)
    >>> counts = 100 * torch.rand(3, 200)
    >>> embeddings = net(counts, torch.ones(3, 200))
    >>> embeddings.shape
    torch.Size([3, 172])
    >>> bool(torch.allclose(embeddings.norm(dim=1), torch.ones(3)))
    True
    """

    cosines: Tensor
    sines: Tensor

    def __init__(
        self,
        n_points: int,
        *,
        bin_points: int = 2,
        channels: Sequence[int] = (32, 64, 96, 96),
        kernel_sizes: Sequence[int] = (15, 7, 5, 3),
        strides: Sequence[int] = (3, 2, 2, 1),
        hidden: int = 256,
        learnt_dim: int = 128,
        learnt_share: float = 0.5,
        spectrum_share: float = 0.5,
        baseline_bins: int = 20,
        classical_baseline_bins: int = 12,
        local_bins: int = 38,
        local_floor: float = 0.005,
        local_noise: float = 1.5,
        classical_power: float = 0.6,
        classical_bins: int = 5,
        classical_stride: int = 3,
        first_wave: int = 30,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        shares = {"learnt_share": learnt_share, "spectrum_share": spectrum_share}
        for name, share in shares.items():
            if not 0 <= share <= 1:
                raise ValueError(f"{name}={share} lies outside 0 to 1")
        self.bin_points = bin_points
        self.learnt_share = learnt_share
        self.spectrum_share = spectrum_share
        self.baseline_bins = baseline_bins
        self.classical_baseline_bins = classical_baseline_bins
        self.local_bins = local_bins
        self.local_floor = local_floor
        self.local_noise = local_noise
        self.classical_power = classical_power
        self.classical_bins = classical_bins
        self.classical_stride = classical_stride
        layers: list[nn.Module] = []
        n_in = N_CHANNELS
        n_bins = -(-n_points // bin_points)
        n_steps = n_bins
        for n_out, kernel_size, stride in zip(channels, kernel_sizes, strides, strict=True):
            # Batch normalisation takes the mean away, so a bias would do nothing.
            layers += [
                nn.Conv1d(n_in, n_out, kernel_size, stride, kernel_size // 2, bias=False),
                nn.BatchNorm1d(n_out),
                nn.SiLU(),
            ]
            n_in = n_out
            n_steps = (n_steps + 2 * (kernel_size // 2) - kernel_size) // stride + 1
        self.convolutions = nn.Sequential(*layers)
        self.dense = nn.Sequential(
            nn.Flatten(),
            nn.Dropout(dropout),
            nn.Linear(n_in * n_steps, hidden),
            nn.SiLU(),
            nn.Linear(hidden, learnt_dim),
        )
        # Training starts near the classical measure: an orthogonal map keeps angles.
        self.shortcut = nn.Linear(-(-n_bins // _SHORTCUT_STRIDE), learnt_dim, bias=False)
        nn.init.orthogonal_(self.shortcut.weight)
        n_kept = -(-n_bins // classical_stride)
        first_wave, last_wave = min(first_wave, n_kept // 4), n_kept // 2
        for name in ("cosines", "sines"):
            table = torch.empty(n_kept, last_wave + 1 - first_wave)
            self.register_buffer(name, table, persistent=False)
        if not self.cosines.is_meta:  # as torch's own initialisers, see `outline`
            waves = torch.arange(first_wave, last_wave + 1)
            angles = 2 * math.pi / n_kept * torch.outer(torch.arange(n_kept), waves)
            torch.cos(angles, out=self.cosines)
            torch.sin(angles, out=self.sines)

    def forward(self, X: Tensor, mask: Tensor) -> Tensor:
        """Return embeddings of length 1, shape (n_patterns, lengths of u, v and s)."""
        return self.joined(*self.views(X, mask))

    def joined(self, learnt: Tensor, classical: Tensor, spectrum: Tensor) -> Tensor:
        """Return the embeddings that three views make."""
        w, q = self.learnt_share, self.spectrum_share
        shares = (w, (1 - w) * (1 - q), (1 - w) * q)
        views = zip(shares, (learnt, classical, spectrum), strict=True)
        return torch.cat([share**0.5 * view for share, view in views], dim=1)

    def views(self, X: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return u, v and s, each of length 1 (v and s of a flat pattern are 0).

        Parameters
        ----------
        X : Tensor of shape (n_patterns, n_points)
            Counts on any scale.
        mask : Tensor of shape (n_patterns, n_points)
            1 where measured, else 0.

        Returns
        -------
        learnt : Tensor of shape (n_patterns, learnt_dim)
        classical : Tensor of shape (n_patterns, n_components)
        spectrum : Tensor of shape (n_patterns, n_waves)
        """
        inputs = self.inputs(X, mask)
        return self.learnt(inputs), inputs.classical, inputs.spectrum

    def learnt(self, inputs: Inputs) -> Tensor:
        """Return u."""
        learnt = self.dense(self.convolutions(inputs.channels)) + self.shortcut(inputs.signal)
        return F.normalize(learnt.float(), dim=1, eps=1e-6)

    def inputs(self, X: Tensor, mask: Tensor) -> Inputs:
        """Return what is made of patterns before anything learnt.

        Parameters
        ----------
        X, mask : Tensor of shape (n_patterns, n_points)

        Returns
        -------
        Inputs
        """
        with torch.no_grad():
            raw, smooth, measured = _scaled(X, mask, self.bin_points)
            net = _without_baseline(raw, smooth, measured, self.baseline_bins)
            signal = _thinned(net.sqrt(), _SHORTCUT_BINS, _SHORTCUT_STRIDE)
            channels = _channels(raw, net, measured)
            net = _without_baseline(raw, smooth, measured, self.classical_baseline_bins)
            local = self._over_nearby(net, measured).pow(self.classical_power)
            classical = _thinned(local, self.classical_bins, self.classical_stride)
            classical = _centred(classical, measured[:, :: self.classical_stride])
            return Inputs(
                channels,
                F.normalize(signal, dim=1, eps=1e-6),
                F.normalize(classical, dim=1, eps=1e-6),
                F.normalize(self._wave_sizes(classical), dim=1, eps=1e-6),
            )

    def _wave_sizes(self, x: Tensor) -> Tensor:
        """Return the sizes of Fourier components, less their mean."""
        sizes = ((x @ self.cosines).square() + (x @ self.sines).square()).sqrt()
        return sizes - sizes.mean(1, keepdim=True)

    def _over_nearby(self, net: Tensor, measured: Tensor) -> Tensor:
        inside = measured[:, 2:] * measured[:, 1:-1] * measured[:, :-2]
        bent = (net[:, 2:] - 2 * net[:, 1:-1] + net[:, :-2]).abs() * inside
        noise = bent.sum(1, keepdim=True) / inside.sum(1, keepdim=True).clamp(min=1)
        least = self.local_floor + self.local_noise * noise
        smooth = _moving_average(net, measured, 3)  # else a power would lift the noise
        return smooth / (_moving_average(net, measured, self.local_bins) + least)


def pattern_channels(
    X: Tensor, mask: Tensor, *, bin_points: int = 2, baseline_bins: int = 20
) -> Tensor:
    """Return what the convolutions of `HybridNet` see of patterns.

    Parameters
    ----------
    X : Tensor of shape (n_patterns, n_points)
        Counts on any scale, 0 where not measured.
    mask : Tensor of shape (n_patterns, n_points)
        1 where measured, else 0.
    bin_points, baseline_bins : int, default=2, 20
        As in `HybridNet`.

    Returns
    -------
    Tensor of shape (n_patterns, 4, n_bins)
    """
    with torch.no_grad():
        raw, smooth, measured = _scaled(X, mask, bin_points)
        return _channels(raw, _without_baseline(raw, smooth, measured, baseline_bins), measured)


def _channels(raw: Tensor, net: Tensor, measured: Tensor) -> Tensor:
    channels = (raw.clamp(min=0).sqrt(), net.sqrt(), net)
    return torch.stack([*(_standardised(x, measured) for x in channels), measured], dim=1)


def _scaled(X: Tensor, mask: Tensor, bin_points: int) -> tuple[Tensor, Tensor, Tensor]:
    """Return the pattern in bins, and smoothed from 0 to 1, and which bins were measured."""
    X, mask = _divisible(X, bin_points), _divisible(mask, bin_points)
    points = mask.unflatten(1, (-1, bin_points)).sum(2)
    measured = (points > 0).to(X.dtype)
    top = _highest(X, mask)
    X = X / torch.where(top > 0, top, 1.0)  # first of all: counts may be tiny or huge
    x = (X * mask).unflatten(1, (-1, bin_points)).sum(2) / points.clamp(min=1)
    smooth = _moving_average(x, measured, 5)
    low = -_highest(-smooth, measured)
    span = _highest(smooth, measured) - low
    span = torch.where(span > 0, span, 1.0)
    return (x - low) / span * measured, (smooth - low) / span, measured


def _divisible(x: Tensor, divisor: int) -> Tensor:
    return F.pad(x, (0, -x.shape[1] % divisor))


def _highest(x: Tensor, measured: Tensor) -> Tensor:
    lowest = torch.finfo(x.dtype).min
    return torch.where(measured > 0, x, lowest).amax(dim=1, keepdim=True)


def _moving_average(x: Tensor, measured: Tensor, width: int) -> Tensor:
    total, n = _window_sum(x * measured, width), _window_sum(measured, width)
    return total / n.clamp(min=0.5) * measured


def _window_sum(x: Tensor, width: int) -> Tensor:
    """Return sums over windows from width // 2 bins before each bin on.

    Windows are joined of ones half as wide, which is ten times faster than pooling, and rounds
    less than differences of cumulated sums.
    """
    n_bins = x.shape[1]
    x = F.pad(x, (width // 2, (width - 1) // 2))
    total = torch.zeros_like(x[:, :n_bins])
    start = 0
    for bit in range(width.bit_length()):
        size = 2**bit
        if bit:
            half = size // 2
            x = x[:, :-half] + x[:, half:]
        if width & size:
            total = total + x[:, start : start + n_bins]
            start += size
    return total


def _thinned(x: Tensor, half_base: int, stride: int) -> Tensor:
    """Return the signal smoothed by a triangle, of which one bin in so many is kept."""
    for _ in range(2):
        x = _window_sum(x, half_base)
    return x[:, ::stride] / half_base**2


def _centred(x: Tensor, measured: Tensor) -> Tensor:
    n = measured.sum(1, keepdim=True).clamp(min=1)
    within = x * measured
    return (within - within.sum(1, keepdim=True) / n) * measured


def _standardised(x: Tensor, measured: Tensor) -> Tensor:
    n = measured.sum(1, keepdim=True).clamp(min=1)
    centred = _centred(x, measured)
    deviation = (centred.square().sum(1, keepdim=True) / n).sqrt()
    return centred / deviation.clamp(min=1e-4)


def _without_baseline(x: Tensor, smooth: Tensor, measured: Tensor, half_width: int) -> Tensor:
    """Return the pattern less the baseline of its smoothed copy, from 0 to 1."""
    net = (x - _snip(smooth, measured, half_width)).clamp(min=0) * measured
    top = _highest(_moving_average(net, measured, 3), measured)
    return net / torch.where(top > 0, top, 1.0)


def _snip(x: Tensor, measured: Tensor, half_width: int) -> Tensor:
    """Return the baseline of patterns from 0 to 1 by clipping, as `BaselineRemover` does."""
    v = (((x * _STRETCHED_TO + 1).sqrt() + 1).log() + 1).log()
    # A neighbour that was not measured lowers nothing.
    high = torch.finfo(v.dtype).max / 4
    least = torch.where(measured > 0, -high, high)
    v = torch.where(measured > 0, v, high)
    for p in range(min(half_width, (v.shape[1] - 1) // 2), 0, -1):
        middle = torch.minimum(v[:, p:-p], (v[:, : -2 * p] + v[:, 2 * p :]) / 2)
        v = torch.maximum(torch.cat([v[:, :p], middle, v[:, -p:]], dim=1), least)
    v = torch.where(measured > 0, v, 0.0)
    return (((v.exp() - 1).exp() - 1).square() - 1) / _STRETCHED_TO
