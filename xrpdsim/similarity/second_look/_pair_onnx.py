"""A trained second look as an ONNX file; needs onnx and onnxscript (extra ``onnx``)."""

from __future__ import annotations

import copy
import os

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ...embedding.networks import PairNet, pattern_channels
from ...embedding.storage import export_network
from .band import Band

FIRST, SECOND, SCORE, OUTPUT = "first", "second", "score", "log_odds"


class _FromPatterns(nn.Module):
    """Both looks behind three inputs: two patterns, NaN where not measured, and the first score."""

    def __init__(self, network: PairNet, band: Band) -> None:
        super().__init__()
        self.network = network
        self.band = band

    def forward(self, first: Tensor, second: Tensor, score: Tensor) -> Tensor:
        odds = self.network(self._stem(first), self._stem(second), score)
        band = self.band
        share = ((score - band.low) / (band.high - band.low)).clamp(0, 1)
        return (1 - share) * (band.slope * score + band.intercept) + share * odds

    def _stem(self, patterns: Tensor) -> Tensor:
        missing = patterns.isnan()
        mask = (~missing).to(patterns.dtype)
        return self.network.stem(pattern_channels(torch.where(missing, 0.0, patterns), mask))


def export_pairs(
    path: str | os.PathLike[str], network: PairNet, band: Band, two_theta: NDArray[np.float64]
) -> None:
    """Write both looks; see `TrainedSecondLook.to_onnx`."""
    pattern = torch.linspace(0, 1, len(two_theta))
    examples = {
        FIRST: pattern.repeat(4, 1),
        SECOND: pattern.flip(0).repeat(4, 1),
        SCORE: torch.linspace(band.low, band.high, 4),
    }
    whole = _FromPatterns(copy.deepcopy(network).cpu(), band)
    metadata = {"band_low": f"{band.low:.10g}", "band_high": f"{band.high:.10g}"}
    export_network(path, whole, examples, OUTPUT, two_theta, metadata)
