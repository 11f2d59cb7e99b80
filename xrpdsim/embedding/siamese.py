"""The embedder: a network trained on pairs of patterns, as a scikit-learn transformer."""

from __future__ import annotations

import os
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from .._support._estimators import as_it_was_on_failure
from .._support._sklearn import HasMethods, Interval, StrOptions, generator_of
from .._support._table import Table
from ..patterns import grid_in_force
from ..patterns.pairs import encode_phases
from ._nested_params import NestedParamsMixin
from ._network_embedder import NetworkEmbedder
from ._start import find_start
from ._warm_start import last_training
from .losses import LOSSES, PairLoss
from .training import (
    AUTO,
    TrainingState,
    checked_weights,
    draw_validation,
    finish,
    group_labels,
    labels_of_groups,
    resolve_device,
    train,
)


class SiameseXRPDEmbedder(NestedParamsMixin, NetworkEmbedder):
    """Embed patterns by a network that was trained to bring those of one form together.

    The method of Lange et al., "Automatic solid form classification in pharmaceutical drug
    development": SMolNet trained by the SigLIP, NT-Xent or contrastive loss, or another network.
    Each pattern passes the network once; pairs are compared as distances or cosines of embeddings,
    for example by `xrpdsim.PairwisePhaseClassifier`.

    Patterns are to be scaled beforehand, each to [0, 1] in the paper. NaN marks points that were
    not measured; the network gets 0 there and a mask.

    The defaults are the paper's where it gives a figure. "auto" stands for what depends on `init`
    or, for `siglip_b`, on the metric; `effective_params_` has what held. Entries of
    `module_params`, `optimizer_params`, `loss_params` and `iterator_train_params` are parameters
    too, for searches: ``module__hidden``, ``optimizer__weight_decay``, ``loss__margin``.

    Parameters
    ----------
    architecture : {"smolnet", "schuetzke", "hybrid"}, Module class or Module, default="smolnet"
        The network. One of the user's own is called as ``forward(X, mask)`` with two tensors of
        shape (n_patterns, n_points), X with 0 where not measured, mask 1 where measured and 0 where
        not, and returns (n_patterns, embedding_dim). One whose `forward` takes X alone gets X
        alone, so that what was not measured is 0 to it. A class is called with `module_params`, and
        with ``n_points`` if it takes that; an instance is copied, never trained itself.
    loss : {"siglip", "ntxent", "contrastive"}, PairLoss class or PairLoss, default="siglip"
        What is minimised over pairs. "siglip" and "ntxent" take all pairs of a batch, on vectors of
        length 1; "contrastive" draws its pairs, as many of one form as of two, on sigmoid outputs.
        A class of the user's own is called with `metric` and `loss_params`; an instance is copied.
    metric : {"euclidean", "cosine"}, default="euclidean"
        How embeddings are compared, in training and afterwards. "contrastive" needs "euclidean";
        an instance given as `loss` brings its own.
    module_params : dict, default=None
        Keyword arguments of the network: of `SMolNet` (kernel_sizes, channels, stride, pooling,
        hidden, dense_norm, embedding_dim, dropout) or `SchuetzkeNet` (filters, kernel_size,
        pooling, dropout, final_relu); their docstrings say which defaults are the paper's.
    loss_params : dict, default=None
        Keyword arguments of the loss. Of the three by name they are margin of "contrastive",
        temperature of "ntxent", t and b of "siglip", which are parameters of their own below.
    init : str, path-like or fitted embedder, default=None
        Weights to start from instead of random ones: the name of a shipped model ("organic-1"), a
        file that `save` wrote, or an embedder in `sklearn.frozen.FrozenEstimator`. Network, loss,
        metric and grid then come from there where these parameters are left at their defaults;
        another value that contradicts it is an error. `fit` always starts from these weights. An
        embedder from `load` or `from_pretrained` has its file or name here, so that clones start
        from the same weights; ``set_params(init=None)`` asks for random ones.
    warm_start : bool, default=False
        Whether `fit` goes on from the last `fit` of this embedder: from its weights, with optimiser
        and loss as they were left, but for `lr`, `optimizer_params`, `siglip_t` and `siglip_b` if
        they were changed. What was held out stays held out; `history_` goes on. The weights are
        validated first, and kept if nothing better comes. `save` keeps weights, not the optimiser.
    lr : float or "auto", default="auto"
        Initial learning rate. "auto" is 5e-3, as in the paper, and 1e-4 with `init`.
    lr_factor : float, default=0.1
        What the learning rate is multiplied by on a plateau, as in the paper.
    lr_patience : int or None, default=15
        Validation checks without improvement that make a plateau, as in the paper. With None the
        learning rate stays, or is left to a policy among `callbacks`.
    optimizer : str or torch Optimizer class, default="Adam"
        A name in `torch.optim`, such as "AdamW", or a class; Adam as in the paper.
    optimizer_params : dict, default=None
        Its keyword arguments, for example ``{"weight_decay": 1e-4}``. It trains what a loss learns
        (t and b of "siglip") as well as the network.
    max_epochs : int or "auto", default="auto"
        "auto" is 20, as in the paper, and 5 with `init`.
    batch_size : int, default=128
        Patterns a batch, or pairs a batch for "contrastive". The paper does not give it; the
        default is ours.
    patterns_per_phase : int, default=None
        None shuffles patterns into batches as they come, which is how we read the paper. With a
        number about so many patterns of one form come together into a batch, so that batches hold
        same-form pairs also where forms are many and their patterns few. Not used by "contrastive".
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
    siglip_t : float or "auto", default="auto"
        Where t of "siglip" starts. "auto" is 10, as in the SigLIP paper (Zhai et al. 2023), since
        Lange et al. do not give it; with `init` where it was left there.
    siglip_b : float or "auto", default="auto"
        Where b of "siglip" starts. "auto" is 6 for distances, which with t = 10 puts the boundary
        at 0.6 (ours), and -10 for cosines, as in the SigLIP paper; with `init` where it was left.
    n_validation_groups : int, default=3
        Compounds held out at random inside `fit` for learning rate and best weights, as in the
        paper. Where no compounds are known, forms are held out and a warning says so. With 0 all
        patterns train, the learning rate stays, and the last weights are kept.
    callbacks : list, default=None
        Callbacks of skorch, as `skorch.NeuralNet` takes them: early stopping, policies, loggers.
        `fit` tells copies of them of epochs and batches. They see ``train_loss`` and ``valid_loss``
        in ``net.history``; one with a method ``on_validation_check(net, row)`` is told of the
        checks within an epoch too. Whatever they do, the best weights are kept.
    iterator_train : class or callable, default=None
        Draws the batches instead, as `skorch.NeuralNet` takes it: torch's DataLoader, or a function
        that returns one with a batch sampler of its own, called with the training patterns, a
        Dataset whose `phases` number their forms, and ``batch_size=``.
    iterator_train_params : dict, default=None
        Its further keyword arguments.
    two_theta : array-like of shape (n_points,), default=None
        The grid in degrees; by default 3 + 0.02 k.
    device : str, default="auto"
        "auto" (CUDA if there is a device, else the CPU), "cpu", "cuda" or "cuda:1".
    n_threads : int, default=None
        Threads of torch on the CPU, in `fit` and `transform`; restored afterwards. None leaves
        torch's own number, but embeds up to 2000 patterns by one thread. Results repeat bit for bit
        for a given number of threads, on the CPU. Where folds run in parallel, 1 is best, in
        processes: Python threads share one random generator of torch, so fits in threads wait for
        each other and give the same bits.
    random_state : int, RandomState instance or None, default=None
        Weights, dropout, batches and compounds held out. None leaves global generators alone, too.
    verbose : int, default=0
        1 shows a bar with losses and learning rate on stderr.

    Attributes
    ----------
    net_ : skorch.NeuralNet
        The trained network, ready for prediction; ``net_.module_`` is the torch module.
        ``net_.history`` is skorch's, a row an epoch with its batches; not there after loading.
    effective_params_ : dict
        What the weights were made by: the values in force of architecture, module_params, loss,
        metric, loss_params, margin, temperature, siglip_t, siglip_b, lr and max_epochs.
    metric_ : {"euclidean", "cosine"}
        How embeddings were compared in training.
    loss_parameters_ : dict of str to float
        What the loss learnt: t and b of "siglip", else empty.
    validation_indices_ : ndarray of shape (n_validation,) or None
        Rows of X that were held out; None if none were.
    validation_groups_ : ndarray or None
        Labels of the compounds (or forms) held out.
    history_ : Table
        One row a validation check: check, epoch, train_loss (since the last check) and valid_loss
        (both a pair's mean), learning_rate. With `init` check 0 is before the first step.
    best_check_ : int or None
        The check in `history_` whose weights were kept.
    interrupted_ : bool
        Whether training was ended by Ctrl-C; the best weights so far were kept.
    two_theta_ : ndarray of shape (n_points,)
        The grid the network was trained on.
    n_features_in_ : int
        Number of points of a pattern.

    See Also
    --------
    xrpdsim.PairwisePhaseClassifier : decides about pairs of its embeddings.
    xrpdsim.embedding.HybridNet : the network of the shipped weights.

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

    history_: Table
    _training_state: TrainingState

    __metadata_request__fit: ClassVar[dict[str, bool]] = {"groups": True}

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "architecture": "no_validation",
        "loss": [StrOptions(set(LOSSES)), PairLoss, type],
        "metric": [StrOptions({"euclidean", "cosine"})],
        "module_params": [dict, None],
        "loss_params": [dict, None],
        "init": [str, os.PathLike, HasMethods("transform"), None],
        "warm_start": ["boolean"],
        "lr": [Interval(Real, 0, None, closed="neither"), StrOptions({AUTO})],
        "lr_factor": [Interval(Real, 0, 1, closed="neither")],
        "lr_patience": [Interval(Integral, 1, None, closed="left"), None],
        "optimizer": [str, type],
        "optimizer_params": [dict, None],
        "max_epochs": [Interval(Integral, 1, None, closed="left"), StrOptions({AUTO})],
        "batch_size": [Interval(Integral, 2, None, closed="left")],
        "patterns_per_phase": [Interval(Integral, 2, None, closed="left"), None],
        "pairs_per_pattern": [Interval(Real, 0, None, closed="neither")],
        "checks_per_epoch": [Interval(Integral, 1, None, closed="left")],
        "margin": [Interval(Real, 0, None, closed="neither")],
        "temperature": [Interval(Real, 0, None, closed="neither")],
        "siglip_t": [Interval(Real, 0, None, closed="neither"), StrOptions({AUTO})],
        "siglip_b": [Interval(Real, None, None, closed="neither"), StrOptions({AUTO})],
        "n_validation_groups": [Interval(Integral, 0, None, closed="left")],
        "callbacks": [list, tuple, None],
        "iterator_train": [callable, None],
        "iterator_train_params": [dict, None],
        "two_theta": ["array-like", None],
        "device": [str],
        "n_threads": [Interval(Integral, 1, None, closed="left"), None],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        architecture: Any = "smolnet",
        loss: Any = "siglip",
        metric: str = "euclidean",
        *,
        module_params: dict[str, Any] | None = None,
        loss_params: dict[str, Any] | None = None,
        init: Any = None,
        warm_start: bool = False,
        lr: float | str = AUTO,
        lr_factor: float = 0.1,
        lr_patience: int | None = 15,
        optimizer: Any = "Adam",
        optimizer_params: dict[str, Any] | None = None,
        max_epochs: int | str = AUTO,
        batch_size: int = 128,
        patterns_per_phase: int | None = None,
        pairs_per_pattern: float = 2.0,
        checks_per_epoch: int = 4,
        margin: float = 8.0,
        temperature: float = 5.0,
        siglip_t: float | str = AUTO,
        siglip_b: float | str = AUTO,
        n_validation_groups: int = 3,
        callbacks: Any = None,
        iterator_train: Any = None,
        iterator_train_params: dict[str, Any] | None = None,
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
        self.loss_params = loss_params
        self.init = init
        self.warm_start = warm_start
        self.lr = lr
        self.lr_factor = lr_factor
        self.lr_patience = lr_patience
        self.optimizer = optimizer
        self.optimizer_params = optimizer_params
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
        self.callbacks = callbacks
        self.iterator_train = iterator_train
        self.iterator_train_params = iterator_train_params
        self.two_theta = two_theta
        self.device = device
        self.n_threads = n_threads
        self.random_state = random_state
        self.verbose = verbose

    def fit(
        self,
        X: Any,
        y: Any = None,
        *,
        groups: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> SiameseXRPDEmbedder:
        """Train the network; a fit that raises leaves the embedder as it was.

        Parameters
        ----------
        X : array-like of shape (n_patterns, n_points)
            Scaled patterns, NaN where not measured.
        y : array-like of shape (n_patterns,) or (n_patterns, 2)
            Forms, each label one form of one compound; or the two columns compound and form.
        groups : array-like of shape (n_patterns,), optional
            The compound of each pattern; takes precedence over the compound column of `y`.
        sample_weight : array-like of shape (n_patterns,), optional
            Weights of patterns, 0 or more, in training and validation. A pair weighs the product of
            its two; the loss is the weighted mean over pairs, so that a common factor says nothing.
            Those of weight 0 are left out.

        Returns
        -------
        SiameseXRPDEmbedder
            The embedder itself.

        Raises
        ------
        ValueError
            If X holds infinity or a pattern all NaN, labels are missing or contradict `groups`,
            there are too few forms or compounds, a parameter or the device is not there, `init` is
            unknown or contradicted, or training diverged: validation losses or embeddings were no
            numbers.

        Warns
        -----
        UserWarning
            If no compounds are known, so that forms are held out; training was interrupted; an
            earlier `fit` learnt from what is held out; or `init` has steps before its network.
        ConvergenceWarning
            If training collapsed: all patterns have the same embedding.
        """
        self._validate_params()
        if y is None:
            raise ValueError(
                "SiameseXRPDEmbedder requires y to be passed, but the target y is None: the form "
                "of each pattern, or the two columns compound and form"
            )
        with as_it_was_on_failure(self):
            return self._fit(X, y, groups, sample_weight)

    def _fit(self, X: Any, y: Any, groups: Any, sample_weight: Any) -> SiameseXRPDEmbedder:
        earlier = last_training(self) if self.warm_start else None
        given, X = X, self._check_patterns(X, reset=earlier is None)
        phases, compounds = encode_phases(y, groups)
        if len(phases) != len(X):
            raise ValueError(f"X has {len(X)} patterns, but y has {len(phases)} labels")
        settings, two_theta, weights = find_start(self.get_params(deep=False), X.shape[1])
        if earlier is not None:
            two_theta, weights = earlier.grid_for(two_theta), earlier.weights_for(settings)
        self.two_theta_ = grid_in_force(given, two_theta, X.shape[1], asked_by=type(self).__name__)
        device = resolve_device(self.device)
        weight, kept = checked_weights(sample_weight, X, settings.loss)

        random = generator_of(self.random_state)
        rows = np.arange(len(X))[kept]
        labels = group_labels(y if groups is None else groups)[kept]
        X, phases, compounds = X[kept], phases[kept], None if compounds is None else compounds[kept]
        held_out = draw_validation(phases, compounds, self.n_validation_groups, random)
        state = None
        if earlier is not None:
            state, held_out = earlier.state, earlier.hold_out_again(held_out, phases, labels)
            random = earlier.other_batches(random)
        net = train(settings, X, phases, held_out, device, random, weights, state, weight)
        trained_on = np.delete(labels, held_out) if self.warm_start else None
        learnt = finish(net, settings, X, trained_on=trained_on)
        if earlier is not None:
            learnt |= earlier.continued_by(learnt)
        self.__dict__.pop("_training_state", None)
        for name, value in learnt.items():
            setattr(self, name, value)
        self.effective_params_ = settings.in_force()
        self.metric_ = settings.metric
        self.validation_indices_ = self.validation_groups_ = None
        if held_out.size:
            self.validation_indices_ = rows[held_out]
            self.validation_groups_ = labels_of_groups(labels, held_out)
        return self

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        return tags
