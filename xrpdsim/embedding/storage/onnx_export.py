"""An embedder as an ONNX file; needs onnx and onnxscript (extra ``onnx``)."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ..._support._files import write_atomically
from ..._support._version import __version__
from ..networks import EmbeddingModule

INPUT, OUTPUT = "patterns", "embeddings"


class _FromPatterns(nn.Module):
    """The network behind its one input: patterns with NaN where not measured."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = module

    def forward(self, patterns: Tensor) -> Tensor:
        missing = patterns.isnan()
        return self.module(torch.where(missing, 0.0, patterns), (~missing).to(patterns.dtype))


def export_onnx(
    path: str | os.PathLike[str],
    module: EmbeddingModule,
    two_theta: NDArray[np.float64],
    metric: str,
) -> None:
    """Write a trained network on the CPU; see `SiameseXRPDEmbedder.to_onnx`."""
    # several rows: a number of patterns that is 1 would be taken for a constant
    example = torch.linspace(0, 1, len(two_theta)).repeat(4, 1)
    export_network(
        path, _FromPatterns(module), {INPUT: example}, OUTPUT, two_theta, {"metric": metric}
    )


def export_network(
    path: str | os.PathLike[str],
    network: nn.Module,
    examples: Mapping[str, Tensor],
    output: str,
    two_theta: NDArray[np.float64],
    metadata: Mapping[str, str],
) -> None:
    """Write any network of ours whose inputs are rows of patterns or of values for them.

    Parameters
    ----------
    path : path-like
    network : Module
        On the CPU.
    examples : mapping of str to Tensor
        The inputs by name, several rows each; any number of rows may be given later.
    output : str
        Name of the output.
    two_theta : ndarray of shape (n_points,)
    metadata : mapping of str to str

    Raises
    ------
    ImportError
        If onnx or onnxscript is not installed.
    ValueError
        If ONNX does not know what the network computes.
    """
    _require()
    rows = torch.export.Dim("n_patterns", min=1)
    try:
        with _quiet(), torch.no_grad():
            program: Any = torch.onnx.export(
                network.eval(),
                tuple(examples.values()),
                input_names=list(examples),
                output_names=[output],
                dynamic_shapes=tuple({0: rows} for _ in examples),
                dynamo=True,
                verbose=False,
            )
    except torch.onnx.errors.OnnxExporterError as error:
        inner = getattr(network, "module", network)
        name = type(getattr(inner, "network", inner)).__name__
        raise ValueError(
            f"{name} cannot be exported to ONNX; its forward must not branch on the values it "
            f"is given, and use operations that ONNX knows. torch says: {error}"
        ) from error
    model = program.model_proto
    model.producer_name, model.producer_version = "xrpdsim", __version__
    for key, value in {
        "two_theta_first": f"{two_theta[0]:.10g}",
        "two_theta_last": f"{two_theta[-1]:.10g}",
        "n_points": str(len(two_theta)),
        **metadata,
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
