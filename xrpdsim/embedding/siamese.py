"""The embedder: a network trained on pairs of patterns, as a scikit-learn transformer."""

from __future__ import annotations

import copy
import os
import warnings
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted, validate_data

from .._table import Table
from ..pairs import encode_phases
from ..patterns import check_grid
from . import storage
from .devices import device_if_there, resolve_device, thread_limit
from .holdout import draw_validation_rows, labels_of_groups
from .losses import LOSSES
from .network import EmbeddingNet, PatternDataset
from .training import train


class SiameseXRPDEmbedder(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Embed patterns by a network that was trained to bring those of one form together.

    The method of Lange et al., "Automatic solid form classification in pharmaceutical drug
    development": SMolNet trained by the SigLIP, NT-Xent or contrastive loss, or another network.
    Each pattern passes the network once; pairs are compared as distances or cosines of embeddings,
    for example by `xrpdsim.PairwisePhaseClassifier`.

    Patterns are to be scaled beforehand, each to [0, 1] in the paper. NaN marks points that were
    not measured; the network gets 0 there and a mask beside the signal.

    Parameters
    ----------
    architecture : {"smolnet", "schuetzke"}, torch Module class or Module, default="smolnet"
        The network. One of the user's own is called as ``forward(X, mask)`` with two tensors of
        shape (n_patterns, n_points), X with 0 where not measured, mask 1 where measured and 0 where
        not, and returns (n_patterns, embedding_dim). A class is called with `module_params`, and
        with ``n_points`` if it takes that; an instance is copied, never trained itself.
    loss : {"siglip", "ntxent", "contrastive"}, default="siglip"
        What is minimised over pairs. "siglip" and "ntxent" take all pairs of a batch, on vectors of
        length 1; "contrastive" draws its pairs, as many of one form as of two, on sigmoid outputs.
    metric : {"euclidean", "cosine"}, default="euclidean"
        How embeddings are compared, in training and afterwards. "contrastive" needs "euclidean".
    module_params : dict, default=None
        Keyword arguments of the network: of `SMolNet` (kernel_sizes, channels, stride, pooling,
        hidden, embedding_dim, dropout) or `SchuetzkeNet` (filters, kernel_size, pooling, dropout,
        final_relu), whose docstrings say which defaults are the paper's and which are ours.
    lr : float, default=5e-3
        Initial learning rate of Adam, as in the paper.
    lr_factor : float, default=0.1
        What the learning rate is multiplied by on a plateau, as in the paper.
    lr_patience : int, default=15
        Validation checks without improvement that make a plateau, as in the paper.
    max_epochs : int, default=20
        As in the paper.
    batch_size : int, default=128
        Patterns a batch, or pairs a batch for "contrastive". The paper does not give it; the
        default is ours.
    patterns_per_phase : int, default=None
        None shuffles patterns into batches as they come, which is how we read the paper. A number
        deals each form's patterns in hands of about so many, so that batches hold pairs of one form
        also where forms are many and their patterns few. Not used by "contrastive".
    pairs_per_pattern : float, default=2.0
        Pairs that "contrastive" draws an epoch, as a multiple of the number of training patterns.
        The paper does not give it; the default is ours.
    checks_per_epoch : int, default=4
        Validation checks an epoch, at most one a batch. The paper does not give it (more than one,
        or 15 checks in 20 epochs would mean little); the default is ours.
    margin : float, default=8.0
        Of "contrastive", as in the paper.
    temperature : float, default=5.0
        Of "ntxent", as in the paper.
    siglip_t : float, default=10.0
        Where t of "siglip" starts, as in the SigLIP paper (Zhai et al. 2023); Lange et al. do not
        give it.
    siglip_b : float, default=None
        Where b of "siglip" starts. By default 6 for distances, which with t = 10 puts the boundary
        at 0.6 (ours), and -10 for cosines, as in the SigLIP paper.
    n_validation_groups : int, default=3
        Compounds held out at random inside `fit` for learning rate and best weights, as in the
        paper. Where no compounds are known, forms are held out and a warning says so. With 0 all
        patterns train, the learning rate stays, and the last weights are kept.
    two_theta : array-like of shape (n_points,), default=None
        The grid in degrees; by default 3 + 0.02 k.
    device : str, default="auto"
        "auto" (CUDA if there is a device, else the CPU), "cpu", "cuda" or "cuda:1".
    n_threads : int, default=None
        Threads of torch on the CPU, in `fit` and `transform`; restored afterwards. None leaves
        torch's own number. Results repeat bit for bit for a given number of threads, on the CPU.
        Where folds run in parallel, 1 is best, in processes: Python threads share one random
        generator of torch.
    random_state : int, RandomState instance or None, default=None
        Weights, dropout, batches and the compounds held out. Global generators are left alone.
    verbose : int, default=0
        1 shows a bar with losses and learning rate on stderr.

    Attributes
    ----------
    net_ : skorch.NeuralNet
        The trained network, ready for prediction; ``net_.module_`` is the torch module.
    loss_parameters_ : dict of str to float
        What the loss learnt: t and b of "siglip", else empty.
    validation_indices_ : ndarray of shape (n_validation,) or None
        Rows of X that were held out; None if none were.
    validation_groups_ : ndarray or None
        Labels of the compounds (or forms) held out.
    history_ : Table
        One row a validation check: check, epoch, train_loss (since the last check) and valid_loss
        (both a pair's mean), learning_rate.
    best_check_ : int or None
        The check in `history_` whose weights were kept.
    interrupted_ : bool
        Whether training was ended by Ctrl-C; the best weights so far were kept.
    two_theta_ : ndarray of shape (n_points,)
        The grid the network was trained on.
    n_features_in_ : int
        Number of points of a pattern.

    Examples
    --------
    >>> import numpy as np
    >>> from xrpdsim.embedding import SiameseXRPDEmbedder
    >>> rng = np.random.default_rng(0)
    >>> forms = rng.random((8, 60))
    >>> phases = np.repeat(np.arange(8), 5)
    >>> X = forms[phases] + 0.05 * rng.random((40, 60))
    >>> y = np.column_stack([phases // 2, phases])  # compound and form
    >>> embedder = SiameseXRPDEmbedder(
    ...     module_params={"hidden": 16}, max_epochs=2, n_validation_groups=2, random_state=0
    ... )
    >>> embedder.fit_transform(X, y).shape
    (40, 128)
    >>> embedder.validation_groups_
    array([1, 3], dtype=object)
    """

    __metadata_request__fit: ClassVar[dict[str, bool]] = {"groups": True}

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "architecture": "no_validation",
        "loss": [StrOptions(set(LOSSES))],
        "metric": [StrOptions({"euclidean", "cosine"})],
        "module_params": [dict, None],
        "lr": [Interval(Real, 0, None, closed="neither")],
        "lr_factor": [Interval(Real, 0, 1, closed="neither")],
        "lr_patience": [Interval(Integral, 1, None, closed="left")],
        "max_epochs": [Interval(Integral, 1, None, closed="left")],
        "batch_size": [Interval(Integral, 2, None, closed="left")],
        "patterns_per_phase": [Interval(Integral, 2, None, closed="left"), None],
        "pairs_per_pattern": [Interval(Real, 0, None, closed="neither")],
        "checks_per_epoch": [Interval(Integral, 1, None, closed="left")],
        "margin": [Interval(Real, 0, None, closed="neither")],
        "temperature": [Interval(Real, 0, None, closed="neither")],
        "siglip_t": [Interval(Real, 0, None, closed="neither")],
        "siglip_b": [Real, None],
        "n_validation_groups": [Interval(Integral, 0, None, closed="left")],
        "two_theta": ["array-like", None],
        "device": [str],
        "n_threads": [Interval(Integral, 1, None, closed="left"), None],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        architecture: Any = "smolnet",
        loss: str = "siglip",
        metric: str = "euclidean",
        *,
        module_params: dict[str, Any] | None = None,
        lr: float = 5e-3,
        lr_factor: float = 0.1,
        lr_patience: int = 15,
        max_epochs: int = 20,
        batch_size: int = 128,
        patterns_per_phase: int | None = None,
        pairs_per_pattern: float = 2.0,
        checks_per_epoch: int = 4,
        margin: float = 8.0,
        temperature: float = 5.0,
        siglip_t: float = 10.0,
        siglip_b: float | None = None,
        n_validation_groups: int = 3,
        two_theta: ArrayLike | None = None,
        device: str = "auto",
        n_threads: int | None = None,
        random_state: Any = None,
        verbose: int = 0,
    ) -> None:
        self.architecture = architecture
        self.loss = loss
        self.metric = metric
        self.module_params = module_params
        self.lr = lr
        self.lr_factor = lr_factor
        self.lr_patience = lr_patience
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.patterns_per_phase = patterns_per_phase
        self.pairs_per_pattern = pairs_per_pattern
        self.checks_per_epoch = checks_per_epoch
        self.margin = margin
        self.temperature = temperature
        self.siglip_t = siglip_t
        self.siglip_b = siglip_b
        self.n_validation_groups = n_validation_groups
        self.two_theta = two_theta
        self.device = device
        self.n_threads = n_threads
        self.random_state = random_state
        self.verbose = verbose

    def fit(self, X: Any, y: Any = None, *, groups: ArrayLike | None = None) -> SiameseXRPDEmbedder:
        """Train the network.

        Parameters
        ----------
        X : array-like of shape (n_patterns, n_points)
            Scaled patterns, NaN where not measured.
        y : array-like of shape (n_patterns,) or (n_patterns, 2)
            Forms, each label one form of one compound; or the two columns compound and form.
        groups : array-like of shape (n_patterns,), optional
            The compound of each pattern; goes before the compound column of `y`.

        Returns
        -------
        SiameseXRPDEmbedder
            The embedder itself.

        Raises
        ------
        ValueError
            If X holds infinity or a pattern all NaN, labels are missing or contradict `groups`,
            there are too few forms or compounds, a parameter or the device is not there, or the
            validation loss was never a number.

        Warns
        -----
        UserWarning
            If no compounds are known, so that forms are held out; or if training was interrupted.
        """
        self._validate_params()
        if y is None:
            raise ValueError(
                "SiameseXRPDEmbedder requires y to be passed, but the target y is None: the form "
                "of each pattern, or the two columns compound and form"
            )
        X = self._check_patterns(X, reset=True)
        phases, compounds = encode_phases(y, groups)
        if len(phases) != len(X):
            raise ValueError(f"X has {len(X)} patterns, but y has {len(phases)} labels")
        self.two_theta_ = check_grid(self.two_theta, X.shape[1])
        device = resolve_device(self.device)

        random = np.random.default_rng(check_random_state(self.random_state).randint(2**31 - 1))
        held_out = self._draw_validation(phases, compounds, random)
        net = train(self, X, phases, held_out, device, random)

        self._take_over(net)
        self.validation_indices_ = held_out if held_out.size else None
        self.validation_groups_ = None
        if held_out.size:
            labels = _group_labels(y, groups)
            self.validation_groups_ = labels_of_groups(labels, held_out)
        return self

    def transform(self, X: Any) -> NDArray[np.float32]:
        """Embed patterns.

        Parameters
        ----------
        X : array-like of shape (n_patterns, n_points)
            On the grid of training, NaN where not measured.

        Returns
        -------
        ndarray of shape (n_patterns, embedding_dim), float32
            To be compared by `metric`: vectors of length 1, or sigmoid outputs with "contrastive".

        Raises
        ------
        ValueError
            If X holds infinity, a pattern all NaN, or another number of points.
        """
        check_is_fitted(self)
        X = self._check_patterns(X, reset=False)
        with thread_limit(self.n_threads):
            pieces = []
            for start in range(0, len(X), self.batch_size):
                piece = X[start : start + self.batch_size]
                phases = np.zeros(len(piece), dtype=np.intp)
                inputs, _ = PatternDataset(piece, phases, torch.device("cpu")).batch(slice(None))
                pieces.append(self.net_.embed(inputs).cpu().numpy())
        return np.concatenate(pieces)

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
        storage.save(self, path)

    @classmethod
    def load(
        cls, path: str | os.PathLike[str], *, architecture: Any = None, device: str | None = None
    ) -> SiameseXRPDEmbedder:
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
        return storage.load(cls, path, architecture=architecture, device=device)

    @classmethod
    def from_pretrained(
        cls, name: str = "organic-1", *, device: str | None = None
    ) -> SiameseXRPDEmbedder:
        """Return a fitted embedder with weights that are shipped; see `xrpdsim.pretrained`.

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
        from ..pretrained import load_embedder

        return load_embedder(name, device=device)

    def _check_patterns(self, X: Any, *, reset: bool) -> NDArray[np.float32]:
        X = validate_data(
            self,
            X,
            reset=reset,
            dtype=np.float32,
            order="C",
            ensure_all_finite="allow-nan",
            ensure_min_samples=2 if reset else 1,
        )
        empty = np.isnan(X).all(axis=1)
        if empty.any():
            raise ValueError(
                f"the pattern in row {int(np.flatnonzero(empty)[0])} of X is all NaN: nothing of "
                "it was measured; leave it out"
            )
        return X

    def _draw_validation(
        self,
        phases: NDArray[np.intp],
        compounds: NDArray[np.intp] | None,
        random: np.random.Generator,
    ) -> NDArray[np.intp]:
        if compounds is None and self.n_validation_groups:
            warnings.warn(
                f"no compounds are known, so {self.n_validation_groups} forms are held out for "
                "validation instead of compounds; give groups, or y as the two columns compound "
                "and form",
                UserWarning,
                stacklevel=3,
            )
        return draw_validation_rows(
            phases,
            phases if compounds is None else compounds,
            self.n_validation_groups,
            random,
            unit="forms" if compounds is None else "compounds",
        )

    def _take_over(self, net: EmbeddingNet) -> None:
        """Keep what was learnt, and let go of data, optimiser and loss."""
        callbacks = dict(net.callbacks_)
        best = callbacks["best"].check
        rows = callbacks["checks"].rows
        if net.interrupted_ and (not rows or (self.n_validation_groups and best is None)):
            raise KeyboardInterrupt("training was interrupted before anything worth keeping")
        if self.n_validation_groups and best is None:
            raise ValueError(
                f"training diverged: the validation loss was not a number at any of {len(rows)} "
                f"checks; lower lr={self.lr}, or scale the patterns"
            )
        self.interrupted_ = net.interrupted_
        if net.interrupted_:
            kept = "weights" if best is None else "best weights"
            warnings.warn(
                f"training was interrupted after {rows[-1]['epoch']:.2f} of {self.max_epochs} "
                f"epochs; the {kept} so far are kept",
                UserWarning,
                stacklevel=3,
            )
        self.history_ = Table.from_rows(rows)
        self.best_check_ = best
        self.loss_parameters_ = net.criterion_.learnt()
        net.trim_for_prediction()
        self.net_ = net

    @property
    def _n_features_out(self) -> int:
        return self.net_.module_.embedding_dim

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "net_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.target_tags.required = True
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags

    def __getstate__(self) -> dict[str, Any]:
        state = dict(super().__getstate__())
        if "net_" in state:
            state["net_"] = _moved(state["net_"], "cpu")
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        if "net_" in state:
            self.net_ = _moved(self.net_, str(device_if_there(self.device)))


def _moved(net: EmbeddingNet, device: str) -> EmbeddingNet:
    """Return a net that shares everything with `net` but lies on `device`."""
    if str(net.device) == device:
        return net
    moved = object.__new__(type(net))
    moved.__dict__.update(net.__dict__)
    moved.__dict__.update(module_=copy.deepcopy(net.module_).to(device), device=device)
    return moved


def _group_labels(y: Any, groups: ArrayLike | None) -> NDArray[Any]:
    labels = np.asarray(y if groups is None else groups, dtype=object)
    return labels[:, 0] if labels.ndim == 2 else labels
