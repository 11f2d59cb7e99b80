"""Trained networks as files: one of their own, read and written whole, and ONNX.

Files hold values, never code: nothing in them is executed. Estimators are built elsewhere.
"""

from .embedder_file import (
    CLASSIFIER,
    EMBEDDER_PART,
    EmbedderFile,
    EmbedderState,
    check_hash,
    check_state,
    errors_naming,
    read_state,
    state_as_values,
    state_from_values,
    versions_in_use,
    write_state,
)
from .json_values import plain, storable
from .onnx_export import export_network, export_onnx
from .tensor_file import (
    FileKind,
    Shapes,
    read_tensors,
    refuse_other_shapes,
    refuse_unknown_version,
    refuse_without_seal,
    with_prefix,
    write_tensors,
)

__all__ = [
    "EmbedderFile",
    "EmbedderState",
    "read_state",
    "write_state",
    "state_as_values",
    "check_state",
    "state_from_values",
    "CLASSIFIER",
    "EMBEDDER_PART",
    "errors_naming",
    "check_hash",
    "versions_in_use",
    "plain",
    "storable",
    "FileKind",
    "Shapes",
    "read_tensors",
    "write_tensors",
    "with_prefix",
    "refuse_without_seal",
    "refuse_unknown_version",
    "refuse_other_shapes",
    "export_network",
    "export_onnx",
]
