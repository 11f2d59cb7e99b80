"""What decides about pairs follows the last calls: the rule of PairwisePhaseClassifier."""

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.exceptions import NotFittedError

from xrpdsim import DeGelderSimilarity, PairwisePhaseClassifier
from xrpdsim.similarity import ScreeningSimilarity
from xrpdsim.similarity.probability import (
    CALIBRATORS,
    AdaptedCalibrator,
    JudgedPairs,
    SigmoidCalibrator,
    shift_prior,
)


def labelled(seed, noise):
    rng = np.random.default_rng(seed)
    y = np.repeat(np.arange(4), 4)
    return rng.random((4, 25))[y] + noise * rng.standard_normal((16, 25)), y


DATA = [labelled(0, 0.05), labelled(1, 0.2), labelled(2, 0.3)]
SCREEN, FORMS = labelled(3, 0.15)
PAIRS = np.column_stack(np.triu_indices(16, 1))
shares = st.sampled_from([0.02, 0.3, 0.85])
thresholds = st.sampled_from([0.2, 0.55])
data = st.integers(0, 2)


class LastCalls(RuleBasedStateMachine):
    """Any calls in any order, beside the facts that count by the rule."""

    @initialize(
        prior=st.none() | shares,
        threshold=st.just("f1") | thresholds,
        calibration=st.sampled_from(sorted(CALIBRATORS)),
        of=data,
    )
    def start(self, prior, threshold, calibration, of):
        self.model = PairwisePhaseClassifier(
            PCA(3, random_state=0), prior=prior, threshold=threshold, calibration=calibration
        )
        self.fit(of)

    def forget(self):
        self.stated = self.prior = self.model.prior
        self.threshold = None if self.model.threshold == "f1" else self.model.threshold
        self.judged = None

    @rule(of=data)
    def fit(self, of):
        self.embedded = self.learnt = of
        self.model.fit(*DATA[of])
        self.forget()

    @rule(of=data)
    def fit_without_labels(self, of):
        self.embedded, self.learnt = of, None
        self.model.fit(DATA[of][0])
        self.forget()

    @rule(of=data)
    def calibrate_threshold(self, of):
        self.learnt = of
        self.model.calibrate_threshold(*DATA[of])
        self.forget()

    @rule(threshold=thresholds)
    def set_threshold(self, threshold):
        self.threshold = threshold
        self.model.set_threshold(threshold)

    @precondition(lambda self: self.learnt is not None)
    @rule(prior=shares)
    def set_prior(self, prior):
        self.stated = self.prior = prior
        self.model.set_prior(prior)

    @precondition(lambda self: self.learnt is not None)
    @rule(n=st.integers(1, 12), seed=st.integers(0, 3))
    def adapt(self, n, seed):
        pairs = PAIRS[np.random.default_rng(seed).permutation(len(PAIRS))[:n]]
        same = FORMS[pairs[:, 0]] == FORMS[pairs[:, 1]]
        self.judged, self.from_prior, self.prior = (pairs, same), self.stated, None
        self.model.adapt(SCREEN, pairs=pairs, same=same)

    @precondition(lambda self: self.learnt is None)
    @rule()
    def nothing_to_start_from(self):
        for call in (
            lambda: self.model.set_prior(0.5),
            lambda: self.model.adapt(SCREEN, FORMS),
            lambda: self.model.suggest_pairs(SCREEN, 1),
            lambda: self.model.estimate_prior(SCREEN),
            lambda: self.model.predict_proba(SCREEN),
        ):
            with pytest.raises(NotFittedError, match="without labels"):
                call()

    @invariant()
    def the_rule_holds(self):
        fresh = clone(self.model).set_params(prior=None, threshold="f1")
        fresh.fit(*(DATA[self.embedded] if self.learnt is not None else DATA[self.embedded][:1]))
        scores = fresh.decision_function(SCREEN)
        np.testing.assert_array_equal(self.model.decision_function(SCREEN), scores)
        if self.learnt is None:
            for name in ("prior_", "calibrator_", "adaptation_"):
                assert not hasattr(self.model, name)
            assert getattr(self.model, "threshold_", None) == self.threshold
            return
        if self.learnt != self.embedded:
            fresh.calibrate_threshold(*DATA[self.learnt])
        calibrator = fresh.calibrator_
        if self.judged is not None:
            pairs, same = self.judged
            start = calibrator.prior if self.from_prior is None else self.from_prior
            judged = JudgedPairs.from_answers(pairs, same, len(SCREEN))
            of_judged = fresh.decision_function(SCREEN, pairs)
            calibrator = AdaptedCalibrator(calibrator, start, of_judged, judged, scores)
        prior = calibrator.prior if self.prior is None else self.prior
        assert self.model.prior_ == prior
        expected = shift_prior(calibrator.predict(scores), calibrator.prior, prior)
        np.testing.assert_array_equal(self.model.predict_proba(SCREEN)[:, 1], expected)
        if self.threshold is not None:
            threshold = self.threshold
        elif self.stated is None and self.judged is None:
            threshold = fresh.threshold_
        else:
            threshold = calibrator.threshold(prior)
        assert self.model.threshold_ == threshold
        assert hasattr(self.model, "adaptation_") == (self.judged is not None)


LastCalls.TestCase.settings = settings(max_examples=25, stateful_step_count=10, deadline=None)
TestLastCalls = LastCalls.TestCase


def everything(model):
    """All that a fitted model answers, and the names of all that it keeps."""
    X = SCREEN
    answers = [model.decision_function(X), model.predict_proba(X), model.predict(X)]
    known = [getattr(model, name, None) for name in ("threshold_", "prior_", "adaptation_")]
    return [*answers, np.array([repr(known), sorted(vars(model))], dtype=object)]


@pytest.mark.parametrize(
    "model",
    [
        DeGelderSimilarity(0.1),
        ScreeningSimilarity(),
        PairwisePhaseClassifier(PCA(3, random_state=0)),
        PairwisePhaseClassifier(PCA(3, random_state=0), prior=0.3, calibration="isotonic"),
    ],
    ids=str,
)
def test_fit_equals_a_fresh_clone_whatever_was_called_before(model):
    expected = everything(clone(model).fit(*DATA[0]))
    used = clone(model).fit(*DATA[1]).set_threshold(0.9).calibrate_threshold(*DATA[2])
    used.set_calibrator(SigmoidCalibrator(3.0, -1.0), 0.4)
    if hasattr(used, "adapt"):
        used.adapt(SCREEN, FORMS).set_prior(0.7)
    for found, wanted in zip(everything(used.fit(*DATA[0])), expected, strict=True):
        np.testing.assert_array_equal(found, wanted)


def test_a_fit_without_labels_forgets_the_labels():
    model = PairwisePhaseClassifier(PCA(3, random_state=0)).fit(*DATA[0]).adapt(SCREEN, FORMS)
    model.fit(DATA[0][0])
    for name in ("threshold_", "calibrator_", "prior_", "adaptation_"):
        assert not hasattr(model, name)
    with pytest.raises(NotFittedError, match="no probabilities to start from"):
        model.adapt(SCREEN, FORMS)


def test_the_parameter_prior_is_as_good_as_set_prior():
    by_parameter = PairwisePhaseClassifier(PCA(3, random_state=0), prior=0.3).fit(*DATA[0])
    by_call = PairwisePhaseClassifier(PCA(3, random_state=0)).fit(*DATA[0]).set_prior(0.3)
    for found, wanted in zip(everything(by_parameter), everything(by_call), strict=True):
        np.testing.assert_array_equal(found, wanted)


@pytest.mark.parametrize("calibration", CALIBRATORS)
def test_answers_and_probabilities_agree_once_a_prior_is_stated(calibration):
    model = PairwisePhaseClassifier(PCA(3, random_state=0), calibration=calibration)
    model.fit(*DATA[1]).set_prior(0.4)
    probability = model.predict_proba(SCREEN)[:, 1]
    open_to_rounding = np.abs(probability - 0.5) < 1e-6
    answers = model.predict(SCREEN) == (probability >= 0.5)
    assert (answers | open_to_rounding).all()


def test_a_threshold_that_is_no_number_is_refused():
    model = DeGelderSimilarity(0.1).fit(*DATA[0])
    for threshold in (np.nan, np.inf, "0.5", True, None):
        with pytest.raises(ValueError, match="threshold"):
            model.set_threshold(threshold)
    for threshold in (np.nan, np.inf, "best"):
        with pytest.raises(ValueError, match="threshold"):
            DeGelderSimilarity(threshold=threshold).fit(*DATA[0])


def test_a_calibrator_from_elsewhere_brings_its_threshold():
    model = DeGelderSimilarity(0.1).fit(DATA[0][0]).set_calibrator(SigmoidCalibrator(10.0, -8.0))
    assert model.threshold_ == 0.8
    np.testing.assert_array_equal(model.proba_of_scores([0.8, np.nan]), [0.5, np.nan])
    given = DeGelderSimilarity(0.1, threshold=0.3).fit(DATA[0][0])
    assert given.set_calibrator(SigmoidCalibrator(10.0, -8.0)).threshold_ == 0.3
