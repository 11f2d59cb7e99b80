"""What an embedder does with its network once that is there, however it came to it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn import config_context, get_config
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from .._support._documentation import DocumentedMixin
from .._support._warnings import warn_user
from ..patterns import validate_patterns
from .storage import (
    EmbedderFile,
    EmbedderState,
    errors_naming,
    export_onnx,
    read_state,
    write_state,
)
from .training import (
    IN_FORCE,
    NETWORK,
    EmbeddingNet,
    TrainingSettings,
    device_if_there,
    restore,
    thread_limit,
    threads_for,
)
from .weights import constants, weights_file

LEARNT = (
    "n_features_in_",
    "two_theta_",
    "loss_parameters_",
    "history_",
    "best_check_",
    "interrupted_",
    "validation_indices_",
    "validation_groups_",
)


PROGRAMS = ("callbacks", "iterator_train", "iterator_train_params")
"""Parameters that no file keeps."""


class NetworkEmbedder(
    DocumentedMixin, ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator
):
    """Embed patterns by a trained network, keep it in files, and build it from them.

    A subclass has the parameters and trains: its `fit` sets `net_`, `effective_params_`, `metric_`
    and the attributes in `LEARNT`.
    """

    net_: EmbeddingNet
    effective_params_: dict[str, Any]
    metric_: str
    two_theta_: NDArray[np.float64]
    n_features_in_: int
    init: Any
    device: str
    n_threads: int | None
    _from_weights: bool  # there where nobody called `fit`, see `validate_patterns`

    def transform(self, X: Any) -> NDArray[np.float32]:
        """Embed patterns.

        Parameters
        ----------
        X : array-like of shape (n_patterns, n_points)
            On the grid of training, NaN where not measured.

        Returns
        -------
        ndarray of shape (n_patterns, embedding_dim), float32
            To be compared by `metric_`: vectors of length 1, or sigmoid outputs with "contrastive".

        Raises
        ------
        ValueError
            If X holds infinity, a pattern all NaN, or another number of points.
        """
        check_is_fitted(self)
        X = self._check_patterns(X, reset=False)
        with thread_limit(self.n_threads or threads_for(len(X))):
            return self.net_.embed_patterns(X)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the fitted embedder to one file, without pickle.

        The file is in the safetensors format: the weights, and a JSON header with parameters, grid,
        history, library versions and a digest of all of it.

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
        ValueError
            If weights are not finite, or the file would be one that `load` refuses.

        Warns
        -----
        UserWarning
            If something that training on would need cannot be kept: callbacks, batches or an
            optimiser of the user's own, a random generator.

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
        write_state(path, self._state_to_save())

    @classmethod
    def load(
        cls,
        path: str | os.PathLike[str],
        *,
        architecture: Any = None,
        loss: Any = None,
        device: str | None = None,
    ) -> Self:
        """Read an embedder that `save` wrote; nothing in the file is executed.

        Parameters
        ----------
        path : path-like
            A file of `xrpdsim.PairwisePhaseClassifier.save` does as well: its network is read.
        architecture : torch Module class or Module, optional
            The network, where it was the user's own: a file holds weights, not code.
        loss : PairLoss class or PairLoss, optional
            The loss, likewise.
        device : str, optional
            Where to run it, as the parameter `device`. By default the device of training, or, with
            a warning, the CPU where that is not there.

        Returns
        -------
        SiameseXRPDEmbedder
            Fitted. Its `init` is the file, so that fitting it, or a clone of it, trains on from
            these weights; network, loss and metric are those of the weights, and
            `effective_params_` has learning rate and epochs, too, that made them. The file has to
            stay: one that is gone or holds other weights by then is an error.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If the file is not one of ours, was damaged or changed, its version is not known, or its
            weights do not fit the network.

        Warns
        -----
        UserWarning
            If it is a file of a classifier with preprocessing steps before its network.
        """
        state = read_state(path, architecture, loss)
        init = EmbedderFile(str(Path(path).absolute()), state.digest)
        warn_of_steps(state, str(path))
        with errors_naming(path):
            return cls._from_state(state, init=init, device=device)

    @classmethod
    def from_pretrained(cls, name: str = "organic-2", *, device: str | None = None) -> Self:
        """Return a fitted embedder with weights that are shipped; see `xrpdsim.embedding.weights`.

        It takes raw counts on any positive scale, NaN where not measured.

        Parameters
        ----------
        name : str, default="organic-2"
        device : str, optional
            As the parameter `device`.

        Returns
        -------
        SiameseXRPDEmbedder
            Fitted. Its `init` is `name`, so that fitting it, or a clone of it as in a
            cross-validation, trains on from these weights. To leave them as they are, freeze it:
            ``FrozenEstimator(embedder)``.

        Raises
        ------
        ValueError
            If nothing is shipped under that name, or the file is not what was shipped.

        Examples
        --------
        >>> import numpy as np
        >>> from xrpdsim.embedding import SiameseXRPDEmbedder
        >>> counts = np.random.default_rng(0).poisson(100, size=(2, 1950))
        >>> embedder = SiameseXRPDEmbedder.from_pretrained("organic-2")
        >>> len(embedder.transform(counts))
        2
        >>> embedder.init
        'organic-2'
        """
        return cls._from_state(read_pretrained(name), init=name, device=device)

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
        export_onnx(path, self.net_.moved_to("cpu").module_, self.two_theta_, self.metric_)

    def _state_to_save(self) -> EmbedderState:
        """Return all that a file can keep, with a warning about what it cannot."""
        given = [name for name in PROGRAMS if getattr(self, name, None)]
        if given:
            warn_user(
                f"not saved, since it may hold programs: {', '.join(given)}; give it again to "
                "train on from the file"
            )
        return self._state()

    def _state(self) -> EmbedderState:
        """Return all that was learnt, as values."""
        parameters = self.get_params(deep=False)
        left_out = (*IN_FORCE, "init", "two_theta", *PROGRAMS)
        learnt = {name: getattr(self, name) for name in LEARNT}
        if hasattr(self, "feature_names_in_"):
            learnt["feature_names_in_"] = self.feature_names_in_
        return EmbedderState(
            settings=self.effective_params_,
            parameters={k: v for k, v in parameters.items() if k not in left_out},
            learnt=learnt,
            weights=self.net_.module_.state_dict(),
        )

    @classmethod
    def _from_state(
        cls, state: EmbedderState, *, device: str | None = None, **parameters: Any
    ) -> Self:
        """Return a fitted embedder; `parameters` are those that the state leaves out."""
        if device is not None:
            parameters["device"] = device
        settings = TrainingSettings.from_parameters(
            cls().get_params(deep=False) | state.parameters | state.settings, {}
        )
        # what belongs to the weights is shown; learning rate and epochs are those of training on
        shown = (*NETWORK, "loss_params", "margin", "temperature")
        made_by = {name: getattr(settings, name) for name in shown}
        embedder = cls(**(state.parameters | made_by | parameters))
        embedder._validate_params()
        for name, value in state.learnt.items():
            setattr(embedder, name, value)
        embedder._from_weights = True
        embedder.effective_params_ = settings.in_force()
        embedder.metric_ = settings.metric
        place = device_if_there(embedder.device)
        embedder.net_ = restore(settings, embedder.n_features_in_, place, state.weights)
        return embedder

    def _check_patterns(self, X: Any, *, reset: bool) -> NDArray[np.float32]:
        return validate_patterns(
            self,
            X,
            reset=reset,
            dtype=np.float32,
            order="C",
            ensure_min_samples=2 if reset else 1,
        )

    @property
    def _n_features_out(self) -> int:
        return self.net_.module_.embedding_dim

    def __repr__(self, N_CHAR_MAX: int = 2000) -> str:
        # Unchanged ones too, since they are the paper's figures; beside `init` they may come from
        # there.
        changed_only = self.init is not None and get_config()["print_changed_only"]
        with config_context(print_changed_only=changed_only):
            return str(super().__repr__(N_CHAR_MAX=N_CHAR_MAX))

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "net_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags

    def __getstate__(self) -> dict[str, Any]:
        state = dict(super().__getstate__())
        if "net_" in state:
            state["net_"] = state["net_"].moved_to("cpu")
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        if "net_" in state:
            self.net_ = self.net_.moved_to(str(device_if_there(self.device)))


def warn_of_steps(state: EmbedderState, where: str) -> None:
    """Warn if preprocessing steps stand before an embedder that is taken without them."""
    if state.steps:
        warn_user(
            f"{where} has {', '.join(state.steps)} before its network, which the embedder alone "
            "leaves out: put the same steps before it, in a Pipeline, or it is given patterns of "
            "another kind than it was trained on"
        )


def read_pretrained(name: str) -> EmbedderState:
    """Read shipped weights, whose hash stands beside them."""
    return read_state(weights_file(name), sha256=constants(name)["weights_sha256"])
