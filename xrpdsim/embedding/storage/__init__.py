"""Trained embedders as files: one of their own, read and written whole, and ONNX.

Files hold values, never code: nothing in them is executed. Estimators are built elsewhere.
"""

from .embedder_file import EmbedderFile, EmbedderState, errors_naming, read_state, write_state
from .json_values import plain
from .onnx_export import export_onnx

__all__ = [
    "EmbedderFile",
    "EmbedderState",
    "read_state",
    "errors_naming",
    "write_state",
    "plain",
    "export_onnx",
]
