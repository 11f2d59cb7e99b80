"""The rows of the table, by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from numpy.typing import ArrayLike
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline

from ..._support._estimators import set_where_none
from ...preprocessing import BaselineRemover, PatternNormalizer
from ...similarity import CorrelationSimilarity, DeGelderSimilarity, EuclideanSimilarity
from ...similarity.classifier import PairwisePhaseClassifier

# The paper gives l = 0.005 without a unit. In degrees that is below the grid step, and the measure
# would be the plain cosine; as a share of the 39 degree range it is this width.
PAPER_WIDTH = 0.005 * 39
_FINE_TUNED = "organic-1"

# What the paper leaves open about SMolNet, as searched on simulated campaigns with SigLIP
# (docs/appendices/paper_settings.rst), and so are the choices of the contrastive rows. The defaults
# of the class are for more forms.
_SEARCHED: dict[str, Any] = {
    "module_params": {
        "kernel_sizes": (8, 48, 88, 128),
        "channels": 8,
        "stride": 8,
        "pooling": 32,
        "dense_norm": True,
    },
    "batch_size": 64,
}


@dataclass(frozen=True)
class Method:
    """One row of the table.

    Parameters
    ----------
    label, loss, parameters : str
        As the table prints them.
    steps : callable
        Called with `device` and `random_state`; returns the steps after the normaliser.
    trained : bool
        Whether a network is in it, which the report then compares with the classical rows.
    slow : bool
        Whether a fold trains a network, which takes minutes. Such rows come last.
    weights : str or None
        The shipped weights in it; their digest goes with the run.
    frozen : bool
        Whether nothing is learnt from the training compounds.
    n_labelled : int
        Patterns of each test compound whose forms `adapt` is told, see
        `xrpdsim.evaluation.benchmark._labelling`.
    """

    label: str
    loss: str
    parameters: str
    steps: Callable[[str, int], list[Any]]
    trained: bool = False
    slow: bool = False
    weights: str | None = None
    frozen: bool = False
    n_labelled: int = 0


def _classical(label: str, parameters: str, *steps: Callable[[], Any]) -> Method:
    return Method(label, "", parameters, lambda device, random_state: [make() for make in steps])


def _network(
    label: str,
    loss_label: str,
    parameters: str,
    *,
    weights: str | None = None,
    **settings: Any,
) -> Method:
    def steps(device: str, random_state: int) -> list[Any]:
        from ...embedding import SiameseXRPDEmbedder

        # one thread a fold: folds run side by side, and repeat bit for bit however many do
        embedder = SiameseXRPDEmbedder(
            device=device, n_threads=1, random_state=random_state, **settings
        )
        return [PairwisePhaseClassifier(embedder)]

    return Method(label, loss_label, parameters, steps, trained=True, slow=True, weights=weights)


def _shipped(
    name: str, label: str = "Pretrained", parameters: str = "", n_labelled: int = 0
) -> Method:
    def steps(device: str, random_state: int) -> list[Any]:
        # frozen: threshold and probabilities stay as shipped, too. To learn them from all training
        # pairs would cost a second look at each of them, a thousand times what a distance costs.
        return [FrozenEstimator(PairwisePhaseClassifier.from_pretrained(name, device=device))]

    return Method(
        label,
        "SigLIP",
        f"{name}, as shipped{parameters}",
        steps,
        trained=True,
        weights=name,
        frozen=True,
        n_labelled=n_labelled,
    )


PAPER_METHODS: dict[str, Method] = {
    "naive": _classical("Naive", "Euclidean distance", EuclideanSimilarity),
    "degelder": _classical(
        "De Gelder", f"l = {PAPER_WIDTH:g}°", lambda: DeGelderSimilarity(PAPER_WIDTH)
    ),
    "schuetzke-contrastive": _network(
        "Schuetzke",
        "Contrastive",
        "m = 8",
        architecture="schuetzke",
        loss="contrastive",
        batch_size=64,
        pairs_per_pattern=1.0,
    ),
    "schuetzke-siglip": _network(
        "Schuetzke", "SigLIP", "L2 distance", architecture="schuetzke", loss="siglip"
    ),
    "smolnet-contrastive": _network(
        "SMolNet",
        "Contrastive",
        "m = 8",
        loss="contrastive",
        module_params={"pooling": 32},
        pairs_per_pattern=1.0,
    ),
    "smolnet-ntxent": _network(
        "SMolNet",
        "NT-Xent",
        "L2 distance, T = 5",
        loss="ntxent",
        checks_per_epoch=16,
        **_SEARCHED,
    ),
    "smolnet-siglip": _network(
        "SMolNet",
        "SigLIP",
        "L2 distance",
        loss="siglip",
        siglip_t=5.0,
        siglip_b=3.0,
        **_SEARCHED,
    ),
    "smolnet-siglip-cosine": _network(
        "SMolNet", "SigLIP", "Cosine similarity", loss="siglip", metric="cosine", **_SEARCHED
    ),
}
"""The eight rows of the paper's table, in its order."""

METHODS: dict[str, Method] = PAPER_METHODS | {
    "degelder-wide": _classical("De Gelder", "l = 0.6°", DeGelderSimilarity),
    "degelder-shift": _classical(
        "De Gelder", "l = 0.2°, best shift up to 0.2°", lambda: DeGelderSimilarity(0.2, 0.2)
    ),
    "degelder-snip": _classical(
        "De Gelder", "l = 0.6°, baseline removed", BaselineRemover, DeGelderSimilarity
    ),
    "pretrained": _shipped("organic-2"),
    "pretrained+adapt": _shipped(
        "organic-2", "Pretrained, adapted", ", up to 10 labels a compound", n_labelled=10
    ),
    "organic-1": _shipped("organic-1"),
    "organic-1+finetune": _network(
        "Fine-tuned", "SigLIP", _FINE_TUNED, weights=_FINE_TUNED, init=_FINE_TUNED
    ),
    "pearson": _classical("Pearson", "", CorrelationSimilarity),
    "spearman": _classical("Spearman", "", lambda: CorrelationSimilarity("spearman")),
}
"""All methods that the benchmark knows, by name."""


def make_estimator(
    name: str,
    *,
    device: str = "auto",
    random_state: int = 0,
    two_theta: ArrayLike | None = None,
) -> Pipeline:
    """Return the Pipeline of a row, which begins with the per-pattern normaliser.

    Parameters
    ----------
    name : str
        A key of `METHODS`.
    device : str, default="auto"
        Where networks are trained.
    random_state : int, default=0
        Seed of what is trained.
    two_theta : array-like of shape (n_points,), optional
        The grid in degrees 2theta, which all steps are told that take it; by default the common
        one. Shipped weights know theirs.

    Returns
    -------
    Pipeline

    Raises
    ------
    ValueError
        If there is no such method.

    Examples
    --------
    >>> make_estimator("degelder-wide")
    Pipeline(steps=[('patternnormalizer', PatternNormalizer()),
                    ('degeldersimilarity', DeGelderSimilarity())])
    """
    method = METHODS[check_methods(name)[0]]
    steps = [PatternNormalizer(), *method.steps(device, random_state)]
    estimator = Pipeline([(type(step).__name__.lower(), step) for step in steps])
    if two_theta is not None:
        set_where_none(estimator, "two_theta", two_theta)
    return estimator


def check_methods(names: str | Sequence[str]) -> list[str]:
    """Return the names, "all" replaced by the rows of the paper; an unknown one is an error.

    A bare string is one name.

    Examples
    --------
    >>> check_methods(["naive", "pearson"])
    ['naive', 'pearson']
    """
    names = [names] if isinstance(names, str) else list(names)
    unknown = [name for name in names if name not in METHODS and name != "all"]
    if unknown or not names:
        raise ValueError(
            f"unknown method(s) {', '.join(unknown) or '(none given)'}; choose from "
            f"{', '.join(METHODS)}, or all for the rows of the paper"
        )
    expanded = [row for name in names for row in (PAPER_METHODS if name == "all" else [name])]
    return list(dict.fromkeys(expanded))
