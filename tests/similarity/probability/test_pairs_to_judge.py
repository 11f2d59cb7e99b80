import numpy as np
import pytest
from scipy.special import expit, logit
from sklearn.decomposition import PCA
from sklearn.preprocessing import FunctionTransformer

from xrpdsim import PairwisePhaseClassifier
from xrpdsim.patterns.pairs import condensed_pairs
from xrpdsim.similarity.probability import AdaptedCalibrator, JudgedPairs, pairs_to_judge
from xrpdsim.similarity.probability.pairs_to_judge import (
    LinearDesign,
    candidate_rows,
    most_informative,
)


class Logistic:
    """log odds 30 (s - 0.5)."""

    prior = 0.5

    def predict(self, scores):
        return expit(30 * (np.asarray(scores) - 0.5))

    def threshold(self, prior):
        return 0.5 - logit(prior) / 30


def calibrator(scores=(), same=()):
    same = np.asarray(same, dtype=bool)
    judged = JudgedPairs(np.arange(2 * len(same)).reshape(-1, 2), same)
    return AdaptedCalibrator(Logistic(), 0.5, scores, judged)


def screen(n_patterns, seed):
    """Scores of all pairs, low ones common, and answers whose log odds are 30 (s - 0.6)."""
    rng = np.random.default_rng(seed)
    pairs = condensed_pairs(n_patterns)
    scores = rng.random(len(pairs)) ** 3
    return pairs, scores, rng.random(len(pairs)) < expit(30 * (scores - 0.6))


def test_gain_of_one_answer_is_the_expected_fall_of_the_brier_score():
    # by brute force: the posterior for either answer, weighted by how likely that answer is
    scores = np.linspace(0.1, 0.9, 9)
    judged = calibrator([0.3, 0.8], [False, True])
    offsets, slopes, weights = judged.adaptation.posterior()
    p = expit(offsets[:, None] + slopes[:, None] * judged.base_log_odds(scores))

    doubt = judged.predict(scores) * (1 - judged.predict(scores))

    def expected_brier(weights):
        mean = weights @ p
        return weights @ (mean**2 + p - 2 * p * mean) @ doubt

    after = np.zeros(len(scores))
    for asked in range(len(scores)):
        for likelihood in (p[:, asked], 1 - p[:, asked]):
            probability = weights @ likelihood
            after[asked] += probability * expected_brier(weights * likelihood / probability)
    design = LinearDesign(judged, scores)
    gains = design.gains()[design.cell]
    np.testing.assert_allclose(gains, expected_brier(weights) - after, rtol=0.02)


def test_expected_answers_leave_what_linear_regression_leaves():
    scores = np.linspace(0.1, 0.9, 9)
    design = LinearDesign(calibrator(), scores)
    offsets, slopes, weights = calibrator().adaptation.posterior()
    p = expit(offsets[:, None] + slopes[:, None] * calibrator().base_log_odds(scores))
    mean = weights @ p
    covariance = (weights[:, None] * (p - mean)).T @ (p - mean)
    asked = [4, 4, 6]  # the same score twice is two answers
    of_answers = covariance[np.ix_(asked, asked)]
    of_answers[np.diag_indices(3)] = (mean * (1 - mean))[asked]
    off = covariance[:, asked] @ np.linalg.solve(of_answers, covariance[asked])
    for row in asked:
        design.expect_answer(design.cell[row])
    np.testing.assert_allclose(
        design.covariance[np.ix_(design.cell, design.cell)], covariance - off, atol=1e-3
    )


def test_asks_where_the_doubt_is():
    pairs, scores, _ = screen(20, 0)
    first = most_informative(calibrator(), scores, pairs, 1)[0]
    assert 0.3 < scores[(pairs == first).all(axis=1)][0] < 0.7
    # all up to 0.5 are known to be different, all from 0.7 on to be the same
    known = calibrator(np.r_[np.linspace(0, 0.5, 9), np.linspace(0.7, 1, 9)], np.arange(18) >= 9)
    chosen = most_informative(known, scores, pairs, 5)
    asked = [scores[(pairs == pair).all(axis=1)][0] for pair in chosen]
    assert min(asked) > 0.5
    assert max(asked) < 0.7


def test_pairs_do_not_come_again_in_any_order():
    pairs, scores, _ = screen(7, 1)
    chosen = most_informative(calibrator(), scores, pairs, 21)
    np.testing.assert_array_equal(np.unique(chosen, axis=0), pairs)
    left = most_informative(calibrator(), scores, pairs, 6, chosen[:15, ::-1])
    np.testing.assert_array_equal(np.unique(left, axis=0), np.unique(chosen[15:], axis=0))
    with pytest.raises(ValueError, match=r"n=7 .* only 6"):
        most_informative(calibrator(), scores, pairs, 7, chosen[:15])


def test_patterns_take_turns():
    # all pairs look the same, so nothing but the number of questions decides
    pairs = condensed_pairs(10)
    chosen = most_informative(calibrator(), np.full(45, 0.5), pairs, 5)
    assert len(np.unique(chosen)) == 10


def test_what_cannot_be_compared_is_not_asked_for():
    pairs = condensed_pairs(4)
    scores = np.array([np.nan, 0.5, 0.5, 0.5, np.nan, 0.5])
    chosen = most_informative(calibrator(), scores, pairs, 4)
    assert not {(0, 1), (1, 3)} & set(map(tuple, chosen.tolist()))


def ask_in_rounds(pairs, scores, same, n, a_round=4):
    """Return which pairs were asked about."""
    code = {tuple(pair): k for k, pair in enumerate(pairs.tolist())}
    rows = []
    while len(rows) < n:
        known = calibrator(scores[rows], same[rows])
        asked = most_informative(known, scores, pairs, a_round, pairs[rows])
        rows += [code[tuple(pair)] for pair in asked.tolist()]
    return rows


def test_threshold_is_found_with_fewer_answers_than_at_random():
    errors = {"suggested": [], "random": []}
    for seed in range(12):
        pairs, scores, same = screen(25, seed)
        by_chance = np.random.default_rng(seed).permutation(len(pairs))[:16]
        asked = ask_in_rounds(pairs, scores, same, 16)
        for name, rows in (("suggested", asked), ("random", by_chance)):
            found = calibrator(scores[rows], same[rows]).threshold()
            errors[name].append(abs(found - 0.6))
    assert np.mean(errors["suggested"]) < 0.7 * np.mean(errors["random"])


def test_answers_to_suggestions_do_not_bias_the_probabilities():
    # far more of the pairs that are asked about are the same than of all pairs
    share_of_asked, difference = [], []
    for seed in range(15):
        pairs, scores, same = screen(30, seed)
        rows = ask_in_rounds(pairs, scores, same, 40, a_round=10)
        share_of_asked.append(same[rows].mean() - same.mean())
        difference.append(calibrator(scores[rows], same[rows]).predict(scores).mean() - same.mean())
    assert np.mean(share_of_asked) > 0.1
    assert abs(np.mean(difference)) < 0.01


@pytest.fixture
def classifier_and_screen():
    rng = np.random.default_rng(0)
    y = np.repeat(np.arange(6), 10)
    X = rng.random((6, 30))[y] + 0.02 * rng.standard_normal((60, 30))
    classifier = PairwisePhaseClassifier(PCA(8)).fit(X, y)
    y = np.repeat(np.arange(3), 8)
    return classifier, rng.random((3, 30))[y] + 0.1 * rng.standard_normal((24, 30)), y


def test_rounds_of_judging_and_adapting(classifier_and_screen):
    classifier, X, y = classifier_and_screen
    first, second = np.triu_indices(24, 1)
    same = y[first] == y[second]
    before = (classifier.predict(X) == same).mean()
    judged = np.empty((0, 2), dtype=int)
    for _ in range(3):
        asked = classifier.suggest_pairs(X, 4, judged=judged)
        judged = np.concatenate([judged, asked])
        classifier.adapt(X, pairs=judged, same=y[judged[:, 0]] == y[judged[:, 1]])
    assert len(np.unique(judged, axis=0)) == 12
    assert (judged[:, 0] < judged[:, 1]).all()
    assert (classifier.predict(X) == same).mean() > max(before, 0.95)


def test_suggestions_repeat_and_learn_from_what_was_judged(classifier_and_screen):
    classifier, X, _ = classifier_and_screen
    once = classifier.suggest_pairs(X, 5)
    np.testing.assert_array_equal(classifier.suggest_pairs(X, 5), once)
    # of screens of the same patterns, one in which nothing is the same
    scores = classifier.decision_function(X, once)
    classifier.adapt(X, pairs=once, same=np.zeros(5, dtype=bool))
    again = classifier.suggest_pairs(X, 5, judged=once)
    assert classifier.decision_function(X, again).mean() > scores.mean()


def test_any_embedding_that_has_probabilities_will_do(classifier_and_screen):
    _, X, y = classifier_and_screen
    measure = PairwisePhaseClassifier(FunctionTransformer(), "cosine", calibration="isotonic")
    asked = measure.fit(X[:12], y[:12]).suggest_pairs(X, 6)
    measure.adapt(X, pairs=asked, same=y[asked[:, 0]] == y[asked[:, 1]])
    assert len(measure.suggest_pairs(X, 6, judged=asked)) == 6


def test_large_screens_are_thinned(classifier_and_screen, monkeypatch):
    classifier, X, _ = classifier_and_screen
    monkeypatch.setattr(pairs_to_judge, "MOST_PATTERNS", 10)
    rows = candidate_rows(len(X))
    assert len(np.unique(rows)) == 10
    assert (rows[0], rows[-1]) == (0, 23)
    asked = classifier.suggest_pairs(X, 45)
    assert set(asked.ravel()) == set(rows)
    with pytest.raises(ValueError, match="only 45"):
        classifier.suggest_pairs(X, 46)


def test_bad_requests_are_refused(classifier_and_screen):
    classifier, X, _ = classifier_and_screen
    for n in (0, 2.5, True, "3"):
        with pytest.raises(ValueError, match=r"n=.* whole number"):
            classifier.suggest_pairs(X, n)
    with pytest.raises(ValueError, match="rows 0 to 23"):
        classifier.suggest_pairs(X, 1, judged=[[0, 24]])
    with pytest.raises(ValueError, match="only 276"):
        classifier.suggest_pairs(X, 277)
    with pytest.raises(ValueError, match="minimum of 2"):
        classifier.suggest_pairs(X[:1], 1)
