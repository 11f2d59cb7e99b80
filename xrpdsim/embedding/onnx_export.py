"""An embedder as an ONNX file; needs onnx and onnxscript (extra ``onnx``)."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from .._support._files import write_atomically
from .._support._version import __version__

if TYPE_CHECKING:
    from .siamese import SiameseXRPDEmbedder

INPUT, OUTPUT = "patterns", "embeddings"


class _FromPatterns(nn.Module):
    """The network behind its one input: patterns with NaN where not measured."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = module

    def forward(self, patterns: Tensor) -> Tensor:
        missing = patterns.isnan()
        return self.module(torch.where(missing, 0.0, patterns), (~missing).to(patterns.dtype))


def export(embedder: SiameseXRPDEmbedder, path: str | os.PathLike[str]) -> None:
    """Write a fitted embedder; see `SiameseXRPDEmbedder.to_onnx`."""
    _require()
    module = _FromPatterns(embedder.net_.moved_to("cpu").module_).eval()
    # several rows: a number of patterns that is 1 would be taken for a constant
    example = torch.linspace(0, 1, embedder.n_features_in_).repeat(4, 1)
    try:
        with _quiet(), torch.no_grad():
            program: Any = torch.onnx.export(
                module,
                (example,),
                input_names=[INPUT],
                output_names=[OUTPUT],
                dynamic_shapes=({0: torch.export.Dim("n_patterns", min=1)},),
                dynamo=True,
                verbose=False,
            )
    except torch.onnx.errors.OnnxExporterError as error:
        network = type(embedder.net_.module_.network).__name__
        raise ValueError(
            f"{network} cannot be exported to ONNX; its forward must not branch on the values it "
            f"is given, and use operations that ONNX knows. torch says: {error}"
        ) from error
    model = program.model_proto
    model.producer_name, model.producer_version = "xrpdsim", __version__
    grid = embedder.two_theta_
    for key, value in {
        "two_theta_first": f"{grid[0]:.10g}",
        "two_theta_last": f"{grid[-1]:.10g}",
        "n_points": str(len(grid)),
        "metric": embedder.metric_,
    }.items():
        model.metadata_props.add(key=key, value=value)
    with write_atomically(path, "wb") as file:
        file.write(model.SerializeToString())


def _require() -> None:
    try:
        import onnx  # noqa: F401
        import onnxscript  # noqa: F401
    except ImportError as error:
        raise ImportError(
            f"to_onnx needs {error.name}: install it with `pip install xrpdsim[onnx]`"
        ) from error


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the exporter's remarks on its own steps away from the user."""
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
