"""From an archive of labelled patterns to a classifier of one's own."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import clone
from sklearn.pipeline import make_pipeline
from sklearn.utils import check_consistent_length

from .._support._estimators import held_out_rows
from .._support._warnings import warn_user
from ..patterns import angles_in_columns
from ..patterns.pairs import condensed_pairs, encode_phases
from ..patterns.validation import as_patterns
from ..preprocessing import PatternNormalizer
from .classifier import PairwisePhaseClassifier
from .named import DEFAULT_MODEL, is_classifier_file
from .probability import Calibrator, JudgedPairs, SigmoidCalibrator, recalibrate
from .ranking import RankedPairs

HOW = ("calibrate", "finetune", "scratch")

MOST_HELD_OUT = 3
"""Compounds held out of a training, as in the paper; where an archive has few of them, fewer."""


class ArchivePairs(NamedTuple):
    """The pairs of an archive that a classifier learns from.

    Attributes
    ----------
    pairs : ndarray of shape (n_pairs, 2)
        Rows of the archive.
    same : ndarray of shape (n_pairs,), bool
    scores : ndarray of shape (n_pairs,)
    group : ndarray of shape (n_pairs,)
        The number of the compound that both are of; 0 for all pairs where compounds do not count.
    within_compounds : bool
        Whether they are the pairs within compounds, or all.
    """

    pairs: NDArray[np.intp]
    same: NDArray[np.bool_]
    scores: NDArray[np.floating]
    group: NDArray[np.intp]
    within_compounds: bool

    def of_groups(self, groups: ArrayLike) -> ArchivePairs:
        """Return the pairs of some compounds."""
        kept = np.isin(self.group, groups)
        return self._replace(
            pairs=self.pairs[kept],
            same=self.same[kept],
            scores=self.scores[kept],
            group=self.group[kept],
        )

    @property
    def weight(self) -> NDArray[np.float64]:
        """How much each pair counts: those of a compound together as its patterns, at most 1 each.

        Pairs of one form and of two share that evenly. So a compound with many patterns does not
        outweigh the others by the square of their number, and how many forms it has says nothing.
        """
        weight = np.empty(len(self.same))
        for group in np.unique(self.group):
            of_group = self.group == group
            n_patterns = len(np.unique(self.pairs[of_group]))
            for kind in (self.same, ~self.same):
                chosen = of_group & kind
                weight[chosen] = min(1.0, n_patterns / 2 / max(int(chosen.sum()), 1))
        return weight

    @property
    def has_both_kinds(self) -> bool:
        """Whether there are pairs of one form and pairs of two."""
        return bool(self.same.any() and not self.same.all())


def learn_from_archive(
    X: ArrayLike,
    y: Any,
    groups: ArrayLike | None = None,
    *,
    how: str = "calibrate",
    start: str = DEFAULT_MODEL,
    device: str | None = None,
    n_threads: int | None = None,
    random_state: int | None = None,
    verbose: int = 0,
) -> PairwisePhaseClassifier:
    """Make a classifier of an archive of labelled patterns.

    Probabilities are learnt from the pairs within compounds, since that is what a screen asks. Each
    compound counts as its patterns do, and its pairs of one form together as much as those of two.
    Only where all are of one kind (each compound has one form, for example) do all pairs count.

    Parameters
    ----------
    X : array-like of shape (n_patterns, n_points)
        Counts on any positive scale, NaN where not measured. The columns of a DataFrame may be
        angles: those of the grid that `start` knows, or with "scratch" any.
    y : array-like of shape (n_patterns,) or (n_patterns, 2)
        Forms, each label one form of one compound; or the two columns compound and form.
    groups : array-like of shape (n_patterns,), optional
        The compound of each pattern; takes precedence over the compound column of `y`.
    how : {"calibrate", "finetune", "scratch"}, default="calibrate"
        "calibrate" leaves the weights as they are and moves their probabilities by offset and slope
        of the log odds (`xrpdsim.similarity.probability.recalibrate`), which a few dozen patterns
        suffice for. "finetune" trains the network on from there, behind the preprocessing steps of
        `start`; the second look, which belongs to the weights as they were, is left out. "scratch"
        trains the network of the paper. Either holds three compounds out, or as many as an archive
        of few can spare.
    start : str, default="organic-2"
        The shipped weights to start from, or a file that `PairwisePhaseClassifier.save` wrote. Not
        used by "scratch".
    device, n_threads
        As the parameters of `SiameseXRPDEmbedder`.
    random_state : int, optional
        Seed of a training.
    verbose : int, default=0
        1 shows the progress of a training.

    Returns
    -------
    PairwisePhaseClassifier
        Fitted. Its prior is the share of same-form pairs that it expects within compounds.

    Raises
    ------
    ValueError
        If `how` is none of the three, X, y and groups are of different lengths, there are not both
        kinds of pairs, or the columns of X are angles of another grid.

    Warns
    -----
    UserWarning
        If a network is trained and no compound can be held out.

    See Also
    --------
    xrpdsim.evaluation.archive_gain : What it gains on compounds that it has not seen.

    Examples
    --------
    >>> from xrpdsim.datasets import make_screening_campaign
    >>> from xrpdsim.similarity import learn_from_archive
    >>> archive = make_screening_campaign(3, 6, 18, preset="film", random_state=0)
    >>> classifier = learn_from_archive(archive.X, archive.y)
    >>> classifier.predict_proba(archive.X[:3]).shape
    (3, 2)
    """
    if how not in HOW:
        raise ValueError(f"how={how!r} must be one of {', '.join(HOW)}")
    two_theta = angles_in_columns(X)
    phases, compounds = encode_phases(y, groups)
    check_consistent_length(as_patterns(X), phases)
    if how == "calibrate":
        classifier = start_of(start, device=device)
        X = as_patterns(X, classifier.two_theta_)
        pairs = score_pairs(classifier, X, phases, compounds)
        return classifier.set_calibrator(learn_probabilities(classifier, pairs))
    from ..embedding import SiameseXRPDEmbedder
    from ..embedding._saved_steps import split_steps
    from ..embedding.training import groups_to_spare

    n_held_out = groups_to_spare(phases, phases if compounds is None else compounds, MOST_HELD_OUT)
    if not n_held_out:
        warn_user(
            "no compound can be held out of the training and leave pairs of one form and of two on "
            "both sides: the last weights are kept, and threshold and probabilities, which come "
            "from patterns that the network was trained on, are too sure. Add patterns of further "
            "compounds to the archive"
        )
    options: dict[str, Any] = {
        "n_validation_groups": n_held_out,
        "n_threads": n_threads,
        "random_state": random_state,
        "verbose": verbose,
    }
    if device is not None:
        options["device"] = device
    embedder: Any = SiameseXRPDEmbedder(**options)
    before: list[Any] = [PatternNormalizer()]
    if how == "finetune":
        steps, _, network = split_steps(start_of(start, device=device).embedder_)
        embedder.set_params(init=network.init)
        before = [clone(step) for _, step in steps]
    if before:
        embedder = make_pipeline(*before, embedder)
    X = as_patterns(X)
    classifier = PairwisePhaseClassifier(embedder, two_theta=two_theta).fit(X, y, groups=groups)
    rows = held_out_rows(classifier.embedder_)
    rows = np.arange(len(X)) if rows is None else rows
    pairs = score_pairs(
        classifier, X[rows], phases[rows], None if compounds is None else compounds[rows]
    )
    if pairs.has_both_kinds:
        ranked = RankedPairs.from_scores(pairs.scores, pairs.same)
        calibrator = SigmoidCalibrator.from_scores(ranked.positive, ranked.negative)
        classifier.set_calibrator(calibrator, ranked.best_f1_threshold)
    return classifier


def start_of(start: str, *, device: str | None = None) -> PairwisePhaseClassifier:
    """Return the classifier that shipped weights, or a file, hold."""
    if is_classifier_file(start):
        return PairwisePhaseClassifier.load(start, device=device)
    return PairwisePhaseClassifier.from_pretrained(start, device=device)


def score_pairs(
    classifier: PairwisePhaseClassifier,
    X: NDArray[np.floating],
    phases: NDArray[np.intp],
    compounds: NDArray[np.intp] | None,
) -> ArchivePairs:
    """Return the pairs within compounds with their scores; all pairs where these are of one kind.

    Pairs that cannot be compared are left out.
    """
    if compounds is not None:
        within = _scored(classifier, X, phases, compounds, within_compounds=True)
        if within.has_both_kinds:
            return within
    return _scored(classifier, X, phases, np.zeros(len(X), np.intp), within_compounds=False)


def learn_probabilities(classifier: PairwisePhaseClassifier, pairs: ArchivePairs) -> Calibrator:
    """Return the calibrator of a classifier, moved by the pairs of an archive."""
    judged = JudgedPairs(pairs.pairs, pairs.same, pairs.weight)
    return recalibrate(classifier.calibrator_, pairs.scores, judged)


def _scored(
    classifier: PairwisePhaseClassifier,
    X: NDArray[np.floating],
    phases: NDArray[np.intp],
    groups: NDArray[np.intp],
    *,
    within_compounds: bool,
) -> ArchivePairs:
    overlap = classifier.overlap
    classifier.set_params(overlap="nan")
    pairs, scores, of_group = [np.empty((0, 2), np.intp)], [np.empty(0)], [np.empty(0, np.intp)]
    try:
        for group in np.unique(groups):
            rows = np.flatnonzero(groups == group)
            if len(rows) < 2:
                continue
            found = classifier.decision_function(X[rows])
            known = ~np.isnan(found)
            pairs.append(rows[condensed_pairs(len(rows))][known])
            scores.append(found[known])
            of_group.append(np.full(int(known.sum()), group))
    finally:
        classifier.set_params(overlap=overlap)
    together = np.concatenate(pairs)
    same = phases[together[:, 0]] == phases[together[:, 1]]
    return ArchivePairs(
        together, same, np.concatenate(scores), np.concatenate(of_group), within_compounds
    )
