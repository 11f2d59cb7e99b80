"""Trained networks as files: one of their own, read and written whole, and ONNX.

Files hold values, never code: nothing in them is executed. Estimators are built elsewhere.
"""

from .embedder_file import (
    EmbedderFile,
    EmbedderState,
    check_hash,
    errors_naming,
    read_state,
    versions_in_use,
    write_state,
)
from .json_values import plain
from .onnx_export import export_network, export_onnx
from .tensor_file import FileKind, read_tensors, write_tensors

__all__ = [
    "EmbedderFile",
    "EmbedderState",
    "read_state",
    "errors_naming",
    "write_state",
    "check_hash",
    "versions_in_use",
    "plain",
    "FileKind",
    "read_tensors",
    "write_tensors",
    "export_network",
    "export_onnx",
]
