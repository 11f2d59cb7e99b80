"""Any embedder plus a comparison: same form or not."""

from __future__ import annotations

import os
from functools import partial
from numbers import Real
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.utils import get_tags
from sklearn.utils.validation import check_is_fitted

from .._support._estimators import fit_to_pairs, network_step, set_where_none
from .._support._sklearn import HasMethods, Interval, StrOptions
from ..patterns import check_same_grid
from .base import BasePairSimilarity
from .comparison import COMPARISONS
from .embedded import EmbeddedPatterns
from .probability import LikelihoodRatioCalibrator
from .probability._adapting import AdaptingMixin
from .second_look import TrainedSecondLook
from .second_look._asking import AskingMixin


class PairwisePhaseClassifier(AdaptingMixin, AskingMixin):
    """Decide about pairs by comparing what an embedder makes of the patterns.

    The embedder may be any scikit-learn transformer, or a Pipeline of them: `SiameseXRPDEmbedder`,
    but a PCA as well. `fit` fits a clone of it, hands it `y` and `groups`, and learns threshold and
    probabilities from pairs. Where a step of the embedder held compounds out (it then has
    `validation_indices_`), wherever it stands, those are the pairs of the patterns held out: on
    patterns that a network was trained on, it scores better than on any others. Otherwise they are
    all training pairs, as for the classical measures.

    Prior, threshold and adaptation follow one rule:

    1. `fit`, `calibrate_threshold` and `set_calibrator` learn, or take, three things together: how
       scores become probabilities, the share of same-form pairs that this holds for, and the
       threshold with the best F1. They replace whatever was learnt, set or adapted before; then the
       parameters `prior` and `threshold` count as if `set_prior` and `set_threshold` were called.
    2. `adapt` starts from what was learnt, at the prior that was stated last (by the parameter or
       `set_prior`) or else the learnt one, and moves the probabilities. A second `adapt` replaces
       the first.
    3. The prior in force is the last one: learnt, stated by `set_prior`, or what `adapt` expects of
       the screen. A new prior shifts the odds of all pairs by the ratio of its odds to the former.
    4. The threshold in force is the last number that was given (by the parameter or
       `set_threshold`). Where none was given, it is the score of probability 1/2 as soon as a prior
       was stated or a screen adapted to, and until then the learnt one.

    `predict` and ``predict_proba >= 0.5`` therefore agree once a prior was stated or a screen
    adapted to, unless a threshold was given. The threshold with the best F1 lies elsewhere.

    Parameters
    ----------
    embedder : transformer or Pipeline
        Cloned before it is fitted; `sklearn.frozen.FrozenEstimator` keeps a fitted one as it is.
    metric : {"auto", "euclidean", "cosine"}, default="auto"
        Similarity of two embeddings: 1 / (1 + distance), or the cosine. "auto" takes the
        embedder's own `metric_`, and "euclidean" where it has none.
    second_look : TrainedSecondLook, optional
        Compares the patterns of pairs in doubt side by side. It belongs to the embedder that it was
        trained with, which is then to be frozen; `fit` does not train it. With it, scores are log
        odds. See `xrpdsim.similarity.second_look`.
    two_theta : array-like of shape (n_points,), optional
        The grid in degrees 2theta; by default the angles in the columns of a DataFrame, that of
        the embedder, or else 3, 3.02, 3.04 and so on. The first two are handed to steps of the
        embedder that know none.
    min_overlap : float, default=5.0
        Degrees 2theta that two cut scans must have in common.
    overlap : {"raise", "nan"}, default="raise"
        Whether pairs with too little in common are an error, or NaN in a whole matrix.
    threshold : "f1" or float, default="f1"
        The score from which pairs are the same form; "f1" for the rule above.
    calibration : {"sigmoid", "isotonic", "likelihood-ratio"}, default="sigmoid"
        How scores become probabilities.
    prior : float, optional
        Share of same-form pairs where probabilities will be asked for; by default that of the pairs
        they are learnt from. See `estimate_prior`.

    Attributes
    ----------
    embedder_ : transformer or Pipeline
        The fitted clone.
    metric_ : {"euclidean", "cosine"}
        The comparison in force.
    second_look_ : TrainedSecondLook or None
        As the parameter was when `fit` was called.
    prior_ : float
        The share of same-form pairs that `predict_proba` assumes. Not there without labels.
    adaptation_ : dict
        After `adapt`, how far the labels moved the probabilities, and how sure that is: n_pairs;
        offset and slope of the log odds with their standard deviations; threshold_low and
        threshold_high, between which the score of probability 1/2 lies with 95 percent.
    pair_classes_, threshold_, calibrator_, two_theta_, n_features_in_
        As in `BasePairSimilarity`.

    See Also
    --------
    xrpdsim.SiameseXRPDEmbedder : the network to put into it.
    xrpdsim.similarity.second_look.SecondLook : looks at doubtful pairs side by side.
    xrpdsim.FormClusterer : sorts a screen by its probabilities.

    Examples
    --------
    >>> from sklearn.decomposition import PCA
    >>> from xrpdsim import PairwisePhaseClassifier
    >>> X = [[0.0, 0.0, 1.0], [0.0, 0.1, 1.0], [1.0, 0.0, 0.0], [1.0, 0.1, 0.0]]
    >>> classifier = PairwisePhaseClassifier(PCA(1)).fit(X, ["I", "I", "II", "II"])
    >>> classifier.predict(X)
    array([1, 0, 0, 0, 0, 1])
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **BasePairSimilarity._parameter_constraints,
        "embedder": [HasMethods(["fit", "transform"])],
        "metric": [StrOptions({"auto", *COMPARISONS})],
        "second_look": [TrainedSecondLook, None],
        "prior": [Interval(Real, 0, 1, closed="neither"), None],
    }

    def __init__(
        self,
        embedder: Any,
        metric: str = "auto",
        *,
        second_look: TrainedSecondLook | None = None,
        two_theta: ArrayLike | None = None,
        min_overlap: float = 5.0,
        overlap: str = "raise",
        threshold: str | float = "f1",
        calibration: str = "sigmoid",
        prior: float | None = None,
    ) -> None:
        super().__init__(
            two_theta=two_theta,
            min_overlap=min_overlap,
            overlap=overlap,
            threshold=threshold,
            calibration=calibration,
        )
        self.embedder = embedder
        self.metric = metric
        self.second_look = second_look
        self.prior = prior

    @classmethod
    def from_pretrained(
        cls,
        name: str = "organic-2",
        *,
        second_look: bool = True,
        crystals: str | None = None,
        prior: float | None = None,
        device: str | None = None,
    ) -> PairwisePhaseClassifier:
        """Return a fitted classifier with weights that are shipped.

        It takes raw counts on any positive scale, NaN where not measured. Its embedder is frozen:
        fitted again, it learns threshold and probabilities and leaves the weights. Its
        probabilities are a likelihood ratio, read off many simulated pairs; a fit learns those that
        `calibration` names, by default a sigmoid, which needs fewer pairs.

        Parameters
        ----------
        name : str, default="organic-2"
            "organic-2" looks twice at pairs in doubt; "organic-1" is the cosine of embeddings, and
            better for minerals.
        second_look : bool, default=True
            Whether pairs in doubt get the second look, if the weights have one. Without it scores
            are cosines, many times faster.
        crystals : {"organic", "mineral"}, optional
            Of "organic-1" only: what threshold and probabilities are for, by default organic
            crystals.
        prior : float, optional
            Share of the pairs that are expected to be of one form. By default that of the simulated
            crystals which threshold and probabilities come from.
        device : str, optional
            As the parameter `device` of `SiameseXRPDEmbedder`. The second look is computed on the
            CPU.

        Returns
        -------
        PairwisePhaseClassifier
            Fitted.

        Raises
        ------
        ValueError
            If nothing is shipped under that name, `crystals` is no kind that the weights tell
            apart, or the prior is not between 0 and 1.

        Examples
        --------
        >>> import numpy as np
        >>> from xrpdsim import PairwisePhaseClassifier
        >>> counts = np.random.default_rng(0).poisson(100, size=(3, 1950))
        >>> counts[:2, ::100] = 10_000
        >>> counts[2, 50::110] = 10_000
        >>> PairwisePhaseClassifier.from_pretrained("organic-2").predict(counts)
        array([1, 0, 0])
        """
        # torch is imported only here
        from ..embedding import SiameseXRPDEmbedder
        from ..embedding.weights import constants, probabilities, second_look_file
        from .second_look._second_look_file import read_second_look

        known = constants(name)
        found = probabilities(name, crystals, second_look=second_look)
        embedder = SiameseXRPDEmbedder.from_pretrained(name, device=device)
        trained = None
        if second_look and "second_look" in known:
            sha256 = known["second_look"]["sha256"]
            look, _, _ = read_second_look(second_look_file(name), sha256=sha256)
            trained = TrainedSecondLook(*look)
        return cls._of_weights(embedder, trained, found, prior)

    @classmethod
    def _of_weights(
        cls,
        embedder: Any,
        second_look: TrainedSecondLook | None,
        found: dict[str, Any],
        prior: float | None = None,
    ) -> PairwisePhaseClassifier:
        """Return a fitted classifier of trained parts, with the threshold and probabilities found.

        `found` is the entry of the constants beside the weights that holds both.
        """
        classifier = cls(FrozenEstimator(embedder), second_look=second_look, prior=prior)
        classifier.pair_classes_ = np.array([0, 1])
        classifier.n_features_in_ = embedder.n_features_in_
        classifier._from_weights = True
        classifier._use(classifier.embedder)
        calibrator = LikelihoodRatioCalibrator(**found["calibrator"])
        return classifier.set_calibrator(calibrator, found["threshold"])

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the whole fitted classifier to one file, without pickle.

        In it are the embedder with the preprocessing steps before it, the second look where there
        is one, and what decides: threshold, probabilities, prior and adaptation. A digest of all of
        it is checked when it is read. `SiameseXRPDEmbedder.load` and its `init` take the file as
        well, for the network alone.

        Parameters
        ----------
        path : path-like
            Ending in ".safetensors" by custom. An existing file is replaced.

        Raises
        ------
        NotFittedError
            If there is nothing to save yet.
        TypeError
            If the embedder is not a `SiameseXRPDEmbedder`, alone or last in a Pipeline of steps of
            `xrpdsim.preprocessing`; or if a parameter or the calibrator has no plain values.
        ValueError
            If the file would be one that `load` refuses.

        Warns
        -----
        UserWarning
            As by `SiameseXRPDEmbedder.save`.

        Examples
        --------
        >>> import pathlib, tempfile
        >>> import numpy as np
        >>> from xrpdsim import PairwisePhaseClassifier, SiameseXRPDEmbedder
        >>> random = np.random.default_rng(0)
        >>> X = np.repeat(random.random((2, 30)), 3, axis=0) + 0.1 * random.random((6, 30))
        >>> embedder = SiameseXRPDEmbedder(
        ...     module_params={"hidden": 4}, max_epochs=1, n_validation_groups=0, random_state=0
        ... )
        >>> classifier = PairwisePhaseClassifier(embedder).fit(X, ["a", "a", "a", "b", "b", "b"])
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "classifier.safetensors"
        >>> classifier.save(path)
        >>> loaded = PairwisePhaseClassifier.load(path)
        >>> bool((loaded.pairwise_proba(X) == classifier.pairwise_proba(X)).all())
        True
        """
        from ._classifier_file import write_classifier

        check_is_fitted(self, "pair_classes_")
        write_classifier(path, self)

    @classmethod
    def load(
        cls,
        path: str | os.PathLike[str],
        *,
        architecture: Any = None,
        loss: Any = None,
        device: str | None = None,
    ) -> Self:
        """Read a classifier that `save` wrote; nothing in the file is executed.

        Parameters
        ----------
        path : path-like
        architecture, loss : class or instance, optional
            Where they were the user's own, as for `SiameseXRPDEmbedder.load`.
        device : str, optional
            As the parameter `device` of `SiameseXRPDEmbedder`.

        Returns
        -------
        PairwisePhaseClassifier
            Fitted. Its embedder is frozen: fitted again, it learns threshold and probabilities and
            leaves the weights, as one from `from_pretrained` does.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If the file is another one, was damaged or changed, its version is not known, or its
            parts do not fit each other.
        """
        from ._classifier_file import read_classifier

        own = {"architecture": architecture, "loss": loss}
        return read_classifier(path, cls, own, device)

    def fit(
        self,
        X: ArrayLike,
        y: Any = None,
        *,
        groups: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> Self:
        """Fit the embedder, and learn threshold and probabilities.

        Parameters
        ----------
        X, y, groups
            Patterns, their phases and compounds, as for `BasePairSimilarity.fit`.
        sample_weight : array-like of shape (n_patterns,), optional
            Weights of patterns, 0 or more, for the steps of the embedder that take them; to
            `SiameseXRPDEmbedder` a pair weighs the product of its two. Threshold and probabilities
            count all pairs alike, but leave out patterns of weight 0.

        Returns
        -------
        self

        Warns
        -----
        UserWarning
            If no step of the embedder takes weights.
        """
        return self._fit(X, y, groups, partial(self._fit_embedding, sample_weight=sample_weight))

    def _fit_embedding(
        self, X: NDArray[np.floating], y: Any, groups: Any, sample_weight: Any = None
    ) -> NDArray[np.intp] | None:
        embedder = clone(self.embedder)
        if self._grid_is_stated:
            set_where_none(embedder, "two_theta", self.two_theta_)
        rows = fit_to_pairs(embedder, X, y, groups, sample_weight)
        self._use(embedder)
        return rows

    def _use(self, embedder: Any) -> None:
        """Take a fitted embedder, with its metric and its grid."""
        self.embedder_ = embedder
        network = network_step(embedder)
        self.metric_ = self.metric
        if self.metric == "auto":
            self.metric_ = getattr(network, "metric_", getattr(network, "metric", "euclidean"))
            if self.metric_ not in COMPARISONS:
                raise ValueError(
                    f"{type(network).__name__} has metric={self.metric_!r}, which is no comparison "
                    f"of embeddings here; give metric= one of {sorted(COMPARISONS)}"
                )
        self._take_grid(getattr(network, "two_theta_", None))
        self.second_look_ = self.second_look
        if self.second_look_ is not None:
            check_same_grid(self.two_theta_, self.second_look_.two_theta, of="the patterns")

    def _embed(self, X: NDArray[np.floating]) -> NDArray[np.floating]:
        # embeddings are short, so double precision costs little, and near ones keep their order
        return np.asarray(self.embedder_.transform(X), dtype=np.float64)

    def _compare(self, a: EmbeddedPatterns, b: EmbeddedPatterns) -> NDArray[np.floating]:
        return COMPARISONS[self.metric_](a, b)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = get_tags(self.embedder).input_tags.allow_nan
        return tags
