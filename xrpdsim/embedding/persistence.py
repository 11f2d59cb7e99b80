"""How embedders are kept, shared and taken elsewhere."""

from __future__ import annotations

import os
from typing import Any, Self

from sklearn.utils.validation import check_is_fitted

from . import storage
from .weights import weights_file


class PersistenceMixin:
    """`save`, `load`, `from_pretrained` and `to_onnx` of `SiameseXRPDEmbedder`."""

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the fitted embedder to one file, without pickle.

        The file is in the safetensors format: the weights, and a JSON header with parameters, grid,
        history and library versions.

        Parameters
        ----------
        path : path-like
            Ending in ".safetensors" by custom. An existing file is replaced.

        Raises
        ------
        NotFittedError
            If there is nothing to save yet.
        TypeError
            If a parameter cannot be written as JSON.

        Examples
        --------
        >>> import numpy as np, pathlib, tempfile
        >>> from xrpdsim.embedding import SiameseXRPDEmbedder
        >>> X = np.random.default_rng(0).random((6, 30))
        >>> embedder = SiameseXRPDEmbedder(
        ...     module_params={"hidden": 4}, max_epochs=1, n_validation_groups=0, random_state=0
        ... ).fit(X, ["a", "a", "a", "b", "b", "b"])
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "embedder.safetensors"
        >>> embedder.save(path)
        >>> loaded = SiameseXRPDEmbedder.load(path)
        >>> bool((loaded.transform(X) == embedder.transform(X)).all())
        True
        """
        check_is_fitted(self)
        storage.save(self, path)  # type: ignore[arg-type]

    @classmethod
    def load(
        cls, path: str | os.PathLike[str], *, architecture: Any = None, device: str | None = None
    ) -> Self:
        """Read an embedder that `save` wrote; nothing in the file is executed.

        Parameters
        ----------
        path : path-like
        architecture : torch Module class or Module, optional
            The network, where it was the user's own: a file holds weights, not code.
        device : str, optional
            Where to run it, as the parameter `device`. By default the device of training, or, with
            a warning, the CPU where that is not there.

        Returns
        -------
        SiameseXRPDEmbedder
            Fitted.

        Raises
        ------
        ValueError
            If the file is not one of ours, its version is not known, or its weights do not fit the
            network.
        """
        return storage.load(cls, path, architecture=architecture, device=device)  # type: ignore

    @classmethod
    def from_pretrained(cls, name: str = "organic-1", *, device: str | None = None) -> Self:
        """Return a fitted embedder with weights that are shipped; see `xrpdsim.embedding.weights`.

        It takes raw counts on any positive scale, NaN where not measured.

        Parameters
        ----------
        name : str, default="organic-1"
        device : str, optional
            As the parameter `device`.

        Returns
        -------
        SiameseXRPDEmbedder
            Fitted.

        Raises
        ------
        ValueError
            If nothing is shipped under that name.

        Examples
        --------
        >>> import numpy as np
        >>> from xrpdsim.embedding import SiameseXRPDEmbedder
        >>> counts = np.random.default_rng(0).poisson(100, size=(2, 1950))
        >>> len(SiameseXRPDEmbedder.from_pretrained("organic-1").transform(counts))
        2
        """
        return cls.load(weights_file(name), device=device)

    def to_onnx(self, path: str | os.PathLike[str]) -> None:
        """Write the fitted embedder as an ONNX model, for programs without Python or torch.

        The model has one input, ``patterns``, float32 of shape (n_patterns, n_points), NaN where
        not measured, scaled as for `transform` (the shipped weights take raw counts), and one
        output, ``embeddings``, what `transform` returns. Its metadata name the grid and the metric
        by which embeddings are compared.

        Parameters
        ----------
        path : path-like
            Ending in ".onnx" by custom. An existing file is replaced.

        Raises
        ------
        NotFittedError
            If there is nothing to export yet.
        ImportError
            If onnx or onnxscript is not installed (extra ``onnx``).

        See Also
        --------
        save : A file from which the embedder itself can be loaded again.
        """
        check_is_fitted(self)
        from .onnx_export import export

        export(self, path)  # type: ignore[arg-type]
