import numpy as np
import pytest
from scipy.special import expit, logit
from scipy.stats import norm
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression

from xrpdsim import PairwisePhaseClassifier
from xrpdsim.similarity import DeGelderSimilarity
from xrpdsim.similarity.probability import (
    Adaptation,
    AdaptedCalibrator,
    IsotonicCalibrator,
    JudgedPairs,
    LikelihoodRatioCalibrator,
    SigmoidCalibrator,
)
from xrpdsim.similarity.probability.adaptation import OFFSET_SPREAD, SLOPE_SPREAD
from xrpdsim.similarity.second_look import SecondLook


class Filled(TransformerMixin, BaseEstimator):
    """An embedding that takes cut scans."""

    def fit(self, X, y=None):
        return self

    def transform(self, X):
        return np.nan_to_num(X)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags


class Logistic:
    """log odds 10 (s - 0.5)."""

    prior = 0.5

    def predict(self, scores):
        return expit(10 * (np.asarray(scores) - 0.5))

    def threshold(self, prior):
        return 0.5 - logit(prior) / 10


def screen(shift, n, seed):
    """Scores whose log odds are 10 (s - 0.5 - shift)."""
    rng = np.random.default_rng(seed)
    scores = rng.random(n)
    return scores, rng.random(n) < expit(10 * (scores - 0.5 - shift))


def judged(same):
    """As many pairs as answers; which patterns they are of does not matter here."""
    same = np.asarray(same, dtype=bool)
    return JudgedPairs(np.arange(2 * len(same)).reshape(-1, 2), same)


def test_without_evidence_nothing_moves():
    calibrator = AdaptedCalibrator(Logistic(), 0.5, [], judged([]))
    assert calibrator.adaptation.offset == pytest.approx(0, abs=1e-6)
    assert calibrator.adaptation.slope == pytest.approx(1, abs=1e-6)
    np.testing.assert_allclose(calibrator.predict([0.2, 0.7]), Logistic().predict([0.2, 0.7]))


def test_with_many_pairs_it_is_logistic_regression():
    scores, same = screen(0.2, 20_000, 0)
    calibrator = AdaptedCalibrator(Logistic(), 0.5, scores, judged(same))
    oracle = LogisticRegression(C=np.inf).fit(logit(Logistic().predict(scores))[:, None], same)
    assert calibrator.adaptation.offset == pytest.approx(oracle.intercept_[0], abs=0.02)
    assert calibrator.adaptation.slope == pytest.approx(oracle.coef_[0, 0], abs=0.01)
    assert calibrator.threshold() == pytest.approx(0.7, abs=0.01)


def test_interval_of_the_threshold_holds_it():
    inside = 0
    for seed in range(40):
        scores, same = screen(0.1, 60, seed)
        calibrator = AdaptedCalibrator(Logistic(), 0.5, scores, judged(same))
        low, high = (calibrator.threshold(n_deviations=n) for n in (-1.96, 1.96))
        inside += low < 0.6 < high
    assert inside >= 34  # 38 expected


def test_prior_shifts_where_it_starts():
    calibrator = AdaptedCalibrator(Logistic(), 0.2, [], judged([]))
    assert calibrator.predict(0.5) == pytest.approx(0.2)


@pytest.fixture
def classifier_and_screen():
    rng = np.random.default_rng(0)
    forms = rng.random((6, 30))
    y = np.repeat(np.arange(6), 10)
    X = forms[y] + 0.02 * rng.standard_normal((60, 30))
    classifier = PairwisePhaseClassifier(PCA(8)).fit(X, y)
    # here, samples of one form differ more than where the threshold was learnt
    forms = rng.random((3, 30))
    y = np.repeat(np.arange(3), 8)
    return classifier, forms[y] + 0.1 * rng.standard_normal((24, 30)), y


def test_ten_labels_find_the_threshold_of_a_screen(classifier_and_screen):
    classifier, X, y = classifier_and_screen
    first, second = np.triu_indices(24, 1)
    same = y[first] == y[second]
    before = (classifier.predict(X) == same).mean()
    labels = np.where(np.isin(np.arange(24) % 8, [0, 1, 2]), y, None)
    classifier.adapt(X, labels)
    assert (classifier.predict(X) == same).mean() > max(before, 0.98)
    report = classifier.adaptation_
    assert report["n_pairs"] == 36
    assert report["threshold_low"] <= classifier.threshold_ <= report["threshold_high"]


def test_pairs_may_be_judged_instead(classifier_and_screen):
    classifier, X, y = classifier_and_screen
    pairs = np.array([[0, 1], [2, 3], [0, 8], [8, 9], [1, 16], [17, 18]])
    classifier.adapt(X, pairs=pairs, same=y[pairs[:, 0]] == y[pairs[:, 1]])
    once = classifier.predict_proba(X)
    classifier.adapt(X, pairs=pairs, same=y[pairs[:, 0]] == y[pairs[:, 1]])
    np.testing.assert_array_equal(classifier.predict_proba(X), once)


def test_adapt_wants_one_kind_of_labels(classifier_and_screen):
    classifier, X, y = classifier_and_screen
    for labels in ({}, {"y": y, "pairs": [[0, 1]], "same": [True]}, {"pairs": [[0, 1]]}):
        with pytest.raises(ValueError, match="either y, or pairs and same"):
            classifier.adapt(X, **labels)
    with pytest.raises(ValueError, match="inconsistent"):
        classifier.adapt(X, y[:5])


def test_prior_in_force_is_what_the_adapted_probabilities_expect(classifier_and_screen):
    classifier, X, y = classifier_and_screen
    pairs = classifier.suggest_pairs(X, 12)
    same = y[pairs[:, 0]] == y[pairs[:, 1]]
    classifier.adapt(X, pairs=pairs, same=same)
    expected = classifier.predict_proba(X)[:, 1].mean()
    assert classifier.prior_ == pytest.approx(expected)
    # these probabilities need no further shift: what they expect is what they were learnt for
    assert classifier.estimate_prior(X) == pytest.approx(expected, abs=1e-5)
    odds = classifier.prior_ / (1 - classifier.prior_)
    shifted = classifier.set_prior(2 * odds / (1 + 2 * odds)).predict_proba(X, [[0, 1]])
    before = classifier.calibrator_.predict(classifier.decision_function(X, [[0, 1]]))
    assert shifted[0, 1] / shifted[0, 0] == pytest.approx(2 * before[0] / (1 - before[0]))


def test_judged_pairs_count_where_others_cannot_be_compared(classifier_and_screen):
    _, X, y = classifier_and_screen
    classifier = PairwisePhaseClassifier(Filled(), two_theta=np.arange(30.0), min_overlap=10)
    classifier.fit(X, y)
    cut = X.copy()
    cut[0, 8:] = np.nan
    pairs = [[1, 2], [3, 4], [5, 12]]
    with pytest.warns(UserWarning, match="NaN"):
        classifier.adapt(cut, pairs=pairs, same=[True, True, False])
    assert 0 < classifier.prior_ < 1


def test_posterior_on_the_grid_is_the_product_of_prior_and_likelihood():
    scores, same = screen(0.1, 8, 0)
    calibrator = AdaptedCalibrator(Logistic(), 0.5, scores, judged(same))
    offsets, slopes, weights = calibrator.adaptation.posterior(n_offsets=401, n_slopes=101)
    assert weights.sum() == pytest.approx(1)
    densest = weights.argmax()
    assert offsets[densest] == pytest.approx(calibrator.adaptation.offset, abs=0.1)
    assert slopes[densest] == pytest.approx(calibrator.adaptation.slope, abs=0.05)
    p = expit(offsets[:, None] + slopes[:, None] * calibrator.base_log_odds(scores))
    density = np.prod(np.where(same, p, 1 - p), axis=1)
    density *= norm.pdf(offsets, 0, OFFSET_SPREAD) * norm.pdf(slopes, 1, SLOPE_SPREAD)
    np.testing.assert_allclose(weights, density / density.sum(), rtol=1e-6, atol=1e-15)


def test_without_answers_no_bit_moves():
    P = np.random.default_rng(0).random((5, 5))
    nothing = JudgedPairs.from_relations(None, None, n_patterns=5)
    np.testing.assert_array_equal(Adaptation([], nothing).probabilities(P), P)


def test_pairs_that_cannot_be_compared_stay_at_0():
    found = Adaptation([0.1, 0.2], judged([True, True])).probabilities([0.0, 0.1, 1.0])
    assert found[[0, 2]].tolist() == [0, 1]
    assert found[1] > 0.1


def test_probabilities_adapt_as_scores_do():
    # one model: for the scores of a measure, and for the probabilities that sorting has of them
    scores, same = screen(0.1, 30, 0)
    by_scores = AdaptedCalibrator(Logistic(), 0.5, scores, judged(same))
    by_probabilities = Adaptation(Logistic().predict(scores), judged(same))
    grid = np.linspace(0, 1, 7)
    np.testing.assert_array_equal(
        by_scores.predict(grid), by_probabilities.probabilities(Logistic().predict(grid))
    )


def log_odds_of_two_kinds():
    """Scores such as a second look gives, of same-form pairs and of others."""
    rng = np.random.default_rng(0)
    return np.sort(rng.normal(5, 3, 400)), np.sort(rng.normal(-5, 3, 2000))


@pytest.mark.parametrize("start", [0.02, 0.5])
@pytest.mark.parametrize("shift", [-3.0, 3.0])
@pytest.mark.parametrize("kind", [SigmoidCalibrator, IsotonicCalibrator, LikelihoodRatioCalibrator])
def test_threshold_parts_scores_at_probability_one_half_on_any_scale(kind, shift, start):
    base = kind.from_scores(*log_odds_of_two_kinds())
    rng = np.random.default_rng(1)
    scores = rng.uniform(-9, 12, 40)
    calibrator = AdaptedCalibrator(
        base, start, scores, judged(rng.random(40) < expit(scores - shift)), scores
    )
    grid = np.linspace(-20, 20, 2001)
    for prior in (None, 0.001, 0.02, 0.9, 0.999):
        threshold = calibrator.threshold(prior)
        even = 0 if prior is None else logit(calibrator.prior) - logit(prior)
        surely = np.abs(grid - threshold) > 1e-3
        reached = logit(calibrator.predict(grid)) >= even
        np.testing.assert_array_equal(reached[surely], (grid >= threshold)[surely])
        low, high = (calibrator.threshold(prior, n) for n in (-1.96, 1.96))
        assert low <= threshold <= high
    assert -9 < calibrator.threshold() < 12


@pytest.mark.parametrize(
    "base",
    [
        SigmoidCalibrator(1.0, 0.0),  # of which the log odds count up to 13.8
        IsotonicCalibrator.from_scores(np.array([8.0, 9.0]), np.array([-8.0, -7.0])),
        LikelihoodRatioCalibrator([-8.0, 8.0], [-7.0, 7.0]),
    ],
)
def test_where_no_score_or_every_one_is_probable_enough_the_threshold_is_infinite(base):
    calibrator = AdaptedCalibrator(base, 0.5, [], judged([]))
    for prior, expected in ((1e-7, np.inf), (1 - 1e-7, -np.inf)):
        assert calibrator.threshold(prior) == expected
        shifted = logit(calibrator.predict([-50.0, 50.0])) + logit(prior)
        assert ((shifted >= 0) == (expected < 0)).all()


def small_second_look():
    rng = np.random.default_rng(0)
    phases = np.repeat(np.arange(6), 4)
    X = rng.random((6, 80))[phases] + 0.1 * rng.random((24, 80))
    look = SecondLook(
        DeGelderSimilarity(width=0.2, two_theta=3 + 0.02 * np.arange(80)),
        steps=5,
        n_validation_groups=0,
        n_threads=1,
        random_state=0,
        min_overlap=0.1,
    )
    return look.fit(X, np.column_stack([phases // 2, phases])), X, phases


@pytest.mark.parametrize("looks", ["one", "two"])
def test_answers_and_probabilities_agree_once_adapted(looks, classifier_and_screen):
    classifier, X, y = classifier_and_screen if looks == "one" else small_second_look()
    pairs = np.array([[0, 1], [2, 3], [0, 8], [8, 9], [1, 16], [4, 5]])
    classifier.adapt(X, pairs=pairs, same=y[pairs[:, 0]] == y[pairs[:, 1]])
    for prior in (None, 0.02, 0.9):
        if prior is not None:
            classifier.set_prior(prior)
        probability = classifier.predict_proba(X)[:, 1]
        np.testing.assert_array_equal(classifier.predict(X) == 1, probability >= 0.5)
        report = classifier.adaptation_
        assert report["threshold_low"] <= classifier.threshold_ <= report["threshold_high"]


def test_labelled_pairs_that_cannot_be_compared_are_left_out_as_in_fit(classifier_and_screen):
    _, X, y = classifier_and_screen
    classifier = PairwisePhaseClassifier(Filled(), two_theta=np.arange(30.0), min_overlap=10)
    classifier.fit(X, y)
    cut = X.copy()
    cut[0, 15:] = cut[9, :10] = np.nan
    labels = np.where(np.arange(24) % 8 < 3, y, None)
    with pytest.raises(ValueError, match=r"patterns 0 and 9 have 5\.00 degrees"):
        classifier.adapt(cut, labels)
    classifier.set_params(overlap="nan")
    with pytest.warns(UserWarning, match=r"1 score\(s\) are NaN"):
        classifier.adapt(cut, labels)
    assert classifier.adaptation_["n_pairs"] == 35
    with pytest.raises(ValueError, match=r"patterns 0 and 9 have 5\.00 degrees"):
        classifier.adapt(cut, pairs=[[0, 9]], same=[False])
    with (
        pytest.warns(UserWarning, match="NaN"),
        pytest.raises(ValueError, match="none of the 1 pairs of labelled patterns"),
    ):
        classifier.adapt(cut, np.where(np.isin(np.arange(24), [0, 9]), y, None))
